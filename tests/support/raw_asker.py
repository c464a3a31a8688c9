"""An asker by hand: protocol.md from the asker's side, with every octet in the test's reach.

It shares nothing with the SDK but the libraries below it, and speaks to a node directly, as the
coordinator does.
"""

import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path

from fedquery.cases.card import DAY_MS, CaseCard
from fedquery.cases.signed import issue
from fedquery.config.keyfile import read_secret
from fedquery.federation.manifest import Manifest
from fedquery.federation.member_list import parse as parse_members
from fedquery.federation.members import Federation as Members
from fedquery.identifiers import parse
from fedquery.psi.answer import Body, decode_body
from fedquery.psi.asker import Asking, Concluded, Terms
from fedquery.psi.prefix import slot_count
from fedquery.psi.publication import Publication
from fedquery.psi.question import Claim, Question, Statement
from fedquery.seal.answer import open_answer
from fedquery.seal.header import RequestFields
from fedquery.seal.kem import KemPublicKey
from fedquery.seal.request import AnswerContext, seal_request
from fedquery.seal.signing import SigningKey, VerifyKey
from fedquery.transport.answer import decode_head
from fedquery.transport.head import AnswerHead
from fedquery.transport.node_link import LinkCredentials, NodeLink
from fedquery.transport.question import encode_claim, encode_question
from fedquery.transport.tls import TlsFiles

DEADLINE_S = 20.0


def now_ms():
    """Tell the time."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Sent:
    """A question that is sealed: send it, or change it first."""

    nation: str
    envelope: bytes
    context: AnswerContext
    asking: Asking | None
    publication: Publication


@dataclass(frozen=True)
class Got:
    """An answer that was opened."""

    head: AnswerHead
    body: bytes
    envelope: bytes

    @property
    def slug(self):
        """Give the slug of a refusal, or nothing."""
        return self.head.refusal.slug if self.head.refusal else ""


class RawAsker:
    """Ask nodes of a federation that lives in one directory."""

    def __init__(self, federation):
        """Read the member list and the keys of the asking agency."""
        self.federation = federation
        note = federation.member_list.read_bytes()
        self.members: Members = parse_members(note.partition(b"\n\n")[0] + b"\n")
        self.key = SigningKey(read_secret(federation.asker / "keys" / "signing.key", 32))
        self.manifests: dict[str, Manifest] = {}

    def link(self, nation) -> NodeLink:
        """Open a link to a node with the coordinator's certificate; close it in the end."""
        entry = self.members.nodes[nation]
        tls = self.federation.coordinator / "tls"
        files = TlsFiles(tls / "coordinator.crt", tls / "coordinator.key")
        return NodeLink(entry.address, LinkCredentials(files, entry.ca_der, now_ms), nation)

    async def learn(self, nation, link) -> Manifest:
        """Fetch a manifest; its checks are others' tests."""
        note = await link.manifest(DEADLINE_S)
        self.manifests[nation] = Manifest.parse(note[: note.rindex(b"\n\n") + 1])
        return self.manifests[nation]

    def publication(self, nation, dataset) -> Publication:
        """Give the newest publication of a dataset."""
        (offer,) = [one for one in self.manifests[nation].datasets if one.name == dataset]
        return Publication.decode(offer.publications[0].leaf)

    def card(self, nation, case="C-1") -> CaseCard:
        """Write the card of a case for a holder."""
        today_ms = now_ms() // DAY_MS * DAY_MS
        return CaseCard(
            federation=self.members.name,
            agency=self.federation.agency,
            holder=nation,
            pseudonym=case,
            offence="telecom fraud",
            maximum_penalty_years=10,
            transnational=True,
            opened_ms=today_ms - 3 * DAY_MS,
            person_role="suspect",
            issued_ms=today_ms,
            ends_ms=today_ms + 2 * DAY_MS,
        )

    def statement(self, nation, case="C-1", purpose="fraud", sign=None) -> Statement:
        """Say why it is asked; `sign` may make another card than the agency's own."""
        card = self.card(nation, case)
        signed = issue(card, self.key) if sign is None else sign(card)
        return Statement(purpose, signed, card.person_role, "identify")

    def ask(  # noqa: PLR0913 -- a test names what it bends
        self,
        nation,
        texts,
        *,
        dataset="phones",
        kind="phone",
        size_class=1,
        prefix_len=None,
        case="C-1",
        purpose="fraud",
        request_id=None,
        held=None,
        sign=None,
        change=lambda question: question,
    ) -> Sent:
        """Seal a question; `change` may bend it before it is encoded."""
        publication = self.publication(nation, dataset)
        asking = Asking.prepare(
            [parse(kind, text).identifier.encode() for text in texts],
            Terms(publication, nation, publication.viewer_of(self.federation.agency)),
            prefix_len=publication.prefix_bits if prefix_len is None else prefix_len,
            size_class=size_class,
            held=held or {},
            random=secrets.token_bytes,
            pad_key=bytes(32),
        )
        question = Question(
            dataset=dataset,
            version=publication.version,
            columns=asking.columns,
            prefix_len=asking.prefix_len,
            statement=self.statement(nation, case, purpose, sign),
            elements=asking.elements,
            prefixes=asking.prefixes,
        )
        message = encode_question(change(question))
        envelope, context = self._seal(nation, message, size_class, request_id)
        return Sent(nation, envelope, context, asking, publication)

    def claim(
        self, nation, finding, *, dataset="phones", level="reference", case="C-1", sign=None
    ) -> Sent:
        """Seal a claim of a finding."""
        publication = self.publication(nation, dataset)
        claim = Claim(
            dataset=dataset,
            version=publication.version,
            tag=finding.tag,
            claim_token=finding.claim_token,
            level=level,
            statement=self.statement(nation, case, sign=sign),
        )
        envelope, context = self._seal(nation, encode_claim(claim), 1, None)
        return Sent(nation, envelope, context, None, publication)

    def _seal(self, nation, message, size_class, request_id):
        manifest = self.manifests[nation]
        created_ms = now_ms()
        fields = RequestFields(
            request_id or secrets.token_bytes(16),
            self.federation.agency,
            nation,
            size_class,
            created_ms,
            created_ms + 60_000,
        )
        kem = KemPublicKey.decode(manifest.kem_at(created_ms).public)
        salt, secret = secrets.token_bytes(32), secrets.token_bytes(32)
        return seal_request(fields, message, kem, self.key, salt=salt, secret=secret)

    def open(self, sent, envelope) -> Got:
        """Verify and open an answer."""
        key = VerifyKey.decode(self.members.nodes[sent.nation].signing_public)
        opened = open_answer(sent.context, envelope, key)
        head, body = decode_head(opened.message)
        return Got(head, body, envelope)

    async def send(self, sent, link) -> Got:
        """Send an envelope and open the answer."""
        return self.open(sent, await link.ask(sent.envelope, DEADLINE_S))

    def conclude(self, sent, got) -> Concluded:
        """Check everything that is to be checked before anything is said."""
        assert sent.asking is not None
        assert got.head.opening is not None
        return sent.asking.conclude(got.head.opening, self.body(sent, got))

    def body(self, sent, got) -> Body:
        """Read the body of an answer that was granted."""
        asking, publication = sent.asking, sent.publication
        bits = publication.prefix_bits
        slots = slot_count(asking.size_class, asking.prefix_len, bits, asking.columns)
        return decode_body(got.body, asking.size_class, slots, publication.capacity, bits)


def other_octets(finding):
    """Forge the token of a finding."""
    return replace(finding, claim_token=secrets.token_bytes(16))


def csv_of(directory: Path, name: str, rows) -> Path:
    """Write a file to import; rows are (identifier, reference, release_to, handling)."""
    directory.mkdir(exist_ok=True)
    path = directory / name
    header = (
        "identifier,reference,category,handling,summary,first_seen,last_seen,release_to,contact"
    )
    lines = [
        f"{identifier},{reference},fraud,{handling},,2026-01-02,2026-10-11,{release},desk"
        for identifier, reference, release, handling in rows
    ]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path

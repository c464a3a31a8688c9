"""A receipt: what was asked and answered, verified later, by others, offline.

It opens the answer, but names no identifier: the elements in it are blinded, and the blinds are
gone. So it shows that this holder gave this answer to these elements from what it had committed to
in its log, and not what the elements stand for.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from fedquery.ask import former_key
from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import (
    EncodingError,
    FormerKeyError,
    PublicationError,
    SealError,
    SignatureError,
)
from fedquery.federation.offer import Logged
from fedquery.federation.trust import Trust
from fedquery.oprf.client import verify_evaluation
from fedquery.psi.answer import decode_body, require_empty_body
from fedquery.psi.bucket import check_bucket
from fedquery.psi.commitment import Opening
from fedquery.psi.merkle import verify_path
from fedquery.psi.prefix import numbers_below, slot_count
from fedquery.psi.publication import Publication
from fedquery.psi.question import Claim, Question
from fedquery.seal.answer import open_answer
from fedquery.seal.envelope import read_request
from fedquery.seal.plaintext import content_digest
from fedquery.seal.request import AnswerContext
from fedquery.seal.signing import VerifyKey
from fedquery.tlog.trust_policy import Cosigned
from fedquery.transport.answer import decode_head
from fedquery.transport.head import AnswerHead
from fedquery.transport.question import decode_asked

FORM: Final = "fedquery/receipt/v1"
CAP: Final = 128 * 1024 * 1024
_OCTETS: Final = ("request", "answer", "secret", "salt", "message", "leaf", "checkpoint")
# What `verify` checks, in its order; a refusal and a claim bring nothing for the last three.
Check: TypeAlias = Literal[
    "question", "signature", "checkpoint", "log", "publication", "opening", "proof", "buckets"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One request and its answer.

    Attributes:
        request: the request envelope.
        answer: the answer envelope.
        secret: opens the answer, 32 octets.
        salt: opens the content commitment of the request, 32 octets.
        message: the question or claim that was sealed.
        leaf: the publication that it stood on, as logged.
        index: where that stands in the log.
        proof: its inclusion proof.
        checkpoint: the checkpoint that the proof leads to.
    """

    request: bytes = field(repr=False)
    answer: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    message: bytes = field(repr=False)
    leaf: bytes = field(repr=False)
    index: int
    proof: tuple[bytes, ...] = field(repr=False)
    checkpoint: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Write the file."""
        # JSON, put together by hand: base64 needs no escape, and looking for one in a long answer
        # takes longer than all the rest.
        head = {
            "form": FORM,
            "index": self.index,
            "proof": [b64encode(part) for part in self.proof],
        }
        octets = (f'"{name}": "{b64encode(getattr(self, name))}"' for name in _OCTETS)
        return f"{json.dumps(head)[:-1]}, {', '.join(octets)}}}\n".encode()

    @staticmethod
    def decode(octets: bytes) -> "Receipt":
        """Read the file.

        Raises:
            EncodingError: if it is no receipt.
        """
        try:
            document = json.loads(octets)
            if document["form"] != FORM:
                raise EncodingError("malformed receipt")
            parts = {name: b64decode(document[name], cap=CAP, what="receipt") for name in _OCTETS}
            proof = tuple(b64decode(part, cap=32, what="receipt") for part in document["proof"])
            return Receipt(index=int(document["index"]), proof=proof, **parts)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise EncodingError("malformed receipt") from None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a receipt shows once it was verified.

    Attributes:
        nation: who answered.
        agency: who asked.
        answered_ms: when, by the node's clock.
        asked: the question or claim.
        publication: on what it stood; for a claim the newest, which may be a later one.
        head: what was answered.
        buckets: how many buckets came, each verified.
        cosigned: the checkpoint under which that publication stood, and which of the witnesses of
            now had cosigned it.
        proved_size: the size of the holder's log in which the answer is proved to be, by the proof
            that was collected beside the receipt; 0 before.
    """

    nation: str
    agency: str
    answered_ms: int
    asked: Question | Claim = field(repr=False)
    publication: Publication = field(repr=False)
    head: AnswerHead = field(repr=False)
    buckets: int
    cosigned: Cosigned
    proved_size: int = 0

    @property
    def published_ms(self) -> int:
        """Say when the version that was asked about was published; 0 where that is not shown."""
        shown = self.publication.version == self.asked.version
        return self.publication.published_ms if shown else 0

    def document(self) -> dict[str, str | int | None]:
        """Give what a person or a program is told of it."""
        refusal = self.head.refusal
        return {
            "nation": self.nation,
            "agency": self.agency,
            "answered_ms": self.answered_ms,
            "dataset": self.asked.dataset,
            "version": self.asked.version,
            "published_ms": self.published_ms,
            "granted": self.head.decision.granted,
            "refused": refusal.slug if refusal else "",
            "buckets": self.buckets,
            "log_index": self.head.receipt.index if self.head.receipt else None,
            "proved_size": self.proved_size,
            "witnesses": self.cosigned.count,
            "witnesses_of": self.cosigned.of,
        }


def _nobody(_check: Check) -> None:
    """Take no notice of checks as they are passed."""


def verify(receipt: Receipt, trust: Trust, passed: Callable[[Check], None] = _nobody) -> Shown:
    """Verify a receipt from its octets, the member list and the trust policy alone.

    How many witnesses had cosigned is told, and not judged: keys and policies change, and a quorum
    of then may be none of now.

    Args:
        receipt: the receipt.
        trust: the members, and the policy in force.
        passed: told of each check when it is passed; of the one that fails it is not told.

    Raises:
        ProofError: if something in it is not what it is said to be.
        FormerKeyError: if it is of a node, or signed under a key, that the member list does not
            name now; it may be true.
        EncodingError: if something in it does not parse.
    """
    request = read_request(receipt.request)
    fields = request.header.fields
    node = trust.federation.nodes.get(fields.nation)
    if node is None:
        raise FormerKeyError("the member list names no node of the nation that was asked")
    # The question that is shown is the one that was sealed.
    if not hmac.compare_digest(
        content_digest(receipt.salt, receipt.message), request.header.content
    ):
        raise SealError("the question of the receipt is not the one of its request")
    passed("question")
    asked = decode_asked(receipt.message, fields.size_class)
    context = AnswerContext(fields, request.digest, request.enc, receipt.secret)
    signer = VerifyKey.decode(node.signing_public)
    try:
        opened = open_answer(context, receipt.answer, signer)
    except SignatureError:
        former_key.require_signer_of_now(receipt.answer, signer)
        raise
    passed("signature")
    head, body = decode_head(opened.message)
    if head.refusal is not None or head.claim is not None:
        require_empty_body(body)
    try:
        cosigned = trust.look(receipt.checkpoint, node.log_vkey)
    except SignatureError:
        former_key.require_log_key_of_now(receipt.checkpoint, node.log_vkey, trust)
        raise
    passed("checkpoint")
    checkpoint = cosigned.opened.checkpoint
    logged = Logged(receipt.leaf, receipt.index, receipt.proof)
    logged.require_in(checkpoint.size, checkpoint.root)
    passed("log")
    publication = Publication.decode(receipt.leaf)
    _require_asked(publication, fields.nation, asked)
    passed("publication")
    buckets = 0
    if isinstance(asked, Question) and head.refusal is None:
        if head.opening is None:
            raise PublicationError("the answer does not open the commitment")
        publication.verify_opening(publication.viewer_of(fields.agency), head.opening)
        passed("opening")
        buckets = _verify_body(asked, publication, head.opening, body, passed)
    return Shown(
        fields.nation,
        fields.agency,
        opened.header.answered_ms,
        asked,
        publication,
        head,
        buckets,
        cosigned,
    )


def _require_asked(publication: Publication, nation: str, asked: Question | Claim) -> None:
    """Require that a publication is the one that was asked about.

    A claim may be of a version before the newest, which alone is in its receipt: what is answered
    to a claim rests on no publication.
    """
    same = (publication.nation, publication.dataset) == (nation, asked.dataset)
    version = publication.version
    fits = version >= asked.version if isinstance(asked, Claim) else version == asked.version
    if not same or not fits:
        raise PublicationError("the publication of the receipt is not the one that was asked")


def _verify_body(
    asked: Question,
    publication: Publication,
    opening: Opening,
    octets: bytes,
    passed: Callable[[Check], None],
) -> int:
    bits, capacity = publication.prefix_bits, publication.capacity
    slots = slot_count(asked.size_class, asked.prefix_len, bits, asked.columns)
    body = decode_body(octets, asked.size_class, slots, capacity, bits)
    verify_evaluation(opening.public_key, asked.elements, body.evaluated, body.proof)
    passed("proof")
    # As whoever asked did it: an answer that brought other buckets gave no word on what was asked.
    if [slot.number for slot in body.slots] != numbers_below(
        asked.prefixes, asked.prefix_len, bits
    ):
        raise PublicationError("the buckets of the answer are not those that were asked for")
    for slot in body.slots:
        verify_path(slot.number, slot.tags, slot.path, bits, opening.root)
        check_bucket(slot.tags, capacity)
    passed("buckets")
    return len(body.slots)

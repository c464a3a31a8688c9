"""A small holder in memory: publishes rows as the protocol says, and can be told to cheat."""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fedquery.cases.card import CaseCard
from fedquery.cases.signed import issue
from fedquery.oprf.group import default_group
from fedquery.oprf.keys import KeyPair
from fedquery.oprf.server import outputs
from fedquery.psi.answer import Body
from fedquery.psi.asker import Asking, Terms
from fedquery.psi.bucket import TAG_LENGTH, bucket_number, capacity_for
from fedquery.psi.commitment import Opening, commit
from fedquery.psi.holder import evaluate
from fedquery.psi.key import view_key
from fedquery.psi.merkle import BucketTree, bucket_leaf
from fedquery.psi.publication import Publication
from fedquery.psi.question import Question, Statement
from fedquery.psi.tag import tags_and_tokens
from fedquery.seal.signing import SigningKey

PAD_KEY = bytes(range(32))
CASE = CaseCard(
    federation="mekong",
    agency="TH/cyber-police",
    holder="VN",
    pseudonym="case-7f3a",
    offence="fraud by telephone",
    maximum_penalty_years=10,
    transnational=True,
    opened_ms=1_700_000_000_000,
    person_role="suspect",
    issued_ms=1_700_000_400_000,
    ends_ms=1_700_086_800_000,
)
CARD = issue(CASE, SigningKey(bytes(31) + b"\x11"))
STATEMENT = Statement("fraud", CARD, "suspect", "identify", "officer-19", "as ordered")

Tamper = Callable[[list[bytes]], None]


def octets(seed: int) -> Callable[[int], bytes]:
    """Make a repeatable source of octets."""
    return random.Random(seed).randbytes  # noqa: S311  tests want repeatable octets


@dataclass(frozen=True)
class View:
    """A view in memory, as `holder.ViewReader` reads it."""

    prefix_bits: int
    capacity: int
    buckets: tuple[bytes, ...]
    tree: BucketTree

    @property
    def root(self) -> bytes:
        """The root over the buckets."""
        return self.tree.root

    def bucket(self, number: int) -> bytes:
        """Read one bucket."""
        return self.buckets[number]

    def path(self, number: int) -> tuple[bytes, ...]:
        """Read one path."""
        return self.tree.path(number)


@dataclass(frozen=True)
class Holding:
    """What one holder has published of one dataset to one nation."""

    publication: Publication
    opening: Opening
    key: KeyPair
    view: View

    @property
    def terms(self) -> Terms:
        """On what TH asks."""
        return Terms(self.publication, "VN", "TH")

    def ask(
        self,
        inputs: Sequence[bytes],
        *,
        prefix_len: int | None = None,
        size_class: int = 1,
        held: dict[int, bytes] | None = None,
        seed: int = 1,
    ) -> Asking:
        """Prepare a question of TH."""
        return Asking.prepare(
            inputs,
            self.terms,
            prefix_len=self.view.prefix_bits if prefix_len is None else prefix_len,
            size_class=size_class,
            held=held or {},
            random=octets(seed),
            pad_key=PAD_KEY,
        )

    def answer(self, asking: Asking, key: KeyPair | None = None) -> Body:
        """Answer a question honestly, with this view's key unless another is given."""
        return evaluate(question(asking), key or self.key, self.view, bytes(32))


def question(asking: Asking) -> Question:
    """Write what is sent of a question under way."""
    return Question(
        dataset=asking.terms.publication.dataset,
        version=asking.terms.publication.version,
        columns=asking.columns,
        prefix_len=asking.prefix_len,
        statement=STATEMENT,
        elements=asking.elements,
        prefixes=asking.prefixes,
    )


def identifier(number: int) -> bytes:
    """Make a fictional identifier."""
    return f"phone:v1:+6685550{number:04d}".encode()


def filled(tags: Sequence[bytes], capacity: int, draw: Callable[[int], bytes]) -> bytes:
    """Fill one bucket up to its capacity with random tags, in order."""
    found = set(tags)
    while len(found) < capacity:
        found.add(draw(TAG_LENGTH))
    return b"".join(sorted(found))


def publish(
    rows: Sequence[bytes],
    *,
    prefix_bits: int = 2,
    seed: int = 7,
    version: int = 3,
    tamper: Tamper | None = None,
    committed: dict[str, object] | None = None,
) -> Holding:
    """Publish rows of VN to TH.

    Args:
        rows: encoded identifiers, all different.
        prefix_bits: how many bits number the buckets.
        seed: of all randomness.
        version: the publication's version.
        tamper: changes the buckets before they are committed to.
        committed: what the commitment says in place of holder, dataset, version or asker nation.
    """
    draw = octets(seed)
    key = view_key(draw(32), "VN", "phones", version, "view-1")
    joined, _tokens = tags_and_tokens(outputs(key, rows, default_group().hash_to_group(rows)))
    tags = [joined[at : at + TAG_LENGTH] for at in range(0, len(joined), TAG_LENGTH)]
    sorted_out: list[list[bytes]] = [[] for _ in range(1 << prefix_bits)]
    for one, found in zip(rows, tags, strict=True):
        sorted_out[bucket_number(one, prefix_bits)].append(found)
    capacity = capacity_for(max(map(len, sorted_out)))
    buckets = [filled(found, capacity, draw) for found in sorted_out]
    if tamper is not None:
        tamper(buckets)
    tree = BucketTree.build([bucket_leaf(n, found) for n, found in enumerate(buckets)])
    opening = Opening(draw(32), prefix_bits, capacity, key.public, tree.root)
    said = {"holder": "VN", "dataset": "phones", "version": version, "viewer": "TH"}
    said |= committed or {}
    publication = Publication(
        nation="VN",
        dataset="phones",
        kind="phone",
        vectors_digest=hashlib.sha256(b"vectors").digest(),
        version=version,
        prefix_bits=prefix_bits,
        capacity=capacity,
        commitments={"TH": commit(opening=opening, **said), "LA": draw(32)},
        published_ms=1_700_000_000_000,
        next_due_ms=1_700_000_900_000,
    )
    return Holding(publication, opening, key, View(prefix_bits, capacity, tuple(buckets), tree))

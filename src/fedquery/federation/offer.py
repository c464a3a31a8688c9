"""What a manifest offers: logged leaves, datasets and the keys to seal to, and their JSON.

A publication is carried as the leaf that was logged, unread: whoever asks decodes it, and the
coordinator, which only passes manifests on, never does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.encoding.canonical_json import Json
from fedquery.errors import EncodingError, InputError
from fedquery.federation import names
from fedquery.seal.kem import KemPublicKey
from fedquery.tlog.proofs import MAX_PROOF_LENGTH, verify_inclusion
from fedquery.tlog.tree import HASH_SIZE, MAX_SIZE, leaf_hash

MOST_DATASETS: Final = 64
# The newest publication and the one before it, with room for views of a dataset in rebuilding.
MOST_PUBLICATIONS: Final = 4
MOST_KEMS: Final = 4
MOST_LEAF_OCTETS: Final = 16 * 1024
# protocol.md 5: KEM keys live 24 h; an hour is for clocks and restarts.
MOST_KEM_LIFE_MS: Final = 25 * 3600 * 1000
_KEM_OCTETS: Final = 1216
_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Logged:
    """A leaf of the node's log with its proof in the checkpoint of the same manifest.

    Args:
        leaf: the octets that were logged.
        index: its place in the log, from 0.
        proof: hashes from the leaf's sibling to the root's child.
    """

    leaf: bytes
    index: int
    proof: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse what no log can hold.

        Raises:
            InputError: with what is wrong.
        """
        if not 0 < len(self.leaf) <= MOST_LEAF_OCTETS or not 0 <= self.index < MAX_SIZE:
            raise InputError("no log holds this leaf at this place")
        if len(self.proof) > MAX_PROOF_LENGTH or any(len(h) != HASH_SIZE for h in self.proof):
            raise InputError("an inclusion proof has at most 63 hashes of 32 octets")

    def require_in(self, size: int, root: bytes) -> None:
        """Require that the leaf is in the log of this size and root.

        Raises:
            InclusionError: if the proof does not show it.
        """
        verify_inclusion(leaf_hash(self.leaf), self.index, size, self.proof, root)

    def to_json(self) -> Json:
        """Give the JSON value."""
        proof: list[Json] = [b64encode(part) for part in self.proof]
        return {"leaf": b64encode(self.leaf), "index": self.index, "proof": proof}

    @staticmethod
    def from_json(value: Json) -> "Logged":
        """Read the JSON value strictly.

        Raises:
            EncodingError: if it is anything else.
        """
        leaf, index, proof = members(value, "leaf", "index", "proof")
        hashes = [octets(part, HASH_SIZE) for part in listed(proof, MAX_PROOF_LENGTH)]
        return Logged(octets(leaf, MOST_LEAF_OCTETS), integer(index), tuple(hashes))


@dataclass(frozen=True, slots=True)
class Offer:
    """A dataset that may be asked about.

    Args:
        name: its name.
        kind: the kind of its identifiers.
        publications: logged publications, the newest first.
    """

    name: str
    kind: str
    publications: tuple[Logged, ...]

    def __post_init__(self) -> None:
        """Refuse values out of form, and publications out of order.

        Raises:
            InputError: with what is wrong.
        """
        names.check_label(self.name)
        if _KIND.fullmatch(self.kind) is None:
            raise InputError("this is not the name of a kind")
        indexes = [publication.index for publication in self.publications]
        if not 1 <= len(indexes) <= MOST_PUBLICATIONS:
            raise InputError("a dataset offers 1 to 4 publications")
        # What was published later stands later in the log.
        if indexes != sorted(set(indexes), reverse=True):
            raise InputError("publications are offered newest first")

    def to_json(self) -> Json:
        """Give the JSON value."""
        publications = [publication.to_json() for publication in self.publications]
        return {"name": self.name, "kind": self.kind, "publications": publications}

    @staticmethod
    def from_json(value: Json) -> "Offer":
        """Read the JSON value strictly.

        Raises:
            EncodingError: if it is anything else.
        """
        name, kind, publications = members(value, "name", "kind", "publications")
        logged = [Logged.from_json(item) for item in listed(publications, MOST_PUBLICATIONS)]
        return Offer(string(name), string(kind), tuple(logged))


@dataclass(frozen=True, slots=True)
class OfferedKem:
    """A key to seal questions to.

    Args:
        public: 1,216 octets (X-Wing).
        not_before_ms: from when it may be used.
        not_after_ms: until when it may be used, at most 25 h later.
        logged: the entry of the log that names it.
    """

    public: bytes = field(repr=False)
    not_before_ms: int
    not_after_ms: int
    logged: Logged

    def __post_init__(self) -> None:
        """Refuse what is no key, and a life that is too long.

        Raises:
            InputError: with what is wrong.
        """
        KemPublicKey.decode(self.public)
        if not 0 <= self.not_before_ms < self.not_after_ms:
            raise InputError("a key ends after it begins")
        if self.not_after_ms - self.not_before_ms > MOST_KEM_LIFE_MS:
            raise InputError("a key to seal to lives at most 25 hours")

    def to_json(self) -> Json:
        """Give the JSON value."""
        return {
            "public": b64encode(self.public),
            "not_before_ms": self.not_before_ms,
            "not_after_ms": self.not_after_ms,
            "logged": self.logged.to_json(),
        }

    @staticmethod
    def from_json(value: Json) -> "OfferedKem":
        """Read the JSON value strictly.

        Raises:
            EncodingError: if it is anything else.
        """
        public, not_before, not_after, logged = members(
            value, "public", "not_before_ms", "not_after_ms", "logged"
        )
        return OfferedKem(
            octets(public, _KEM_OCTETS),
            integer(not_before),
            integer(not_after),
            Logged.from_json(logged),
        )


def members(value: Json, *keys: str) -> list[Json]:
    """Take exactly these members of an object, in this order.

    Raises:
        EncodingError: if it has others, or is no object.
    """
    if not isinstance(value, dict) or value.keys() != set(keys):
        raise malformed()
    return [value[key] for key in keys]


def listed(value: Json, most: int) -> Sequence[Json]:
    """Take a list of at most so many.

    Raises:
        EncodingError: if it is longer, or no list.
    """
    if not isinstance(value, list) or len(value) > most:
        raise malformed()
    return value


def string(value: Json) -> str:
    """Take a string.

    Raises:
        EncodingError: if it is none.
    """
    if not isinstance(value, str):
        raise malformed()
    return value


def integer(value: Json) -> int:
    """Take an integer that is not negative.

    Raises:
        EncodingError: if it is none.
    """
    # A bool is an int to Python, not to this format.
    if type(value) is not int or value < 0:
        raise malformed()
    return value


def octets(value: Json, cap: int) -> bytes:
    """Take base64 of at most so many octets.

    Raises:
        EncodingError: if it is longer, or not base64.
    """
    return b64decode(string(value), cap=cap, what="manifest")


def malformed() -> EncodingError:
    """Make the one error of a manifest."""
    return EncodingError("malformed manifest")

"""Publications: what a holder says, in its log, about one version of one dataset.

The leaf names no rows and no views: only how the buckets are cut, one commitment for each member
nation and for each agency of a joint team, and how long the holder promises to stand by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import EncodingError, InputError, PublicationError
from fedquery.psi.bucket import MAX_PREFIX_BITS, check_capacity
from fedquery.psi.commitment import COMMITMENT_LENGTH, Opening, verify_opening
from fedquery.psi.names import (
    MAX_INTEGER,
    check_length,
    check_name,
    check_nation,
    check_range,
    check_viewer,
)

SUITE = "ristretto255-SHA512"
DIGEST_LENGTH = 32
MOST_FORMER = 2
# protocol.md 3: next_due is at most a day ahead, and the claim window ends.
MAX_DUE_MS = 24 * 3_600_000
DEFAULT_CLAIM_WINDOW_MS = 72 * 3_600_000
MAX_CLAIM_WINDOW_MS = 366 * 24 * 3_600_000
MAX_VIEWERS = 256
PUBLICATION_CAP = 32_768

_TYPE = "publication"
_WHAT = "publication"
_KEYS = frozenset(
    {
        "v",
        "type",
        "nation",
        "dataset",
        "kind",
        "suite",
        "vectors_digest",
        "version",
        "prefix_bits",
        "capacity",
        "commitments",
        "published_ms",
        "next_due_ms",
        "claim_window_ms",
    }
)
# It stands there while rules are changed, and else not at all.
_FORMER = "vectors_former"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One version of one dataset, as a log leaf.

    Attributes:
        nation: the holder's code.
        dataset: the dataset's name.
        kind: the kind of its identifiers.
        suite: the OPRF suite; there is one.
        vectors_digest: SHA-256 of the normalisation vectors of the kind, 32 octets.
        vectors_former: those of former rules under which it can be asked as well, newest first.
        version: the version, 1 or more; it is the key epoch.
        prefix_bits: how many leading bits number the buckets.
        capacity: the tags of each bucket.
        commitments: for each member nation, and for each agency of a team, the commitment to its
            view, 32 octets.
        published_ms: when it was published.
        next_due_ms: when the next is due, at most a day later.
        claim_window_ms: how long after `published_ms` a hit can be claimed.
    """

    nation: str
    dataset: str
    kind: str
    suite: str = SUITE
    vectors_digest: bytes
    vectors_former: tuple[bytes, ...] = ()
    version: int
    prefix_bits: int
    capacity: int
    commitments: Mapping[str, bytes] = field(repr=False)
    published_ms: int
    next_due_ms: int
    claim_window_ms: int = DEFAULT_CLAIM_WINDOW_MS

    def __post_init__(self) -> None:
        """Check names, lengths and ranges, and keep the commitments from changing."""
        check_nation(self.nation)
        check_name(self.dataset, "a dataset")
        check_name(self.kind, "a kind")
        if self.suite != SUITE:
            raise InputError("the suite is not known")
        for digest in self.rules:
            check_length(digest, DIGEST_LENGTH, "the vectors digest")
        check_range(len(self.vectors_former), 0, MOST_FORMER, "the number of former rules")
        if len(set(self.rules)) != len(self.rules):
            raise InputError("rules stand twice")
        check_range(self.version, 1, MAX_INTEGER, "the version")
        check_range(self.prefix_bits, 0, MAX_PREFIX_BITS, "prefix_bits")
        check_capacity(self.capacity)
        check_range(len(self.commitments), 1, MAX_VIEWERS, "the number of commitments")
        for viewer, commitment in self.commitments.items():
            check_viewer(viewer)
            check_length(commitment, COMMITMENT_LENGTH, "a commitment")
        check_range(self.published_ms, 0, MAX_INTEGER, "published_ms")
        latest = min(MAX_INTEGER, self.published_ms + MAX_DUE_MS)
        check_range(self.next_due_ms, self.published_ms, latest, "next_due_ms")
        check_range(self.claim_window_ms, 0, MAX_CLAIM_WINDOW_MS, "claim_window_ms")
        object.__setattr__(self, "commitments", MappingProxyType(dict(self.commitments)))

    def __hash__(self) -> int:
        """Hash the encoding, for the mapping has no hash of its own."""
        return hash(self.encode())

    @property
    def rules(self) -> tuple[bytes, ...]:
        """The digests of all rules under which it can be asked."""
        return (self.vectors_digest, *self.vectors_former)

    def encode(self) -> bytes:
        """Write the log leaf: canonical JSON, octets in hexadecimal."""
        former: Json = [digest.hex() for digest in self.vectors_former]
        return canonical_json.dump(
            {
                "v": 1,
                "type": _TYPE,
                "nation": self.nation,
                "dataset": self.dataset,
                "kind": self.kind,
                "suite": self.suite,
                "vectors_digest": self.vectors_digest.hex(),
                "version": self.version,
                "prefix_bits": self.prefix_bits,
                "capacity": self.capacity,
                "commitments": {n: c.hex() for n, c in self.commitments.items()},
                "published_ms": self.published_ms,
                "next_due_ms": self.next_due_ms,
                "claim_window_ms": self.claim_window_ms,
            }
            | ({_FORMER: former} if former else {})
        )

    @classmethod
    def decode(cls, octets: bytes) -> "Publication":
        """Read a log leaf strictly.

        Raises:
            EncodingError: on anything that `encode` could not have written.
        """
        value = canonical_json.load(octets, cap=PUBLICATION_CAP, what=_WHAT)
        if not isinstance(value, dict) or value.keys() - {_FORMER} != _KEYS:
            raise EncodingError(f"malformed {_WHAT}")
        if value["type"] != _TYPE or _integer(value["v"]) != 1:
            raise EncodingError(f"malformed {_WHAT}")
        try:
            publication = cls(
                nation=_text(value["nation"]),
                dataset=_text(value["dataset"]),
                kind=_text(value["kind"]),
                suite=_text(value["suite"]),
                vectors_digest=_octets(value["vectors_digest"]),
                vectors_former=_digests(value.get(_FORMER, [])),
                version=_integer(value["version"]),
                prefix_bits=_integer(value["prefix_bits"]),
                capacity=_integer(value["capacity"]),
                commitments=_commitments(value["commitments"]),
                published_ms=_integer(value["published_ms"]),
                next_due_ms=_integer(value["next_due_ms"]),
                claim_window_ms=_integer(value["claim_window_ms"]),
            )
        except InputError:
            raise EncodingError(f"malformed {_WHAT}") from None
        # Writing it again refuses what the readers above are lenient about: hexadecimal capitals,
        # white space, and an empty list in place of none.
        if publication.encode() != octets:
            raise EncodingError(f"malformed {_WHAT}")
        return publication

    def viewer_of(self, agency: str) -> str:
        """Say whose view an agency is answered from: its own where it has one, or its nation's."""
        return agency if agency in self.commitments else agency.partition("/")[0]

    def verify_opening(self, viewer: str, opening: Opening) -> None:
        """Verify that an opening is of this publication's view for a nation or an agency.

        This is check 4 of protocol.md 4. The numbers of the opening are compared too: a commitment
        could bind other buckets than those that the publication tells everybody about.

        Raises:
            PublicationError: if it is not, or if there is no view for it.
        """
        commitment = self.commitments.get(viewer)
        if commitment is None:
            raise PublicationError("the publication has no view for the asker")
        verify_opening(
            commitment,
            opening,
            holder=self.nation,
            dataset=self.dataset,
            version=self.version,
            viewer=viewer,
        )
        if (opening.prefix_bits, opening.capacity) != (self.prefix_bits, self.capacity):
            raise PublicationError("the view has other buckets than the publication says")


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise EncodingError(f"malformed {_WHAT}")
    return value


def _integer(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EncodingError(f"malformed {_WHAT}")
    return value


def _octets(value: Json) -> bytes:
    try:
        return bytes.fromhex(_text(value))
    except ValueError:
        raise EncodingError(f"malformed {_WHAT}") from None


def _digests(value: Json) -> tuple[bytes, ...]:
    if not isinstance(value, list):
        raise EncodingError(f"malformed {_WHAT}")
    return tuple(_octets(text) for text in value)


def _commitments(value: Json) -> dict[str, bytes]:
    if not isinstance(value, dict):
        raise EncodingError(f"malformed {_WHAT}")
    return {nation: _octets(text) for nation, text in value.items()}

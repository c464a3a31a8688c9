"""Commitments: what a publication says of each view, to whom it is for only.

A view is for a nation, or for an agency that sees more by its teams. Each has its own random salt,
so nobody else can tell from the log who sees the same rows; the opening goes out with each answer.
"""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from fedquery.encoding.octets import i2osp, lp
from fedquery.errors import PublicationError
from fedquery.psi.bucket import MAX_CAPACITY, MAX_PREFIX_BITS, MIN_CAPACITY
from fedquery.psi.names import check_length, check_range

COMMITMENT_LENGTH = 32
SALT_LENGTH = 32

_LABEL = b"fedquery/v1/view"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment hides.

    Attributes:
        salt: 32 random octets, another for each viewer.
        prefix_bits: how many leading bits number the buckets.
        capacity: the tags of each bucket.
        public_key: pkS of the view, a group element of 32 octets.
        root: the root over the view's buckets, 32 octets.
    """

    salt: bytes = field(repr=False)
    prefix_bits: int
    capacity: int
    public_key: bytes
    root: bytes

    def __post_init__(self) -> None:
        """Check lengths and ranges."""
        check_length(self.salt, SALT_LENGTH, "the salt")
        check_range(self.prefix_bits, 0, MAX_PREFIX_BITS, "prefix_bits")
        check_range(self.capacity, MIN_CAPACITY, MAX_CAPACITY, "the capacity")
        check_length(self.public_key, 32, "the public key")
        check_length(self.root, 32, "the root")


def commit(holder: str, dataset: str, version: int, viewer: str, opening: Opening) -> bytes:
    """Commit to one view.

    Args:
        holder: the code of the nation that publishes.
        dataset: the dataset's name.
        version: the publication's version.
        viewer: the nation or agency that the view is for.
        opening: the view.

    Returns:
        32 octets.
    """
    # protocol.md 3: SHA-256(LP("fedquery/v1/view") || LP(holder) || LP(dataset)
    #   || I2OSP(version, 8) || LP(viewer) || salt || I2OSP(prefix_bits, 1)
    #   || I2OSP(capacity, 4) || pkS || root).
    return sha256(
        lp(_LABEL)
        + lp(holder.encode("ascii"))
        + lp(dataset.encode("ascii"))
        + i2osp(version, 8)
        + lp(viewer.encode("ascii"))
        + opening.salt
        + i2osp(opening.prefix_bits, 1)
        + i2osp(opening.capacity, 4)
        + opening.public_key
        + opening.root
    ).digest()


def verify_opening(
    commitment: bytes,
    opening: Opening,
    *,
    holder: str,
    dataset: str,
    version: int,
    viewer: str,
) -> None:
    """Verify that an opening is the one that was committed to (protocol.md 4, check 4).

    Args:
        commitment: what was published, 32 octets.
        opening: what came with the answer.
        holder: the code of the nation that publishes.
        dataset: the dataset's name.
        version: the publication's version.
        viewer: the nation or agency that asked.

    Raises:
        PublicationError: if it is not.
    """
    if not hmac.compare_digest(commitment, commit(holder, dataset, version, viewer, opening)):
        raise PublicationError("the opening does not fit the published commitment")

"""The key of a view: derived from the seed of its version, and from nothing that outlives it."""

from fedquery.encoding.octets import i2osp, lp
from fedquery.oprf.keys import KeyPair, derive_key_pair
from fedquery.psi.names import check_length

SEED_LENGTH = 32

_LABEL = b"fedquery/v1/key"


def view_key(seed: bytes, nation: str, dataset: str, version: int, view_id: str) -> KeyPair:
    """Derive the OPRF key pair of one view of one publication.

    Nations that see the same rows share a view, and so its key; another version has another seed.

    Args:
        seed: the 32 octets of this version; a secret.
        nation: the holder's code.
        dataset: the dataset's name.
        version: the publication's version.
        view_id: the view's name within the publication, ASCII.

    Returns:
        The key pair.

    Raises:
        InputError: if the seed does not have 32 octets.
    """
    check_length(seed, SEED_LENGTH, "the seed")
    # protocol.md 3: DeriveKeyPair(seed, "fedquery/v1/key" || LP(nation) || LP(dataset)
    #   || I2OSP(version, 8) || LP(view id)).
    info = (
        _LABEL
        + lp(nation.encode("ascii"))
        + lp(dataset.encode("ascii"))
        + i2osp(version, 8)
        + lp(view_id.encode("ascii"))
    )
    return derive_key_pair(seed, info)

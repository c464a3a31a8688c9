import copy
import hashlib
import pickle

import pytest

from fedquery.errors import EncodingError
from fedquery.seal.kem import KemPrivateKey, KemPublicKey

_P = 2**255 - 19


def test_public_round_trip(parties) -> None:
    """A public key that is read is the same key."""
    assert parties.kem.public_key == KemPublicKey.decode(parties.kem.public)
    assert 1216 == len(parties.kem.public)


def test_key_id(parties) -> None:
    """A key id is eight octets of a labelled hash of the public key."""
    digest = hashlib.sha256(b"\x00\x00\x00\x13fedquery/v1/kem-key" + parties.kem.public)
    assert digest.digest()[:8] == parties.kem.key_id


_X25519_FAULTS = {
    "zero": bytes(32),
    "order-4": (1).to_bytes(32, "little"),
    "minus-1": (_P - 1).to_bytes(32, "little"),
    "order-8": bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    "p": _P.to_bytes(32, "little"),
    "p-plus-9": (_P + 9).to_bytes(32, "little"),
    "bit-255": (9 | 1 << 255).to_bytes(32, "little"),
    "all-ones": b"\xff" * 32,
}


@pytest.mark.parametrize("point", _X25519_FAULTS.values(), ids=_X25519_FAULTS)
def test_bad_x25519_part(parties, point) -> None:
    """An X25519 key that is not canonical, or of small order, is refused."""
    with pytest.raises(EncodingError):
        KemPublicKey.decode(parties.kem.public[:-32] + point)


def test_bad_mlkem_part(parties) -> None:
    """A coefficient of q or more is refused (FIPS 203, 7.2)."""
    with pytest.raises(EncodingError):
        KemPublicKey.decode(b"\xff\xff\xff" + parties.kem.public[3:])


@pytest.mark.parametrize("length", [0, 32, 1184, 1215, 1217])
def test_public_of_another_length(length) -> None:
    """A public key has 1216 octets."""
    with pytest.raises(EncodingError):
        KemPublicKey.decode(b"\x01" * length)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_seed_of_another_length(length) -> None:
    """A seed has 32 octets."""
    with pytest.raises(EncodingError):
        KemPrivateKey(b"\x01" * length)


def test_repr_shows_no_secret(parties) -> None:
    """A private key shows its key id and nothing of its seed."""
    assert f"KemPrivateKey(key_id={parties.kem.key_id.hex()}, <redacted>)" == repr(parties.kem)
    assert "hybrid" not in repr(parties.kem.public_key)


def test_no_copy_leaves_the_process(parties) -> None:
    """A private key cannot be pickled or copied deeply."""
    with pytest.raises(TypeError):
        pickle.dumps(parties.kem)
    with pytest.raises(TypeError):
        copy.deepcopy(parties.kem)

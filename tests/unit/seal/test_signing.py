import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fedquery.errors import EncodingError, SignatureError
from fedquery.seal.signing import SigningKey, VerifyKey

_P = 2**255 - 19
# RFC 8032, 7.1, TEST 2.
_SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
_PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
_SMALL_ORDER = {
    "identity": (1).to_bytes(32, "little"),
    "identity-signed": (1 | 1 << 255).to_bytes(32, "little"),
    "order-2": (_P - 1).to_bytes(32, "little"),
    "order-4": bytes(32),
    "order-4-signed": (1 << 255).to_bytes(32, "little"),
    "order-8a": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "order-8a-signed": bytes.fromhex(
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"
    ),
    "order-8b": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "order-8b-signed": bytes.fromhex(
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
    ),
}
_NOT_CANONICAL = {
    "p": _P.to_bytes(32, "little"),
    "p-plus-3": (_P + 3).to_bytes(32, "little"),
    "all-ones": b"\xff" * 32,
    "short": _PUBLIC[:31],
    "long": _PUBLIC + b"\x00",
    "empty": b"",
}


def test_rfc8032_vector() -> None:
    """Seed, public key and signature are those of RFC 8032, 7.1, TEST 2."""
    key = SigningKey(_SEED)
    assert _PUBLIC == key.verify_key.public
    assert _SIGNATURE == key.sign(b"\x72")
    VerifyKey.decode(_PUBLIC).verify(_SIGNATURE, b"\x72")


def test_key_id() -> None:
    """A key id is eight octets of a labelled hash of the public key."""
    label = b"\x00\x00\x00\x17fedquery/v1/signing-key"
    assert hashlib.sha256(label + _PUBLIC).digest()[:8] == SigningKey(_SEED).key_id


@pytest.mark.parametrize("public", _SMALL_ORDER.values(), ids=_SMALL_ORDER)
def test_small_order_key(public) -> None:
    """A point of small order is no key."""
    with pytest.raises(EncodingError):
        VerifyKey.decode(public)


def test_small_order_key_would_verify_anything() -> None:
    """The refusal is needed: the library takes one signature by the identity for any message."""
    base_point = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")
    forged = base_point + (1).to_bytes(32, "little")
    key = Ed25519PublicKey.from_public_bytes(_SMALL_ORDER["identity"])
    key.verify(forged, b"one message")
    key.verify(forged, b"another message")


@pytest.mark.parametrize("public", _NOT_CANONICAL.values(), ids=_NOT_CANONICAL)
def test_key_not_canonical(public) -> None:
    """A coordinate of p or more, and any other length, is no key."""
    with pytest.raises(EncodingError):
        VerifyKey.decode(public)


@pytest.mark.parametrize("at", [0, 31, 32, 63])
def test_signature_changed(at) -> None:
    """A signature with one bit changed does not verify."""
    changed = bytearray(_SIGNATURE)
    changed[at] ^= 1
    with pytest.raises(SignatureError):
        VerifyKey.decode(_PUBLIC).verify(bytes(changed), b"\x72")


@pytest.mark.parametrize("signature", [b"", _SIGNATURE[:63], _SIGNATURE + b"\x00"])
def test_signature_of_another_length(signature) -> None:
    """A signature has 64 octets."""
    with pytest.raises(SignatureError):
        VerifyKey.decode(_PUBLIC).verify(signature, b"\x72")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_seed_of_another_length(length) -> None:
    """A seed has 32 octets."""
    with pytest.raises(EncodingError):
        SigningKey(b"\x01" * length)


def test_repr_shows_no_secret() -> None:
    """A signing key shows its key id and nothing of its seed."""
    key = SigningKey(_SEED)
    assert f"SigningKey(key_id={key.key_id.hex()}, <redacted>)" == repr(key)
    assert _SEED.hex() not in repr(key)

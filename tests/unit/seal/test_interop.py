"""The seal against the HPKE of the `cryptography` package, an implementation of its own."""

import hashlib
import secrets

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from fedquery.encoding.octets import lp
from fedquery.errors import SealError
from fedquery.seal.envelope import read_request
from fedquery.seal.hpke import open_once, seal_once
from fedquery.seal.kem import KemPrivateKey

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _other_private(seed: bytes) -> MLKEM768X25519PrivateKey:
    # X-Wing, expandDecapsulationKey: SHAKE256(seed, 96).
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def _other_public(public: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:-32]),
        X25519PublicKey.from_public_bytes(public[-32:]),
    )


@pytest.mark.parametrize("seed", [bytes(32), b"\x05" * 32, b"\xff" * 32])
def test_they_open_what_we_seal(seed) -> None:
    """What fedquery seals, `cryptography` opens."""
    enc, sealed, _secret = seal_once(KemPrivateKey(seed).public_key, b"info", b"plaintext")
    assert b"plaintext" == _SUITE.decrypt(enc + sealed, _other_private(seed), b"info")
    with pytest.raises(InvalidTag):
        _SUITE.decrypt(enc + sealed, _other_private(seed), b"other info")


@pytest.mark.parametrize("seed", [bytes(32), b"\x05" * 32, b"\xff" * 32])
def test_we_open_what_they_seal(seed) -> None:
    """What `cryptography` seals, fedquery opens."""
    private_key = KemPrivateKey(seed)
    octets = _SUITE.encrypt(b"plaintext", _other_public(private_key.public), b"info")
    enc, sealed = octets[:1120], octets[1120:]
    assert b"plaintext" == open_once(private_key, enc, b"info", sealed)[0]
    with pytest.raises(SealError):
        open_once(private_key, enc, b"other info", sealed)


def test_they_open_a_whole_request(exchange) -> None:
    """The sealed part of a request opens under the info that protocol.md, Envelope, gives."""
    envelope = read_request(exchange.request)
    info = lp(b"fedquery/v1/request") + lp(envelope.header_octets)
    plaintext = _SUITE.decrypt(envelope.enc + envelope.sealed, _other_private(b"\x05" * 32), info)
    assert lp(exchange.message) == plaintext[32 : 36 + len(exchange.message)]
    assert not any(plaintext[36 + len(exchange.message) :])


def test_both_sides_export_one_secret(parties) -> None:
    """Sender and recipient export the same secret, another one for each context."""
    found = set()
    for _ in range(3):
        info = secrets.token_bytes(8)
        enc, sealed, secret = seal_once(parties.kem.public_key, info, b"")
        assert (b"", secret) == open_once(parties.kem, enc, info, sealed)
        found.add(secret)
    assert 3 == len(found)

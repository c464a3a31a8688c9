"""The seal against the HPKE of pycryptodome, an implementation of its own."""

import pytest
from Crypto.Protocol import HPKE
from Crypto.PublicKey import Hybrid

from fedquery.encoding.octets import lp
from fedquery.errors import SealError
from fedquery.seal.envelope import read_request
from fedquery.seal.hpke import open_once, seal_once
from fedquery.seal.kem import KemPrivateKey

_SEEDS = [bytes(32), b"\x05" * 32, b"\xff" * 32]


def _theirs(seed: bytes):
    return Hybrid.generate(param_set=Hybrid.MLKEM768_X25519, randfunc=lambda _length: seed)


def _open(seed: bytes, enc: bytes, sealed: bytes, info: bytes) -> bytes:
    key = _theirs(seed)
    context = HPKE.new(receiver_key=key, aead_id=HPKE.AEAD.AES256_GCM, enc=enc, info=info)
    return context.unseal(sealed)


@pytest.mark.parametrize("seed", _SEEDS)
def test_they_open_what_we_seal(seed) -> None:
    """What fedquery seals, pycryptodome opens."""
    enc, sealed = seal_once(KemPrivateKey(seed).public_key, b"info", b"plaintext")
    assert b"plaintext" == _open(seed, enc, sealed, b"info")
    with pytest.raises(ValueError, match=r"MAC|tag"):
        _open(seed, enc, sealed, b"other info")


@pytest.mark.parametrize("seed", _SEEDS)
def test_we_open_what_they_seal(seed) -> None:
    """What pycryptodome seals, fedquery opens."""
    private_key = KemPrivateKey(seed)
    context = HPKE.new(
        receiver_key=_theirs(seed).public_key(), aead_id=HPKE.AEAD.AES256_GCM, info=b"info"
    )
    sealed = context.seal(b"plaintext")
    assert b"plaintext" == open_once(private_key, context.enc, b"info", sealed)
    with pytest.raises(SealError):
        open_once(private_key, context.enc, b"other info", sealed)


def test_they_open_a_whole_request(exchange) -> None:
    """The sealed part of a request opens under the info that protocol.md, Envelope, gives."""
    envelope = read_request(exchange.request)
    info = lp(b"fedquery/v1/request") + lp(envelope.header_octets)
    plaintext = _open(b"\x05" * 32, envelope.enc, envelope.sealed, info)
    assert exchange.context.secret == plaintext[:32]
    assert lp(exchange.message) == plaintext[64 : 68 + len(exchange.message)]
    assert not any(plaintext[68 + len(exchange.message) :])


@pytest.mark.parametrize("moved", [-1, 1])
def test_border_of_enc_and_ciphertext(parties, moved) -> None:
    """The same octets under another border between the two parts do not open."""
    enc, sealed = seal_once(parties.kem.public_key, b"info", b"plaintext")
    octets, at = enc + sealed, len(enc) + moved
    with pytest.raises(SealError):
        open_once(parties.kem, octets[:at], b"info", octets[at:])

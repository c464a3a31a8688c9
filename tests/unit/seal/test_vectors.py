"""Published vectors of X-Wing and HPKE, and the one of the envelope itself."""

import hashlib
import hmac
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fedquery.seal import request as request_module
from fedquery.seal.answer import open_answer, seal_answer
from fedquery.seal.envelope import read_answer, read_request, verify_request
from fedquery.seal.header import RequestFields
from fedquery.seal.hpke import open_once
from fedquery.seal.kem import KemPrivateKey, KemPublicKey
from fedquery.seal.request import AnswerContext, open_request, seal_request
from fedquery.seal.signing import SigningKey

_FOLDER = Path(__file__).parents[2] / "vectors" / "seal"
_X_WING = json.loads((_FOLDER / "x_wing.json").read_text(encoding="ascii"))["vectors"]
_HPKE = json.loads((_FOLDER / "hpke_pq.json").read_text(encoding="ascii"))["vector"]
_NUMBERS = ("size_class", "created_ms", "expires_ms", "answered_ms", "answer_length")
_TEXTS = ("agency", "nation")


@pytest.fixture(scope="module")
def vector() -> SimpleNamespace:
    """Read the vector of the envelope, its octets from hex."""
    found = json.loads((_FOLDER / "envelope.json").read_text(encoding="ascii"))
    return SimpleNamespace(
        **{
            name: value if name in _NUMBERS + _TEXTS else bytes.fromhex(value)
            for name, value in found.items()
        }
    )


def test_x_wing_is_there() -> None:
    """The file of X-Wing vectors is not empty, so that the next test tests something."""
    assert 3 == len(_X_WING)


@pytest.mark.parametrize("known", _X_WING)
def test_x_wing(known) -> None:
    """Keys, ciphertexts and shared secrets are those of the draft."""
    octets = {name: bytes.fromhex(value) for name, value in known.items()}
    private_key = KemPrivateKey(octets["seed"])
    assert octets["encapsulation_key"] == private_key.public
    assert octets["shared_secret"] == _x_wing_decapsulate(octets["seed"], octets["ciphertext"])
    # The library shows no shared secret: what is sealed under the draft's must open.
    schedule = _key_schedule(octets["shared_secret"], b"info", 2)
    sealed = AESGCM(schedule.key).encrypt(schedule.nonce, b"plaintext", b"")
    assert b"plaintext" == open_once(private_key, octets["ciphertext"], b"info", sealed)


def test_own_key_schedule_against_hpke_pq() -> None:
    """The independent key schedule of this file is that of draft-ietf-hpke-pq."""
    schedule = _key_schedule(
        bytes.fromhex(_HPKE["shared_secret"]), bytes.fromhex(_HPKE["info"]), _HPKE["aead_id"]
    )
    assert (_HPKE["key"], _HPKE["base_nonce"]) == (schedule.key.hex(), schedule.nonce.hex())
    assert _HPKE["exporter_secret"] == schedule.exporter.hex()


def test_request_is_made_again(monkeypatch, vector) -> None:
    """From the vector's inputs and its enc, the same request envelope comes out."""
    octets, context = _seal_again(monkeypatch, vector)
    assert _request(vector) == octets
    assert (vector.secret, vector.request_digest) == (context.secret, context.request_digest)


def test_answer_is_made_again(vector) -> None:
    """From the vector's inputs, the same answer envelope comes out and opens."""
    envelope = read_request(_request(vector))
    verify_request(envelope, SigningKey(vector.agency_seed).verify_key)
    opened = open_request(envelope, KemPrivateKey(vector.kem_seed))
    assert vector.request_message == opened.message
    draws = iter((vector.answer_salt, vector.response_nonce))
    node = SigningKey(vector.node_seed)
    octets = seal_answer(
        opened,
        vector.answer_message,
        length=vector.answer_length,
        signing_key=node,
        nation=vector.nation,
        answered_ms=vector.answered_ms,
        random=lambda _length: next(draws),
    )
    assert _answer(vector) == octets
    assert vector.answer_sealed == read_answer(octets).sealed
    assert vector.answer_sha256 == hashlib.sha256(octets).digest()


def test_request_by_other_means(vector) -> None:
    """Keys, header, plaintext, digest and signature follow from protocol.md and RFC 9180."""
    agency = Ed25519PrivateKey.from_private_bytes(vector.agency_seed)
    assert vector.agency_public == agency.public_key().public_bytes_raw()
    assert vector.agency_key_id == _key_id(b"fedquery/v1/signing-key", vector.agency_public)
    assert vector.kem_key_id == _key_id(b"fedquery/v1/kem-key", vector.kem_public)
    header = b"\x01\x01" + vector.request_id + _lp(vector.agency.encode()) + vector.agency_key_id
    header += vector.nation.encode() + vector.kem_key_id + vector.size_class.to_bytes(2, "big")
    header += vector.created_ms.to_bytes(8, "big") + vector.expires_ms.to_bytes(8, "big")
    header += _content(vector.request_salt, vector.request_message)
    assert header == vector.request_header
    schedule = _request_schedule(vector)
    plaintext = AESGCM(schedule.key).decrypt(schedule.nonce, vector.request_sealed, b"")
    start = vector.secret + vector.request_salt + _lp(vector.request_message)
    assert start.ljust(64 + 4 + 4096 + 36, b"\x00") == plaintext
    signed = _lp(b"fedquery/v1/request") + _lp(header) + _lp(vector.enc)
    signed += _lp(vector.request_sealed)
    assert vector.request_signature == agency.sign(signed)
    assert vector.request_digest == hashlib.sha256(_request(vector)).digest()


def test_answer_by_other_means(vector) -> None:
    """Header, ciphertext and signature follow from protocol.md and RFC 9458."""
    header = b"\x01\x02" + vector.request_id + vector.nation.encode()
    header += _key_id(b"fedquery/v1/signing-key", vector.node_public) + _lp(vector.agency.encode())
    header += vector.size_class.to_bytes(2, "big") + vector.answered_ms.to_bytes(8, "big")
    header += vector.request_digest + _content(vector.answer_salt, vector.answer_message)
    assert header == vector.answer_header
    prk = hmac.digest(vector.enc + vector.response_nonce, vector.secret, "sha256")
    key, nonce = _expand(prk, b"key", 32), _expand(prk, b"nonce", 12)
    plaintext = (vector.answer_salt + _lp(vector.answer_message)).ljust(
        vector.answer_length, b"\x00"
    )
    assert vector.answer_sealed == AESGCM(key).encrypt(nonce, plaintext, header)
    signed = _lp(b"fedquery/v1/answer") + _lp(header) + _lp(vector.response_nonce)
    Ed25519PublicKey.from_public_bytes(vector.node_public).verify(
        vector.answer_signature, signed + _lp(vector.answer_sealed)
    )


def test_answer_opens_with_a_context_made_again(monkeypatch, vector) -> None:
    """The asker whose request made the context opens the vector's answer."""
    _octets, context = _seal_again(monkeypatch, vector)
    key = SigningKey(vector.node_seed).verify_key
    assert vector.answer_message == open_answer(context, _answer(vector), key).message


def _seal_again(monkeypatch, vector: SimpleNamespace) -> tuple[bytes, AnswerContext]:
    # The encapsulation draws its own randomness: only what follows it can be made again.
    def seal_once(_recipient: object, info: bytes, plaintext: bytes) -> tuple[bytes, bytes]:
        schedule = _key_schedule(_x_wing_decapsulate(vector.kem_seed, vector.enc), info, 2)
        return vector.enc, AESGCM(schedule.key).encrypt(schedule.nonce, plaintext, b"")

    monkeypatch.setattr(request_module, "seal_once", seal_once)
    return seal_request(
        RequestFields(
            request_id=vector.request_id,
            agency=vector.agency,
            nation=vector.nation,
            size_class=vector.size_class,
            created_ms=vector.created_ms,
            expires_ms=vector.expires_ms,
        ),
        vector.request_message,
        KemPublicKey.decode(vector.kem_public),
        SigningKey(vector.agency_seed),
        salt=vector.request_salt,
        secret=vector.secret,
    )


def _lp(octets: bytes) -> bytes:
    return len(octets).to_bytes(4, "big") + octets


def _key_id(label: bytes, public: bytes) -> bytes:
    return hashlib.sha256(_lp(label) + public).digest()[:8]


def _content(salt: bytes, message: bytes) -> bytes:
    return hashlib.sha256(_lp(b"fedquery/v1/content") + salt + _lp(message)).digest()


def _request(vector: SimpleNamespace) -> bytes:
    return b"".join(
        map(
            _lp,
            (vector.request_header, vector.enc, vector.request_sealed, vector.request_signature),
        )
    )


def _answer(vector: SimpleNamespace) -> bytes:
    parts = (vector.answer_header, vector.response_nonce, vector.answer_sealed)
    return b"".join(map(_lp, (*parts, vector.answer_signature)))


def _x_wing_decapsulate(seed: bytes, enc: bytes) -> bytes:
    # draft-connolly-cfrg-xwing-kem, 5.4: SHA3-256(ss_M || ss_X || ct_X || pk_X || label).
    expanded = hashlib.shake_256(seed).digest(96)
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    post_quantum = MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).decapsulate(enc[:-32])
    traditional = x25519.exchange(X25519PublicKey.from_public_bytes(enc[-32:]))
    combined = post_quantum + traditional + enc[-32:] + x25519.public_key().public_bytes_raw()
    return hashlib.sha3_256(combined + b"\\.//^\\").digest()


def _expand(prk: bytes, info: bytes, length: int) -> bytes:
    return hmac.digest(prk, info + b"\x01", "sha256")[:length]


def _labeled_extract(salt: bytes, label: bytes, ikm: bytes, suite: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, "sha256")


def _labeled_expand(prk: bytes, label: bytes, info: bytes, length: int, suite: bytes) -> bytes:
    return _expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def _key_schedule(shared_secret: bytes, info: bytes, aead_id: int) -> SimpleNamespace:
    # RFC 9180, 5.1: KeySchedule in mode base.
    suite = b"HPKE" + bytes.fromhex("647a0001") + aead_id.to_bytes(2, "big")
    context = b"\x00" + _labeled_extract(b"", b"psk_id_hash", b"", suite)
    context += _labeled_extract(b"", b"info_hash", info, suite)
    secret = _labeled_extract(shared_secret, b"secret", b"", suite)
    return SimpleNamespace(
        suite=suite,
        key=_labeled_expand(secret, b"key", context, 32, suite),
        nonce=_labeled_expand(secret, b"base_nonce", context, 12, suite),
        exporter=_labeled_expand(secret, b"exp", context, 32, suite),
    )


def _request_schedule(vector: SimpleNamespace) -> SimpleNamespace:
    info = _lp(b"fedquery/v1/request") + _lp(vector.request_header)
    return _key_schedule(_x_wing_decapsulate(vector.kem_seed, vector.enc), info, 2)

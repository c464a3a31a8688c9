import dataclasses
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding.octets import lp
from fedquery.errors import EncodingError, InputError, SealError, SignatureError
from fedquery.seal import answer as answer_module
from fedquery.seal.answer import open_answer, seal_answer
from fedquery.seal.envelope import ANSWER_LABEL, read_answer, signed_octets, verify_answer
from fedquery.seal.header import AnswerHeader
from fedquery.seal.plaintext import content_digest, pad
from fedquery.seal.size import answer_length

_OPAQUE = r"^the sealed message does not open$"
_LENGTH = answer_length(1, 1, 8, 2)
_MESSAGE = b"answer about +66855501990"


def _seal(parties, exchange, message=_MESSAGE, **changes) -> bytes:
    values = {
        "length": _LENGTH,
        "signing_key": parties.node,
        "nation": "VN",
        "answered_ms": 1_790_000_001_500,
        "random": secrets.token_bytes,
    }
    return seal_answer(exchange.opened, message, **(values | changes))


def _signed(header: bytes, nonce: bytes, sealed: bytes, key) -> bytes:
    signature = key.sign(signed_octets(ANSWER_LABEL, header, nonce, sealed))
    return b"".join(lp(part) for part in (header, nonce, sealed, signature))


@pytest.fixture(scope="module")
def sealed_answer(parties, exchange) -> bytes:
    """Seal one answer."""
    return _seal(parties, exchange)


@given(message=st.binary(max_size=_LENGTH - 36))
def test_round_trip(parties, exchange, message) -> None:
    """What a node seals is what the asker opens, in one length, with a header that fits."""
    octets = _seal(parties, exchange, message)
    answer = open_answer(exchange.context, octets, parties.node.verify_key)
    assert message == answer.message
    assert _LENGTH + 16 == len(read_answer(octets).sealed)
    assert exchange.fields.request_id == answer.header.request_id
    assert 1_790_000_001_500 == answer.header.answered_ms


def test_each_transmission_is_fresh(parties, exchange) -> None:
    """The same answer sealed twice shares neither nonce nor ciphertext, and both open."""
    first, second = (read_answer(_seal(parties, exchange)) for _ in range(2))
    assert first.response_nonce != second.response_nonce
    assert first.sealed != second.sealed
    assert first.header.content != second.header.content


def test_message_too_long(parties, exchange) -> None:
    """An answer over its length is refused."""
    with pytest.raises(InputError):
        _seal(parties, exchange, b"\x00" * (_LENGTH - 35))


def test_sealing_for_another_nation(parties, exchange) -> None:
    """A node does not answer what another nation was asked."""
    with pytest.raises(InputError):
        _seal(parties, exchange, nation="LA")


@given(data=st.data())
def test_any_bit_changed_on_the_way(parties, exchange, sealed_answer, data) -> None:
    """One changed bit anywhere in the envelope is malformed or breaks the signature."""
    at = data.draw(st.integers(0, 8 * len(sealed_answer) - 1))
    changed = bytearray(sealed_answer)
    changed[at // 8] ^= 1 << at % 8
    with pytest.raises((EncodingError, SignatureError)):
        open_answer(exchange.context, bytes(changed), parties.node.verify_key)


def test_header_bit_changed_and_signed_again(parties, exchange, sealed_answer) -> None:
    """One changed bit at any octet of the header does not open even if the node signs it."""
    envelope = read_answer(sealed_answer)
    parts = (envelope.response_nonce, envelope.sealed)
    control = _signed(envelope.header_octets, *parts, parties.node)
    opened = open_answer(exchange.context, control, parties.node.verify_key)
    assert _MESSAGE == opened.message
    for at in range(len(envelope.header_octets)):
        header = bytearray(envelope.header_octets)
        header[at] ^= 1 << at % 8
        octets = _signed(bytes(header), *parts, parties.node)
        with pytest.raises((EncodingError, SignatureError, SealError)):
            open_answer(exchange.context, octets, parties.node.verify_key)


def test_header_is_bound_without_the_field_checks(
    monkeypatch, parties, exchange, sealed_answer
) -> None:
    """The AAD alone binds the header: with the field checks gone, a changed one does not open."""
    monkeypatch.setattr(answer_module, "_require_fit", lambda _context, _header: None)
    envelope = read_answer(sealed_answer)
    for name, value in (
        ("request_id", bytes(16)),
        ("answered_ms", 1),
        ("agency", "KH/cyber-police"),
        ("request_digest", bytes(32)),
    ):
        header = dataclasses.replace(envelope.header, **{name: value}).encode()
        octets = _signed(header, envelope.response_nonce, envelope.sealed, parties.node)
        with pytest.raises(SealError, match=_OPAQUE):
            open_answer(exchange.context, octets, parties.node.verify_key)


@pytest.mark.parametrize("part", ["response_nonce", "sealed"])
def test_sealed_part_changed_and_signed_again(parties, exchange, sealed_answer, part) -> None:
    """A changed nonce or ciphertext does not open even if the node signs it."""
    envelope = read_answer(sealed_answer)
    parts = {"response_nonce": envelope.response_nonce, "sealed": envelope.sealed}
    parts[part] = bytes([parts[part][0] ^ 1]) + parts[part][1:]
    octets = _signed(envelope.header_octets, parts["response_nonce"], parts["sealed"], parties.node)
    with pytest.raises(SealError, match=_OPAQUE):
        open_answer(exchange.context, octets, parties.node.verify_key)


@pytest.mark.parametrize("length", [0, 15, 16])
def test_ciphertext_too_short(parties, exchange, sealed_answer, length) -> None:
    """A ciphertext that is shorter than a tag, or nothing but one, does not open."""
    envelope = read_answer(sealed_answer)
    octets = _signed(envelope.header_octets, envelope.response_nonce, bytes(length), parties.node)
    with pytest.raises(SealError, match=_OPAQUE):
        open_answer(exchange.context, octets, parties.node.verify_key)


def test_answer_of_another_request(parties, exchange, make_exchange) -> None:
    """The answer to one request does not pass for the answer to another."""
    other = make_exchange()
    with pytest.raises(SealError, match=_OPAQUE):
        open_answer(exchange.context, _seal(parties, other), parties.node.verify_key)


def test_answer_of_same_id_other_envelope(parties, exchange, make_exchange) -> None:
    """The answer to another envelope with the same request id is refused by its digest."""
    other = make_exchange(request_id=exchange.fields.request_id)
    with pytest.raises(SealError, match=_OPAQUE):
        open_answer(exchange.context, _seal(parties, other), parties.node.verify_key)


# Each field is changed together with a ciphertext that is right for it, so that only the
# comparison with the asker's own request can refuse it.
_UNFIT = {
    "request-id": {"request_id": bytes(16)},
    "nation": {"nation": "LA"},
    "agency": {"agency": "TH/fiu"},
    "size-class": {"size_class": 4},
    "request-digest": {"request_digest": bytes(32)},
}


def _crafted(parties, exchange, plaintext: bytes, content: bytes, **changes) -> bytes:
    fields = exchange.fields
    values = {
        "request_id": fields.request_id,
        "nation": fields.nation,
        "signing_key_id": parties.node.key_id,
        "agency": fields.agency,
        "size_class": fields.size_class,
        "answered_ms": 1_790_000_001_500,
        "request_digest": exchange.opened.digest,
        "content": content,
    }
    header = AnswerHeader(**(values | changes)).encode()
    nonce = secrets.token_bytes(32)
    key, aead_nonce = answer_module._derive(exchange.opened.secret, exchange.opened.enc, nonce)
    sealed = answer_module.AESGCM(key).encrypt(aead_nonce, plaintext, header)
    return _signed(header, nonce, sealed, parties.node)


def test_crafted_answer_that_is_right(parties, exchange) -> None:
    """The crafting of the next tests is right, so that they fail for their fault alone."""
    octets = _crafted(parties, exchange, pad(bytes(32), b"m", 100), content_digest(bytes(32), b"m"))
    assert b"m" == open_answer(exchange.context, octets, parties.node.verify_key).message


@pytest.mark.parametrize("changes", _UNFIT.values(), ids=_UNFIT)
def test_unfit_header(parties, exchange, changes) -> None:
    """An answer by the holder of the secret for other addressees or ids is refused."""
    octets = _crafted(
        parties, exchange, pad(bytes(32), b"m", 100), content_digest(bytes(32), b"m"), **changes
    )
    with pytest.raises(SealError, match=_OPAQUE):
        open_answer(exchange.context, octets, parties.node.verify_key)


def test_padding_not_zero(parties, exchange) -> None:
    """A sealed answer whose padding is not zero does not open."""
    plaintext = pad(bytes(32), b"m", 100)[:-1] + b"\x01"
    octets = _crafted(parties, exchange, plaintext, content_digest(bytes(32), b"m"))
    with pytest.raises(SealError, match=_OPAQUE):
        open_answer(exchange.context, octets, parties.node.verify_key)


def test_content_mismatch(parties, exchange) -> None:
    """A sealed answer whose header commits to another message does not open."""
    octets = _crafted(parties, exchange, pad(bytes(32), b"m", 100), content_digest(bytes(32), b"n"))
    with pytest.raises(SealError, match=_OPAQUE):
        open_answer(exchange.context, octets, parties.node.verify_key)


def test_signature_of_another_node(parties, exchange) -> None:
    """Another node cannot answer, not even with the secret of the request."""
    octets = _seal(parties, exchange, signing_key=parties.other_node)
    with pytest.raises(SignatureError):
        open_answer(exchange.context, octets, parties.node.verify_key)
    with pytest.raises(SignatureError):
        verify_answer(read_answer(_seal(parties, exchange)), parties.other_node.verify_key)


def test_key_id_of_the_right_node_signature_of_another(parties, exchange, sealed_answer) -> None:
    """A header that names the right key does not make another key's signature verify."""
    envelope = read_answer(sealed_answer)
    octets = _signed(
        envelope.header_octets, envelope.response_nonce, envelope.sealed, parties.other_node
    )
    with pytest.raises(SignatureError):
        open_answer(exchange.context, octets, parties.node.verify_key)


def test_request_in_place_of_an_answer(parties, exchange) -> None:
    """A request sent back is not an answer, whosever key is used."""
    with pytest.raises(EncodingError):
        open_answer(exchange.context, exchange.request, parties.agency.verify_key)


_FAULTS = {
    "empty": lambda _o: b"",
    "truncated": lambda o: o[:-1],
    "trailing": lambda o: o + b"\x00",
    "header-prefix-huge": lambda o: b"\xff" * 4 + o[4:],
}


@pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS)
def test_form_fault(sealed_answer, fault) -> None:
    """An envelope with one fault of form is malformed."""
    with pytest.raises(EncodingError, match=r"^malformed answer envelope$"):
        read_answer(fault(sealed_answer))


def test_over_the_cap(parties, exchange, sealed_answer) -> None:
    """An envelope over the caller's cap is malformed, and one at the cap is not."""
    key = parties.node.verify_key
    open_answer(exchange.context, sealed_answer, key, cap=len(sealed_answer))
    with pytest.raises(EncodingError):
        open_answer(exchange.context, sealed_answer, key, cap=len(sealed_answer) - 1)


@pytest.mark.parametrize("length", [0, 31])
def test_response_nonce_of_another_length(parties, sealed_answer, length) -> None:
    """A response nonce has 32 octets."""
    envelope = read_answer(sealed_answer)
    octets = _signed(envelope.header_octets, bytes(length), envelope.sealed, parties.node)
    with pytest.raises(EncodingError):
        read_answer(octets)


def test_repr_shows_no_secret(parties, exchange, sealed_answer) -> None:
    """Neither message nor ciphertext is in any repr."""
    answer = open_answer(exchange.context, sealed_answer, parties.node.verify_key)
    shown = repr(answer) + repr(read_answer(sealed_answer))
    for secret in (_MESSAGE, exchange.context.secret):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown

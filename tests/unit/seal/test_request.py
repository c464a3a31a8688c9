import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding.octets import lp
from fedquery.errors import EncodingError, InputError, SealError, SignatureError
from fedquery.seal.envelope import (
    REQUEST_CAP,
    REQUEST_LABEL,
    read_request,
    signed_octets,
    verify_request,
)
from fedquery.seal.header import RequestHeader
from fedquery.seal.hpke import seal_once
from fedquery.seal.plaintext import content_digest
from fedquery.seal.request import open_request, seal_request
from fedquery.seal.size import REQUEST_LENGTH, SIZE_CLASSES, request_message_cap

_OPAQUE = r"^the sealed message does not open$"


def _join(*parts: bytes) -> bytes:
    return b"".join(lp(part) for part in parts)


def _fresh() -> dict[str, bytes]:
    return {"salt": secrets.token_bytes(32), "secret": secrets.token_bytes(32)}


def _signed(header: bytes, enc: bytes, sealed: bytes, key) -> bytes:
    signature = key.sign(signed_octets(REQUEST_LABEL, header, enc, sealed))
    return _join(header, enc, sealed, signature)


@given(message=st.binary(max_size=request_message_cap(1)))
def test_round_trip(parties, make_fields, message) -> None:
    """What an asker seals is what the node opens, with the same secret on both sides."""
    fields = make_fields()
    octets, context = seal_request(
        fields, message, parties.kem.public_key, parties.agency, **_fresh()
    )
    envelope = read_request(octets)
    verify_request(envelope, parties.agency.verify_key)
    opened = open_request(envelope, parties.kem)
    assert message == opened.message
    assert fields == opened.header.fields
    assert (context.secret, context.enc) == (opened.secret, opened.enc)
    assert context.request_digest == opened.digest == envelope.digest


@pytest.mark.parametrize("size_class", SIZE_CLASSES)
def test_length_depends_on_the_class_alone(parties, make_fields, size_class) -> None:
    """The shortest and the longest message of a class give envelopes of one length."""
    lengths = set()
    for message in (b"", b"\xff" * request_message_cap(size_class)):
        octets, _context = seal_request(
            make_fields(size_class=size_class),
            message,
            parties.kem.public_key,
            parties.agency,
            **_fresh(),
        )
        read_request(octets)
        lengths.add(len(octets))
    assert 1 == len(lengths)
    assert max(lengths) <= REQUEST_CAP


def test_message_over_the_class(parties, make_fields) -> None:
    """A message over its size class is refused."""
    message = b"\x00" * (request_message_cap(4) + 1)
    with pytest.raises(InputError):
        seal_request(
            make_fields(size_class=4),
            message,
            parties.kem.public_key,
            parties.agency,
            **_fresh(),
        )


@pytest.mark.parametrize(("salt", "secret"), [(31, 32), (32, 31), (33, 31)])
def test_salt_and_secret_of_another_length(parties, make_fields, salt, secret) -> None:
    """A salt or a secret of another length would move the borders of the plaintext."""
    with pytest.raises(InputError):
        seal_request(
            make_fields(),
            b"",
            parties.kem.public_key,
            parties.agency,
            salt=bytes(salt),
            secret=bytes(secret),
        )


def test_nothing_repeats(parties, make_fields) -> None:
    """The same question sealed twice shares neither enc nor ciphertext nor content."""
    fields = make_fields()
    first, second = (
        read_request(
            seal_request(fields, b"same", parties.kem.public_key, parties.agency, **_fresh())[0]
        )
        for _ in range(2)
    )
    assert first.enc != second.enc
    assert first.sealed != second.sealed
    assert first.header.content != second.header.content


def test_header_bit_changed_on_the_way(parties, exchange) -> None:
    """One changed bit at any octet of the header is malformed or breaks the signature."""
    length = len(read_request(exchange.request).header_octets)
    for at in range(4, 4 + length):
        changed = bytearray(exchange.request)
        changed[at] ^= 1 << at % 8
        with pytest.raises((EncodingError, SignatureError)):
            verify_request(read_request(bytes(changed)), parties.agency.verify_key)


def test_header_bit_changed_and_signed_again(parties, exchange) -> None:
    """One changed bit at any octet of the header does not open even if the agency signs it."""
    envelope = read_request(exchange.request)
    control = _signed(envelope.header_octets, envelope.enc, envelope.sealed, parties.agency)
    assert exchange.message == open_request(read_request(control), parties.kem).message
    reached = 0
    for at in range(len(envelope.header_octets)):
        header = bytearray(envelope.header_octets)
        header[at] ^= 1 << at % 8
        octets = _signed(bytes(header), envelope.enc, envelope.sealed, parties.agency)
        try:
            changed = read_request(octets)
        except EncodingError:
            continue
        reached += 1
        with pytest.raises(SealError, match=_OPAQUE):
            open_request(changed, parties.kem)
    # Request id, key ids and content alone are 64 octets in which any value is well formed.
    assert reached >= 64


@given(data=st.data())
def test_any_bit_changed_on_the_way(parties, exchange, data) -> None:
    """One changed bit anywhere in the envelope is malformed or breaks the signature."""
    at = data.draw(st.integers(0, 8 * len(exchange.request) - 1))
    changed = bytearray(exchange.request)
    changed[at // 8] ^= 1 << at % 8
    with pytest.raises((EncodingError, SignatureError)):
        verify_request(read_request(bytes(changed)), parties.agency.verify_key)


@given(data=st.data())
def test_sealed_part_changed_and_signed_again(parties, exchange, data) -> None:
    """One changed bit of enc or ciphertext does not open even if the agency signs it."""
    envelope = read_request(exchange.request)
    parts = bytearray(envelope.enc + envelope.sealed)
    at = data.draw(st.integers(0, 8 * len(parts) - 1))
    parts[at // 8] ^= 1 << at % 8
    octets = _signed(
        envelope.header_octets, bytes(parts[:1120]), bytes(parts[1120:]), parties.agency
    )
    with pytest.raises(SealError, match=_OPAQUE):
        open_request(read_request(octets), parties.kem)


def test_enc_of_small_order(parties, exchange) -> None:
    """An ephemeral X25519 point of small order gives the one error of the seal."""
    envelope = read_request(exchange.request)
    enc = envelope.enc[:-32] + bytes(32)
    octets = _signed(envelope.header_octets, enc, envelope.sealed, parties.agency)
    with pytest.raises(SealError, match=_OPAQUE):
        open_request(read_request(octets), parties.kem)


def test_signature_of_another_agency(parties, exchange) -> None:
    """A request signed by another key than its header names does not verify."""
    envelope = read_request(exchange.request)
    octets = _signed(envelope.header_octets, envelope.enc, envelope.sealed, parties.other_agency)
    for key in (parties.agency, parties.other_agency):
        with pytest.raises(SignatureError):
            verify_request(read_request(octets), key.verify_key)


def test_key_of_another_agency(parties, exchange) -> None:
    """A request does not verify under the key of another agency."""
    with pytest.raises(SignatureError):
        verify_request(read_request(exchange.request), parties.other_agency.verify_key)


def test_other_kem_key(parties, exchange) -> None:
    """Another node, or the same node's next key, does not open the request."""
    with pytest.raises(SealError, match=_OPAQUE):
        open_request(read_request(exchange.request), parties.other_kem)


@pytest.mark.parametrize("changes", [{"nation": "LA"}, {"kem": True}, {"request_id": b"\x00" * 16}])
def test_replay_under_another_header(parties, exchange, make_fields, changes) -> None:
    """A ciphertext does not open under a header for another nation, KEM key or request id."""
    envelope = read_request(exchange.request)
    fields = envelope.header.fields
    kem = parties.other_kem if changes.pop("kem", False) else parties.kem
    same = {name: getattr(fields, name) for name in ("request_id", "nation")} | changes
    header = RequestHeader(
        make_fields(**same), parties.agency.key_id, kem.key_id, envelope.header.content
    ).encode()
    octets = _signed(header, envelope.enc, envelope.sealed, parties.agency)
    with pytest.raises(SealError, match=_OPAQUE):
        open_request(read_request(octets), kem)


def _crafted(parties, make_fields, plaintext: bytes, content: bytes):
    header = RequestHeader(
        make_fields(), parties.agency.key_id, parties.kem.key_id, content
    ).encode()
    enc, sealed = seal_once(
        parties.kem.public_key, lp(b"fedquery/v1/request") + lp(header), plaintext
    )
    return read_request(_signed(header, enc, sealed, parties.agency))


def test_crafted_request_that_is_right(parties, make_fields) -> None:
    """The crafting of the next tests is right, so that they fail for their fault alone."""
    plaintext = (bytes(64) + lp(b"m")).ljust(REQUEST_LENGTH[1], b"\x00")
    envelope = _crafted(parties, make_fields, plaintext, content_digest(bytes(32), b"m"))
    assert b"m" == open_request(envelope, parties.kem).message


def test_header_names_another_kem_key(parties, make_fields) -> None:
    """A request sealed to this key under a header that names another key does not open."""
    header = RequestHeader(
        make_fields(),
        parties.agency.key_id,
        parties.other_kem.key_id,
        content_digest(bytes(32), b"m"),
    ).encode()
    plaintext = (bytes(64) + lp(b"m")).ljust(REQUEST_LENGTH[1], b"\x00")
    enc, sealed = seal_once(
        parties.kem.public_key, lp(b"fedquery/v1/request") + lp(header), plaintext
    )
    envelope = read_request(_signed(header, enc, sealed, parties.agency))
    with pytest.raises(SealError, match=_OPAQUE):
        open_request(envelope, parties.kem)


def test_padding_not_zero(parties, make_fields) -> None:
    """A sealed request whose padding is not zero does not open."""
    plaintext = (bytes(64) + lp(b"m")).ljust(REQUEST_LENGTH[1] - 1, b"\x00") + b"\x01"
    envelope = _crafted(parties, make_fields, plaintext, content_digest(bytes(32), b"m"))
    with pytest.raises(SealError, match=_OPAQUE):
        open_request(envelope, parties.kem)


def test_content_mismatch(parties, make_fields) -> None:
    """A sealed request whose header commits to another message does not open."""
    plaintext = (bytes(64) + lp(b"m")).ljust(REQUEST_LENGTH[1], b"\x00")
    envelope = _crafted(parties, make_fields, plaintext, content_digest(bytes(32), b"n"))
    with pytest.raises(SealError, match=_OPAQUE):
        open_request(envelope, parties.kem)


_FAULTS = {
    "empty": lambda _o: b"",
    "truncated-by-1": lambda o: o[:-1],
    "truncated-in-enc": lambda o: o[:600],
    "trailing": lambda o: o + b"\x00",
    "header-prefix-huge": lambda o: b"\xff" * 4 + o[4:],
    "doubled": lambda o: o + o,
}


@pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS)
def test_form_fault(exchange, fault) -> None:
    """An envelope with one fault of form is malformed."""
    with pytest.raises(EncodingError, match=r"^malformed request envelope$"):
        read_request(fault(exchange.request))


def test_over_the_cap(exchange) -> None:
    """An envelope over the caller's cap is malformed, and one at the cap is not."""
    read_request(exchange.request, len(exchange.request))
    with pytest.raises(EncodingError):
        read_request(exchange.request, len(exchange.request) - 1)


@pytest.mark.parametrize(("part", "change"), [(1, -1), (2, -1), (2, 1), (3, -1)])
def test_part_of_another_length(exchange, part, change) -> None:
    """Key, ciphertext and signature of another length than the class has are malformed."""
    envelope = read_request(exchange.request)
    parts = [envelope.header_octets, envelope.enc, envelope.sealed, envelope.signature]
    parts[part] = (parts[part] + b"\x00")[: len(parts[part]) + change]
    with pytest.raises(EncodingError):
        read_request(_join(*parts))


def test_ciphertext_of_another_class(parties, exchange, make_fields) -> None:
    """A header of one class over a ciphertext of another is malformed for the relay already."""
    envelope = read_request(exchange.request)
    header = RequestHeader(
        make_fields(size_class=4), parties.agency.key_id, parties.kem.key_id, bytes(32)
    ).encode()
    with pytest.raises(EncodingError):
        read_request(_signed(header, envelope.enc, envelope.sealed, parties.agency))


def test_verification_is_of_the_direction(parties, exchange) -> None:
    """A request's signature is not taken for an answer's over the same parts."""
    envelope = read_request(exchange.request)
    parties.agency.verify_key.verify(
        envelope.signature,
        signed_octets(REQUEST_LABEL, envelope.header_octets, envelope.enc, envelope.sealed),
    )
    with pytest.raises(SignatureError):
        parties.agency.verify_key.verify(
            envelope.signature,
            signed_octets(
                b"fedquery/v1/answer", envelope.header_octets, envelope.enc, envelope.sealed
            ),
        )


def test_repr_shows_no_secret(exchange) -> None:
    """Neither message, secret nor ciphertext is in any repr."""
    shown = "".join(map(repr, (exchange.context, exchange.opened, read_request(exchange.request))))
    for secret in (exchange.context.secret, exchange.message, exchange.context.enc):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
    assert "TH/cyber-police" in shown

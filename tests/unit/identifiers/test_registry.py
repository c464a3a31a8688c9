import copy
import pickle
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, IdentifierError
from fedquery.identifiers import Identifier, Reason, decode, kinds, parse, recognise, samples
from fedquery.identifiers.restoring import restore

REGIONS = st.sampled_from([None, "CN", "KH", "LA", "MM", "TH", "VN", "US", "XX"])
KINDS = st.sampled_from(sorted(kinds()))
PIECES = st.sampled_from(
    [
        "+",
        "00",
        "66",
        "0",
        "TH",
        ":",
        "004",
        "KASITHBK",
        "0x",
        "41",
        "bc1",
        "1A",
        "?",
        "-",
        " ",
        "x",
        "12/OUKAMA(N)",
        "THA:",
        "P<UTO",
        "<<",
        "89",
        "(01)",
        "IMEI",
        "https://",
        "//",
        "t.me/",
        "example.com",
        "xn--",
        "ไทย",
        "@",
        "[.]",
        "*",
        "%2e",
        "203.0.113.5",
        "2001:db8::",
        "2026-11-25T13:20Z",
        "telegram:",
        "promptpay:",
        "@aclb",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=600),
    st.text("0123456789+-() .:/xXTHVNabcdefABCDEF1", max_size=80),
    st.text("abcxn-.@/:?#[]%+*_0123456789Z ", max_size=60),
    st.lists(st.one_of(PIECES, st.text("0123456789", max_size=12)), max_size=8).map("".join),
)
SAMPLES = [
    ("phone", "+66855501990"),
    ("account", "TH:004:9990019900"),
    ("wallet", "btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("payment-card", "9704198526191432198"),
    ("national-id", "TH:1101700230708"),
    ("national-id", "MM:12/OU_KA_MA(N)123456"),
    ("passport", "THA:AA1234567"),
    ("imei", "49015420323751"),
    ("imsi", "520031234567890"),
    ("iccid", "8991101200003204514"),
    ("wallet", "sol:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
    ("wallet", "ton:EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF"),
    ("email", "somebody.else+shop@example.org"),
    ("domain", "login.somebody.co.th"),
    ("url", "//login.somebody.co.th/account/9990019900?id=9990019900"),
    ("ip", "203.0.113.55/2026-11-25T13Z/51990"),
    ("ip", "2001:db8:55:1990::1990"),
    ("handle", "telegram:somebody_1990"),
    ("e-wallet", "TH:promptpay:140000855501990"),
    ("e-wallet", "KH:bakong:somebody_1990@aclb"),
]


def outcome(read, *arguments):
    """Call a reader; give what it reads, or the IdentifierError that it raises."""
    try:
        return read(*arguments)
    except IdentifierError as error:
        return error


def shown(error):
    """Join all that an error can show."""
    return " ".join((str(error), repr(error), error.reason, error.do, error.diagnostics()))


@given(KINDS, TEXTS, REGIONS)
@example("phone", "9" * 600, "TH")
@example("wallet", "1" * 512, None)
@example("account", ":" * 512, "TH")
def test_any_text_is_read_or_refused_and_never_repeated(kind, text, region):
    """No text raises anything but IdentifierError, whose words are of the closed set."""
    read = outcome(parse, kind, text, region)
    if isinstance(read, IdentifierError):
        assert read.reason in {reason.value for reason in Reason}
        assert (None, None) == (read.__cause__, read.__context__)
        return
    identifier = read.identifier
    assert kind == identifier.kind
    assert identifier == parse(kind, identifier.canonical).identifier
    assert identifier == decode(identifier.encode())
    for weaker in identifier.weaker():
        assert not weaker.exact
        assert weaker == decode(weaker.encode())
    kept = identifier.kept_under()
    assert identifier == kept[0]
    assert set(kept[1:]) <= set(identifier.weaker())
    assert {kind} == {form.kind for form in kept}


@given(KINDS, st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 99), PIECES), max_size=3))
def test_what_is_nearly_an_identifier_is_read_or_refused(kind, seed, pieces):
    """A spelling with pieces of others in it: what is taken is canonical, in all of its forms."""
    choose = random.Random(seed).randrange  # noqa: S311 - samples, not secrets
    text = samples.spelled(next(samples.drawn(kind, "TH", choose)), choose)
    for place, piece in pieces:
        at = place % (len(text) + 1)
        text = text[:at] + piece + text[at:]
    read = outcome(parse, kind, text, "TH")
    if isinstance(read, IdentifierError):
        return
    for form in (read.identifier, *read.identifier.weaker()):
        assert form == decode(form.encode())


@pytest.mark.parametrize(
    "text", ["+66 85550199", "TH:004:99900199x0", "1A1zP1eP5QGefi2DMPTfTL5SL0"]
)
def test_no_error_repeats_the_refused_text(text):
    """A value that is nearly right is not in the error that refuses it."""
    for kind in kinds():
        read = outcome(parse, kind, text, "TH")
        if isinstance(read, IdentifierError):
            assert text not in shown(read)
            assert text[-6:] not in shown(read)


@given(TEXTS, REGIONS)
def test_recognise_lists_what_each_kind_reads(text, region):
    """What one kind reads alone is among the readings, and exact ones stand first."""
    alone = [outcome(parse, kind, text, region) for kind in kinds()]
    read_alone = {read for read in alone if not isinstance(read, IdentifierError)}
    found = outcome(recognise, text, region)
    if isinstance(found, IdentifierError):
        assert Reason.UNRECOGNISED.value == found.reason
        assert read_alone == set()
        return
    assert read_alone <= set(found)
    exact = [read.identifier.exact for read in found]
    assert sorted(exact, reverse=True) == exact
    assert len(found) == len(set(found))


def test_a_text_of_two_kinds_gives_both():
    """Ten digits in Thailand are a mobile number or an account: both are listed, none is chosen."""
    found = [read.identifier.canonical for read in recognise("0855501990", "TH")]
    assert ["+66855501990", "TH::0855501990"] == found


@pytest.mark.parametrize("text", ["hello", "@somebody", "https://localhost", "?", "x"])
def test_a_text_of_no_kind_is_refused(text):
    """What nobody can read is refused and not guessed."""
    with pytest.raises(IdentifierError) as caught:
        recognise(text, "TH")
    assert Reason.UNRECOGNISED.value == caught.value.reason


def test_an_unknown_kind_is_refused():
    """A kind that is not in the registry reads nothing."""
    with pytest.raises(IdentifierError) as caught:
        parse("fax", "490154203237518")
    assert Reason.UNKNOWN_KIND.value == caught.value.reason


def test_the_registry_cannot_be_changed():
    """The kinds are fixed at import."""
    with pytest.raises(TypeError):
        kinds()["other"] = kinds()["phone"]


BAD_OCTETS = {
    "empty": b"",
    "no version": b"phone:+66855501990",
    "another version": b"phone:v2:+66855501990",
    "unknown kind": b"fax:v1:490154203237518",
    "upper-case kind": b"Phone:v1:+66855501990",
    "national spelling": b"phone:v1:0855501990",
    "space": b"phone:v1:+66 855501990",
    "leftover": b"phone:v1:+66855501990\n",
    "not ASCII": "phone:v1:+66855501990\N{ZERO WIDTH SPACE}".encode(),
    "not UTF-8": b"phone:v1:+6685550199\xff",
    "old Vietnamese number": b"phone:v1:+841215550199",
    "BIC instead of code": b"account:v1:TH:KASITHBK:9990019900",
    "lower-case nation": b"account:v1:th:004:9990019900",
    "no field for the bank": b"account:v1:TH:9990019900",
    "no chain": b"wallet:v1:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "0x": b"wallet:v1:evm:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    "mixed case": b"wallet:v1:evm:5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "upper-case bech32": b"wallet:v1:btc:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "wrong chain": b"wallet:v1:tron:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "too long": b"phone:v1:+66855501990" + b"0" * 300,
    "grouped card": b"payment-card:v1:4111 1111 1111 1111",
    "wrong check digit": b"payment-card:v1:4111111111111112",
    "15 digits of China": b"national-id:v1:CN:110105491231002",
    "lower-case check digit": b"national-id:v1:CN:11010519491231002x",
    "no nation": b"national-id:v1:1101700230708",
    "Latin township": b"national-id:v1:MM:12/OUKAMA(N)123456",
    "two letters for the issuer": b"passport:v1:TH:AA1234567",
    "machine-readable zone": b"passport:v1:L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "IMEI with check digit": b"imei:v1:490154203237518",
    "IMSI of no country": b"imsi:v1:001010123456789",
    "filler": b"iccid:v1:8991101200003204514F",
    "far too long": b"url:v1://example.com/" + b"a" * 3_000,
    "U-label": "domain:v1:ไทย.ไทย".encode(),
    "scheme": b"url:v1:https://example.com/",
    "local time": b"ip:v1:203.0.113.5/2026-11-25T20+07/443",
    "leading zeros": b"ip:v1:2001:0db8::1",
    "at sign": b"handle:v1:telegram:@somebody",
}


@pytest.mark.parametrize("octets", BAD_OCTETS.values(), ids=BAD_OCTETS.keys())
def test_only_canonical_forms_decode(octets):
    """Octets that `encode` could not have written are refused in one opaque way."""
    with pytest.raises(EncodingError) as caught:
        decode(octets)
    assert str(caught.value) == "malformed identifier"


@given(st.binary(max_size=300))
def test_any_octets_decode_or_are_refused(octets):
    """Random octets raise EncodingError or are exactly what encoding gives."""
    try:
        identifier = decode(octets)
    except EncodingError:
        return
    assert octets == identifier.encode()


@pytest.mark.parametrize(("kind", "text"), SAMPLES)
def test_nothing_prints_an_identifier(kind, text):
    """Neither repr, str, any format, nor a container's repr shows the canonical form."""
    read = parse(kind, text)
    identifier = read.identifier
    printed = (
        f"{identifier!r} {identifier!s} {identifier} {identifier:>60} {read} {[read]} %s %r"
        % (
            identifier,
            identifier,
        )
    )
    secret = text.rpartition(":")[2]
    assert secret not in printed
    assert secret[-6:] not in printed
    assert secret not in identifier.masked()


@pytest.mark.parametrize(("kind", "text"), SAMPLES)
def test_identifiers_are_values(kind, text):
    """Equal forms are equal and hash alike, copies too, and none can be changed."""
    identifier = parse(kind, text).identifier
    assert identifier == parse(kind, text).identifier
    assert 1 == len({identifier, parse(kind, text).identifier})
    assert identifier == copy.copy(identifier)
    assert identifier == pickle.loads(pickle.dumps(identifier))  # noqa: S301 - our own value
    with pytest.raises(AttributeError):
        identifier.canonical = "other"
    assert isinstance(identifier, Identifier)


@pytest.mark.parametrize(("kind", "text"), SAMPLES)
def test_what_was_kept_sealed_is_made_again(kind, text):
    """Without reading it anew, to the same identifier as reading it gives."""
    identifier = parse(kind, text).identifier
    for form in (identifier, *identifier.weaker()):
        assert restore(form.encode()) == form == decode(form.encode())
        assert type(restore(form.encode())) is type(form)


@pytest.mark.parametrize("octets", [b"unknown:v1:1", b"phone:v2:+66812345678"])
def test_what_is_of_no_kind_is_not_made_again(octets):
    """Of another kind or version than this installation writes."""
    with pytest.raises(EncodingError):
        restore(octets)

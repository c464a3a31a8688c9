import copy
import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, IdentifierError
from fedquery.identifiers import Identifier, Reason, decode, kinds, parse, recognise

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
    ]
)
TEXTS = st.one_of(
    st.text(max_size=600),
    st.text("0123456789+-() .:/xXTHVNabcdefABCDEF1", max_size=80),
    st.lists(st.one_of(PIECES, st.text("0123456789", max_size=12)), max_size=8).map("".join),
)
SAMPLES = [
    ("phone", "+66855501990"),
    ("account", "TH:004:9990019900"),
    ("wallet", "btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
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
    assert all(weaker.kind == kind and not weaker.exact for weaker in identifier.weaker())


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


@pytest.mark.parametrize("text", ["hello", "someone@example.org", "https://example.org", "?", "x"])
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

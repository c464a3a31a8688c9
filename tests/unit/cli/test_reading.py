"""Identifiers come from files and streams, are named by line, and are never repeated."""

import io
import sys

import pytest

from fedquery.ask.lists.spelled import AUTO
from fedquery.cli.reading import UnclearError, read_identifiers, read_lines
from fedquery.errors import InputError

PHONE, OTHER = "+84855501990", "+66855501991"


def read(*lines, kind="auto", region="TH"):
    """Read lines."""
    return read_identifiers(lines, kind, region)


def test_comments_and_empty_lines_are_passed_over():
    """Line numbers stay those of the file."""
    asked, unclear = read("# case 7", "", f"  {PHONE} ", OTHER)
    assert [3, 4] == [one.line for one in asked]
    assert [] == unclear


def test_doubled_identifiers_count_once():
    """However they are spelled."""
    asked, _ = read(PHONE, "0084 855 501 990", f"phone: {PHONE}")
    assert 1 == len(asked)


def test_unclear_lines_are_named_by_number_and_reason():
    """And not by what stands on them."""
    _, unclear = read(PHONE, "85550-19-92x", "hello")
    assert [2, 3] == [one.line for one in unclear]
    error = UnclearError(unclear)
    assert "85550" not in f"{error} {error.why} {error.do}"
    assert "line 2" in error.why


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (PHONE, "phone"),
        ("account: TH:004:9990019901", "account"),
        ("TH:004:9990019901", "account"),
        ("0x4f47bc496083c727c5fbe3ce9cdf2b0f6496270c", "wallet"),
        ("wallet:bc1q05aktddf9ce4p7hh3stgsf253m4vweu7nkhtmw", "wallet"),
        ("4111 1111 1111 1111", "payment-card"),
        ("1-1017-00230-70-8", "national-id"),
        ("12/OUKAMA(N)123456", "national-id"),
        ("THA:AA1234567", "passport"),
        ("490154203237518", "imei"),
        ("8991101200003204514", "iccid"),
        ("imei: 49015420323751", "imei"),
        ("IMSI: 520031234567890", "imsi"),
        ("Payment-Card: 4111111111111111", "payment-card"),
        ("somebody@example.org", "email"),
        ("login.example.co.th", "domain"),
        ("https://example.org/x?id=1", "url"),
        ("203.0.113.5:51234 2026-11-25T20:15:07+07:00", "ip"),
        ("203.0.113.5/2026-11-25T13Z/51234", "ip"),
        ("8.8.8.8", "ip"),
        ("203.0.113.50", "ip"),
        ("2001:db8::1", "ip"),
        ("https://t.me/somebody", "handle"),
        ("LINE ID: somebody", "handle"),
        ("https://wa.me/84855501990", "phone"),
        ("somebody@aclb", "e-wallet"),
        ("PromptPay: 140000812345678", "e-wallet"),
    ],
)
def test_kinds_are_recognised_or_named(line, kind):
    """A line may begin with its kind."""
    (one,), _ = read(line)
    assert kind == one.parsed.identifier.kind


@pytest.mark.parametrize(
    ("line", "region", "prefixes"),
    [
        ("012345678", "KH", ("phone:", "national-id:")),
        ("912345678", "VN", ("phone:", "national-id:")),
        ("35686800004141", "LA", ("imei:", "account:")),
        ("203.0.113.5", "TH", ("phone:", "ip:")),
        ("55.51.23.45", "LA", ("phone:", "ip:")),
        ("140000812345678", "TH", ("account:", "e-wallet:")),
        ("520031234567890", "VN", ("imsi:", "account:")),
    ],
)
def test_digits_of_several_kinds_are_not_guessed(line, region, prefixes):
    """The kinds that it may be are named with what to write, and the digits are not repeated."""
    asked, unclear = read_identifiers([line], AUTO, region)
    assert [] == asked
    assert line not in unclear[0].reason
    assert all(f"`{prefix}`" in unclear[0].reason for prefix in prefixes)
    for prefix in prefixes:
        (one,), _ = read_identifiers([f"{prefix} {line}"], AUTO, region)
        assert prefix == f"{one.parsed.identifier.kind}:"


@pytest.mark.parametrize("line", ["21212862", "national-id: 13/MAYANA(N)123456"])
def test_two_readings_of_one_kind_are_not_guessed_either(line):
    """Eight digits in Laos are two numbers, and one Latin spelling in Shan State two townships."""
    asked, unclear = read_identifiers([line], AUTO, "LA")
    assert ([], 1) == (asked, len(unclear))


def test_an_argument_that_is_no_file_is_not_repeated():
    """It may be an identifier."""
    with pytest.raises(InputError) as caught:
        read_lines(PHONE)
    assert PHONE[1:] not in f"{caught.value} {caught.value.why} {caught.value.do}"


@pytest.mark.parametrize("octets", [b"\xff\xfe+\x008\x00", b"x" * (2**20 + 1), b"1\n" * 600])
def test_streams_are_bounded_and_utf_8(monkeypatch, octets):
    """A list of millions is for another command."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))
    with pytest.raises(InputError):
        read_lines("-")


def test_a_byte_order_mark_is_taken_off(monkeypatch):
    """As editors of some systems leave one."""
    octets = io.BytesIO(b"\xef\xbb\xbf" + PHONE.encode() + b"\r\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(octets))
    assert [PHONE] == read_lines("-")


@pytest.mark.parametrize("text", ["85585550199", "855 85 550 199"])
def test_digits_that_may_be_an_account_or_a_phone_are_not_guessed(text):
    """A phone that lost its plus must not be looked for among accounts, and be no hit."""
    asked, unclear = read(text)
    assert [] == asked
    assert "plus" in unclear[0].reason
    asked, unclear = read(f"account: {text}")
    assert ("account", []) == (asked[0].parsed.identifier.kind, unclear)


def test_the_end_of_input_ends_the_prompt(monkeypatch):
    """Ctrl-D ends the list, and what was typed before it stays."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{PHONE}\n".encode())))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert [PHONE] == read_lines(None)

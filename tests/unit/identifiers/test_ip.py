import datetime as dt
import ipaddress
from itertools import product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, parse
from fedquery.identifiers.address_blocks import is_public
from fedquery.identifiers.ip import read_address

ZONES = st.integers(-12 * 4, 14 * 4).map(
    lambda quarters: dt.timezone(dt.timedelta(minutes=15 * quarters))
)
TIMES = st.datetimes(
    dt.datetime(1990, 1, 2),  # noqa: DTZ001 - the strategy puts the zone there
    dt.datetime(2099, 12, 30),  # noqa: DTZ001 - the strategy puts the zone there
    timezones=ZONES,
)
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
# Nobody's, and let through all the same so that examples have some (RFC 5737, RFC 3849, RFC 9637).
DOCUMENTATION = [
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
]


def identifier(text):
    """Read an address."""
    return parse("ip", text).identifier


def refused(text):
    """Give the reason why an address is refused."""
    with pytest.raises(IdentifierError) as caught:
        parse("ip", text)
    return caught.value.reason


@given(st.ip_addresses(v=4))
@example(ipaddress.ip_address("192.0.2.1"))
@example(ipaddress.ip_address("100.64.0.1"))
@example(ipaddress.ip_address("192.88.99.1"))
def test_public_addresses_are_those_of_the_oracle(address):
    """The language's table agrees, but for documentation and what it has not in every version."""
    if any(address in block for block in DOCUMENTATION):
        assert is_public(address)
    elif address in ipaddress.ip_network("192.88.99.0/24") or address.is_multicast:
        assert not is_public(address)
    elif address not in ipaddress.ip_network("192.0.0.0/24"):
        assert is_public(address) == address.is_global


OCTETS = st.integers(0, 300).map(str) | st.sampled_from(["", "00", "01", "0x1", "+1", " 1", "1_0"])


@given(st.lists(OCTETS, min_size=3, max_size=5).map(".".join) | st.ip_addresses(v=4).map(str))
def test_an_ipv4_address_is_read_as_the_oracle_reads_it(text):
    """Four octets in decimal without leading zeros, and nothing else, by the language's reader."""
    try:
        expected = ipaddress.IPv4Address(text)
    except ValueError:
        expected = None
    assert expected == read_address(text)


@given(
    st.ip_addresses(v=6)
    | st.integers(0, 2**125 - 1).map(lambda low: ipaddress.IPv6Address((1 << 125) + low))
)
def test_public_ipv6_addresses_are_global(address):
    """What is public here is global by the language's table, but for documentation."""
    if is_public(address) and not any(address in block for block in DOCUMENTATION[3:]):
        assert address.is_global


@given(st.integers(0, 2**125 - 1).map(lambda low: ipaddress.IPv6Address((1 << 125) + low)))
def test_every_spelling_of_ipv6_is_one(address):
    """Compressed by RFC 5952, exploded, in brackets and in upper case."""
    assume(is_public(address))
    expected = identifier(address.compressed)
    assert address.compressed == expected.canonical
    for text in (address.exploded, f"[{address}]", str(address).upper(), f"{address}/128"):
        assert expected == identifier(text)
    (site,) = expected.weaker()
    assert address in ipaddress.ip_network(site.canonical)
    assert expected.exact
    assert not site.exact


@given(TIMES, st.integers(1, 65535))
def test_hours_are_those_of_the_oracle(time, port):
    """Whatever zone a log is in, the hour is the one by UTC that the language gives."""
    utc = time.astimezone(dt.UTC)
    expected = f"203.0.113.5/{utc:%Y-%m-%dT%H}Z/{port}"
    zone = f"{time:%z}"
    for text in (
        f"203.0.113.5:{port} {time.isoformat(timespec='seconds')}",
        f"203.0.113.5 {time:%Y-%m-%d %H:%M}{zone} port {port}",
        f"{time:%Y/%m/%d %H:%M:%S.%f} {zone} 203.0.113.5:{port}",
        f"203.0.113.5:{port} {utc:%Y-%m-%dT%H:%M}Z",
        f"203.0.113.5:{port} {utc:%Y-%m-%d %H:%M} UTC",
        f"[{time.day:02}/{MONTHS[time.month - 1]}/{time:%Y:%H:%M:%S} {zone}] 203.0.113.5:{port}",
        f"203.0.113.5:{port} Mon, {time.day} {MONTHS[time.month - 1]} {time:%Y %H:%M:%S} {zone}",
    ):
        assert expected == identifier(text).canonical


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)), st.integers(1, 40))
def test_days_that_do_not_exist_are_refused(day, number):
    """No day is bent to another."""
    text = f"203.0.113.5 {day:%Y-%m}-{number:02}"
    try:
        dt.date(day.year, day.month, number)
    except ValueError:
        assert Reason.TIME.value == refused(text)
    else:
        assert f"203.0.113.5/{day:%Y-%m}-{number:02}" == identifier(text).canonical


KNOWN = {
    "connection": "203.0.113.5/2026-11-25T13Z/443",
    "hour": "203.0.113.5/2026-11-25T13Z",
    "day": "203.0.113.5/2026-11-25",
    "bare": "203.0.113.5",
}
ORDER = list(KNOWN)


@pytest.mark.parametrize(("record", "question"), list(product(ORDER, ORDER)))
def test_a_record_and_a_question_meet_in_the_closest_form_that_both_know(record, question):
    """Whatever one side knows less of, they meet, and exactly only where both know all of it."""
    kept = identifier(KNOWN[record]).kept_under()
    asked = identifier(KNOWN[question])
    found = [form for form in (asked, *asked.weaker()) if form in kept]
    closest = max(record, question, key=ORDER.index)
    assert KNOWN[closest] == found[0].canonical
    assert (record == question == "connection") == any(form.exact for form in found)


@pytest.mark.parametrize(
    ("other", "closest"),
    [
        ("203.0.113.5/2026-11-25T13Z/444", "hour"),
        ("203.0.113.5/2026-11-25T14Z/443", "day"),
        ("203.0.113.5/2026-11-26T13Z/443", "bare"),
        ("203.0.113.6/2026-11-25T13Z/443", None),
    ],
)
def test_other_times_and_ports_are_possible_hits_only(other, closest):
    """What differs is left out before anything is found; another address is never found."""
    kept = identifier(KNOWN["connection"]).kept_under()
    asked = identifier(other)
    found = [form.canonical for form in (asked, *asked.weaker()) if form in kept]
    assert (
        [KNOWN[name] for name in ORDER[ORDER.index(closest) :]] == found if closest else not found
    )


def test_a_question_about_one_address_has_four_forms_at_most():
    """Each form costs the quota of one element, and four are one question."""
    for text in (*KNOWN.values(), "2001:db8::1"):
        assert len((text, *identifier(text).weaker())) <= 4


@pytest.mark.parametrize("text", KNOWN.values())
def test_an_address_of_ipv4_without_hour_and_port_is_never_exact(text):
    """Behind a carrier's NAT it is thousands of people's."""
    assert (text == KNOWN["connection"]) == identifier(text).exact


def test_a_time_without_its_zone_is_refused_and_not_taken_for_local():
    """Seven hours beside the record it would never be found."""
    assert Reason.NO_ZONE.value == refused("203.0.113.5:443 2026-11-25T13:20:05")
    for region in ("TH", "VN", "CN"):
        with pytest.raises(IdentifierError):
            parse("ip", "203.0.113.5:443 2026-11-25 13:20", region)


def test_what_is_left_out_is_said():
    """A port without its hour, and the time of an IPv6 address."""
    assert Notice.PORT_LEFT_OUT.value in parse("ip", "203.0.113.5:443").warnings
    assert (Notice.TIME_NOT_NEEDED.value,) == parse("ip", "[2001:db8::1]:443").warnings


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (KNOWN["connection"], "203.0.•••/2026-11-25T13Z"),
        ("2001:db8:55:1990::7", "2001:db8:•••"),
    ],
)
def test_a_masked_address_shows_half_and_no_port(text, masked):
    """The first two groups, and the time."""
    assert masked == identifier(text).masked()

"""The host that a request names, and which addresses are reached from this machine alone."""

import pytest

from fedquery.transport.http_host import host_field, is_loopback, named_host


def scope(*hosts):
    """Make a request with these `Host` fields."""
    return {"headers": [(b"host", host.encode()) for host in hosts]}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("desk.example", "desk.example"),
        ("Desk.Example:8466", "desk.example"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("[::1]:8466", "[::1]"),
        ("desk.example:", "desk.example:"),
        ("desk.example:80x", "desk.example:80x"),
        ("desk.example:\u0661", "desk.example:\u00f9\u00a1"),
        ("evil.example:127.0.0.1", "evil.example:127.0.0.1"),
        ("", ""),
    ],
)
def test_a_port_is_digits_and_nothing_else_is_taken_away(host, name):
    """A name is compared as a whole, without its port and in small letters."""
    assert name == named_host(scope(host))


def test_none_and_several_name_nothing():
    """Which of two counts would be the server's guess."""
    assert ("", "") == (named_host(scope()), host_field(scope()))
    assert "" == named_host(scope("desk.example", "desk.example"))


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 -- as an operator may write it
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example", False),
    ],
)
def test_addresses_of_this_machine_alone(address, alone):
    """On any other, what is typed would cross a network in the clear."""
    assert alone == is_loopback(address)

"""Problem documents: one form, read back by name, without a value of the client."""

import pytest

from fedquery.errors import (
    EncodingError,
    FedqueryError,
    InputError,
    PeerError,
    QuotaError,
    RefusedError,
    SignatureError,
)
from fedquery.transport.problems import Problem, invalid_fields, problem, problem_of, read_slug


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (EncodingError("x"), 400),
        (InputError("x"), 422),
        (SignatureError("x"), 401),
        (QuotaError("x"), 429),
        (RefusedError("x"), 403),
        (PeerError("x"), 503),
        (FedqueryError("x"), 500),
    ],
)
def test_the_class_says_the_status(error, status):
    """Each class has one status, its slug travels and is read back."""
    told = problem_of(error)
    assert (status, error.slug) == (told.status, read_slug(told.body()))


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 413, 415, 422, 429, 431, 500, 503]
)
def test_each_status_has_its_name(status):
    """The usual problems keep their status."""
    assert status == problem(status).status


@pytest.mark.parametrize(("status", "told"), [(418, 400), (501, 500), (599, 500)])
def test_other_statuses_are_told_by_their_side(status, told):
    """What we have no name for is the client's or the server's fault."""
    assert told == problem(status).status


def test_a_pointer_holds_no_name_of_the_client(canary):
    """Keys that a client made up are left out of pointers."""
    errors = [
        {"loc": ("body", canary), "type": "extra_forbidden"},
        {"loc": ("body", "phones", canary), "type": "string_type"},
        {"loc": ("body", "phones", 2), "type": "string_type"},
        {"loc": "strange", "type": "x"},
    ]
    told = invalid_fields(errors)
    assert ["", "/phones", "/phones/2", ""] == [fault.pointer for fault in told.faults]
    assert canary.encode() not in told.body()


def test_pointers_are_few():
    """A request with many faults brings a short reply."""
    assert 16 == len(invalid_fields([{"loc": ("body", i), "type": "x"} for i in range(99)]).faults)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type":1}',
        b'{"type":"about:blank"}',
        b'{"type":"urn:fedquery:error:A B"}',
        b" " * 20_000,
    ],
    ids=["empty", "list", "no_type", "number", "blank", "strange_slug", "over_the_cap"],
)
def test_other_documents_have_no_slug(body):
    """A reader takes nothing but our own names out of a document."""
    with pytest.raises(EncodingError):
        read_slug(body)


def test_members_that_are_empty_are_left_out():
    """A plain problem has three members."""
    body = Problem(404, "not-found", "There is nothing here").body()
    expected = (
        b'{"status":404,"title":"There is nothing here","type":"urn:fedquery:error:not-found"}'
    )
    assert expected == body

"""The bodies of forms: what browsers send is read as it was typed, and anything else is refused."""

import contextlib
import tempfile
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.desk.form_bodies import Upload, parts
from fedquery.desk.refusals import FormError

PAIRS = "application/x-www-form-urlencoded"
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
TYPED = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)
NAMES = st.text("abcdefgh_", min_size=1, max_size=8)


def multipart(*fields):
    """Write a form as browsers do; a field is its name and a text, or a file name and octets."""
    body = b""
    for name, value in fields:
        head = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, Upload):
            head += f'; filename="{value.name}"\r\nContent-Type: image/png'
        octets = value.octets if isinstance(value, Upload) else value.encode()
        body += f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + octets + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def gathered(pairs):
    """Put pairs into the form of the reader."""
    found = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


@given(st.lists(st.tuples(NAMES, TYPED), max_size=8))
def test_what_is_typed_comes_as_it_was_typed(pairs):
    """In both spellings, in order, whatever the script."""
    assert gathered(pairs) == parts(PAIRS, urlencode(pairs).encode())
    if pairs:
        assert gathered(pairs) == parts(MULTIPART, multipart(*pairs))


@given(st.binary(max_size=400))
def test_a_file_comes_as_it_is(octets):
    """Octet for octet, beside what was typed."""
    sent = Upload("scan 1.png", octets)
    body = multipart(("text", "before"), ("picture", sent), ("text", "behind"))
    found = parts(MULTIPART, body)
    assert {"text": ["before", "behind"], "picture": [sent]} == found


@given(st.binary(max_size=300), st.sampled_from([PAIRS, MULTIPART, "multipart/form-data", ""]))
def test_whatever_comes_is_read_or_refused(octets, content_type):
    """No other error, for any octets."""
    with contextlib.suppress(FormError):
        parts(content_type, octets)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (PAIRS, b"a"),
        (PAIRS, b"a=1&b"),
        (PAIRS, "a=é".encode()),
        (PAIRS, b"a=%ff"),
        (PAIRS, b"&".join([b"a=1"] * 5_000)),
        (MULTIPART, b""),
        (MULTIPART, multipart(("a", "1"))[:-6]),
        (MULTIPART, b"before" + multipart(("a", "1"))),
        (MULTIPART, multipart(("a", "1")).replace(b"1", b"\xff")),
        ("multipart/form-data", multipart(("a", "1"))),
        ("application/json", b'{"a": 1}'),
    ],
)
def test_what_no_browser_sends_is_refused(content_type, body):
    """Cut off, added to, doubled without end, in another charset or another form."""
    with pytest.raises(FormError):
        parts(content_type, body)


def test_a_large_file_is_nowhere_on_the_disk(monkeypatch):
    """Pictures may show identifiers: none is written to a temporary file."""

    def none(*_arguments, **_named):
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, none)
    sent = Upload("large.png", bytes(8 * 1024 * 1024))
    assert [sent] == parts(MULTIPART, multipart(("picture", sent)))["picture"]
    assert "large" not in repr(sent)

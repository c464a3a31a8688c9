import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import kinds, parse
from fedquery.identifiers.defanged import refanged


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("example[.]com", "example.com"),
        ("example (dot) com", "example.com"),
        ("ann{AT}example{.}com", "ann@example.com"),
        ("hxxps[://]example[.]com", "https://example.com"),
        ("hXXp://example.com", "http://example.com"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("a[0].b", "a[0].b"),
        ("hxxpsomething", "hxxpsomething"),
    ],
)
def test_brackets_around_signs_are_undone_and_nothing_else(written, meant):
    """What people write so that nobody clicks is read as what it stands for."""
    assert meant == refanged(written)


@given(st.text("ab[](){}.:@ dot", max_size=60))
def test_a_text_without_brackets_stays(text):
    """Nothing changes where there is nothing to undo, and nothing grows."""
    if not set(text) & set("[({"):
        assert text == refanged(text)
    assert len(refanged(text)) <= len(text)


PATTERNS = ["[", " [", "[.", "a.", ".", "@", "%", "%2e", "/", "//", ":", "::", "0:", "1 ", "-", "+"]
PATTERNS += ["xn--", "\u0e33", "\u200b", "=", "port ", "2026-11-25 ", "t.me/", "?", "[.]", "*."]


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_no_text_takes_long(kind):
    """Long repetitions of what the rules look for are read in milliseconds by every kind."""
    for pattern in PATTERNS:
        for head in ("", "https://", "telegram:", "203.0.113.5 "):
            text = (head + pattern * 2_048)[:2_048]
            for cut in (text, text[:512]):
                started_s = time.process_time()
                with contextlib.suppress(IdentifierError):
                    parse(kind, cut, "TH")
                # A search that is not linear would take many times as long as this.
                assert time.process_time() - started_s < 0.25

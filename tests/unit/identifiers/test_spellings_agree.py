"""However an identifier is dressed it stays the same; what is undressed of it is bounded."""

import random
import time
from contextlib import suppress
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import kinds, parse, samples
from fedquery.identifiers.numbering import PLANS

INVISIBLE = st.characters(categories=["Cf"])
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
COUNT = 40


def drawn(kind, nation, seed):
    """Draw one sample, and a spelling of it."""
    choose = random.Random(seed).randrange  # noqa: S311 - samples, not secrets
    identifier = next(islice(samples.drawn(kind, nation, choose), choose(COUNT), None))
    return identifier, samples.spelled(identifier, choose)


KINDS = st.sampled_from(sorted(kinds()))
NATIONS = st.sampled_from(sorted(PLANS))
SEEDS = st.integers(0, 2**32)


@given(KINDS, NATIONS, SEEDS, st.lists(st.tuples(st.integers(0, 99), INVISIBLE), max_size=5))
def test_invisible_characters_change_nothing(kind, nation, seed, invisible):
    """Zero-width and bidirectional marks come with copied chats, at any place."""
    identifier, text = drawn(kind, nation, seed)
    for place, character in invisible:
        at = place % (len(text) + 1)
        text = text[:at] + character + text[at:]
    assert identifier == parse(kind, text, nation).identifier


@given(KINDS, NATIONS, SEEDS)
def test_full_width_forms_change_nothing(kind, nation, seed):
    """A Chinese keyboard types them, letters and punctuation too."""
    identifier, text = drawn(kind, nation, seed)
    if text.isascii():
        text = text.translate(FULL_WIDTH)
    assert identifier == parse(kind, text, nation).identifier


@given(KINDS, NATIONS, SEEDS, st.sampled_from([" ", "\n", "\N{NO-BREAK SPACE}", "\t\t"]))
def test_white_space_around_changes_nothing(kind, nation, seed, space):
    """As selections of a page end with it."""
    identifier, text = drawn(kind, nation, seed)
    assert identifier == parse(kind, f"{space}{text}{space}", nation).identifier


@given(st.sampled_from(["national-id", "passport", "iccid"]), NATIONS, SEEDS)
def test_case_changes_nothing_where_letters_have_none(kind, nation, seed):
    """Letters of documents and cards are upper case, however they are typed."""
    identifier, text = drawn(kind, nation, seed)
    assert {identifier} == {
        parse(kind, one, nation).identifier for one in (text.lower(), text.upper())
    }


def test_a_changed_digit_is_noticed():
    """The checks above compare something: one more on the last digit is another or none."""
    for kind in kinds():
        identifier, _ = drawn(kind, "TH", 1)
        text = identifier.canonical
        wrong = text[:-1] + ("1" if text[-1] == "0" else "0")
        try:
            assert identifier != parse(kind, wrong, "TH").identifier
        except IdentifierError:
            continue


LONG = ["1", "0", "12/", "(", "A", "<", "P<", "-", ":", "/", "89", "x", "\u1000", "\u1040", "+"]


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_longest_texts_take_little_time(kind):
    """512 characters of anything are refused or read within a quarter of a second of this CPU."""
    parse(kind, drawn(kind, "TH", 1)[0].canonical)
    for piece in LONG:
        for other in LONG:
            text = (piece * 512)[:480] + (other * 32)[:32]
            started_s = time.process_time()
            with suppress(IdentifierError):
                parse(kind, text, "TH")
            assert time.process_time() - started_s < 0.25

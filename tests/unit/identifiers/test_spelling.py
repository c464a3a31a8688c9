import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers.reasons import Reason
from fedquery.identifiers.spelling import MAX_CHARACTERS, _clean_unicode, clean

DIGITS = st.text("0123456789", min_size=1, max_size=30)
SCRIPTS = ["THAI", "LAO", "KHMER", "MYANMAR", "FULLWIDTH", "ARABIC-INDIC", "DEVANAGARI"]


def refused(text):
    """Give the reason why a text is refused."""
    with pytest.raises(IdentifierError) as caught:
        clean(text)
    return caught.value.reason


@given(DIGITS, st.sampled_from(SCRIPTS))
def test_digits_of_any_script_become_ascii(digits, script):
    """A number in the digits of one script reads as the same number in ASCII."""
    zero = ord(unicodedata.lookup(f"{script} DIGIT ZERO"))
    assert digits == clean(digits.translate({48 + i: zero + i for i in range(10)}))


INVISIBLE = st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp"])


@given(DIGITS, st.lists(st.tuples(st.integers(0, 30), INVISIBLE), max_size=8))
def test_invisible_characters_change_nothing(digits, invisible):
    """Control, format and space characters anywhere leave the text as it is."""
    text = digits
    for position, character in invisible:
        text = text[:position] + character + text[position:]
    assert digits == clean(text)


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once_in_ascii(text):
    """What comes out in ASCII comes out again, so cleaning has fixed points."""
    try:
        once = clean(text)
    except IdentifierError:
        return
    if once.isascii():
        assert once == clean(once)


USUAL = st.text(
    st.sampled_from(
        "0aZ-. \t\u00ad\u00a0\u200b\u200d\u200e\u202a\u202e\u2060\u2069\u3000\ufeff\uff10\uff21"
    ),
    min_size=1,
    max_size=40,
)


@given(USUAL, st.booleans(), st.booleans())
def test_the_shorter_way_reads_what_the_longer_one_does(text, spaces, digits):
    """What is ASCII but for unseen marks comes out as if each character were looked at."""
    plain = unicodedata.normalize("NFKC", text)
    expected = _clean_unicode(plain, " " if spaces else "", digits=not digits).strip(" ")
    assume(expected and not DECIMAL.fullmatch(expected))
    assert expected == clean(text, keep_spaces=spaces, keep_digits=digits)


DECIMAL = re.compile(r"\+?[0-9]{6,}\.00?")


@given(st.from_regex(r"[0-9+. ]{1,14}\.0{1,3}", fullmatch=True))
def test_a_number_that_was_a_fraction_is_refused_and_nothing_else_is(text):
    """Without its dot `812345678.0` would be ten times the number, and perhaps somebody's."""
    if DECIMAL.fullmatch(text.replace(" ", "")):
        assert Reason.DECIMAL.value == refused(text)
    else:
        assert clean(text)


@given(st.characters(categories=["Pd"]))
def test_dashes_become_hyphens(dash):
    """Every typographic dash is the plain one."""
    assert "1-2" == clean(f"1{dash}2")


def test_kept_spaces_are_plain_spaces():
    """Where spaces separate fields, every white space is one plain space."""
    expected = "a b c d"
    assert expected == clean("\ta\nb\N{NO-BREAK SPACE}c\N{IDEOGRAPHIC SPACE}d ", keep_spaces=True)


def test_the_cap_is_exact():
    """512 characters are taken, 513 are refused, and so is what grows past 512."""
    assert MAX_CHARACTERS == len(clean("1" * MAX_CHARACTERS))
    assert Reason.TOO_LONG.value == refused("1" * (MAX_CHARACTERS + 1))
    assert Reason.TOO_LONG.value == refused("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100)


@pytest.mark.parametrize("text", ["", " ", "\N{ZERO WIDTH SPACE}", "\r\n\t"])
def test_nothing_is_refused(text):
    """A text of which nothing is left is refused as empty."""
    assert Reason.EMPTY.value == refused(text)


@pytest.mark.parametrize("character", ["\ud800", "\ue000", "\uffff"])
def test_characters_without_fixed_meaning_are_refused(character):
    """Surrogates, private use and non-characters are refused."""
    assert Reason.CHARACTERS.value == refused(f"1{character}2")


def test_two_local_scripts_are_refused_and_one_beside_ascii_is_not():
    """One number has the digits of ASCII and of at most one other script."""
    thai, burmese = "\N{THAI DIGIT ONE}", "\N{MYANMAR DIGIT ONE}"
    assert Reason.MIXED_DIGITS.value == refused(thai + burmese)
    assert "111" == clean(f"1{thai}1")

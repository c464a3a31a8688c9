"""Myanmar's registration numbers, and the table of townships that they stand on."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, townships
from fedquery.identifiers.national_id import readings

TOWNSHIPS = sorted(townships.listed())
NUMBERS = st.integers(0, 999_999).map("{:06}".format)
NAING = "\u1014\u102d\u102f\u1004\u103a"


def outcome(text):
    """List the canonical forms that a text can mean, or give the reason of the refusal."""
    try:
        return [one.identifier.canonical for one in readings(text, None)]
    except IdentifierError as error:
        return error.reason


def burmese(digits):
    """Write digits in Burmese."""
    return digits.translate({48 + value: 0x1040 + value for value in range(10)})


def table_faults(names):
    """List what is wrong with a table of letters."""
    canonical = [own for own, _, _ in names.values()]
    faults = [] if len(canonical) == len(set(canonical)) else ["two letters share a syllable"]
    for letter, (own, others, initials) in names.items():
        if not unicodedata.name(letter).startswith("MYANMAR LETTER "):
            faults.append(f"{own} is of no letter")
        written = [own, *others.split(), *initials.split()]
        if not initials or not all(one.isascii() and one.isupper() for one in written):
            faults.append(f"{own} is written with something else than capitals")
    return faults


def test_each_letter_has_a_syllable_of_its_own():
    """Or two townships would have one canonical form, and two people one hash."""
    assert [] == table_faults(townships._SYLLABLES)
    forms = [(state, townships.canonical(code)) for state, code in TOWNSHIPS]
    assert len(forms) == len(set(forms)) == len(TOWNSHIPS) == 445


def test_a_wrong_table_of_letters_is_noticed():
    """A shared syllable, a digit and a small letter are found by the check above."""
    wrong = {"\u1000": ("KA", "", "K"), "\u1041": ("KA", "", "K"), "\u1002": ("Ga", "", "G")}
    assert 3 == len(table_faults(wrong))


def test_the_table_has_all_states_in_order_and_letters_alone():
    """Fourteen states, each township once, of three letters that are known."""
    states = [int(state) for state, _ in townships._states()]
    assert list(range(1, 15)) == states
    for _, codes in townships._states():
        assert all(first < second for first, second in pairwise(codes))
        assert codes == [townships.of_burmese(code) for code in codes]


@given(st.sampled_from(TOWNSHIPS), NUMBERS)
def test_burmese_and_canonical_form_are_one(township, number):
    """Every township, in Burmese letters and digits, with and without spaces."""
    state, code = township
    expected = [f"MM:{state}/{townships.canonical(code)}(N){number}"]
    for text in (
        expected[0],
        f"{burmese(state)}/{code}({NAING}){burmese(number)}",
        f"{state} / {code} ( {NAING} ) {number}",
        f"{state}\\{code}(N){burmese(number)}",
    ):
        assert expected == outcome(text)


@given(st.sampled_from(TOWNSHIPS), NUMBERS, st.data())
def test_every_latin_spelling_finds_its_township(township, number, data):
    """In any office's spelling the township is among the readings, and others are spelled so."""
    state, code = township
    spelling = data.draw(st.sampled_from(sorted(set(townships._spellings(code)))))
    found = outcome(f"{state}/{spelling.title()}(N){number}")
    assert f"MM:{state}/{townships.canonical(code)}(N){number}" in found
    for other in townships.of_latin(state, spelling):
        assert spelling in set(townships._spellings(other))


def test_a_latin_spelling_of_two_townships_is_not_guessed():
    """In Shan State YA is two letters: a person has to choose, in Burmese letters."""
    found = ["MM:13/MA_YA_NA(N)123456", "MM:13/MA_RA_NA(N)123456"]
    assert found == outcome("13/MAYANA(N)123456")


def test_how_many_latin_spellings_are_undecided():
    """By syllables few, by initials more; the count is written down so that a change is seen."""
    undecided = {key: codes for key, codes in townships._by_spelling().items() if len(codes) > 1}
    syllables = [key for key in undecided if len(key[1]) > 5]
    assert (4, 10) == (len(syllables), len(undecided))


@given(st.permutations(NAING), NUMBERS)
def test_vowel_signs_are_read_in_any_order(signs, number):
    """They look alike, and keyboards put them down in the order in which they were pressed."""
    text = f"12/\u1025\u1000\u1019({''.join(signs)}){number}"
    assert [f"MM:12/OU_KA_MA(N){number}"] == outcome(text)


def test_letters_of_no_listed_township_are_taken_in_burmese_alone():
    """With a warning: the letters decide in Burmese, and nothing decides in Latin."""
    (read,) = readings("12/\u1000\u1000\u1021(N)123456", None)
    assert "MM:12/KA_KA_AH(N)123456" == read.identifier.canonical
    assert (Notice.TOWNSHIP_NOT_LISTED.value,) == read.warnings
    assert Reason.PLACE.value == outcome("12/KAKAAH(N)123456")


@pytest.mark.parametrize("text", ["12/\u1090\u1000\u1014(N)123456", "MM:12/\u1090\u1000\u1014(N)1"])
def test_a_sign_with_two_meanings_is_refused(text):
    """U+1090 is a zero in Unicode and RA in Zawgyi, and the zero would be read as WA."""
    assert Reason.CHARACTERS.value == outcome(text)

"""Passports: the machine-readable zone, and what people type."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, mrz, parse
from fedquery.identifiers.issuers import issuer_of

# ICAO Doc 9303, part 4, appendix B.
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
ALPHABET = string.digits + string.ascii_uppercase
NUMBERS = st.text(ALPHABET, min_size=5, max_size=9).filter(
    lambda text: sum(map(str.isdecimal, text)) >= 4
)
ISSUERS = st.sampled_from(["THA", "CHN", "KHM", "LAO", "MMR", "VNM", "GBR", "USA"])


def outcome(text, region=None):
    """Give the canonical form, or the reason of the refusal."""
    try:
        return parse("passport", text, region).identifier.canonical
    except IdentifierError as error:
        return error.reason


def second_line(issuer, number, born="740812", until="291231", personal=""):
    """Write the second line of a passport."""
    digit = mrz.check_digit
    head = number.ljust(9, "<")
    rest = personal.ljust(14, "<")
    line = f"{head}{digit(head)}{issuer.ljust(3, '<')}{born}{digit(born)}F{until}{digit(until)}"
    line += f"{rest}{digit(rest) if personal else '<'}"
    return line + digit(line[0:10] + line[13:20] + line[21:43])


@pytest.mark.parametrize(
    ("field", "digit"), [("520727", "3"), ("AB2134<<<", "5"), ("L898902C3", "6"), ("740812", "2")]
)
def test_check_digits_are_those_of_the_standard(field, digit):
    """The examples of Doc 9303, part 3, 4.9, and of the specimen."""
    assert digit == mrz.check_digit(field)


@given(ISSUERS, NUMBERS, st.text(ALPHABET, max_size=14))
def test_zone_and_typed_number_are_one_passport(issuer, number, personal):
    """Both lines, the second alone, and what a person types come to the same."""
    line = second_line(issuer, number, personal=personal)
    first = f"P<{issuer}".ljust(44, "<")
    expected = f"{issuer}:{number}"
    for text in (line, f"{first}\n{line}", expected, f"{issuer} {number}", expected.lower()):
        assert expected == outcome(text)


@given(ISSUERS, NUMBERS, st.data())
def test_a_wrong_character_of_a_checked_field_is_found(issuer, number, data):
    """A letter O for a zero, or any other: unless both count the same modulo ten."""
    line = second_line(issuer, number)
    at = data.draw(st.sampled_from([*range(10), *range(13, 20), *range(21, 28), 43]))
    value = mrz._VALUES
    other = data.draw(
        st.sampled_from([one for one in ALPHABET if value[one] % 10 != value[line[at]] % 10])
    )
    assert Reason.CHECKSUM.value == outcome(line[:at] + other + line[at + 1 :])


@pytest.mark.parametrize("at", [9, 19, 27, 42])
@given(issuer=ISSUERS, number=NUMBERS)
def test_each_check_digit_counts_by_itself(at, issuer, number):
    """A wrong one is refused though the last one, which is over all of them, fits it."""
    line = second_line(issuer, number, personal="1101700230708")
    wrong = line[:at] + str((int(line[at]) + 1) % 10) + line[at + 1 : 43]
    assert Reason.CHECKSUM.value == outcome(
        wrong + mrz.check_digit(wrong[0:10] + wrong[13:20] + wrong[21:43])
    )


def test_the_specimen_reads_alike_with_spaces_and_line_ends():
    """A reader of pictures breaks lines anywhere."""
    broken = "\r\n".join((FIRST[:20], FIRST[20:], SECOND[:13], SECOND[13:]))
    assert {"UTO:L898902C3"} == {outcome(FIRST + SECOND), outcome(broken), outcome(SECOND)}


def test_the_second_line_alone_says_whose_issuer_it_took():
    """It names the nationality; with the first line there is nothing to warn of."""
    assert (Notice.ISSUER_ASSUMED.value,) == parse("passport", SECOND).warnings
    assert () == parse("passport", FIRST + SECOND).warnings


@pytest.mark.parametrize("nation", ["CN", "KH", "LA", "MM", "TH", "VN"])
@given(number=NUMBERS)
def test_two_letters_are_the_three(nation, number):
    """For the six nations, whose officers write them."""
    assert f"{issuer_of(nation)}:{number}" == outcome(f"{nation}:{number}")


@given(NUMBERS, st.sampled_from(["CN", "KH", "LA", "MM", "TH", "VN", None]))
def test_a_number_without_its_issuer_is_never_given_one(number, region):
    """The asker's nation is not the issuer of what it found on a foreigner."""
    assert Reason.NO_NATION.value == outcome(number, region)


@given(st.text(string.ascii_uppercase, min_size=1, max_size=4))
def test_issuers_are_codes_of_the_standard(code):
    """Any other letters are no issuer."""
    known = issuer_of(code)
    assert known is None or len(known) == 3
    if known is None:
        assert Reason.UNKNOWN_NATION.value == outcome(f"{code}:AA1234567")


def test_issuer_and_two_characters_are_shown():
    """A passport is known again by them, and not asked about."""
    assert "THA:•••••••67" == parse("passport", "THA:AA1234567").identifier.masked()

import random
from itertools import product

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Reason, numbering, parse, phone, recognise
from fedquery.identifiers.numbering import PLANS, VIETNAM_2018, is_ordinary

NATIONS = sorted(PLANS)
LENGTHS = range(4, 13)


def read_as(text):
    """Read a full spelling; give canonical form and warnings, or the reason of the refusal."""
    try:
        read = parse("phone", text)
    except IdentifierError as error:
        return error.reason
    return read.identifier.canonical, read.warnings


def by_library(text):
    """Read a full spelling through the library alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phone, "is_ordinary", lambda _: False)
        return read_as(text)


def ordinary_numbers():
    """List every country code, first four digits and length that the shortcut takes.

    The remaining digits are drawn, and once each all zeros and all nines.
    """
    draw = random.Random(20260101).randrange  # noqa: S311 - test data, not secrets
    for nation, head, length in product(NATIONS, range(10_000), LENGTHS):
        code = PLANS[nation].country_code
        first = f"+{code}{head:04}"[: 1 + len(code) + length]
        width = length - 4
        if not is_ordinary(first + "0" * width):
            continue
        rest = draw(4)
        tail = "0" * width if rest == 0 else "9" * width
        yield first + (tail if rest < 2 else f"{draw(10**width):0{width}}")


def disagreements(numbers):
    """List the numbers that the library changes or warns of."""
    return [number for number in numbers if by_library(number) != (number, ())]


@pytest.fixture(scope="module")
def ordinary():
    """Keep the numbers of the shortcut for the tests of this file."""
    return list(ordinary_numbers())


def test_the_shortcut_agrees_with_the_library_on_every_prefix_and_length(ordinary):
    """Whatever skips the library would come out of it unchanged and without a warning."""
    assert len(ordinary) > 10_000
    assert [] == disagreements(ordinary)


def test_a_wrong_block_in_the_shortcut_is_noticed(monkeypatch):
    """A block that the library does not know in whole is found by the check above."""
    planted = {**numbering._ORDINARY, "+66670": frozenset({12})}
    monkeypatch.setattr(numbering, "_ORDINARY", planted)
    assert is_ordinary("+66670000000")
    assert ["+66670000000"] == disagreements(["+66670000000"])


@given(
    st.sampled_from(NATIONS),
    st.text("0123456789", min_size=1, max_size=13),
    st.sampled_from(["+", "+0", "00", "", "0"]),
)
def test_the_shortcut_agrees_on_any_text(nation, digits, prefix):
    """Any length, trunk and prefix reads alike with the shortcut and without."""
    text = f"{prefix}{PLANS[nation].country_code}{digits}"
    assert by_library(text) == read_as(text)


@pytest.mark.parametrize(
    "text",
    [
        "+6681234567\N{THAI DIGIT EIGHT}",
        "+66 12345678",
        "+668123456789",
        "66812345678",
        "+6681234567",
        "+6681234567x",
        "+66812345678\n",
    ],
)
def test_the_shortcut_takes_plain_numbers_only(text):
    """Spelling variants and other lengths are left to the library."""
    assert not is_ordinary(text)


@pytest.mark.parametrize("nation", NATIONS)
def test_an_example_of_each_nation_reads_in_national_spelling(nation):
    """The library's own example of a mobile number reads alike nationally and in full."""
    example = phonenumbers.example_number_for_type(nation, phonenumbers.PhoneNumberType.MOBILE)
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    assert e164 == parse("phone", national, nation).identifier.canonical
    assert e164 == parse("phone", e164).identifier.canonical


@pytest.mark.parametrize(("before", "today"), sorted(VIETNAM_2018.items()))
@given(rest=st.integers(0, 10**7 - 1))
def test_vietnamese_numbers_before_2018_read_as_todays(before, today, rest):
    """The old prefix maps to the new one and the last seven digits stay."""
    expected = parse("phone", f"0{today}{rest:07}", "VN").identifier
    assert expected == parse("phone", f"0{before}{rest:07}", "VN").identifier
    assert expected == parse("phone", f"+84 {before} {rest:07}").identifier


def test_the_library_alone_falls_into_the_trap_of_00():
    """Without our rule Thailand's 0066 is another country's number, so the rule is needed."""
    trapped = phonenumbers.parse("0066812345678", "TH")
    assert trapped.country_code == 681
    assert parse("phone", "0066812345678", "TH").identifier.canonical == "+66812345678"


@given(st.sampled_from(NATIONS), st.sampled_from(NATIONS), st.data())
def test_00_and_a_country_code_reads_alike_everywhere(asker, nation, data):
    """A mobile number with 00 before its country code is the same in all six nations."""
    plan = PLANS[nation]
    blocks = [block for block in plan.blocks if block.mobile]
    block = data.draw(st.sampled_from(blocks))
    width = block.length - len(block.prefix)
    rest = data.draw(st.integers(0, 10**width - 1))
    digits = f"{plan.country_code}{block.prefix}{rest:0{width}}"
    assert f"+{digits}" == parse("phone", f"00{digits}", asker).identifier.canonical


def test_an_ambiguous_number_is_refused_and_its_readings_are_listed():
    """Eight digits in Laos can be a fixed line or a mobile number: a person has to choose."""
    with pytest.raises(IdentifierError) as caught:
        parse("phone", "21212862", "LA")
    assert Reason.AMBIGUOUS.value == caught.value.reason
    readings = {read.identifier.canonical for read in phone.readings("21212862", "LA")}
    assert {"+85621212862", "+8562021212862"} == readings
    listed = {read.identifier.canonical for read in recognise("21212862", "LA")}
    assert readings <= listed


@pytest.mark.parametrize(
    ("canonical", "masked"),
    [
        ("+66812345678", "+66 81 ••• ••78"),
        ("+6621234567", "+66 21 ••• •67"),
        ("+8613812345678", "+86 13 ••• ••••78"),
        ("+9512345", "+95 ••• 45"),
    ],
)
def test_a_masked_number_shows_four_digits_at_most(canonical, masked):
    """Country code, two digits and the last two remain; of short numbers the last two alone."""
    assert masked == phone.Phone(canonical).masked()


def test_a_phone_is_exact_and_has_no_weaker_form():
    """A number names one line."""
    number = parse("phone", "+66855501990").identifier
    assert number.exact
    assert () == number.weaker()


@pytest.mark.parametrize("text", ["84912345678", "8613800138000", "85591683672"])
def test_a_number_of_another_country_without_its_plus_is_told_so(text):
    """Not that no plan has it; with its plus it is read."""
    with pytest.raises(IdentifierError, match="with a plus before it") as found:
        parse("phone", text, "TH")
    assert text not in str(found.value)
    assert parse("phone", f"+{text}", "TH")


def test_what_is_possible_nowhere_is_not_said_to_lack_a_plus():
    """The closer reason is only for numbers that exist."""
    with pytest.raises(IdentifierError, match="no numbering plan"):
        parse("phone", "99999999999999", "TH")

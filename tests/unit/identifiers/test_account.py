import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers import Notice, Reason, parse
from fedquery.identifiers.account import Account, readings
from fedquery.identifiers.banks import BANKS, BankCodes, bic_nation
from fedquery.identifiers.numbering import PLANS

PAIRS = [
    (nation, code, bic)
    for nation, codes in BANKS.items()
    for code, bic in codes.bic_by_code.items()
]
LISTED = PAIRS + [(nation, bic, bic) for nation, codes in BANKS.items() for bic in codes.bics]


def number_of(nation, value):
    """Write a value as an account number of the nation's greatest length."""
    length = max(BANKS[nation].number_lengths)
    return f"{value % 10**length:0{length}}"


def table_faults(banks):
    """List what is wrong with a table of banks."""
    bics = [b for codes in banks.values() for b in (*codes.bic_by_code.values(), *codes.bics)]
    faults = ["a BIC stands twice"] if len(bics) != len(set(bics)) else []
    for nation, codes in banks.items():
        faults += [
            f"{bic} is not of {nation}"
            for bic in (*codes.bic_by_code.values(), *codes.bics)
            if len(bic) != 8 or bic_nation(bic) != nation
        ]
        faults += [
            f"{code} is no code of {nation}"
            for code in codes.bic_by_code
            if not codes.is_code(code)
        ]
    return faults


def test_the_table_of_banks_is_consistent():
    """Each BIC stands once and names its nation; each code has the form of its nation."""
    assert [] == table_faults(BANKS)
    assert sorted(PLANS) == sorted(BANKS)


def test_a_wrong_table_is_noticed():
    """A bank under the wrong nation and a doubled BIC are found by the check above."""
    wrong = BankCodes((3,), True, {"04": "KASITHBK", "005": "KASITHBK"}, (), frozenset({10}))
    assert len(table_faults({"VN": wrong})) == 4


@given(st.sampled_from(PAIRS), st.integers(0), st.sampled_from(["", "XXX", "110"]))
def test_bic_and_code_name_one_account(pair, value, branch):
    """A bank's BIC, with and without branch, and its national code give the same account."""
    nation, code, bic = pair
    number = number_of(nation, value)
    expected = f"{nation}:{code}:{number}"
    for text in (
        f"{nation}:{code}:{number}",
        f"{nation}:{bic}{branch}:{number}",
        f"{bic}{branch}:{number}",
        f"{bic.lower()}{branch} {number}",
    ):
        read = parse("account", text)
        assert expected == read.identifier.canonical
        assert () == read.warnings


@given(st.sampled_from(LISTED), st.integers(0), st.sampled_from([" ", "-", ".", "/", ""]))
def test_separators_change_nothing(listed, value, separator):
    """Groups of a number, however set apart, are one number."""
    nation, bank, _ = listed
    number = number_of(nation, value)
    grouped = separator.join((number[:3], number[3:4], number[4:]))
    expected = Account(f"{nation}:{bank}:{number}")
    assert expected == parse("account", f"{nation}:{bank}:{grouped}").identifier


def test_an_account_without_its_bank_is_not_exact_and_says_so():
    """A number alone repeats from bank to bank."""
    read = parse("account", "123-4-56789-0", "TH")
    assert not read.identifier.exact
    assert (Notice.NO_BANK.value,) == read.warnings
    assert () == read.identifier.weaker()


def test_the_weaker_form_drops_the_bank():
    """An account with its bank is exact, and its weaker form is the number alone."""
    identifier = parse("account", "TH:004:9990019900").identifier
    assert identifier.exact
    assert (parse("account", "TH::9990019900").identifier,) == identifier.weaker()


def met(record, question):
    """Say in which form a record and a question meet: hit, possible hit, or no hit."""
    kept = set(parse("account", record).identifier.kept_under())
    asked = parse("account", question).identifier
    found = [form.exact for form in (asked, *asked.weaker()) if form in kept]
    if not found:
        return "no hit"
    return "hit" if found[0] else "possible hit"


# Ways to name a bank, and none: of one account, or of what may be one.
NAMED = ["KH:ABAAKHPP:000123456", "KH:ABA:000123456", "KH:001:000123456", "KH::000123456"]


@pytest.mark.parametrize(("record", "question"), list(itertools.product(NAMED, NAMED)))
def test_whoever_knows_less_of_the_bank_or_names_it_otherwise_finds_a_possible_hit(
    record, question
):
    """One number is never silently missed, and is a hit only where both name one bank."""
    exact = record == question and record != "KH::000123456"
    assert ("hit" if exact else "possible hit") == met(record, question)


@given(st.sampled_from(LISTED), st.sampled_from(LISTED), st.integers(0))
def test_accounts_of_two_banks_are_at_most_a_possible_hit(one, other, value):
    """One number at two banks is two accounts, or one at banks that have merged."""
    record, question = (f"{n}:{bank}:{number_of(n, value)}" for n, bank, _ in (one, other))
    came = met(record, question)
    assert ("hit" == came) == (one[:2] == other[:2])
    assert ("no hit" == came) == (one[0] != other[0])


@given(st.sampled_from(LISTED), st.integers(0), st.integers(1))
def test_another_number_is_never_found(listed, value, more):
    """The weaker form has the number, whole, so nobody else's is found by it."""
    nation, bank, _ = listed
    numbers = number_of(nation, value), number_of(nation, value + more)
    assume(numbers[0] != numbers[1])
    record, question = (f"{nation}:{bank}:{number}" for number in numbers)
    assert "no hit" == met(record, question)
    assert "no hit" == met(record, f"{nation}::{numbers[1]}")


@pytest.mark.parametrize("word", ["VCB", "STK", "MB Bank", "ACB"])
@pytest.mark.parametrize("form", ["{word} {number}", "{number} {word}", "{word}-{number}"])
def test_a_word_beside_a_number_is_never_a_part_of_it(word, form):
    """Vietnam's numbers may hold letters; a bank's short name would make another number of it."""
    text = form.format(word=word, number="0123456789")
    for written in (text, f"VN:970436:{text}", f"VN::{text}"):
        with pytest.raises(IdentifierError) as caught:
            parse("account", written, "VN")
        assert Reason.BANK.value == caught.value.reason


def test_a_group_that_may_be_the_bank_is_not_guessed():
    """Where bank and number can be cut in two ways both readings are listed."""
    found = [read.identifier.canonical for read in readings("030-0123-4567-8901", "TH")]
    assert ["TH:030:012345678901", "TH::030012345678901"] == found


def test_an_unlisted_bank_is_taken_with_a_warning():
    """A bank that has the right form but is not in the table keeps its code."""
    read = parse("account", "MM:KBZ:1234567890")
    assert (Notice.BANK_NOT_LISTED.value,) == read.warnings


def test_only_the_last_two_digits_are_shown():
    """A masked account hides its number but for two digits."""
    assert parse("account", "TH:004:9990019900").identifier.masked() == "TH:004:••••••••00"


@pytest.mark.parametrize("region", ["XX", "th", ""])
def test_other_regions_are_refused(region):
    """Only the six nations have rules, and none is guessed."""
    with pytest.raises(IdentifierError) as caught:
        parse("account", "1234567890", region)
    assert Reason.UNKNOWN_NATION.value == caught.value.reason

"""Rows as identifiers: each with its line, complaints by line and reason, and never quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.lists.lines import NUMBER_CELL, Lines, identifiers
from fedquery.errors import EncodingError
from fedquery.tabular import Row, Typed

CANARY = "+84912000991"


def read(*rows, kind="phone", comments=False):
    """Read rows, and say where they stood."""
    lines = Lines()
    found = list(identifiers(rows, kind, "VN", lines, comments=comments))
    return found, lines


def row(number, text, **more):
    """Make a row."""
    return Row(number, {"identifier": text}, **more)


def test_each_identifier_keeps_its_line():
    """Doubled ones stand in the list twice: they are told of twice."""
    found, lines = read(row(2, CANARY), row(3, "x"), row(5, "0912 000 991"))
    assert [CANARY, CANARY] == [one.canonical for one in found]
    assert ([2, 5], 1) == (list(lines.places), lines.unread_count)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(4, " "), "nothing stands in the column"),
        (row(4, "2026-01-02", typed={"identifier": Typed.DATE}), "a date"),
        (Row(4, None, "columns"), "another number of fields than the first line"),
        (Row(4, None, "number-rounded"), "a number of which a spreadsheet has thrown digits away"),
        (Row(4, None, "cell-error"), "the error of a formula"),
        (
            Row(4, None, "formula-unsaved"),
            "a formula that was saved without what it comes to; open and save the file",
        ),
    ],
)
def test_what_is_none_has_a_reason(bad, reason):
    """The others are read."""
    found, lines = read(row(3, CANARY), bad, row(5, CANARY))
    assert (2, {reason: [4]}) == (
        len(found),
        {one: list(numbers) for one, numbers in lines.unread.items()},
    )


def test_a_reason_never_repeats_what_stood_there():
    """For any kind, and for what is ambiguous."""
    for kind in ("auto", "phone", "account", "wallet"):
        _, lines = read(row(1, "912000991x"), row(2, "91200099"), kind=kind)
        assert "9120" not in repr(lines.unread)


def test_a_number_cell_is_read_with_a_note():
    """Zeros at its beginning are gone, which the person may know to be harmless."""
    _, lines = read(row(1, "84912000991", typed={"identifier": Typed.NUMBER}))
    assert 1 == lines.notes[NUMBER_CELL]


def test_comments_are_passed_over_in_plain_lines_alone():
    """As `fedquery lookup` does."""
    assert 0 == read(row(1, "# a list"), comments=True)[1].unread_count
    assert 1 == read(row(1, "# a list"))[1].unread_count


def test_a_text_may_begin_with_its_kind():
    """In a mixed list."""
    found, _ = read(row(1, f"phone: {CANARY}"), row(2, "imei: 490154203237518"), kind="auto")
    assert ["phone", "imei"] == [one.kind for one in found]


_NUMBERS = st.lists(st.integers(1, 2**40), unique=True, max_size=20).map(sorted)


@given(_NUMBERS, st.dictionaries(st.text(max_size=9), _NUMBERS, max_size=3))
def test_lines_come_back_as_they_were_written(places, unread):
    """And what was refused comes in the order of the file."""
    lines = Lines()
    lines.places.extend(places)
    for reason, numbers in unread.items():
        for number in numbers:
            lines.refuse(number, reason)
    lines.notes["n"] = 3
    assert lines == Lines.load(lines.dump())
    numbers = [line for line, _ in lines.refused()]
    assert sorted(numbers) == numbers


@pytest.mark.parametrize("octets", [b"", b"fedquery/screened-lines/v1\n", b"x\n{}\n" + 8 * b"0"])
def test_something_else_is_not_read_as_lines(octets):
    """A damaged file is an error, not a list without lines."""
    with pytest.raises(EncodingError):
        Lines.load(octets)


def test_lines_hold_nothing_of_what_stood_there():
    """The file beside a screening is numbers and reasons."""
    _, lines = read(row(1, CANARY), row(2, "912000991x"))
    assert b"9120" not in lines.dump()

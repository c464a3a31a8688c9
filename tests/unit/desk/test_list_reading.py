"""Lists out of what was pasted or uploaded: bounded, told by line, nothing guessed in silence."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.ask.lists.spelled import AUTO
from fedquery.desk import list_reading
from fedquery.desk.list_reading import ListFileError, read_chips, read_file
from fedquery.desk.reading import Chip, Row, chips_of, edited
from fedquery.errors import InputError
from fedquery.identifiers import Reason, parse

PHONES = [f"+8485550{number:04}" for number in range(1_000)]


def read(text, name="a.txt", column=None, kind=""):
    """Read a list."""
    return read_file(name, text.encode(), "TH", column, kind)


def test_a_list_is_counted_with_what_stands_there_twice():
    """Places, different ones, kinds; each by its line."""
    found = read("\n".join([PHONES[0], PHONES[1], "", PHONES[0], "TH:004:9990019900"])).found
    assert (4, 3) == (len(found.identifiers), found.distinct)
    assert (("phone", 3), ("account", 1)) == found.kinds
    assert [1, 2, 4, 5] == list(found.lines.places)


def test_what_cannot_be_read_is_told_by_its_line():
    """And what is read beside it is taken."""
    reading = read(f"{PHONES[0]}\nnobody\n{PHONES[1]}", kind="phone")
    assert [2] == [line for line, _ in reading.found.lines.refused()]
    assert ("phone", None, False) == (reading.kind, reading.column or None, reading.is_guess)


@pytest.mark.parametrize("text", ["", "nobody", "\n\n", "# a remark"])
def test_where_nothing_can_be_read_there_is_no_list(text):
    """It is refused, and not kept as one of nothing."""
    with pytest.raises(InputError):
        read(text)


def test_a_list_of_one_kind_is_read_as_that_kind():
    """Told by its first rows; it can be said otherwise."""
    assert "phone" == read("\n".join(PHONES)).kind
    assert AUTO == read("\n".join(PHONES), kind=AUTO).kind


def test_the_work_of_a_list_is_bounded(monkeypatch):
    """Also where nothing of it can be read, which costs as much."""
    monkeypatch.setattr(list_reading, "MOST_LISTED", 20)
    monkeypatch.setattr(list_reading, "MOST_OF_ANY_KIND", 5)
    assert 20 == len(read("\n".join(PHONES[:20])).found.identifiers)
    for text in ("\n".join(PHONES[:21]), "\n".join([*PHONES[:1], *["x"] * 20])):
        with pytest.raises(ListFileError):
            read(text, kind="phone")
    mixed = [PHONES[0], "TH:004:9990019900"] * 3
    with pytest.raises(ListFileError):
        read("\n".join(mixed))
    assert 5 == len(read("\n".join(mixed[:5])).found.identifiers)


@pytest.mark.parametrize("columns", [64, 65])
def test_a_table_may_be_so_wide(columns):
    """What is tried as every kind is bounded."""
    text = "\n".join([",".join([PHONES[0], *"x" * (columns - 1)])] * 3)
    if columns > list_reading.MOST_COLUMNS:
        with pytest.raises(ListFileError):
            read(text, "a.csv")
    else:
        assert 0 == read(text, "a.csv").column


def test_a_column_that_does_not_exist_is_refused():
    """Whatever a form says."""
    text = f"{PHONES[0]},x\n{PHONES[1]},x"
    for column in (2, 99):
        with pytest.raises(InputError):
            read(text, "a.csv", column=column)
    with pytest.raises(InputError):
        read(text, "a.csv", column=1)


def test_chips_are_a_list_as_somebody_has_chosen():
    """Ticked ones by their number, as often as they stood there; unclear ones are told."""
    phone = parse("phone", PHONES[0])
    chips = [
        Chip("a", "certain", (phone,), 0, is_ticked=True, times=2),
        Chip("b", "certain", (phone,), 0, is_ticked=False),
        Chip("c", "unread", fault=Reason.CHARACTERS, is_ticked=True),
        Chip("d", "doubtful", (phone, phone), None),
    ]
    found = read_chips(chips).found
    assert (2, 1) == (len(found.identifiers), found.distinct)
    assert [1, 1] == list(found.lines.places)
    assert [(3, Reason.CHARACTERS), (4, Reason.AMBIGUOUS)] == list(found.lines.refused())
    with pytest.raises(ListFileError):
        read_chips(chips[1:])


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.txt", "a.xlsx", "a.bin"]))
def test_any_octets_are_read_or_refused_in_words(octets, name):
    """Nothing else comes out of a stranger's file."""
    with contextlib.suppress(InputError):
        reading = read_file(name, octets, "TH", None, "")
        assert reading.found is None or reading.found.identifiers


def test_no_repr_shows_what_stands_in_a_list():
    """Neither of a list nor of how it was read."""
    reading = read("\n".join(PHONES[:3]))
    for one in (reading, reading.found, reading.found.lines):
        assert PHONES[0][-7:] not in repr(one)
    assert edited(chips_of(()), [Row("x", -1, is_ticked=False)], "TH")

"""Queries: what they are asked, and their values as texts, exactly or not at all."""

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address

import pytest
from fedquery_node.config import Columns, SourceSettings
from fedquery_node.import_source import START, Position
from fedquery_node.query import Query
from fedquery_node.query_values import cursor_of, earlier, line_of, mark_of, read_since
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import InputError
from fedquery.tabular import FileError

NAMES = ("identifier", "reference", "changed")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)

cursors = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.text(max_size=100),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
)


def query(text="SELECT 1", cursor="changed", overlap_s=300):
    """Give a query of node.toml."""
    return Query(SourceSettings(query=text, cursor=cursor, overlap_s=overlap_s), Columns())


@given(cursors)
def test_a_cursor_is_kept_exactly(value):
    """With its type: a number is no text, and a day no time."""
    back = cursor_of(mark_of(value, 1))
    assert (type(value), value) == (type(back), back)


@pytest.mark.parametrize("value", [None, 1.5, True, b"x", [1]])
def test_what_cannot_be_gone_on_from_is_no_cursor(value):
    """Told by the row; of a float nobody knows what is greater than it."""
    with pytest.raises(FileError, match="row 7"):
        mark_of(value, 7)


@pytest.mark.parametrize("mark", ["", "x1", "ione", "t2026", "n--", "i"])
def test_a_mark_that_is_none_is_refused(mark):
    """As input, without being said again."""
    with pytest.raises(InputError):
        cursor_of(mark)


def test_where_to_begin_is_a_number_or_what_the_database_reads():
    """As an operator writes it."""
    assert [7, -7] == [cursor_of(read_since(text)) for text in ("7", "-7")]
    assert "2026-11-25 08:00+07" == cursor_of(read_since("2026-11-25 08:00+07"))


def test_times_alone_are_gone_back_from():
    """Numbers have no seconds."""
    assert NOON - timedelta(seconds=300) == earlier(NOON, 300)
    assert [7, "7"] == [earlier(7, 300), earlier("7", 300)]


def test_a_statement_begins_goes_on_and_begins_again():
    """In the order of the cursor; `again` is the next import, which reads the last value again."""
    one = query("SELECT * FROM t WHERE n % 2 = 0 -- even;")
    whole = "SELECT * FROM (\nSELECT * FROM t WHERE n {} 2 = 0 -- even\n) AS source"
    assert (f'{whole.format("%")} ORDER BY "changed"', ()) == one.after(START, "%s")
    behind = one.after(Position(9, mark_of(7, 1)), "%s")
    assert (
        f'{whole.format("%%")} WHERE ("changed" > %s OR "changed" IS NULL) ORDER BY "changed"',
        (7,),
    ) == behind
    statement, values = one.after(Position(mark=mark_of(NOON, 1), again=True), "?")
    assert (
        f'{whole.format("%")} WHERE ("changed" >= ? OR "changed" IS NULL) ORDER BY "changed"'
    ) == statement
    assert (NOON - timedelta(seconds=300),) == values
    assert ("SELECT 1", ()) == query(" SELECT 1;\n", cursor="").after(START, "?")
    assert '"a""b"' in query(cursor='a"b').after(START, "?")[0]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("identifier", "changed"), "no column reference"),
        (("identifier", "reference"), "no column changed"),
        ((*NAMES, "phone"), "column 4"),
        ((*NAMES, "reference"), "twice"),
    ],
)
def test_columns_are_those_that_are_read(names, said):
    """One more may be one misspelt."""
    with pytest.raises(FileError, match=said):
        query().columned(names)


def test_a_row_has_its_cursor_and_its_texts():
    """The cursor stands among them; without one there is no mark."""
    line, mark = query().columned(NAMES).row(3, ("+84855550001", "R", 7))
    assert ({"identifier": "+84855550001", "reference": "R", "changed": "7"}, 7) == (
        line.fields,
        cursor_of(mark),
    )
    assert "" == query(cursor="").columned(NAMES[:2]).row(3, ("+84855550001", "R"))[1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (84855550001, "84855550001"),
        (Decimal("84855550001.00"), "84855550001"),
        (True, "true"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 23, tzinfo=timezone(timedelta(hours=7))), "2026-01-02"),
        (["TH", "LA"], "TH;LA"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (ip_address("203.0.113.5"), "203.0.113.5"),
    ],
)
def test_values_are_texts_exactly(value, text):
    """As they would stand in a file."""
    assert {"identifier": text} == line_of(1, ("identifier",), (value,)).fields


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (6.6812e10, "cell-type"),
        (Decimal("1.5"), "cell-type"),
        (Decimal("NaN"), "cell-type"),
        (b"R", "cell-type"),
        (["TH;LA"], "cell-type"),
        ([1], "cell-type"),
        # Released to nobody, or to whom it always is: nobody decided.
        ([], "cell-type"),
        ({"a": 1}, "cell-type"),
        ("x" * 4_097, "overlong"),
        ("a\0b", "nul"),
    ],
)
def test_values_that_are_no_text_are_complained_of(value, complaint):
    """By a word: a number that a program rounded is never guessed at."""
    line = line_of(1, ("identifier",), (value,))
    assert (None, complaint) == (line.fields, line.complaint)

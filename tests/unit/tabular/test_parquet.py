"""Parquet files: columns by name, cells exactly or not at all."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fedquery.tabular import FileError, Form, Typed, opened, read_rows

CANARY = "+84912000991"


def saved(tmp_path: Path, columns: dict[str, object]) -> Path:
    """Write a table."""
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_columns_are_read_by_name(tmp_path: Path) -> None:
    """The header stands apart from the rows, which are counted from 1."""
    path = saved(tmp_path, {"identifier": [CANARY, None, "x"], "reference": ["R1", None, "R3"]})
    rows = list(read_rows(path, ["identifier"], ["identifier", "reference"]))
    assert [(1, CANARY), (3, "x")] == [
        (row.number, row.fields and row.fields["identifier"]) for row in rows
    ]
    with pytest.raises(FileError):
        list(read_rows(path, ["number"], ["number"]))


@pytest.mark.parametrize(
    ("values", "text", "typed"),
    [
        (pa.array(["a"]).dictionary_encode(), "a", Typed.TEXT),
        (pa.array(["a"], pa.large_string()), "a", Typed.TEXT),
        (pa.array([66812345678], pa.int64()), "66812345678", Typed.NUMBER),
        (pa.array([66812345678.0]), "66812345678", Typed.NUMBER),
        (pa.array([Decimal(10**20)], pa.decimal128(30, 0)), "1" + 20 * "0", Typed.NUMBER),
        (pa.array([dt.date(2026, 3, 4)]), "2026-03-04", Typed.DATE),
        (pa.array([2.0**24 - 1], pa.float32()), "16777215", Typed.NUMBER),
        (pa.array([2047.0]).cast(pa.float16()), "2047", Typed.NUMBER),
        (pa.array([None, ""]), "", Typed.TEXT),
        (pa.array([float("nan")]), "", Typed.TEXT),
    ],
)
def test_exact_cells_are_texts(tmp_path: Path, values: object, text: str, typed: Typed) -> None:
    """Numbers and dates say that they were none."""
    count = len(values)  # type: ignore[arg-type] # pyarrow has no types
    path = saved(tmp_path, {"it": values, "other": ["o"] * count})
    with opened(path) as table:
        assert (Form.PARQUET, ("it", "other")) == (table.form, table.header())
        row = next(iter(table.rows({"it": 0}, 2)))
    assert ({"it": text}, typed) == (row.fields, row.typed.get("it", Typed.TEXT))


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (pa.array([6.5]), "number-rounded"),
        (pa.array([10**15]), "number-rounded"),
        # Floats of 32 bits have made 66812346368 of it.
        (pa.array([66812345678.0], pa.float32()), "number-rounded"),
        (pa.array([-(2.0**24)], pa.float32()), "number-rounded"),
        (pa.array([66812345678.0], pa.float32()).dictionary_encode(), "number-rounded"),
        (pa.array([2048.0]).cast(pa.float16()), "number-rounded"),
        (pa.array([b"\xff"]), "cell-type"),
        (pa.array([["a"]]), "cell-type"),
        (pa.array([True]), "cell-type"),
        (pa.array(["a\0b"]), "nul"),
        (pa.array([Decimal("1.5")]), "cell-type"),
    ],
)
def test_others_are_complaints(tmp_path: Path, values: object, complaint: str) -> None:
    """About their row; others are read."""
    with opened(saved(tmp_path, {"it": values})) as table:
        assert [complaint] == [row.complaint for row in table.rows({"it": 0}, 1)]


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_a_damaged_file_is_refused_and_not_quoted(tmp_path: Path, at: int) -> None:
    """Cut off anywhere, nothing of it is told."""
    path = saved(tmp_path, {"it": [CANARY] * 100})
    octets = path.read_bytes()
    path.write_bytes(octets[: max(len(octets) * at // 100, 4)])
    with pytest.raises(FileError) as caught, opened(path) as table:
        list(table.rows({"it": 0}, 1))
    assert CANARY not in f"{caught.value} {caught.value.why} {caught.value.__cause__}"


@pytest.mark.parametrize("as_number", [True, False])
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.decimal128(9, 0), 66_812_345),
        (pa.decimal128(18, 0), 10**17 + 3),
        (pa.decimal128(38, 0), 10**37 + 7),
        (pa.decimal256(60, 0), 10**59 + 9),
        (pa.decimal128(20, 2), 66_812_345_678),
    ],
)
def test_decimals_are_exact_however_they_are_kept(
    tmp_path: Path, kind: pa.DataType, value: int, *, as_number: bool
) -> None:
    """As numbers of 32 or 64 bits, or as octets of a fixed length; missing ones are empty."""
    column = pa.array([Decimal(value), None], kind)
    path = tmp_path / "list.parquet"
    pq.write_table(
        pa.table({"it": column, "other": ["a", "b"]}),
        path,
        store_schema=False,
        store_decimal_as_integer=as_number,
    )
    with opened(path) as table:
        rows = list(table.rows({"it": 0}, 2))
    assert [str(value), ""] == [row.fields and row.fields["it"] for row in rows]
    assert Typed.NUMBER is rows[0].typed["it"]


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Nobody could say which is meant."""
    path = tmp_path / "list.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["it", "it"]), path)
    with pytest.raises(FileError), opened(path) as table:
        table.header()


def test_rows_of_many_groups_come_in_their_order(tmp_path: Path) -> None:
    """Texts by a dictionary, without, and first with it and then without; and no rows at all."""
    path = tmp_path / "list.parquet"
    ids = [f"+8491{number:07d}" for number in range(5_000)]
    table = pa.table(
        {
            "it": ids,
            "few": [f"t{number % 7}" for number in range(5_000)],
            "gaps": [None if number % 3 else f"g{number}" for number in range(5_000)],
            "category": pa.array([f"c{n % 5}" for n in range(5_000)]).dictionary_encode(),
            "number": list(range(5_000)),
            "lists": [[number] for number in range(5_000)],
        }
    )
    pq.write_table(
        table,
        path,
        row_group_size=999,
        data_page_size=2_000,
        dictionary_pagesize_limit=3_000,
        use_dictionary=["few", "gaps", "category"],
    )
    with opened(path) as found:
        names = {"it": 0, "few": 1, "gaps": 2, "category": 3, "number": 4}
        rows = list(found.rows(names, 6))
    expected = [
        {name: "" if row[name] is None else str(row[name]) for name in names}
        for row in table.to_pylist()
    ]
    assert expected == [row.fields for row in rows]
    assert list(range(1, 5_001)) == [row.number for row in rows]
    pq.write_table(table.slice(0, 0), path)
    with opened(path) as found:
        assert [] == list(found.rows(names, 6))


def test_a_file_without_a_column_that_is_read_has_its_rows_told(tmp_path: Path) -> None:
    """Each is a complaint; none is left out."""
    with opened(saved(tmp_path, {"it": [[1], [2]], "b": [b"x", None]})) as table:
        assert ["cell-type"] * 2 == [row.complaint for row in table.rows({"it": 0}, 2)]


def test_a_file_whose_row_groups_have_more_rows_than_it_says_is_refused(tmp_path: Path) -> None:
    """How many may be read is decided by what it says of them all."""
    path = saved(tmp_path, {"identifier": [f"R{number}" for number in range(100)]})
    octets = path.read_bytes()
    # The first number of the description behind the schema, in Thrift's compact protocol.
    size = int.from_bytes(octets[-8:-4], "little")
    at = octets.index(b"\x16\xc8\x01", len(octets) - 8 - size)
    path.write_bytes(octets[:at] + b"\x16\xc6\x01" + octets[at + 3 :])
    assert 99 == pq.ParquetFile(path).metadata.num_rows
    with pytest.raises(FileError, match="cannot be read"), opened(path) as table:
        list(table.rows({"identifier": 0}, 1))

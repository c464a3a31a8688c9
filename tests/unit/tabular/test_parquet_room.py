"""Parquet files of a few kilobytes that stand for gigabytes: they take no more than others."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.tabular import FileError, opened, parquet, parquet_budget, parquet_room
from fedquery.tabular.parquet_budget import Budget
from fedquery.tabular.parquet_pages import (
    Page,
    PageError,
    PageKind,
    octets_of_rows,
    pages,
)
from tests.support.peak import Reading

ROOM_MIB = 96


@pytest.fixture(scope="module")
def plain_mib(tmp_path_factory: pytest.TempPathFactory) -> float:
    """What it takes to read a file of one row."""
    path = tmp_path_factory.mktemp("plain") / "list.parquet"
    pq.write_table(pa.table({"it": ["x"]}), path)
    return Reading(path).peak_mib


def by_number(numbers: list[int | None], *texts: str) -> pa.DictionaryArray:
    """Make a column of texts that stand in a dictionary."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), pa.array(texts))


def stored(path: Path, column: object, **options: object) -> Path:
    """Write a column as other programs do, without a schema of Arrow's."""
    pq.write_table(pa.table({"it": column}), path, store_schema=False, **options)
    return path


def varint(value: int, size: int = 0) -> bytes:
    """Write a whole number as Thrift does, in so many octets at least."""
    octets = []
    value *= 2
    while value > 0x7F or len(octets) + 1 < size:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


@pytest.mark.parametrize("footer", ["true", "lies"])
@pytest.mark.parametrize("missing", [0, 5_000])
def test_a_long_text_in_a_dictionary_takes_no_memory_for_each_row(
    tmp_path: Path, plain_mib: float, footer: str, missing: int
) -> None:
    """Each row is a complaint of its own, whatever the description says of the column's size.

    Read in batches of thousands, as other files are, 4,096 rows of this one are 400 MB.
    """
    numbers = [None] * missing + [0] * 5_000
    path = stored(tmp_path / "list.parquet", by_number(numbers, "x" * 100_000), compression="zstd")
    if footer == "lies":
        octets = path.read_bytes()
        size = pq.ParquetFile(path).metadata.row_group(0).column(0).total_uncompressed_size
        assert 2 == octets.count(varint(size))
        path.write_bytes(octets.replace(varint(size), varint(1, len(varint(size)))))
        found = pq.ParquetFile(path).metadata.row_group(0).column(0).total_uncompressed_size
        assert 1 == found
    reading = Reading(path)
    assert ("", 5_000, 5_000) == (reading.error, reading.rows, reading.complaints)
    assert reading.peak_mib < plain_mib + ROOM_MIB


def test_long_texts_in_pages_are_read_a_few_at_a_time(tmp_path: Path, plain_mib: float) -> None:
    """Pages of 1 MiB, each of which is a kilobyte in the file."""
    texts = pa.array([f"{number}" + "y" * 1_000_000 for number in range(300)])
    path = stored(
        tmp_path / "list.parquet",
        texts,
        compression="zstd",
        use_dictionary=False,
        write_batch_size=1,
        write_statistics=False,
    )
    assert path.stat().st_size < 300_000
    del texts
    reading = Reading(path)
    assert ("", 300, 300) == (reading.error, reading.rows, reading.complaints)
    assert reading.peak_mib < plain_mib + ROOM_MIB


def test_a_page_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, plain_mib: float) -> None:
    """200 MB of one letter are 20 kB in the file."""
    texts = pa.array(["y" * 1_000_000] * 200)
    path = stored(
        tmp_path / "list.parquet",
        texts,
        compression="zstd",
        use_dictionary=False,
        data_page_size=2**30,
    )
    reading = Reading(path)
    assert "a page of the Parquet file is too large" == reading.error
    assert reading.peak_mib < plain_mib + ROOM_MIB


def bombs(path: Path, groups: int, **options: object) -> Path:
    """Write row groups of one page each, of 1 MB of one letter."""
    table = pa.table({"it": ["y" * 1_000_000]})
    options = {"use_dictionary": False, "write_statistics": False, **options}
    with pq.ParquetWriter(path, table.schema, store_schema=False, **options) as file:
        for _ in range(groups):
            file.write_table(table)
    return path


@pytest.mark.parametrize("encoding", ["PLAIN", "DELTA_BYTE_ARRAY"])
@pytest.mark.parametrize("compression", ["zstd", "brotli"])
def test_pages_unpack_to_so_much_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str, encoding: str
) -> None:
    """Each would be read alone; the one that is too much is not unpacked, nor is any behind it."""
    path = bombs(tmp_path / "list.parquet", 40, compression=compression, column_encoding=encoding)
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(parquet_budget, "_RATIO", 0)
    monkeypatch.setattr(parquet_budget, "_FREE", 20 * 1_000_100)
    with opened(path) as table:
        rows = iter(table.rows({"it": 0}, 1))
        assert list(range(1, 21)) == [next(rows).number for _ in range(20)]
        with pytest.raises(FileError, match="too large once it is unpacked"):
            next(rows)
    monkeypatch.setattr(parquet_budget, "_FREE", 40 * 1_000_100)
    with opened(path) as table:
        assert 40 == len(list(table.rows({"it": 0}, 1)))


def test_a_file_that_is_as_large_as_what_it_holds_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large: what it may unpack to grows with it."""
    path = bombs(tmp_path / "list.parquet", 3, compression="none")
    monkeypatch.setattr(parquet_budget, "_FREE", 0)
    with opened(path) as table:
        assert 3 == len(list(table.rows({"it": 0}, 1)))


@given(st.lists(st.integers(0, 2**31 - 1), max_size=8), st.integers(0, 2**26))
def test_no_more_is_taken_from_a_budget_than_it_has(sizes: list[int], size: int) -> None:
    """4 GiB and 64 times the file; a page of no octets counts as 1 KiB, for it takes its time."""
    room = 4 * 2**30 + 64 * size
    counted = [max(1_024, one) for one in sizes]
    budget = Budget.of_file(size)
    if sum(counted) > room:
        with pytest.raises(FileError):
            budget.take(sizes)
        return
    budget.take(sizes)
    assert room - sum(counted) == budget.left


def test_a_row_of_many_values_is_not_read(tmp_path: Path, plain_mib: float) -> None:
    """Nobody asks for lists; the column beside is read."""
    path = tmp_path / "list.parquet"
    lists = pa.array([[7] * 200_000] * 100)
    pq.write_table(pa.table({"it": ["x"] * 100, "lists": lists}), path, compression="zstd")
    reading = Reading(path)
    assert ("", 100, 0) == (reading.error, reading.rows, reading.complaints)
    assert reading.peak_mib < plain_mib + ROOM_MIB


def test_a_decimal_of_any_length_is_not_read(tmp_path: Path, plain_mib: float) -> None:
    """It could stand in a dictionary as a long text does, and take as much for each row."""
    path = stored(tmp_path / "list.parquet", by_number([0] * 5_000, "x" * 100_000))
    octets = path.read_bytes()
    size = int.from_bytes(octets[-8:-4], "little")
    body, footer = octets[: -8 - size], octets[-8 - size : -8]
    # Of the column's description, text (converted and logical type) becomes a decimal of 2 digits.
    text, decimal = bytes.fromhex("25004c1c000000"), bytes.fromhex("250a150015042c5c15001504000000")
    assert 1 == footer.count(text)
    footer = footer.replace(text, decimal)
    path.write_bytes(body + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    assert "decimal128(2, 0)" == str(pq.ParquetFile(path).schema_arrow.field("it").type)
    reading = Reading(path)
    assert ("", 5_000, 5_000) == (reading.error, reading.rows, reading.complaints)
    assert reading.peak_mib < plain_mib + ROOM_MIB


def test_a_wide_column_without_values_is_not_read(tmp_path: Path, plain_mib: float) -> None:
    """Octets of a fixed length take it in each row, where nothing stands too."""
    path = tmp_path / "list.parquet"
    empty = pa.nulls(20_000, pa.binary(10_000))
    pq.write_table(pa.table({"it": ["x"] * 20_000, "e": empty}), path)
    reading = Reading(path)
    assert ("", 20_000, 0) == (reading.error, reading.rows, reading.complaints)
    assert reading.peak_mib < plain_mib + ROOM_MIB


def test_a_dictionary_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its page, before one row is read."""
    path = stored(tmp_path / "list.parquet", by_number([0], "x" * 2_000))
    assert 1 == Reading(path).rows
    monkeypatch.setattr(parquet_room, "_DICTIONARY_CAP", 2_000)
    with pytest.raises(FileError, match="dictionary"), opened(path) as table:
        list(table.rows({"it": 0}, 1))


def delta_lengths(count: int) -> bytes:
    """Write so many lengths of zero as one block, in a few octets."""

    def unsigned(value: int) -> bytes:
        octets = []
        while value > 0x7F:
            octets.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*octets, value])

    blocks = bytes(2 * (count // 2**29 + 1))
    return unsigned(2**29) + unsigned(1) + unsigned(count) + b"\0" + blocks


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"])
@pytest.mark.parametrize("count", [300, 400_000_000])
def test_a_few_octets_stand_for_no_more_texts_than_the_page_has(
    tmp_path: Path, plain_mib: float, encoding: str, count: int
) -> None:
    """Arrow takes four octets for each that is said to be there: 1.6 GB of these."""
    texts = pa.array([f"text-{number:04d}" for number in range(300)])
    path = stored(
        tmp_path / "list.parquet",
        texts,
        use_dictionary=False,
        column_encoding=encoding,
        compression="none",
        write_statistics=False,
    )
    octets = path.read_bytes()
    # 300 lengths in blocks of 128, of four parts each.
    at, written = octets.index(bytes((0x80, 1, 4, 0xAC, 2))), delta_lengths(count)
    path.write_bytes(octets[:at] + written + octets[at + len(written) :])
    reading = Reading(path)
    assert "the Parquet file cannot be read" == reading.error
    assert reading.peak_mib < plain_mib + ROOM_MIB


def test_long_texts_that_are_all_common_take_no_memory_for_each_row(
    tmp_path: Path, plain_mib: float
) -> None:
    """5,000 of a hundred kilobytes each are 500 MB, and hardly more than one in the file."""
    texts = pa.array(["x" * 100_000] * 5_000)
    path = stored(
        tmp_path / "list.parquet", texts, use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY"
    )
    assert path.stat().st_size < 300_000
    del texts
    reading = Reading(path)
    assert ("", 5_000, 5_000) == (reading.error, reading.rows, reading.complaints)
    assert reading.peak_mib < plain_mib + ROOM_MIB


def test_a_long_description_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand columns and row groups, say."""
    path = stored(tmp_path / "list.parquet", pa.array(["a"]))
    monkeypatch.setattr(parquet, "_FOOTER_CAP", 100)
    with pytest.raises(FileError, match="description"), opened(path):
        pass


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_all_pages_are_found(version: str, *, dictionary: bool) -> None:
    """Their sizes and headers fill the place that the description gives the column."""
    file = io.BytesIO()
    texts = pa.array([f"{number:050d}" for number in range(30_000)])
    pq.write_table(
        pa.table({"it": texts}),
        file,
        data_page_version=version,
        data_page_size=10_000,
        dictionary_pagesize_limit=300_000,
        use_dictionary=dictionary,
        compression="snappy",
    )
    chunk = pq.ParquetFile(file).metadata.row_group(0).column(0)
    start = chunk.dictionary_page_offset if dictionary else chunk.data_page_offset
    found = pages(file, start, start + chunk.total_compressed_size)
    data = [page for page in found if page.kind is not PageKind.DICTIONARY]
    assert 30_000 == sum(page.values for page in data)
    assert dictionary == (PageKind.DICTIONARY is found[0].kind)
    assert ({0, 8} if dictionary else {0}) == {page.encoding for page in data}
    assert 10 < len(found)
    headers = chunk.total_uncompressed_size - sum(page.size for page in found)
    assert 0 < headers < 200 * len(found)


HEADER = bytes.fromhex("1500 1520 1520 2c 1502 1500 1506 1506 00 00".replace(" ", ""))


def test_a_header_is_read_as_it_stands() -> None:
    """A page of one text of 16 octets."""
    assert [Page(PageKind.DATA, 16, 16, 1, 0, start=len(HEADER))] == pages(
        io.BytesIO(HEADER + b"x" * 16), 0, len(HEADER) + 16
    )


def second(levels: str, packed: str) -> bytes:
    """Write the header of a page of version 2, of 16 octets."""
    return bytes.fromhex(
        f"150615201520 5c 1502150015021500{levels}1500{packed}00 00".replace(" ", "")
    )


@pytest.mark.parametrize(("octet", "packed"), [("11", True), ("12", False), ("", True)])
def test_a_header_of_version_2_is_read_as_it_stands(octet: str, packed: object) -> None:
    """Its levels stand before the values, and these are packed unless it says that they are not."""
    octets = second("1508", octet)
    (page,) = pages(io.BytesIO(octets + b"x" * 16), 0, len(octets) + 16)
    assert (PageKind.DATA_V2, 4, packed) == (page.kind, page.levels, page.packed)


@pytest.mark.parametrize(
    "octets",
    [
        # More levels than there are octets.
        second("1522", "11"),
        # Twice the same field: of two sizes, another reader might take the other one.
        HEADER[:-1] + bytes.fromhex("040415020000"),
        # More than 32 bits of it: to a reader that keeps as many, it is another number.
        bytes.fromhex("1500 15a0808080808001 1520 2c1502150015061506 0000".replace(" ", "")),
        # A number of a field that is more than 16 bits.
        HEADER[:-1] + bytes.fromhex("0580800815020000"),
        # Structs in structs without end.
        HEADER[:-1] + b"\x9c" + b"\x1c" * 40,
        # No struct of the page's own kind.
        bytes.fromhex("150015201520 00".replace(" ", "")),
        # A kind that there is not.
        bytes.fromhex("1514") + HEADER[2:],
        # Beyond the place that the description gives.
        HEADER[:-1] + bytes.fromhex("1904") + b"x" * 40,
    ],
)
def test_strange_headers_are_refused(octets: bytes) -> None:
    """Whatever two readers might read as two things."""
    with pytest.raises(PageError):
        pages(io.BytesIO(octets + b"x" * 16), 0, len(octets) + 16)


@given(st.binary(max_size=80), st.integers(0, 20))
def test_any_octets_are_pages_or_none(octets: bytes, at: int) -> None:
    """Never a fault."""
    mixed = HEADER[:at] + octets
    try:
        found = pages(io.BytesIO(mixed), 0, len(mixed))
    except PageError:
        return
    assert sum(page.packed_size for page in found) <= len(mixed)


_PAGE = st.builds(
    Page, st.just(PageKind.DATA), st.just(1), st.integers(0, 50), st.integers(0, 6), st.just(0)
)


@given(st.lists(_PAGE, max_size=12), st.integers(1, 12))
def test_no_rows_in_sequence_stand_on_more(found: list[Page], rows: int) -> None:
    """Against each place at which so many rows can begin."""
    owner = [at for at, page in enumerate(found) for _ in range(page.values)]
    most = 0
    for begin in range(len(owner)):
        first, last = owner[begin], owner[min(begin + rows, len(owner)) - 1]
        most = max(most, sum(page.size for page in found[first : last + 1]))
    assert most <= octets_of_rows(found, rows)
    assert octets_of_rows(found, rows) <= sum(page.size for page in found)

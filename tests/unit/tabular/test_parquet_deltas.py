"""Texts whose lengths, or what they have in common, are written as differences: read exactly."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedquery.tabular import FileError, opened
from fedquery.tabular.parquet_deltas import VALUES_CAP, Delta, DeltaError, text_octets
from fedquery.tabular.parquet_pages import PageKind, pages

ENCODINGS = {"DELTA_LENGTH_BYTE_ARRAY": Delta.LENGTHS, "DELTA_BYTE_ARRAY": Delta.PREFIXES}
_TEXTS = st.lists(
    st.one_of(
        st.none(),
        st.text(max_size=12),
        st.builds("+8491200{:04d}".format, st.integers(0, 9999)),
        st.integers(0, 3000).map("y".__mul__),
    ),
    max_size=400,
)


def written(texts: list[str | None], encoding: str, **options: object) -> bytes:
    """Write a column of texts."""
    file = io.BytesIO()
    table = pa.table({"it": pa.array(texts, pa.string()), "n": list(range(len(texts)))})
    pq.write_table(
        table,
        file,
        use_dictionary=False,
        column_encoding={"it": encoding, "n": "DELTA_BINARY_PACKED"},
        **options,
    )
    return file.getvalue()


def read(path: Path) -> list[tuple[str, str]]:
    """Read both columns."""
    with opened(path) as table:
        rows = list(table.rows({"it": 0, "n": 1}, 2))
    assert [""] * len(rows) == [row.complaint for row in rows]
    return [(row.fields["it"], row.fields["n"]) for row in rows if row.fields]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "zstd"])
def test_texts_are_read_as_the_reference_reads_them(
    tmp_path: Path, encoding: str, version: str, compression: str
) -> None:
    """In many pages and row groups, with gaps, beside numbers that are written so too."""
    texts = [
        None if number % 7 == 3 else f"+8491{number % 90:07d}{'x' * (number % 50)}"
        for number in range(5_000)
    ]
    octets = written(
        texts,
        encoding,
        data_page_version=version,
        compression=compression,
        data_page_size=3_000,
        row_group_size=1_999,
        write_page_checksum=True,
    )
    path = tmp_path / "list.parquet"
    path.write_bytes(octets)
    assert texts == pq.read_table(path).column("it").to_pylist()
    assert [(text or "", str(number)) for number, text in enumerate(texts)] == read(path)


@settings(deadline=None, max_examples=60)
@given(texts=_TEXTS, encoding=st.sampled_from(list(ENCODINGS)))
def test_the_octets_of_all_texts_are_known_before_one_is_read(
    texts: list[str | None], encoding: str
) -> None:
    """Exactly so many as they have."""
    file = io.BytesIO(written(texts, encoding, compression="none"))
    chunk = pq.ParquetFile(file).metadata.row_group(0).column(0) if texts else None
    if chunk is None:
        return
    start = chunk.data_page_offset
    found = pages(file, start, start + chunk.total_compressed_size)
    total = 0
    for page in found:
        assert PageKind.DATA is page.kind
        octets = file.getvalue()[page.start : page.start + page.packed_size]
        levels = 4 + int.from_bytes(octets[:4], "little")
        total += text_octets(ENCODINGS[encoding], octets[levels:], page.values)
    assert sum(len(text.encode()) for text in texts if text is not None) == total


@pytest.mark.parametrize("encoding", list(Delta))
@given(octets=st.binary(max_size=60))
def test_any_octets_are_texts_or_refused(encoding: Delta, octets: bytes) -> None:
    """And never more texts than there may be."""
    try:
        found = text_octets(encoding, octets, 40)
    except DeltaError:
        return
    assert 0 <= found <= 40 * len(octets)


# Blocks of 128 in four parts, two numbers, the first of which is 1, the second one more.
_TWO = bytes((0x80, 1, 4, 2, 2, 2, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("octets", "most"),
    [
        (_TWO + b"abc", 1),
        (_TWO + b"ab", 2),
        (_TWO + b"abcd", 2),
        (_TWO[:-1], 2),
        (_TWO[:3], 2),
        (bytes((0x80, 1, 3)) + _TWO[3:] + b"abc", 2),
        (bytes((0x81, 1, 4)) + _TWO[3:] + b"abc", 2),
        (bytes((0x80, 1, 0)) + _TWO[3:] + b"abc", 2),
        (bytes((0x80, 1, 8)) + _TWO[3:] + bytes(4) + b"abc", 2),
        # A length below zero; a part of 33 bits.
        (bytes((0x80, 1, 4, 2, 2, 3, 0, 0, 0, 0)) + b"a", 2),
        (bytes((0x80, 1, 4, 2, 2, 2, 33, 0, 0, 0)) + bytes(132) + b"abc", 2),
        (b"\xff" * 20, 2),
        (b"", 2),
    ],
)
def test_what_is_written_otherwise_is_refused(octets: bytes, most: int) -> None:
    """Too many, too few octets or too many, cut off, or in blocks that there are not."""
    assert 3 == text_octets(Delta.LENGTHS, _TWO + b"abc", 2)
    with pytest.raises(DeltaError):
        text_octets(Delta.LENGTHS, octets, most)


def test_a_text_has_no_more_in_common_than_the_one_before_has() -> None:
    """Nor the first anything."""
    one = bytes((0x80, 1, 4, 1))
    for prefix, texts in ((0, 1), (1, None)):
        octets = one + bytes((2 * prefix,)) + one + b"\x02" + b"a"
        if texts is None:
            with pytest.raises(DeltaError):
                text_octets(Delta.PREFIXES, octets, 4)
        else:
            assert texts == text_octets(Delta.PREFIXES, octets, 4)
    with pytest.raises(DeltaError):
        text_octets(Delta.PREFIXES, _TWO + one + b"\x02" + b"a", 4)


def test_a_page_of_more_texts_than_programs_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them takes memory before it is read."""
    assert VALUES_CAP >= 2**20
    monkeypatch.setattr("fedquery.tabular.parquet_room.VALUES_CAP", 2)
    path = tmp_path / "list.parquet"
    path.write_bytes(written(["a", "b", "c"], "DELTA_BYTE_ARRAY"))
    with pytest.raises(FileError, match="too large"):
        read(path)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_texts_of_no_row_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """A page of a few octets can say to have millions of texts, and each takes its time."""
    octets = written(["a"] * 100, encoding, compression="none", data_page_size=1)
    path = tmp_path / "list.parquet"
    path.write_bytes(octets)
    assert 100 == len(read(path))
    # The page's header says how many, once: 100 in Thrift's compact protocol.
    file = pq.ParquetFile(path)
    chunk = file.metadata.row_group(0).column(0)
    start, end = chunk.data_page_offset, chunk.data_page_offset + chunk.total_compressed_size
    column = octets[start:end]
    said = column.index(b"\x2c\x15") + 2
    assert b"\xc8\x01" == column[said : said + 2]
    lies = column[:said] + b"\xca\x01" + column[said + 2 :]
    path.write_bytes(octets[:start] + lies + octets[end:])

    def unread(*_args: object) -> int:
        raise AssertionError

    monkeypatch.setattr("fedquery.tabular.parquet_room.text_octets", unread)
    with pytest.raises(FileError, match="cannot be read"):
        read(path)


def test_a_row_group_of_more_texts_than_programs_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of all columns together."""
    monkeypatch.setattr("fedquery.tabular.parquet_room._DIFFERENCES_CAP", 2)
    path = tmp_path / "list.parquet"
    path.write_bytes(written(["a", "b"], "DELTA_BYTE_ARRAY"))
    assert 2 == len(read(path))
    path.write_bytes(written(["a", "b", "c"], "DELTA_BYTE_ARRAY"))
    with pytest.raises(FileError, match="row group"):
        read(path)


def test_a_page_whose_checksum_is_wrong_is_refused(tmp_path: Path) -> None:
    """A digit that a disk has changed is somebody else's number."""
    octets = written(
        [f"+8491200{number:04d}" for number in range(50)],
        "PLAIN",
        write_page_checksum=True,
        compression="none",
        write_statistics=False,
    )
    path = tmp_path / "list.parquet"
    path.write_bytes(octets)
    assert 50 == len(read(path))
    path.write_bytes(octets.replace(b"+84912000007", b"+84912000008"))
    with pytest.raises(FileError, match="cannot be read"):
        read(path)

"""How many rows of a Parquet file may be read at a time, so that they take no more than is given.

A few octets of such a file can stand for as many gigabytes as somebody likes: a page that unpacks
to a thousand times its size, or a long text once in a dictionary and a million times by its number.
So all pages are looked at before one is unpacked, and the texts of dictionaries before they are
put in the places of their numbers.
"""

from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final

from fedquery.tabular.fault import FileError
from fedquery.tabular.parquet_budget import Budget
from fedquery.tabular.parquet_deltas import VALUES_CAP, Delta, DeltaError, text_octets
from fedquery.tabular.parquet_pages import Page, PageError, PageKind, octets_of_rows, pages

_BATCH: Final = 2**15  # cells
_STEPS: Final = (4_096, 512, 64, 8, 1)  # rows
_BATCH_CAP: Final = (
    16 * 2**20
)  # octets of texts; as Python's texts they take up to five times as much
# Of the largest pages of all columns of one row group together, once they are unpacked: one of each
# is held at a time. Most programs write pages of 1 MiB; some, one for each column and row group.
_PAGES_CAP: Final = 128 * 2**20  # octets
# Programs stop writing a dictionary at about 1 MiB.
_DICTIONARY_CAP: Final = 16 * 2**20  # octets
_COUNT_CAP: Final = 2**18  # pages of one row group
# Texts of one row group that are written by differences, each of which is read here first: some
# seconds. Programs write a million in a row group.
_DIFFERENCES_CAP: Final = 2**25
_PLAIN: Final = 0
_BY_DIFFERENCES: Final = tuple(Delta)
_OF_TEXTS: Final = (_PLAIN, *_BY_DIFFERENCES)
# As the description names them, and as Arrow does.
_CODECS: Final = {"SNAPPY": "snappy", "GZIP": "gzip", "BROTLI": "brotli", "ZSTD": "zstd"}
_LEVELS_LENGTH: Final = 4
_BY_DICTIONARY: Final = (2, 8)
_DO: Final = "Write it anew with another program, or as CSV."


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read.

    Attributes:
        name: its name.
        place: its place among all that are stored.
        text: whether it holds texts.
        gathered: whether the texts of a row group are gathered into one dictionary, as the file's
            program has asked for (`ARROW:schema`).
    """

    name: str
    place: int
    text: bool
    gathered: bool = False


def rows_at_a_time(
    file: BinaryIO,
    dictionaries: Any,  # noqa: ANN401 - pyarrow has no types
    group: int,
    columns: list[Column],
    budget: Budget,
) -> int:
    """Look at all pages of one row group, and say how many rows of it may be read at a time.

    Args:
        file: the octets of the file.
        dictionaries: the same file, opened so that texts are read as dictionaries.
        group: the row group.
        columns: those that are to be read.
        budget: what the file may unpack to; what this row group does is taken from it.

    Raises:
        FileError: if a part of it is too large at any number of rows, or of a form not read.
    """
    stored = dictionaries.metadata.row_group(group)
    held = count = differences = 0
    texts: list[tuple[list[Page], int]] = []
    for column in columns:
        found = _pages(file, stored.column(column.place))
        count += len(found)
        if count > _COUNT_CAP:
            raise FileError("the Parquet file has too many pages", do=_DO)
        sizes = [max(page.size, page.packed_size) for page in found]
        budget.take(sizes)
        held += max(sizes, default=0)
        if column.text:
            if held > _PAGES_CAP:
                raise FileError("a page of the Parquet file is too large", do=_DO)
            described = dictionaries.schema.column(column.place)
            optional = described.max_definition_level > 0
            chunk = stored.column(column.place)
            differences += _differences(found, stored.num_rows)
            if differences > _DIFFERENCES_CAP:
                raise FileError("a row group of the Parquet file is too large", do=_DO)
            plain = _text_pages(file, found, chunk.compression, optional=optional)
            by_number = len(plain) < sum(page.kind in _OF_VALUES for page in found)
            longest = _longest(dictionaries, group, column.name, plain) if by_number else 0
            texts.append((plain, longest))
            held += sum(page.size for page in plain) if column.gathered else 0
    if held > _PAGES_CAP:
        raise FileError("a page of the Parquet file is too large", do=_DO)
    return _most_rows(texts, len(columns))


def _most_rows(texts: list[tuple[list[Page], int]], width: int) -> int:
    for rows in _STEPS:
        octets = sum(octets_of_rows(plain, rows) + rows * longest for plain, longest in texts)
        if octets <= _BATCH_CAP and rows * width <= _BATCH:
            return rows
    return 1


_OF_VALUES: Final = (PageKind.DATA, PageKind.DATA_V2)


def _pages(file: BinaryIO, chunk: Any) -> list[Page]:  # noqa: ANN401 - as above
    start = chunk.data_page_offset
    # As Arrow decides it: an offset of 0 is that of no dictionary.
    if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < start:
        start = chunk.dictionary_page_offset
    try:
        found = pages(file, start, start + chunk.total_compressed_size)
    except PageError:
        raise FileError("the Parquet file cannot be read", do=_DO) from None
    for page in found:
        if page.kind is PageKind.DICTIONARY and max(page.size, page.values) > _DICTIONARY_CAP:
            raise FileError("a dictionary of the Parquet file is too large", do=_DO)
    return found


def _differences(found: list[Page], rows: int) -> int:
    """Count the texts that are written by differences, before one of them is read.

    A page of twelve octets can say to have millions, and a file hundreds of thousands of pages.
    """
    texts = sum(
        page.values
        for page in found
        if page.kind in _OF_VALUES and page.encoding in _BY_DIFFERENCES
    )
    # A row has one text, or none, in each column that is read.
    if texts > rows:
        raise FileError("the Parquet file cannot be read", do=_DO)
    return texts


def _text_pages(
    file: BinaryIO, found: list[Page], compression: str, *, optional: bool
) -> list[Page]:
    """Take the pages that hold texts themselves, by the size of these; all others come before them.

    Some forms write what a text has in common with the one before, or lengths by their differences:
    of these a few octets can stand for any length, so they are read for what they stand for.
    """
    values = [page for page in found if page.kind in _OF_VALUES]
    texts = [page for page in values if page.encoding in _OF_TEXTS]
    others = values[: len(values) - len(texts)]
    if any(page.encoding not in _BY_DICTIONARY for page in others):
        raise FileError("the Parquet file has texts in a form that is not read", do=_DO)
    return [
        page
        if page.encoding == _PLAIN
        else replace(page, size=_octets(file, page, compression, optional=optional))
        for page in texts
    ]


def _octets(file: BinaryIO, page: Page, compression: str, *, optional: bool) -> int:
    """Say how many octets the texts of a page have that is written by differences, and its own."""
    if page.values > VALUES_CAP:
        raise FileError("a page of the Parquet file is too large", do=_DO)
    octets = _unpacked(file, page, compression)
    if page.kind is PageKind.DATA and optional:
        if not page.run_lengths:
            raise FileError("the Parquet file has texts in a form that is not read", do=_DO)
        octets = octets[_LEVELS_LENGTH + int.from_bytes(octets[:_LEVELS_LENGTH], "little") :]
    try:
        return page.size + text_octets(Delta(page.encoding), octets, page.values)
    except DeltaError:
        raise FileError("the Parquet file cannot be read", do=_DO) from None


def _unpacked(file: BinaryIO, page: Page, compression: str) -> bytes:
    """Unpack the values of a page, with the levels that are packed with them."""
    from pyarrow import (  # type: ignore[import-untyped] # noqa: PLC0415 - it has no types; an extra, large and slow to load
        decompress,
    )

    file.seek(page.start + page.levels)
    packed: bytes = file.read(page.packed_size - page.levels)
    if compression == "UNCOMPRESSED" or not page.packed:
        return packed
    codec = _CODECS.get(compression)
    if codec is None:
        raise FileError("the Parquet file has texts in a form that is not read", do=_DO)
    try:
        # No more is taken than the header says, whatever it unpacks to.
        found = decompress(packed, page.size - page.levels, codec, asbytes=True)
    except Exception:  # noqa: BLE001 - pyarrow raises many kinds, and some of them hold content
        raise FileError("the Parquet file cannot be read", do=_DO) from None
    return bytes(found)


def _longest(
    dictionaries: Any,  # noqa: ANN401 - as above
    group: int,
    name: str,
    plain: list[Page],
) -> int:
    """Measure the longest text of a dictionary, in octets."""
    from pyarrow import compute  # noqa: PLC0415 - as above

    rows = _most_rows([(plain, 0)], 1)
    # It is not there before the first row that has a text.
    for batch in dictionaries.iter_batches(
        batch_size=rows, row_groups=[group], columns=[name], use_threads=False
    ):
        texts = batch.columns[batch.schema.names.index(name)].dictionary
        if len(texts):
            return int(compute.max(compute.binary_length(texts)).as_py())
    return 0

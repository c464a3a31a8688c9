"""Rows of a Parquet file, a batch at a time."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from fedquery.errors import ConfigError
from fedquery.tabular.cell import ROUNDED, UNREAD
from fedquery.tabular.fault import FileError
from fedquery.tabular.parquet_budget import Budget
from fedquery.tabular.parquet_room import Column, rows_at_a_time
from fedquery.tabular.row import Raw

if TYPE_CHECKING:
    import pyarrow.parquet  # type: ignore[import-untyped] # it has no types

_ROWS_CAP: Final = 100_000_000
_COLUMNS_CAP: Final = 256
_FOOTER_CAP: Final = 8 * 2**20  # octets of the description, which takes some times that in memory
_WIDTH_CAP: Final = 32  # octets of a decimal
# From here on, floats of so many bits do not hold each whole number (IEEE 754).
_ROUNDED_FROM: Final = {16: 2**11, 32: 2**24}
_DO: Final = "Write it anew with another program, or as CSV."
_UNREADABLE: Final = "the Parquet file cannot be read"


def parquet_rows(file: BinaryIO) -> tuple[tuple[str, ...], Iterator[Raw]]:
    """Read the names of the columns, and the rows, counted from 1.

    Args:
        file: its octets.

    Returns:
        The names and the rows. What is no text, number or date reads as a cell of no type.

    Raises:
        FileError: if it is no Parquet file, or a part of it is too large.
        ConfigError: if the extra `lists` is not installed.
    """
    opened = _opened(file)
    described = opened.metadata
    try:
        names = tuple(opened.schema_arrow.names)
        columns = _readable(opened)
        texts = [column.name for column in columns if column.text]
        dictionaries = _opened(file, metadata=described, read_dictionary=texts)
    except FileError:
        raise
    except Exception:  # noqa: BLE001 - pyarrow raises many kinds, and some of them hold content
        raise FileError(_UNREADABLE, do=_DO) from None
    if len(columns) > _COLUMNS_CAP or described.num_rows > _ROWS_CAP:
        raise FileError("the Parquet file has too many columns or rows", do=_DO)
    groups = range(described.num_row_groups)
    # Row groups are read by their own numbers: more rows than the file says would be under no cap.
    if sum(described.row_group(group).num_rows for group in groups) != described.num_rows:
        raise FileError(_UNREADABLE, do=_DO)
    return names, _rows(file, opened, dictionaries, columns)


def _opened(file: BinaryIO, **options: object) -> "pyarrow.parquet.ParquetFile":
    try:
        import pyarrow.parquet  # noqa: PLC0415 - an extra, large and slow to load
    except ImportError:
        raise ConfigError(
            "Parquet files cannot be read here",
            do="Install the extra: pip install 'fedquery[lists]'.",
        ) from None
    _require_small_footer(file)
    try:
        return pyarrow.parquet.ParquetFile(
            file,
            pre_buffer=False,  # it would hold a whole row group
            page_checksum_verification=True,  # of pages that have one
            buffer_size=2**20,
            thrift_string_size_limit=_FOOTER_CAP,
            **options,
        )
    except Exception:  # noqa: BLE001 - as above
        raise FileError(_UNREADABLE, do=_DO) from None


def _require_small_footer(file: BinaryIO) -> None:
    # The last octets are the length of the description, and the four that the file begins with.
    file.seek(-min(8, file.seek(0, 2)), 2)
    size = int.from_bytes(file.read(4), "little")
    file.seek(0)
    if size > _FOOTER_CAP:
        raise FileError("the description of the Parquet file is too large", do=_DO)


def _readable(opened: "pyarrow.parquet.ParquetFile") -> list[Column]:
    """List the columns that can hold texts, numbers and dates; of others a row may have any size.

    A list has any number of values in one row; octets of a fixed length take it where they are
    missing too; and a decimal of any number of octets can be as long as a text.
    """
    from pyarrow import types  # noqa: PLC0415 - as above

    places = {opened.schema.column(at).path: at for at in range(len(opened.schema))}
    found = []
    for field in opened.schema_arrow:
        if field.name not in places:
            continue
        stored = opened.schema.column(places[field.name])
        gathered = types.is_dictionary(field.type)
        kind = field.type.value_type if gathered else field.type
        if stored.physical_type == "BYTE_ARRAY":
            text = (
                types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
            )
            fit = text
        else:
            text = False
            fit = types.is_primitive(kind) or types.is_decimal(kind) or types.is_null(kind)
        wide = stored.physical_type == "FIXED_LEN_BYTE_ARRAY" and stored.length > _WIDTH_CAP
        if fit and not wide and not stored.max_repetition_level:
            found.append(Column(field.name, places[field.name], text, gathered))
    return found


def _rows(
    file: BinaryIO,
    opened: "pyarrow.parquet.ParquetFile",
    dictionaries: "pyarrow.parquet.ParquetFile",
    columns: list[Column],
) -> Iterator[Raw]:
    names = opened.schema_arrow.names
    read = [column.name for column in columns]
    places = [read.index(name) if name in read else None for name in names]
    number = 0
    budget = Budget.of_file(file.seek(0, 2))
    groups = range(opened.metadata.num_row_groups)
    # One without rows has no pages either, and offsets of none.
    for group in (one for one in groups if opened.metadata.row_group(one).num_rows):
        rows = partial(rows_at_a_time, file, dictionaries, group, columns, budget)
        batches = _batches(opened, group, read, rows)
        while (batch := _next(batches, read)) is not None:
            count, cells = batch
            unread = [UNREAD] * count
            for values in zip(*(unread if at is None else cells[at] for at in places), strict=True):
                number += 1
                if any(value is not None for value in values):
                    yield number, values


def _batches(
    opened: "pyarrow.parquet.ParquetFile",
    group: int,
    columns: list[str],
    rows: Callable[[], int],
) -> Iterator[Any]:
    yield from opened.iter_batches(
        batch_size=rows(), row_groups=[group], columns=columns, use_threads=False
    )


def _next(batches: Iterator[Any], read: list[str]) -> tuple[int, list[list[object]]] | None:
    try:
        batch = next(batches, None)
        if batch is None:
            return None
        # By its name, a column of another kind could be read in the place of the one that is meant.
        cells = [_values(batch.columns[batch.schema.names.index(name)]) for name in read]
    except FileError:
        raise
    except Exception:  # noqa: BLE001 - as where the file is opened
        raise FileError(_UNREADABLE, do=_DO) from None
    return batch.num_rows, cells


def _values(column: Any) -> list[object]:  # noqa: ANN401 - pyarrow has no types
    """Give the values of a column; a number that a short float has rounded is none."""
    from pyarrow import types  # noqa: PLC0415 - as above

    values: list[object] = column.to_pylist()
    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    rounded_from = _ROUNDED_FROM.get(kind.bit_width) if types.is_floating(kind) else None
    if rounded_from is None:
        return values
    return [
        ROUNDED if isinstance(value, float) and abs(value) >= rounded_from else value
        for value in values
    ]

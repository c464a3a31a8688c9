"""Rows of a Parquet file, a batch at a time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from fedquery.errors import ConfigError
from fedquery.tabular.fault import FileError
from fedquery.tabular.row import Raw

if TYPE_CHECKING:
    import pyarrow.parquet  # type: ignore[import-untyped] # it has no types

_BATCH: Final = 4_096  # rows
_GROUP_CAP: Final = 2 * 2**30  # octets of one column in one row group
_THRIFT_CAP: Final = 64 * 2**20  # octets of the description of the file
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
    return tuple(opened.schema_arrow.names), _rows(opened)


def _opened(file: BinaryIO) -> "pyarrow.parquet.ParquetFile":
    try:
        import pyarrow.parquet  # noqa: PLC0415 - an extra, large and slow to load
    except ImportError:
        raise ConfigError(
            "Parquet files cannot be read here",
            do="Install the extra: pip install 'fedquery[lists]'.",
        ) from None
    try:
        opened = pyarrow.parquet.ParquetFile(
            file,
            pre_buffer=False,  # it would hold a whole row group
            buffer_size=2**20,
            thrift_string_size_limit=_THRIFT_CAP,
        )
        described = opened.metadata
        largest = max(
            (
                described.row_group(group).column(column).total_uncompressed_size
                for group in range(described.num_row_groups)
                for column in range(described.num_columns)
            ),
            default=0,
        )
    except Exception:  # noqa: BLE001 - it raises many kinds, and some of them hold content
        raise FileError(_UNREADABLE, do=_DO) from None
    if largest > _GROUP_CAP:
        raise FileError("a row group of the Parquet file is too large", do=_DO)
    return opened


def _rows(opened: "pyarrow.parquet.ParquetFile") -> Iterator[Raw]:
    number = 0
    batches = opened.iter_batches(batch_size=_BATCH, use_threads=False)
    while (batch := _next(batches)) is not None:
        columns: list[Any] = batch
        for values in zip(*columns, strict=True):
            number += 1
            if any(value is not None for value in values):
                yield number, values


def _next(batches: Iterator[Any]) -> list[Any] | None:
    try:
        batch = next(batches, None)
        return None if batch is None else [column.to_pylist() for column in batch.columns]
    except Exception:  # noqa: BLE001 - as where the file is opened
        raise FileError(_UNREADABLE, do=_DO) from None

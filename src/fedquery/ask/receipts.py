"""The receipts of an agency: private files, each written whole or not at all."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fedquery.ask.receipt import CAP, Receipt
from fedquery.errors import EncodingError, StorageError

SUFFIX: Final = ".receipt.json"


def keep(directory: Path, name: str, receipt: Receipt) -> str:
    """Write a receipt into a private file, whole or not at all; `make_durable` follows.

    Args:
        directory: where receipts are kept.
        name: a random name.
        receipt: the receipt.

    Returns:
        the name of the file.

    Raises:
        StorageError: if it cannot be written; nothing of it is left.
    """
    path, beside = directory / f"{name}{SUFFIX}", directory / f".{name}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
            file.write(receipt.encode())
        beside.rename(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise StorageError(f"{directory}: {os.strerror(error.errno or 0)}") from None
    return path.name


def make_durable(directory: Path, names: Iterable[str]) -> None:
    """Make receipts that were kept survive a power cut; several at once cost little more than one.

    Args:
        directory: where receipts are kept.
        names: the names of the files.

    Raises:
        StorageError: if the disk fails.
    """
    try:
        for path in (*(directory / name for name in names), directory):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise StorageError(f"{directory}: {os.strerror(error.errno or 0)}") from None


def read(path: Path) -> Receipt:
    """Read a receipt.

    Raises:
        EncodingError: if it is none.
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        octets = file.read(CAP + 1)
    if len(octets) > CAP:
        raise EncodingError("malformed receipt")
    return Receipt.decode(octets)

"""Lists of references, each with the number of its line."""

import contextlib
import sys
from pathlib import Path
from typing import Final

from fedquery.tabular import FileError
from fedquery.tabular.source import source

_CAP: Final = 256 * 2**20  # octets


def read_references(path: Path | None) -> list[tuple[int, str]]:
    """Read references, one on each line, with the numbers of their lines; empty lines are none.

    Args:
        path: a regular file, or None for standard input.

    Raises:
        FileError: if it is missing, no regular file, too large, or not UTF-8.
    """
    do = "Write one reference on each line, in UTF-8."
    with contextlib.ExitStack() as stack:
        file = sys.stdin.buffer if path is None else stack.enter_context(source(path)).file
        octets = file.read(_CAP + 1)
    if len(octets) > _CAP:
        raise FileError(f"the list is larger than {_CAP} bytes", do=do)
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError("the list is not UTF-8", do=do) from None
    return [(at, line) for at, line in enumerate(text.split("\n"), 1) if line.strip()]

"""Rows for spreadsheets: nothing that somebody else wrote is taken for a formula there."""

from collections.abc import Sequence
from typing import Final

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection): the wide forms too
# in Chinese and Japanese editions.
_BEGINNINGS: Final = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- the wide forms


def defused(row: Sequence[str | int]) -> list[str | int]:
    """Have no cell of a row taken for a formula: an apostrophe before it makes it a text."""
    return [
        f"'{cell}" if isinstance(cell, str) and cell[:1] in _BEGINNINGS else cell for cell in row
    ]

"""Rows out of files of strangers: strictly, in bounded memory, and never quoted in an error."""

from fedquery.tabular.cell import Cell, CellError, Typed
from fedquery.tabular.fault import FileError
from fedquery.tabular.form import Form
from fedquery.tabular.row import Raw, Row
from fedquery.tabular.table import Table, opened, opened_octets, read_rows

__all__ = [
    "Cell",
    "CellError",
    "FileError",
    "Form",
    "Raw",
    "Row",
    "Table",
    "Typed",
    "opened",
    "opened_octets",
    "read_rows",
]

r"""Statistics of one log: its figures, as a document and as the text of a signed note.

    fedquery.statistics/v1 node TH 2026-10
    {"answer_ms":null,"log":{"origin":"...","root":"...","size":7},"populations":[...]}

The second line is canonical JSON. Hidden numbers are not in it at all, so nothing is lost by
handing it on.
"""

from dataclasses import dataclass
from typing import Final

from fedquery.audit.month import Month
from fedquery.audit.suppression import Cell, Hidden, is_small
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import Population
from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import EncodingError, InputError

TITLE: Final = "fedquery.statistics/v1"
CAP: Final = 4 * 1024 * 1024
KINDS: Final = ("node", "coordinator", "agency")

_WHAT: Final = "statistics"
_HIDDEN: Final = {sign.value: sign for sign in Hidden}


@dataclass(frozen=True, slots=True)
class LogBehind:
    """The log of which figures are, as far as they go.

    Attributes:
        origin: its name.
        size: the number of its entries.
        root: the root of its tree, in hexadecimal.
    """

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """How long answers took, in milliseconds; None where too few came to say it.

    Attributes:
        median_ms: half of them took no longer.
        p95_ms: 19 of 20 took no longer.
    """

    median_ms: int | None
    p95_ms: int | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of one log.

    Attributes:
        kind: "node", "coordinator" or "agency".
        party: whose log it is: a nation, the name of a coordinator, or an agency.
        month: the month, or "" for all of the log.
        log: the log behind every one of the figures.
        populations: what was counted.
        times: of an agency's log, how long answers took.
    """

    kind: str
    party: str
    month: str
    log: LogBehind
    populations: tuple[Population, ...]
    times: AnswerTimes | None = None

    def document(self) -> dict[str, Json]:
        """Write the figures and the log as JSON."""
        times: Json = None
        if self.times is not None:
            times = {"median": self.times.median_ms, "p95": self.times.p95_ms}
        return {
            "log": {"origin": self.log.origin, "size": self.log.size, "root": self.log.root},
            "populations": [_write_population(one) for one in self.populations],
            "answer_ms": times,
        }

    def render(self) -> bytes:
        """Write the text that is signed.

        Raises:
            InputError: if it is not of a month.
        """
        Month.parse(self.month)
        title = f"{TITLE} {self.kind} {self.party} {self.month}\n".encode("ascii")
        return title + canonical_json.dump(self.document()) + b"\n"

    @staticmethod
    def parse(body: bytes) -> "Statistics":
        """Read exactly what `render` writes.

        Raises:
            EncodingError: if it is anything else, with one text.
        """
        try:
            statistics = _parse(body)
            canonical = statistics.render() == body
        except (InputError, ValueError, KeyError, TypeError):
            raise _malformed() from None
        if not canonical:
            raise _malformed()
        return statistics


def title_of(body: bytes) -> tuple[str, str, str]:
    """Read kind, party and month off the first line, before anything is verified.

    Raises:
        EncodingError: if it is not that of statistics.
    """
    title, _, _ = body.partition(b"\n")
    parts = title.decode("ascii", "replace").split(" ")
    if len(parts) != 4 or parts[0] != TITLE or parts[1] not in KINDS:  # noqa: PLR2004  four words
        raise _malformed()
    return parts[1], parts[2], parts[3]


def _malformed() -> EncodingError:
    return EncodingError(f"malformed {_WHAT}")


def _write_population(population: Population) -> Json:
    total = population.total
    return {
        "name": population.name,
        "total": None if total is None else _write_cell(total),
        "tables": [_write_table(table) for table in population.tables],
    }


def _write_table(table: Table) -> Json:
    return {
        "name": table.name,
        "columns": [
            {"name": name, "sum": value}
            for name, value in zip(table.columns, table.sums, strict=True)
        ],
        "rows": [
            {
                "name": row.name,
                "within": row.within,
                "total": _write_cell(row.total),
                "cells": [_write_cell(cell) for cell in row.cells],
            }
            for row in table.rows
        ],
        "withheld": table.withheld,
    }


def _write_cell(cell: Cell) -> Json:
    return cell.value if isinstance(cell, Hidden) else cell


def _parse(body: bytes) -> Statistics:
    kind, party, month = title_of(body)
    line = body.partition(b"\n")[2]
    value = canonical_json.load(line.removesuffix(b"\n"), cap=CAP, what=_WHAT)
    log, populations, times = _members(value, "log", "populations", "answer_ms")
    origin, size, root = _members(log, "origin", "size", "root")
    return Statistics(
        kind=kind,
        party=party,
        month=month,
        log=LogBehind(_text(origin), _number(size), _text(root)),
        populations=tuple(_read_population(one) for one in _list(populations)),
        times=None if times is None else AnswerTimes(*map(_time, _members(times, "median", "p95"))),
    )


def _read_population(value: Json) -> Population:
    name, total, tables = _members(value, "name", "total", "tables")
    read = None if total is None else _read_cell(total)
    return Population(_text(name), read, tuple(_read_table(one) for one in _list(tables)))


def _read_table(value: Json) -> Table:
    name, columns, rows, withheld = _members(value, "name", "columns", "rows", "withheld")
    heads = [_members(one, "name", "sum") for one in _list(columns)]
    if not isinstance(withheld, bool):
        raise _malformed()
    return Table(
        _text(name),
        tuple(_text(head) for head, _ in heads),
        tuple(_number(total) for _, total in heads),
        tuple(_read_row(one, len(heads)) for one in _list(rows)),
        withheld,
    )


def _read_row(value: Json, columns: int) -> Row:
    name, within, total, cells = _members(value, "name", "within", "total", "cells")
    read = tuple(_read_cell(one) for one in _list(cells))
    if len(read) not in {0, columns}:
        raise _malformed()
    return Row(_text(name), _text(within), _read_cell(total), read)


def _read_cell(value: Json) -> Cell:
    if isinstance(value, str):
        return _HIDDEN[value]
    number = _number(value)
    if is_small(number):
        raise _malformed()
    return number


def _members(value: Json, *names: str) -> tuple[Json, ...]:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise _malformed()
    return tuple(value[name] for name in names)


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise _malformed()
    return value


def _text(value: Json) -> str:
    # What others signed is printed, and a name must not move the cursor of who reads it.
    if not isinstance(value, str) or not (value.isascii() and value.isprintable()):
        raise _malformed()
    return value


def _number(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _malformed()
    return value


def _time(value: Json) -> int | None:
    return None if value is None else _number(value)

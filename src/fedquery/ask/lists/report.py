"""The report of a screening: each line of the list, and what each nation's datasets said of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from heapq import merge
from operator import attrgetter
from typing import Final

from fedquery.ask.lists.lines import Lines
from fedquery.ask.outcome import OVERDUE, Outcome
from fedquery.ask.screening.values import Row
from fedquery.identifiers import Identifier

UNREAD: Final = "not asked"
HEADER: Final = (
    "line",
    "kind",
    "identifier",
    "nation",
    "outcome",
    "possible hit",
    "why",
    "dataset",
    "version",
    "published",
    "age in hours",
    "rules",
    "reasons",
    "receipt",
    "claim id",
)
_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list.

    Attributes:
        line: its number, from 1; of a list whose lines are not known any more, its place from 1.
        identifier: what stands there, or None where it could not be read.
        reason: why it could not be read.
        outcomes: what was said of it.
    """

    line: int
    identifier: Identifier | None = field(repr=False)
    reason: str = ""
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)


def entries(rows: Iterable[Row], lines: Lines | None) -> Iterator[Entry]:
    """Bring what was answered and what could not be read together, by line.

    Args:
        rows: what was answered, by place.
        lines: where it stands; None where that is not known any more.
    """
    if lines is None:
        yield from (Entry(row.place + 1, row.identifier, "", row.outcomes) for row in rows)
        return
    asked = (Entry(lines.places[row.place], row.identifier, "", row.outcomes) for row in rows)
    unread = (Entry(line, None, reason) for line, reason in lines.refused())
    yield from merge(asked, unread, key=attrgetter("line"))


def table_rows(entry: Entry, made_ms: int, *, shown: bool = True) -> Iterator[Sequence[str | int]]:
    """Write a line as rows of a table, one for each outcome.

    Args:
        entry: the line.
        made_ms: the time of the report.
        shown: whether the identifier is written in full; masked otherwise.
    """
    if entry.identifier is None:
        yield (entry.line, "", "", "", UNREAD, "", entry.reason, *("" for _ in HEADER[7:]))
        return
    # Masking a number costs more than all the rest of its rows.
    written = _written(entry.identifier, shown=shown)
    for outcome in entry.outcomes:
        yield (
            entry.line,
            entry.identifier.kind,
            written,
            outcome.nation,
            outcome.word,
            "yes" if outcome.weak else "",
            _why(outcome),
            outcome.dataset,
            "" if outcome.version is None else outcome.version,
            _time(outcome.as_of_ms),
            _age_h(outcome.as_of_ms, made_ms),
            ", ".join(outcome.policy_ids),
            "; ".join(outcome.reasons),
            outcome.receipt,
            outcome.claim_id,
        )


def document(entry: Entry, *, shown: bool = True) -> dict[str, object]:
    """Write a line for programs; arguments as for `table_rows`."""
    if entry.identifier is None:
        return {"line": entry.line, "word": UNREAD, "why": entry.reason}
    return {
        "line": entry.line,
        "kind": entry.identifier.kind,
        "identifier": _written(entry.identifier, shown=shown),
        "outcomes": [_outcome(outcome) for outcome in entry.outcomes],
    }


def _outcome(outcome: Outcome) -> dict[str, object]:
    return {
        "nation": outcome.nation,
        "dataset": outcome.dataset,
        "word": outcome.word,
        "weak": outcome.weak,
        "why": outcome.why,
        "version": outcome.version,
        "as_of_ms": outcome.as_of_ms,
        "overdue": outcome.overdue,
        "policy_ids": list(outcome.policy_ids),
        "reasons": list(outcome.reasons),
        "alarm": outcome.alarm,
        "receipt": outcome.receipt,
        "false_receipt": outcome.false_receipt,
        "claim_id": outcome.claim_id,
    }


def _written(identifier: Identifier, *, shown: bool) -> str:
    return identifier.canonical if shown else identifier.masked()


def _why(outcome: Outcome) -> str:
    # A hit may be both: found past its time, and its other forms not asked about.
    both = outcome.overdue and outcome.why != OVERDUE
    return f"{OVERDUE}, {outcome.why}" if both else outcome.why


# A list is answered from a few versions, many times each.
@lru_cache(maxsize=256)
def _time(time_ms: int | None) -> str:
    if time_ms is None:
        return ""
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _age_h(time_ms: int | None, made_ms: int) -> str | int:
    return "" if time_ms is None else max(made_ms - time_ms, 0) // _HOUR_MS

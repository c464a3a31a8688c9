"""A result of an audit as a file: for programs as it is kept, and as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from fedquery.audit.kept_result import KeptResult
from fedquery.audit.reconciled import Reconciled
from fedquery.audit.result_fields import LATEST_MS
from fedquery.audit.verified import Verified
from fedquery.tabular.formulas import defused


def csv_of(kept: KeptResult) -> bytes:
    """Write the table: of compared logs a row for each finding, of one log a row for each fact.

    Words are those of the commands and not of a language, so that files can be put together.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(defused, _rows(kept)))
    # With its mark Excel reads it as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _rows(kept: KeptResult) -> Iterator[Sequence[str | int]]:
    result = kept.result
    if isinstance(result, Reconciled):
        yield from _findings(result)
        return
    yield ("what", "value")
    yield ("computed", "" if kept.at_ms is None else _time(kept.at_ms))
    if isinstance(result, Verified):
        yield from _facts(result)
        return
    yield ("verdict", "false")
    yield ("file", result.file)
    yield ("entry", "" if result.index is None else result.index)
    yield ("fault", result.what)


def _findings(result: Reconciled) -> Iterator[Sequence[str | int]]:
    yield ("kind", "at", "agency", "nation", "request digest", "what", "not in", "in")
    for one in result.findings:
        having = (
            f"{origin} at {' '.join(map(str, places))}" for origin, places in one.having.items()
        )
        yield (
            one.kind,
            _time(one.at_ms),
            one.agency,
            one.nation,
            one.request_digest,
            one.what,
            "; ".join(one.lacking),
            "; ".join(having),
        )


def _facts(result: Verified) -> Iterator[Sequence[str | int]]:
    yield ("verdict", "verified" if result.is_signed else "signature not verified")
    yield ("log", result.origin)
    yield ("size", result.size)
    yield ("root", result.root)
    seen = result.witnesses
    if seen is not None:
        yield ("witnesses needed", seen.needed)
        for name, at_s in seen.cosigned.items():
            yield (f"cosigned by {name}", _time(at_s * 1_000))
        for name in seen.missing:
            yield (f"cosigned by {name}", "no")
    yield ("goes on from", "" if result.since is None else result.since)
    for name, count in result.entries.items():
        yield (f"entries {name}", count)
    yield ("entries not signed yet", result.unsigned)
    for what in result.not_checked:
        yield ("not looked at", what)


def _time(at_ms: int) -> str:
    if at_ms > LATEST_MS:
        return "beyond the calendar"
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

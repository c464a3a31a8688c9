"""Why the last publication of a dataset failed, until one succeeds; `status` shows it."""

import re
import sqlite3
from dataclasses import dataclass
from typing import Final

from fedquery.encoding import canonical_json
from fedquery.errors import StorageError

_KEY: Final = "publication failed "
_WHY: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_CAP: Final = 256


@dataclass(frozen=True, slots=True)
class Failure:
    """A publication that failed.

    Attributes:
        at_ms: when.
        why: the slug of the error.
    """

    at_ms: int
    why: str


def remember(connection: sqlite3.Connection, dataset: str, failure: Failure) -> None:
    """Remember a failure in place of the one before."""
    value = canonical_json.dump({"at_ms": failure.at_ms, "why": failure.why})
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_KEY + dataset, value))


def forget(connection: sqlite3.Connection, dataset: str) -> None:
    """Forget it, since a publication succeeded."""
    connection.execute("DELETE FROM remembered WHERE key = ?", (_KEY + dataset,))


def failure_of(connection: sqlite3.Connection, dataset: str) -> Failure | None:
    """Read why the last publication of a dataset failed; None where it did not.

    Raises:
        StorageError: if the database holds something else.
    """
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_KEY + dataset,)
    ).fetchone()
    if row is None:
        return None
    value = canonical_json.load(row[0], cap=_CAP, what="failed publication")
    at_ms, why = (value.get("at_ms"), value.get("why")) if isinstance(value, dict) else (0, 0)
    if not isinstance(at_ms, int) or not isinstance(why, str) or not _WHY.fullmatch(why):
        raise StorageError("the database does not say why a publication failed")
    return Failure(at_ms, why)

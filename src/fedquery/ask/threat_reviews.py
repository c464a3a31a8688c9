"""What programs asked under a threat to life, and what a second person found of it afterwards.

Such a question waits for nobody. It stands here, sealed, until somebody who did not ask it has said
once whether there was such a threat; then for as long as details are kept.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Literal, TypeAlias

from fedquery.ask.home import AskHome
from fedquery.errors import SealError
from fedquery.seal.at_rest import KeyAtRest
from fedquery.storage.details import YEAR_MS

Asked: TypeAlias = Literal["lookup", "screening"]
Finding: TypeAlias = Literal["waiting", "justified", "not justified"]
_KEY: Final = "threat review"
_LABEL: Final = b"fedquery/v1/threat-review"
_SALT_LENGTH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatReview:
    """A question under a threat to life, and what was found of it.

    Attributes:
        asked_id: the id of the lookup or screening.
        asked: which of them it is.
        officer: who asked.
        asked_ms: when.
        identifiers: how many different ones.
        finding: whether there was such a threat.
        reviewed_by: the officer who found so; "" before.
        reviewed_ms: when; 0 before.
        reason: why, in their words; "" before.
    """

    asked_id: str
    asked: Asked
    officer: str = field(repr=False)
    asked_ms: int
    identifiers: int
    finding: Finding = "waiting"
    reviewed_by: str = field(default="", repr=False)
    reviewed_ms: int = 0
    reason: str = field(default="", repr=False)


def mark(
    connection: sqlite3.Connection,
    home: AskHome,
    new: ThreatReview,
    random: Callable[[int], bytes],
) -> None:
    """Have a question wait for its review, in the caller's transaction; one that does goes on.

    What was reviewed longer ago than details are kept is erased.

    Args:
        connection: the asker's database.
        home: the home of the agency.
        new: the question.
        random: the random source.
    """
    if find(connection, home, new.asked_id) is None:
        keep(connection, home, new, random)
    ends_ms = new.asked_ms - home.settings.retain_years * YEAR_MS
    # One that does not open is for whoever reads them: it keeps no other from being marked.
    with suppress(SealError):
        for one in every(connection, home):
            if one.finding != "waiting" and one.reviewed_ms <= ends_ms:
                connection.execute("DELETE FROM remembered WHERE key = ?", (_key(one.asked_id),))


def keep(
    connection: sqlite3.Connection,
    home: AskHome,
    kept: ThreatReview,
    random: Callable[[int], bytes],
) -> None:
    """Keep a question, and what was found of it, in the caller's transaction.

    Args:
        connection: the asker's database.
        home: the home of the agency.
        kept: the question.
        random: the random source.
    """
    salt = random(_SALT_LENGTH)
    # Nobody who can write to the disk puts a finding in the place of another.
    said = json.dumps(asdict(replace(kept, asked_id=""))).encode()
    sealed = KeyAtRest.derive(home.pseudonym_key, _LABEL, salt).seal(
        kept.asked_id.encode(), said, random
    )
    connection.execute(
        "INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_key(kept.asked_id), salt + sealed)
    )


def find(connection: sqlite3.Connection, home: AskHome, asked_id: str) -> ThreatReview | None:
    """Read one; None where nothing of this id was asked under a threat to life."""
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_key(asked_id),)
    ).fetchone()
    return None if row is None else _opened(home, asked_id, row[0])


def every(connection: sqlite3.Connection, home: AskHome) -> Iterator[ThreatReview]:
    """Read all of them, the newest first."""
    rows = connection.execute(
        "SELECT key, value FROM remembered WHERE key >= ? AND key < ?",
        (_key(""), _key("\x7f")),
    ).fetchall()
    found = [_opened(home, key.removeprefix(_key("")), value) for key, value in rows]
    yield from sorted(found, key=lambda one: (-one.asked_ms, one.asked_id))


def _opened(home: AskHome, asked_id: str, value: bytes) -> ThreatReview:
    key = KeyAtRest.derive(home.pseudonym_key, _LABEL, value[:_SALT_LENGTH])
    said = json.loads(key.open(asked_id.encode(), value[_SALT_LENGTH:]))
    return ThreatReview(**{**said, "asked_id": asked_id})


def _key(asked_id: str) -> str:
    return f"{_KEY} {asked_id}"

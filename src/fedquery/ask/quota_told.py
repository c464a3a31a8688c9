"""What each nation has told this agency of its quota, kept for the next question.

It is a forecast: others of the agency and its nation ask too. What decides is the holder's count.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from fedquery.audit.asker import ConcludedEntry
from fedquery.federation.ceilings import Ceilings
from fedquery.transport.head import MAX_GRANTS, NO_LIMIT, GrantLeft, QuotaLeft

_KEY: Final = "quota told"
_UNKNOWN: Final = QuotaLeft(NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT)


@dataclass(slots=True)
class Newest:
    """Which of the answers to questions that were in flight together counts.

    They come in any order. A holder logs each in the transaction that charges it, so their places
    in its log tell which of them was counted last.
    """

    _places: dict[str, tuple[str, int]] = field(default_factory=dict)

    def is_it(self, nation: str, entry: ConcludedEntry) -> bool:
        """Tell whether no answer of a nation that came before was counted after this one.

        Args:
            nation: who answered.
            entry: what the agency's log says of the answer. One without a place counts as it comes.
        """
        origin, place = entry.receipt_origin, entry.receipt_index
        if place is None:
            return True
        known_origin, known = self._places.get(nation, ("", -1))
        # In a log that was begun anew places are told anew.
        if origin == known_origin and place < known:
            return False
        self._places[nation] = (origin, place)
        return True


def keep(connection: sqlite3.Connection, nation: str, pseudonym: str, left: QuotaLeft) -> None:
    """Keep what the newest answer told, in the caller's transaction.

    Args:
        connection: the asker's database.
        nation: who answered.
        pseudonym: the case's name towards it.
        left: what the answer told.
    """
    for key in (_key(nation), _key(nation, pseudonym)):
        value = json.dumps(asdict(left)).encode()
        connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (key, value))


def known(
    connection: sqlite3.Connection,
    nation: str,
    pseudonym: str,
    ceilings: Ceilings | None,
    now_ms: int,
) -> QuotaLeft | None:
    """Say what a nation may still be asked in a case, as far as it is known.

    Args:
        connection: the asker's database.
        nation: the nation.
        pseudonym: the case's name towards it.
        ceilings: what the nation's manifest tells of its quota.
        now_ms: the time.

    Returns:
        None where nothing at all is known.
    """
    newest, of_case = _read(connection, _key(nation)), _read(connection, _key(nation, pseudonym))
    return forecast(newest, of_case, ceilings, now_ms)


def known_of_agency(
    connection: sqlite3.Connection, nation: str, ceilings: Ceilings | None, now_ms: int
) -> QuotaLeft | None:
    """Say what a nation may still be asked in whatever case; see `known`.

    What is left of a case is that of a new one, and grants are those that are for any case.
    """
    return forecast(_read(connection, _key(nation)), None, ceilings, now_ms)


def forecast(
    newest: QuotaLeft | None, of_case: QuotaLeft | None, ceilings: Ceilings | None, now_ms: int
) -> QuotaLeft | None:
    """Put together what was told: windows by the newest answer, the case by the newest about it.

    Args:
        newest: the newest answer of the nation, in whatever case.
        of_case: the newest about this case.
        ceilings: what the nation's manifest tells of its quota.
        now_ms: the time.

    Returns:
        What may still be asked, `NO_LIMIT` where nothing is known of a window; None where nothing
        is known at all. A window that has ended since has the whole ceiling.
    """
    if newest is None:
        return None if ceilings is None else _unused(ceilings)
    whole = _UNKNOWN if ceilings is None else _unused(ceilings)
    left = newest
    for window in ("hour", "day", "year"):
        # A holder that tells no end tells of no renewal either.
        if 0 < getattr(left, f"{window}_ends_ms") <= now_ms:
            left = replace(left, **{window: getattr(whole, window), f"{window}_ends_ms": 0})
    case = whole.case if of_case is None else of_case.case
    any_case = [grant for grant in newest.grants if not grant.this_case]
    this_case = [] if of_case is None else [one for one in of_case.grants if one.this_case]
    return replace(left, case=case, grants=_running([*any_case, *this_case], now_ms))


def _unused(ceilings: Ceilings) -> QuotaLeft:
    return QuotaLeft(ceilings.hour, ceilings.day, ceilings.year, ceilings.case)


def _running(grants: Iterable[GrantLeft], now_ms: int) -> tuple[GrantLeft, ...]:
    running = [grant for grant in grants if now_ms < grant.until_ms]
    return tuple(sorted(running, key=lambda grant: grant.order)[:MAX_GRANTS])


def _key(nation: str, pseudonym: str = "") -> str:
    # A pseudonym is not empty, so the two never meet.
    return f"{_KEY} {nation}/{pseudonym}"


def _read(connection: sqlite3.Connection, key: str) -> QuotaLeft | None:
    row = connection.execute("SELECT value FROM remembered WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    value = json.loads(row[0])
    grants = tuple(GrantLeft(**grant) for grant in value.pop("grants"))
    return QuotaLeft(**value, grants=grants)

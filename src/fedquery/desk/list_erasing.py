"""Erasing lists: what lies in the agency's screenings first, and then what the desk keeps of them.

In that order nothing stays behind that no page and no command of the desk knows of. A list that is
being asked is never due.
"""

import contextlib
from collections.abc import Collection, Iterable
from typing import Final

from fedquery.ask.home import AskHome
from fedquery.ask.screening.files import erase as erase_screening
from fedquery.desk.erasing import DAY_MS, forget_salts
from fedquery.desk.store import DeskStore
from fedquery.errors import NotFoundError
from fedquery.storage.details import clear_journal, prepare_to_erase
from fedquery.storage.transaction import transaction

# Counted from when a list was first asked; of one that never was, from when it was made.
_DUE: Final = (
    "SELECT list_id FROM kept_list WHERE state <> 'asking' AND max(begun_ms, asked_ms) <= ?"
)
_OF_CASE: Final = "SELECT list_id FROM kept_list WHERE case_id = ?"


def due(store: DeskStore, now_ms: int, retention_days: int) -> list[str]:
    """List what is due; arguments as for `erasing.due`."""
    return _ids(store, _DUE, now_ms - retention_days * DAY_MS)


def of_case(store: DeskStore, case_id: str) -> list[str]:
    """List what is of a case."""
    return _ids(store, _OF_CASE, case_id)


def erase(store: DeskStore, home: AskHome, list_ids: Collection[str]) -> int:
    """Erase lists, and say how many.

    Args:
        store: the store.
        home: the home of the agency, in which their screenings lie.
        list_ids: which.

    Raises:
        BusyError: if one is being asked: nothing more is erased then; or as `erasing.erase_due`.
    """
    if not list_ids:
        return 0
    _erase_screenings(home, list_ids)
    prepare_to_erase(store.connection)
    with transaction(store.connection):
        store.connection.executemany(
            "DELETE FROM act WHERE subject = ?", [(one,) for one in list_ids]
        )
        store.connection.executemany(
            "DELETE FROM kept_list WHERE list_id = ?", [(one,) for one in list_ids]
        )
        forget_salts(store.connection)
    clear_journal(store.connection)
    return len(list_ids)


def _erase_screenings(home: AskHome, list_ids: Iterable[str]) -> None:
    for list_id in list_ids:
        # One that is gone already, by `fedquery screenings erase` or a try before, is no matter.
        with contextlib.suppress(NotFoundError):
            erase_screening(home, list_id)


def _ids(store: DeskStore, query: str, value: object) -> list[str]:
    return [row[0] for row in store.connection.execute(query, (value,)).fetchall()]

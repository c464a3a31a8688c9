"""Erase cases and questions whose time is over, so that nothing of them can be opened afterwards.

Everything of them is sealed under keys that need their salts. So the rows are deleted, and the
table of salts is written anew without theirs and every page of the old one overwritten, as
`storage.details` does it: where SQLite has left a copy of a sealed row, nobody opens it. What lies
beside the desk goes with them (`belongings`). The agency's log keeps what it keeps of each
question, sealed to the auditor, for its own time.
"""

import sqlite3
from dataclasses import dataclass, replace
from typing import Final

from fedquery.desk import sealed_tables
from fedquery.desk.belongings import AgencyFiles, Gone, named
from fedquery.desk.store import DeskStore
from fedquery.storage.details import clear_journal, prepare_to_erase
from fedquery.storage.transaction import transaction

DAY_MS: Final = 86_400_000
# A question that is still asked is never due: its answers would have no place.
_DUE_QUESTIONS: Final = (
    "SELECT question_id FROM question WHERE asked_ms <= ?1 AND state <> 'asking'"
    " AND NOT EXISTS (SELECT 1 FROM claim"
    " WHERE claim.question_id = question.question_id AND claimed_ms > ?1)"
)
_DUE_CASES: Final = (
    "SELECT case_id FROM kept_case WHERE NOT EXISTS (SELECT 1 FROM act"
    " WHERE act.case_id = kept_case.case_id AND at_ms > ?1)"
    " AND NOT EXISTS (SELECT 1 FROM question"
    " WHERE question.case_id = kept_case.case_id AND state = 'asking')"
    # Its lists are erased before, with what lies in the agency's screenings (`list_erasing`).
    " AND NOT EXISTS (SELECT 1 FROM kept_list WHERE kept_list.case_id = kept_case.case_id"
    " AND (state = 'asking' OR max(begun_ms, asked_ms) > ?1))"
)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, or would be.

    Attributes:
        cases: how many cases, with all that is in them.
        questions: how many questions, those of these cases among them.
        gone: what lay beside them.
    """

    cases: int
    questions: int
    gone: Gone


def due(store: DeskStore, retention_days: int, files: AgencyFiles) -> Erased:
    """Count what is due.

    Args:
        store: the store.
        retention_days: for how many days a question is kept after it was asked or last claimed
            from, and a case after something was last done in it.
        files: what lies beside it, and the time.
    """
    cases, questions = _due(store.connection, files.now_ms - retention_days * DAY_MS)
    gone = replace(files, dry_run=True).erase(store, cases, questions)
    return Erased(len(cases), len(questions), gone)


def erase_due(store: DeskStore, retention_days: int, files: AgencyFiles) -> Erased:
    """Erase what is due; arguments as for `due`.

    Raises:
        StorageError: if a file beside the desk cannot be removed; then no row is.
        BusyError: if somebody reads all the time; what was erased may be in the write-ahead log
            until the next try.
    """
    prepare_to_erase(store.connection)
    until_ms = files.now_ms - retention_days * DAY_MS
    # A millisecond each: whoever asks at the desk would wait too long for it. Whatever is claimed
    # from meanwhile is not due any more.
    known = named(store, _due(store.connection, until_ms)[1])
    with transaction(store.connection):
        cases, questions = _due(store.connection, until_ms)
        # The files first: their names stand in the rows.
        gone = files.erase(store, cases, questions, known)
        # What was wanted and never asked is kept no longer than what was asked.
        store.connection.execute("DELETE FROM approval WHERE wanted_ms <= ?", (until_ms,))
        _delete(store.connection, cases, questions)
    clear_journal(store.connection)
    return Erased(len(cases), len(questions), gone)


def erase_case(store: DeskStore, case_id: str, files: AgencyFiles) -> Erased:
    """Erase one case with all that is in it, whatever its time.

    Args:
        store: the store.
        case_id: the case.
        files: what lies beside it.

    Raises:
        StorageError, BusyError: as `erase_due`.
    """
    prepare_to_erase(store.connection)
    with transaction(store.connection):
        questions = _ids(
            store.connection, "SELECT question_id FROM question WHERE case_id = ?", case_id
        )
        gone = files.erase(store, [case_id], questions)
        _delete(store.connection, [case_id], questions)
    clear_journal(store.connection)
    return Erased(1, len(questions), gone)


def _due(connection: sqlite3.Connection, until_ms: int) -> tuple[list[str], list[str]]:
    cases = _ids(connection, _DUE_CASES, until_ms)
    questions = _ids(connection, _DUE_QUESTIONS, until_ms)
    return cases, questions


def _delete(connection: sqlite3.Connection, cases: list[str], questions: list[str]) -> None:
    connection.executemany(
        "DELETE FROM act WHERE subject = ?1"
        " OR subject IN (SELECT act_id FROM claim WHERE question_id = ?1)",
        [(question_id,) for question_id in questions],
    )
    connection.executemany(
        "DELETE FROM question WHERE question_id = ?", [(one,) for one in questions]
    )
    connection.executemany("DELETE FROM kept_case WHERE case_id = ?", [(one,) for one in cases])
    forget_salts(connection)


def forget_salts(connection: sqlite3.Connection) -> None:
    """Write the table of salts anew without those of what is gone, in the caller's transaction."""
    connection.execute(sealed_tables.SALT.format(name="salt_kept"))
    connection.execute(
        "INSERT INTO salt_kept SELECT * FROM salt WHERE owner IN"
        " (SELECT case_id FROM kept_case UNION SELECT question_id FROM question"
        " UNION SELECT approval_id FROM approval UNION SELECT list_id FROM kept_list)"
    )
    connection.execute("DROP TABLE salt")
    connection.execute("ALTER TABLE salt_kept RENAME TO salt")


def _ids(connection: sqlite3.Connection, query: str, value: object) -> list[str]:
    return [row[0] for row in connection.execute(query, (value,)).fetchall()]

"""Notes that officers write into a case; sealed, and never changed afterwards."""

from dataclasses import dataclass, field
from typing import Final

from fedquery.desk import acts, cases
from fedquery.desk.access import Reader
from fedquery.desk.acts import Act
from fedquery.desk.language import N_
from fedquery.desk.store import DeskStore, is_id
from fedquery.errors import InputError
from fedquery.storage.transaction import transaction

MOST_NOTE: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note.

    Attributes:
        note_id: its id.
        account_id: who wrote it.
        written_ms: when.
        text: what it says, up to 4,000 characters.
    """

    note_id: str
    account_id: str
    written_ms: int
    text: str = field(repr=False)


def write(
    store: DeskStore, reader: Reader, case_id: str, note: tuple[str, str], now_ms: int
) -> None:
    """Write a note into a case; the same one sent twice is written once.

    Args:
        store: the store.
        reader: who writes it.
        case_id: the case.
        note: the id that its form drew, and its text.
        now_ms: the time.

    Raises:
        NotThereError, CaseError: as `cases.read_to_act`.
        InputError: if it is empty or too long.
    """
    note_id, text = note
    cases.read_to_act(store, reader, case_id)
    if not is_id(note_id) or not 0 < len(text) <= MOST_NOTE:
        raise InputError(N_("Write a note of 1 to 4,000 characters."))
    with transaction(store.connection):
        new = store.connection.execute(
            "INSERT OR IGNORE INTO note VALUES (?, ?, ?, ?, ?)",
            (
                note_id,
                case_id,
                reader.account_id,
                now_ms,
                store.seal(case_id, _place(note_id, reader.account_id, now_ms), text),
            ),
        ).rowcount
        if new:
            acts.write(store.connection, case_id, Act(now_ms, reader.account_id, "noted", note_id))


def of_case(store: DeskStore, reader: Reader, case_id: str) -> list[Note]:
    """Read the notes of a case, the oldest first.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    rows = store.connection.execute(
        "SELECT note_id, account_id, written_ms, sealed FROM note WHERE case_id = ?"
        " ORDER BY written_ms, note_id",
        (case_id,),
    ).fetchall()
    return [
        Note(
            note_id=row[0],
            account_id=row[1],
            written_ms=row[2],
            text=store.unseal(case_id, _place(*row[:3]), row[3]),
        )
        for row in rows
    ]


def _place(note_id: str, account_id: str, written_ms: int) -> str:
    return f"note {note_id} {account_id} {written_ms}"

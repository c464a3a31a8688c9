"""The officers of a case: its owner and supervisors add them and take them out again."""

from fedquery.desk import acts, cases
from fedquery.desk.access import Reader, may_add
from fedquery.desk.acts import Act
from fedquery.desk.kept_case import CaseError, KeptCase
from fedquery.desk.language import N_
from fedquery.desk.store import DeskStore
from fedquery.storage.transaction import transaction


def add_member(
    store: DeskStore, reader: Reader, case_id: str, account_id: str, now_ms: int
) -> KeptCase:
    """Add an officer to a case.

    Raises:
        NotThereError: if there is none of this id that this person may read.
        CaseError: if neither its owner nor a supervisor wants it.
    """
    kept = _to_share(store, reader, case_id)
    if account_id in kept.members:
        return kept
    with transaction(store.connection):
        store.connection.execute(
            "INSERT INTO case_member VALUES (?, ?, ?)", (case_id, account_id, now_ms)
        )
        acts.write(store.connection, case_id, Act(now_ms, reader.account_id, "added", account_id))
    return cases.read(store, reader, case_id)


def remove_member(
    store: DeskStore, reader: Reader, case_id: str, account_id: str, now_ms: int
) -> KeptCase:
    """Take an officer out of a case; its owner stays.

    Raises:
        NotThereError: if there is none of this id that this person may read.
        CaseError: if neither its owner nor a supervisor wants it, or it is the owner.
    """
    kept = _to_share(store, reader, case_id)
    if account_id == kept.owner:
        raise CaseError(N_("The owner of a case stays in it."))
    if account_id not in kept.members:
        return kept
    with transaction(store.connection):
        store.connection.execute(
            "DELETE FROM case_member WHERE case_id = ? AND account_id = ?", (case_id, account_id)
        )
        acts.write(store.connection, case_id, Act(now_ms, reader.account_id, "removed", account_id))
    return cases.read(store, reader, case_id)


def _to_share(store: DeskStore, reader: Reader, case_id: str) -> KeptCase:
    kept = cases.read(store, reader, case_id)
    if not may_add(reader, kept.owner):
        raise CaseError(N_("Only its owner or a supervisor says who is in a case."))
    return kept

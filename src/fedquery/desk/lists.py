"""The lists of the desk, sealed: whose they are, for which case, and how far they are.

The identifiers and what came of them lie in the agency's screenings. A list that is asked is noted
before it begins, and when it stops; one that was under way when the desk ended is interrupted.
"""

from collections.abc import Collection, Iterable
from typing import Any

from fedquery.desk import acts, cases, list_rows
from fedquery.desk.access import NotThereError, Reader, may_supervise
from fedquery.desk.acts import Act, What
from fedquery.desk.kept_list import (
    BY_OFFICER,
    KeptList,
    ListError,
    NewList,
    State,
    Verdict,
)
from fedquery.desk.language import N_
from fedquery.desk.store import DeskStore, is_id
from fedquery.errors import InputError
from fedquery.storage.transaction import transaction


def keep(store: DeskStore, new: NewList, now_ms: int) -> KeptList:
    """Keep a list that was read, and is not asked yet.

    Whoever calls has read the case to act in it.

    Raises:
        InputError: if its id is out of form.
    """
    if not is_id(new.list_id):
        raise InputError("the id of a list has sixteen hexadecimal digits")
    with transaction(store.connection):
        store.begin(new.list_id)
        store.connection.execute(
            "INSERT INTO kept_list VALUES (?, ?, ?, ?, 'ready', 0, '', ?, ?)",
            (
                new.list_id,
                new.case_id,
                new.account_id,
                now_ms,
                new.is_urgent,
                list_rows.seal(store, new, now_ms),
            ),
        )
    return _whole(list_rows.find(store, new.list_id))


def read(store: DeskStore, reader: Reader, list_id: str) -> KeptList:
    """Read a list.

    Raises:
        NotThereError: if there is none of this id that this person may read.
    """
    kept = _whole(list_rows.find(store, list_id))
    cases.read(store, reader, kept.case_id)
    return kept


def read_to_ask(store: DeskStore, reader: Reader, list_id: str) -> KeptList:
    """Read a list that is to be asked, gone on with or stopped.

    Holders and the agency's log are told of whoever made it, so nobody else asks it.

    Raises:
        NotThereError: if there is none of this id that this person may read.
        ListError: if it is another officer's.
        CaseError: if its case is closed, or they were taken out of it.
    """
    kept = read(store, reader, list_id)
    cases.read_to_act(store, reader, kept.case_id)
    if kept.account_id != reader.account_id:
        raise ListError(N_("Only the officer who made a list asks it."))
    return kept


def ids_readable(store: DeskStore, reader: Reader) -> list[str]:
    """Give the ids of all lists that somebody may read, the newest first."""
    readable = set(cases.ids_readable(store, reader))
    rows = store.connection.execute(
        "SELECT list_id, case_id FROM kept_list ORDER BY begun_ms DESC, list_id"
    )
    return [list_id for list_id, case_id in rows if case_id in readable]


def some(store: DeskStore, reader: Reader, ids: Iterable[str]) -> list[KeptList]:
    """Read lists by their ids, in that order.

    Raises:
        NotThereError: if one of them is not to be read.
    """
    return [read(store, reader, list_id) for list_id in ids]


def of_case(store: DeskStore, reader: Reader, case_id: str) -> list[KeptList]:
    """Read the lists of a case, the oldest first.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    return _all(store, "case_id = ?", (case_id,))


def between(store: DeskStore, reader: Reader, since_ms: int, until_ms: int) -> list[KeptList]:
    """Read the lists of all officers that were first asked in a time, the oldest first.

    Raises:
        NotThereError: if this person does not supervise.
    """
    if not may_supervise(reader):
        raise NotThereError
    return _all(store, "asked_ms >= ? AND asked_ms < ?", (max(1, since_ms), until_ms))


def want(store: DeskStore, kept: KeptList, now_ms: int, over: Verdict | None = None) -> None:
    """Have a list wait for a second person; one that waits already goes on waiting.

    Args:
        store: the store.
        kept: the list.
        now_ms: the time.
        over: the approval that has ended, of a list that was asked by it: it is kept with the list,
            and what is left of the list waits for another one.

    Raises:
        ListError: if it was decided on and not asked since, or is asked now.
    """
    before: set[State] = {"stopped", "ended", "approved"} if kept.asked_ms else {"ready"}
    with transaction(store.connection):
        _move(store, kept, {"waiting", *before}, "waiting")
        if kept.state == "waiting":
            return
        if over is not None:
            _keep_over(store, kept, over)
        _note(store, kept, "list-wanted", now_ms)


def begin(store: DeskStore, kept: KeptList, now_ms: int) -> None:
    """Note that a list is asked from now on, for the first time or again.

    Raises:
        ListError: if it is asked already, or was declined.
    """
    with transaction(store.connection):
        before: set[State] = {"ready", "approved", "stopped", "ended"}
        _move(store, kept, before, "asking")
        store.connection.execute(
            "UPDATE kept_list SET asked_ms = ? WHERE list_id = ? AND asked_ms = 0",
            (now_ms, kept.list_id),
        )
        what: What = "list-resumed" if kept.asked_ms else "list-asked"
        _note(store, kept, what, now_ms)


def stop(store: DeskStore, kept: KeptList, why: str, now_ms: int) -> None:
    """Note that a list is not asked any more.

    Args:
        store: the store.
        kept: the list.
        why: "" where nothing more is to be asked; otherwise the slug of what stopped it.
        now_ms: the time.
    """
    with transaction(store.connection):
        store.connection.execute(
            "UPDATE kept_list SET state = ?, why = ? WHERE list_id = ?",
            ("stopped" if why else "ended", why, kept.list_id),
        )
        if why == BY_OFFICER:
            _note(store, kept, "list-stopped", now_ms)
    store.unstopped.discard(kept.list_id)


def _move(store: DeskStore, kept: KeptList, before: Collection[State], after: State) -> None:
    row = store.connection.execute(
        "SELECT state FROM kept_list WHERE list_id = ?", (kept.list_id,)
    ).fetchone()
    # Another window, or a second person, may have been quicker.
    if row is None or row[0] != kept.state or kept.state not in before:
        raise ListError(N_("This list is in another state by now."))
    store.connection.execute(
        "UPDATE kept_list SET state = ?, why = '' WHERE list_id = ?", (after, kept.list_id)
    )


def _keep_over(store: DeskStore, kept: KeptList, over: Verdict) -> None:
    ended = (*kept.ended, over)
    store.connection.execute(
        "UPDATE kept_list SET sealed = ? WHERE list_id = ?",
        (list_rows.seal(store, kept.new, kept.begun_ms, ended), kept.list_id),
    )
    # Should it be put back by who can write to the disk: its time is sealed in it, and is over.
    store.connection.execute(
        "DELETE FROM list_verdict WHERE list_id = ? AND sort = 'approval'", (kept.list_id,)
    )


def _note(store: DeskStore, kept: KeptList, what: What, now_ms: int) -> None:
    act = Act(now_ms, kept.account_id, what, kept.list_id)
    acts.write(store.connection, kept.case_id, act)


def _all(store: DeskStore, condition: str, values: tuple[Any, ...]) -> list[KeptList]:
    rows = store.connection.execute(
        f"SELECT list_id FROM kept_list WHERE {condition} ORDER BY begun_ms, list_id",  # noqa: S608 -- a constant of this module
        values,
    ).fetchall()
    return [kept for (one,) in rows if (kept := list_rows.find(store, one)) is not None]


def kept_for_whoever(store: DeskStore, list_id: str) -> KeptList:
    """Read a list for our own work; whoever shows it has asked who may read its case.

    Raises:
        NotThereError: if there is none of this id.
    """
    return _whole(list_rows.find(store, list_id))


def _whole(found: KeptList | None) -> KeptList:
    if found is None:
        raise NotThereError
    return found

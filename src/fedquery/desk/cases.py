"""The cases that officers keep at the desk: begun, found, shared, closed.

Whoever calls says who is looking; what they may not see is as if it were not there. A case of the
desk is the agency's own folder. Whether its cards were made and signed for the holders is another
thing (`case_cards`).
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import cast

from fedquery.desk import acts
from fedquery.desk.access import NotThereError, Reader, may_act, may_read
from fedquery.desk.acts import Act
from fedquery.desk.facts import Facts
from fedquery.desk.kept_case import CaseError, KeptCase, NewCase, Said, State, check_case_number
from fedquery.desk.language import N_
from fedquery.desk.store import DeskStore, new_id
from fedquery.policy.vocabulary import BREAK_GLASS
from fedquery.storage.transaction import transaction


def begin(store: DeskStore, reader: Reader, new: NewCase, now_ms: int) -> KeptCase:
    """Begin a case; who begins it owns it.

    Raises:
        NotThereError: if an auditor wants to.
        CaseError: if there is a case of this number already.
    """
    if not may_act(reader, (reader.account_id,)):
        raise NotThereError
    case_id, mark = new_id(store.random), store.mark(new.number)
    with transaction(store.connection):
        if store.marked(mark) is not None:
            raise CaseError(N_("There is a case of this number already."))
        store.begin(case_id, mark)
        store.connection.execute(
            "INSERT INTO kept_case VALUES (?, ?, 'open', ?, ?)",
            (
                case_id,
                reader.account_id,
                now_ms,
                store.seal(case_id, _place(reader.account_id), _document(new)),
            ),
        )
        _add(store, case_id, reader.account_id, now_ms)
        acts.write(store.connection, case_id, Act(now_ms, reader.account_id, "begun", ""))
    return _read(store, case_id)


def read(store: DeskStore, reader: Reader, case_id: str) -> KeptCase:
    """Read a case.

    Raises:
        NotThereError: if there is none of this id that this person may read.
    """
    kept = _read(store, case_id)
    if not may_read(reader, kept.members):
        raise NotThereError
    return kept


def read_to_act(store: DeskStore, reader: Reader, case_id: str) -> KeptCase:
    """Read a case in which something is to be done.

    Raises:
        NotThereError: if there is none of this id that this person may read.
        CaseError: if they may only read it, or it is closed.
    """
    kept = read(store, reader, case_id)
    if not may_act(reader, kept.members):
        raise CaseError(N_("Only officers of this case act in it."))
    if kept.state == "closed":
        raise CaseError(
            N_("The case is closed."), do=N_("Closed cases stay so. Begin another one.")
        )
    return kept


def find(store: DeskStore, reader: Reader, number: str) -> KeptCase | None:
    """Find a case by its number; None where nobody has begun it.

    Raises:
        InputError: if the number is out of form.
        CaseError: if there is one, of other officers.
    """
    check_case_number(number)
    case_id = store.marked(store.mark(number))
    if case_id is None:
        return None
    kept = _read(store, case_id)
    if not may_read(reader, kept.members):
        raise CaseError(N_("A case of this number is kept by other officers."))
    return kept


def ids_readable(store: DeskStore, reader: Reader) -> list[str]:
    """Give the ids of all cases that somebody may read, those first in which was done last."""
    members: dict[str, list[str]] = {}
    for case_id, account_id in store.connection.execute(
        "SELECT case_id, account_id FROM case_member"
    ):
        members.setdefault(case_id, []).append(account_id)
    rows = store.connection.execute(
        "SELECT case_id, max(at_ms) FROM act GROUP BY case_id ORDER BY 2 DESC, case_id DESC"
    )
    return [case_id for case_id, _ in rows if may_read(reader, members.get(case_id, ()))]


def readable(store: DeskStore, reader: Reader, ids: Iterable[str] | None = None) -> list[KeptCase]:
    """Read cases that somebody may read, those first in which something was done last.

    Args:
        store: the store.
        reader: who reads.
        ids: some of what `ids_readable` gave, for a page of a long list; all by default.

    Raises:
        NotThereError: if one of `ids` is not to be read.
    """
    chosen = ids_readable(store, reader) if ids is None else ids
    return [read(store, reader, case_id) for case_id in chosen]


def read_any(store: DeskStore, case_id: str) -> KeptCase:
    """Read a case for the task of a question, whose sender has read it, or to erase it.

    Raises:
        NotThereError: if it was erased.
    """
    return _read(store, case_id)


def lasting(kept: KeptCase, said: Said) -> Said:
    """Give what may be kept of what is to be said: no threat to life takes the place of facts."""
    if said.facts is None or _is_lasting(said.facts):
        return said
    return replace(said, facts=kept.facts)


def say_anew(store: DeskStore, kept: KeptCase, said: Said) -> None:
    """Write title and facts of a case in the place of the old ones, in the caller's transaction.

    Raises:
        CaseError: if the title is out of form.
    """
    new = NewCase(number=kept.number, title=said.title, facts=said.facts)
    store.connection.execute(
        "UPDATE kept_case SET sealed = ? WHERE case_id = ?",
        (store.seal(kept.case_id, _place(kept.owner), _document(new)), kept.case_id),
    )


def close(store: DeskStore, reader: Reader, case_id: str, now_ms: int) -> KeptCase:
    """Close a case for ever: no question and no claim goes out from it any more.

    Raises:
        NotThereError, CaseError: as `read_to_act`.
    """
    kept = read_to_act(store, reader, case_id)
    with transaction(store.connection):
        store.connection.execute(
            "UPDATE kept_case SET state = 'closed' WHERE case_id = ?", (case_id,)
        )
        acts.write(store.connection, case_id, Act(now_ms, reader.account_id, "closed", ""))
    return replace(kept, state="closed", last_ms=now_ms)


def _add(store: DeskStore, case_id: str, account_id: str, now_ms: int) -> None:
    store.connection.execute(
        "INSERT INTO case_member VALUES (?, ?, ?)", (case_id, account_id, now_ms)
    )


def _members(store: DeskStore, case_id: str) -> tuple[str, ...]:
    rows = store.connection.execute(
        "SELECT account_id FROM case_member WHERE case_id = ? ORDER BY account_id", (case_id,)
    )
    return tuple(row[0] for row in rows)


def _read(store: DeskStore, case_id: str) -> KeptCase:
    """Read a case for whoever; what is public here asks `may_read` first."""
    row = store.connection.execute(
        "SELECT owner, state, begun_ms, sealed,"
        " (SELECT max(at_ms) FROM act WHERE act.case_id = kept_case.case_id)"
        " FROM kept_case WHERE case_id = ?",
        (case_id,),
    ).fetchone()
    if row is None:
        raise NotThereError
    said = store.unseal(case_id, _place(row[0]), row[3])
    return KeptCase(
        case_id=case_id,
        number=said["number"],
        title=said["title"],
        owner=row[0],
        members=_members(store, case_id),
        state=cast("State", row[1]),
        begun_ms=row[2],
        last_ms=row[4],
        facts=None if said["facts"] is None else Facts(**said["facts"]),
    )


def _place(owner: str) -> str:
    # Nobody who can write to the disk gives a case to another owner.
    return f"case {owner}"


def _is_lasting(facts: Facts) -> bool:
    # A threat to life is said anew each time: kept, it would let every later question of the case
    # pass by the second person, and tell nations of a danger that is over.
    return facts.purpose != BREAK_GLASS


def _document(new: NewCase) -> dict[str, object]:
    facts = new.facts
    return {
        "number": new.number,
        "title": new.title,
        "facts": asdict(facts) if facts is not None and _is_lasting(facts) else None,
    }

"""The rows of lists: what is sealed in one, and a list read from one.

Nothing here asks who may read: that is said by `lists`, which asks who may read the case.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final, cast

from fedquery.desk.facts import Facts
from fedquery.desk.kept_list import KeptList, NewList, State, Verdict
from fedquery.desk.store import DeskStore

_COLUMNS: Final = "list_id, case_id, account_id, begun_ms, state, asked_ms, why, sealed"


def seal(store: DeskStore, new: NewList, begun_ms: int, ended: Iterable[Verdict] = ()) -> bytes:
    """Seal what is to be asked, with the approvals that have ended.

    Args:
        store: the store.
        new: the list.
        begun_ms: when it was read.
        ended: the approvals, the oldest first.
    """
    said = {
        "facts": asdict(new.facts),
        "nations": list(new.nations),
        "places": new.places,
        "distinct": new.distinct,
        "unread": new.unread,
        "kinds": list(new.kinds),
        "digest": new.digest.hex(),
        "ended": [asdict(one) for one in ended],
    }
    return store.seal(new.list_id, _place(new.case_id, new.account_id, begun_ms), said)


def find(store: DeskStore, list_id: str) -> KeptList | None:
    """Read a list for whoever; None where there is none of this id."""
    row = store.connection.execute(
        f"SELECT {_COLUMNS} FROM kept_list WHERE list_id = ?",  # noqa: S608 -- a constant of this module
        (list_id,),
    ).fetchone()
    if row is None:
        return None
    _, case_id, account_id, begun_ms, state, asked_ms, why, sealed = row
    said = store.unseal(list_id, _place(case_id, account_id, begun_ms), sealed)
    return KeptList(
        new=NewList(
            list_id=list_id,
            case_id=case_id,
            account_id=account_id,
            facts=Facts(**said["facts"]),
            nations=tuple(said["nations"]),
            places=said["places"],
            distinct=said["distinct"],
            unread=said["unread"],
            kinds=tuple((kind, count) for kind, count in said["kinds"]),
            digest=bytes.fromhex(said["digest"]),
        ),
        begun_ms=begun_ms,
        state=cast("State", state),
        asked_ms=asked_ms,
        why=why,
        # A list that was kept before approvals ended has none.
        ended=tuple(Verdict(**one) for one in said.get("ended", ())),
    )


def _place(case_id: str, account_id: str, begun_ms: int) -> str:
    # Nobody who can write to the disk moves a list to another case, officer or time.
    return f"list {case_id} {account_id} {begun_ms}"

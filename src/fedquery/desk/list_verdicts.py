"""What second persons find of lists: long ones are approved before, urgent ones reviewed after.

A supervisor decides, and never on a list of their own. Without a decision nothing is asked. What is
sealed says which list, who, when and what: nobody who can write to the disk approves one.
"""

from typing import Final, cast

from fedquery.ask.second_person import LASTS_MS, is_needed
from fedquery.desk import acts, lists
from fedquery.desk.access import NotThereError, Reader, may_judge, may_supervise
from fedquery.desk.acts import Act, What
from fedquery.desk.kept_list import Finding, Judgement, KeptList, ListError, Sort, Verdict
from fedquery.desk.language import N_
from fedquery.desk.store import DeskStore
from fedquery.storage.transaction import transaction

_SORTS: Final[dict[Finding, Sort]] = {
    "approved": "approval",
    "declined": "approval",
    "justified": "review",
    "not justified": "review",
}
_DONE: Final[dict[Finding, What]] = {
    "approved": "list-approved",
    "declined": "list-declined",
    "justified": "list-reviewed",
    "not justified": "list-reviewed",
}
_WAITING: Final = "SELECT list_id FROM kept_list WHERE state = 'waiting' ORDER BY begun_ms, list_id"
_UNREVIEWED: Final = (
    "SELECT list_id FROM kept_list WHERE urgent AND asked_ms > 0 AND NOT EXISTS"
    " (SELECT 1 FROM list_verdict WHERE list_verdict.list_id = kept_list.list_id"
    " AND sort = 'review') ORDER BY asked_ms, list_id"
)


def judge(
    store: DeskStore, reader: Reader, list_id: str, judged: Judgement, now_ms: int
) -> Verdict:
    """Keep what a second person found of a list, once.

    Args:
        store: the store.
        reader: who judges.
        list_id: what.
        judged: what they find.
        now_ms: the time.

    Raises:
        NotThereError: if there is none of this id that this person may read.
        ListError: if they may not judge it, somebody has, or nothing waits for it.
    """
    finding = judged.finding
    sort = _SORTS[finding]
    with transaction(store.connection):
        kept = lists.read(store, reader, list_id)
        if not may_judge(reader, kept.account_id):
            raise ListError(
                N_("A supervisor decides, and never on their own list."),
                do=N_("Ask another supervisor."),
            )
        if find(store, list_id, sort) is not None:
            raise ListError(N_("Somebody has decided on this list before."))
        if not waits_for(kept, sort):
            raise ListError(N_("This list waits for no decision."))
        place = _place(kept, reader.account_id, now_ms, finding)
        sealed = store.seal(list_id, place, judged.reason)
        store.connection.execute(
            "INSERT INTO list_verdict VALUES (?, ?, ?, ?, ?, ?)",
            (list_id, sort, reader.account_id, now_ms, finding, sealed),
        )
        if sort == "approval":
            store.connection.execute(
                "UPDATE kept_list SET state = ? WHERE list_id = ?", (finding, list_id)
            )
        act = Act(now_ms, reader.account_id, _DONE[finding], list_id)
        acts.write(store.connection, kept.case_id, act)
    return Verdict(
        account_id=reader.account_id, at_ms=now_ms, finding=finding, reason=judged.reason
    )


def finding_of(text: str) -> Finding:
    """Read a finding as a form names it.

    Raises:
        ValueError: if there is none of this name.
    """
    for finding in _SORTS:
        if finding == text:
            return finding
    raise ValueError("there is no such finding")


def waits_for(kept: KeptList, sort: Sort) -> bool:
    """Tell whether a list waits for a decision of this sort, as far as nobody has made it."""
    if sort == "approval":
        return kept.state == "waiting"
    return kept.new.is_urgent and kept.asked_ms > 0


def find(store: DeskStore, list_id: str, sort: Sort) -> Verdict | None:
    """Find what was found of a list, for whoever; its case says who may read it.

    Raises:
        SealError: if somebody has changed it on the disk.
    """
    row = store.connection.execute(
        "SELECT account_id, at_ms, finding, sealed FROM list_verdict"
        " WHERE list_id = ? AND sort = ?",
        (list_id, sort),
    ).fetchone()
    if row is None:
        return None
    finding = cast("Finding", row[2])
    kept = lists.kept_for_whoever(store, list_id)
    return Verdict(
        account_id=row[0],
        at_ms=row[1],
        finding=finding,
        reason=store.unseal(list_id, _place(kept, row[0], row[1], finding), row[3]),
    )


def require_may_begin(store: DeskStore, kept: KeptList, approve_above: int, now_ms: int) -> None:
    """Have a list be short enough for one person, urgent, or approved by a second one.

    Args:
        store: the store.
        kept: the list.
        approve_above: the most identifiers that one person asks about alone.
        now_ms: the time.

    Raises:
        ListError: if it may not be asked.
    """
    if not is_needed(kept.new.distinct, kept.new.facts.purpose, approve_above):
        return
    verdict = find(store, kept.list_id, "approval")
    if verdict is None or verdict.finding != "approved":
        raise ListError(N_("Nobody has approved this list."))
    if has_lapsed(verdict, now_ms):
        raise ListError(N_("The approval is older than a day."), do=N_("Make the list again."))


def has_lapsed(verdict: Verdict, now_ms: int) -> bool:
    """Tell whether an approval is too old to begin a list, or to go on with one."""
    return verdict.finding == "approved" and now_ms - verdict.at_ms > LASTS_MS


def want_if_needed(store: DeskStore, kept: KeptList, approve_above: int, now_ms: int) -> bool:
    """Have a list wait for a second person where it has nobody's word, or no longer has it.

    A list that was never asked and whose approval is over is made again; of one that was asked,
    what is left waits for another decision, bound to the same digest.

    Args:
        store: the store.
        kept: the list, that somebody wants to ask or to go on with.
        approve_above: as for `require_may_begin`.
        now_ms: the time.

    Returns:
        whether it waits from now on.

    Raises:
        ListError: as `lists.want`.
    """
    if not is_needed(kept.new.distinct, kept.new.facts.purpose, approve_above):
        return False
    over = find(store, kept.list_id, "approval")
    if kept.state == "ready" or (
        kept.asked_ms
        and kept.state in {"stopped", "ended", "approved"}
        and (over is None or has_lapsed(over, now_ms))
    ):
        lists.want(store, kept, now_ms, over)
        return True
    return False


def to_approve(store: DeskStore, reader: Reader) -> list[KeptList]:
    """Read the lists that wait for an approval, the oldest first.

    Raises:
        NotThereError: if this person does not supervise.
    """
    return _waiting(store, reader, _WAITING)


def to_review(store: DeskStore, reader: Reader) -> list[KeptList]:
    """Read the urgent lists that wait for a review, the oldest first.

    Raises:
        NotThereError: if this person does not supervise.
    """
    return _waiting(store, reader, _UNREVIEWED)


def _waiting(store: DeskStore, reader: Reader, query: str) -> list[KeptList]:
    if not may_supervise(reader):
        raise NotThereError
    rows = store.connection.execute(query).fetchall()
    return lists.some(store, reader, [one for (one,) in rows])


def _place(kept: KeptList, account_id: str, at_ms: int, finding: Finding) -> str:
    return f"verdict {kept.new.digest.hex()} {account_id} {at_ms} {finding}"

"""Long questions that a second person approves before they are asked.

What is to be asked is kept as it was confirmed, and what is asked afterwards is what was kept:
nobody adds a number to a list that was approved. Who decides is a supervisor, and never the one who
asks. Without a decision nothing is asked.
"""

from dataclasses import asdict
from typing import Final, cast

from fedquery.desk import acts, cases
from fedquery.desk.access import NotThereError, Reader, may_judge, may_supervise
from fedquery.desk.acts import Act
from fedquery.desk.approval import Approval, ApprovalError, State, Verdict
from fedquery.desk.asked import AskedIdentifier, NewQuestion
from fedquery.desk.facts import Facts
from fedquery.desk.language import N_
from fedquery.desk.refusals import IdReusedError
from fedquery.desk.store import DeskStore, is_id, new_id
from fedquery.storage.transaction import transaction

_COLUMNS: Final = (
    "approval_id, question_id, case_id, account_id, wanted_ms, state, decided_by, decided_ms,"
    " sealed, said"
)


def want(store: DeskStore, new: NewQuestion, now_ms: int) -> Approval:
    """Keep a long question until somebody decides; the same one that was kept before is given.

    Whoever calls has read the case to act in it.

    Raises:
        IdReusedError: if another one has this id.
    """
    if not is_id(new.question_id):
        raise IdReusedError
    with transaction(store.connection):
        kept = of_question(store, new.question_id)
        if kept is not None:
            if (kept.case_id, kept.account_id) != (new.case_id, new.account_id):
                raise IdReusedError
            if kept.question not in {None, new}:
                raise IdReusedError
            return kept
        approval_id = new_id(store.random)
        store.begin(approval_id)
        said = {
            "asked": [asdict(one) for one in new.asked],
            "nations": list(new.nations),
            "facts": asdict(new.facts),
        }
        place = _place(new.question_id, new.case_id, new.account_id)
        store.connection.execute(
            "INSERT INTO approval VALUES (?, ?, ?, ?, ?, 'waiting', '', 0, ?, X'')",
            (
                approval_id,
                new.question_id,
                new.case_id,
                new.account_id,
                now_ms,
                store.seal(approval_id, place, said),
            ),
        )
        act = Act(now_ms, new.account_id, "wanted", approval_id)
        acts.write(store.connection, new.case_id, act)
    return _whole(_find(store, "approval_id", approval_id))


def read(store: DeskStore, reader: Reader, approval_id: str) -> Approval:
    """Read a long question.

    Raises:
        NotThereError: if there is none of this id that this person may read.
    """
    kept = _whole(_find(store, "approval_id", approval_id))
    cases.read(store, reader, kept.case_id)
    return kept


def of_question(store: DeskStore, question_id: str) -> Approval | None:
    """Find the approval of a question for whoever; its case says who may read it."""
    return _find(store, "question_id", question_id)


def waiting(store: DeskStore, reader: Reader) -> list[Approval]:
    """Read the long questions on which nobody has decided, the oldest first.

    Raises:
        NotThereError: if this person does not supervise.
    """
    if not may_supervise(reader):
        raise NotThereError
    rows = store.connection.execute(
        "SELECT approval_id FROM approval WHERE state = 'waiting' ORDER BY wanted_ms, approval_id"
    ).fetchall()
    return [_whole(_find(store, "approval_id", one)) for (one,) in rows]


def decide(
    store: DeskStore,
    reader: Reader,
    approval_id: str,
    verdict: Verdict,
    now_ms: int,
) -> Approval:
    """Approve or decline a long question, once.

    Args:
        store: the store.
        reader: who decides.
        approval_id: what.
        verdict: what they decide.
        now_ms: the time.

    Raises:
        NotThereError: if there is none of this id that this person may read.
        ApprovalError: if they may not decide, or somebody has.
    """
    with transaction(store.connection):
        kept = read(store, reader, approval_id)
        if not may_judge(reader, kept.account_id):
            raise ApprovalError(
                N_("A supervisor decides, and never on their own question."),
                do=N_("Ask another supervisor."),
            )
        if kept.state != "waiting":
            raise ApprovalError(N_("Somebody has decided on this question before."))
        place = _decided(verdict.decision, reader.account_id, now_ms)
        store.connection.execute(
            "UPDATE approval SET state = ?, decided_by = ?, decided_ms = ?, said = ?"
            " WHERE approval_id = ?",
            (
                verdict.decision,
                reader.account_id,
                now_ms,
                store.seal(approval_id, place, verdict.reason),
                approval_id,
            ),
        )
        act = Act(now_ms, reader.account_id, verdict.decision, approval_id)
        acts.write(store.connection, kept.case_id, act)
    return _whole(_find(store, "approval_id", approval_id))


def approved(store: DeskStore, reader: Reader, approval_id: str, now_ms: int) -> NewQuestion:
    """Give what was approved, to be asked now by the one who wanted it.

    Raises:
        NotThereError: if there is none of this id that this person may read.
        ApprovalError: if it may not be asked.
    """
    kept = read(store, reader, approval_id)
    if kept.account_id != reader.account_id:
        raise ApprovalError(N_("Only the officer who wanted it asks it."))
    if kept.state != "approved" or kept.question is None:
        raise ApprovalError(N_("Nobody has approved this question."))
    if kept.has_lapsed(now_ms):
        raise ApprovalError(
            N_("The approval is older than a day."), do=N_("Write the question again.")
        )
    return kept.question


def was_asked(store: DeskStore, approval_id: str) -> None:
    """Note that what was approved is asked: it stands with the question from now on."""
    store.connection.execute(
        "UPDATE approval SET state = 'asked', sealed = X'' WHERE approval_id = ?", (approval_id,)
    )


def _find(store: DeskStore, column: str, value: str) -> Approval | None:
    row = store.connection.execute(
        f"SELECT {_COLUMNS} FROM approval WHERE {column} = ?",  # noqa: S608 -- constants of this module
        (value,),
    ).fetchone()
    if row is None:
        return None
    approval_id, question_id, case_id, account_id, wanted_ms, state, by, decided_ms = row[:8]
    # One that was asked had been approved: its state is no part of what was sealed by then.
    decision = "declined" if state == "declined" else "approved"
    question = None
    if row[8]:
        said = store.unseal(approval_id, _place(question_id, case_id, account_id), row[8])
        question = NewQuestion(
            question_id=question_id,
            case_id=case_id,
            account_id=account_id,
            asked=tuple(AskedIdentifier(**one) for one in said["asked"]),
            nations=tuple(said["nations"]),
            facts=Facts(**said["facts"]),
        )
    return Approval(
        approval_id=approval_id,
        question_id=question_id,
        case_id=case_id,
        account_id=account_id,
        wanted_ms=wanted_ms,
        state=cast("State", state),
        decided_by=by,
        decided_ms=decided_ms,
        question=question,
        reason=store.unseal(approval_id, _decided(decision, by, decided_ms), row[9])
        if state != "waiting"
        else "",
    )


def _whole(found: Approval | None) -> Approval:
    if found is None:
        raise NotThereError
    return found


def _place(question_id: str, case_id: str, account_id: str) -> str:
    # Nobody who can write to the disk has another question approved in the place of this one.
    return f"approval {question_id} {case_id} {account_id}"


def _decided(decision: str, account_id: str, decided_ms: int) -> str:
    # Nobody who can write to the disk approves a question: what is sealed says who, what and when.
    return f"decided {decision} {account_id} {decided_ms}"

"""The questions that officers asked, sealed: each once, whatever a browser sends twice.

A question is kept before it is asked, each outcome as it comes, and at the end all of them as they
are then. What was under way when the desk stopped has ended: what came of it stays unknown.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, cast

from fedquery.ask.outcome import Lookup, Outcome
from fedquery.ask.store import dump_outcomes, load_outcomes
from fedquery.desk import acts, cases
from fedquery.desk.access import NotThereError, Reader, may_supervise
from fedquery.desk.acts import Act
from fedquery.desk.asked import AskedIdentifier, KeptQuestion, NewQuestion, State
from fedquery.desk.facts import Facts
from fedquery.desk.language import N_
from fedquery.desk.store import DeskStore, Sealing, is_id
from fedquery.errors import InputError
from fedquery.policy.vocabulary import BREAK_GLASS
from fedquery.storage.transaction import transaction


class IdReusedError(InputError):
    """A form came again with other content under the id of a question that was asked."""

    slug = "id-reused"
    default_do = N_("Open the page again, and send it from there.")

    def __init__(self) -> None:
        super().__init__(N_("This page was sent before, with other content."))


def begin(store: DeskStore, new: NewQuestion, now_ms: int) -> tuple[KeptQuestion, bool]:
    """Keep a question before it is asked; whoever calls has read the case to act in it.

    Returns:
        the question, and whether it is to be asked now: otherwise it was before.

    Raises:
        IdReusedError: if another question has this id.
        InputError: if the id is out of form.
    """
    if not is_id(new.question_id):
        raise IdReusedError
    with transaction(store.connection):
        kept = _find(store, new.question_id)
        if kept is None:
            return _write(store, new, now_ms), True
    if kept.new != new:
        raise IdReusedError
    return kept, False


def take_over(store: DeskStore, new: NewQuestion, lookup: Lookup, act: Act) -> KeptQuestion:
    """Keep as a question what was asked with a list; what is known by now replaces what was.

    Nothing is asked for it. Whoever calls has read the list.

    Args:
        store: the store.
        new: the question, whose id is the same each time.
        lookup: what came of it so far, and when its list was first asked.
        act: that it was taken over, noted the first time.
    """
    with transaction(store.connection):
        if not exists(store, new.question_id):
            _insert(store, new, lookup.asked_ms)
            acts.write(store.connection, new.case_id, act)
        said = {"lookup_id": lookup.lookup_id, "kept": lookup.kept}
        _settle(store, new.question_id, "finished", lookup.outcomes, said)
        return _kept(store, new.question_id)


def add_outcomes(store: DeskStore, question_id: str, outcomes: Iterable[Outcome]) -> None:
    """Keep outcomes as they come; those that come together cost one write to the disk."""
    sealing = store.of(question_id)
    with transaction(store.connection):
        (count,) = store.connection.execute(
            "SELECT count(*) FROM outcome WHERE question_id = ?", (question_id,)
        ).fetchone()
        store.connection.executemany(
            "INSERT INTO outcome VALUES (?, ?, ?)",
            [
                (question_id, number, sealing.seal(_came(number), dump_outcomes([outcome])))
                for number, outcome in enumerate(outcomes, count)
            ],
        )


def finish(store: DeskStore, question_id: str, lookup: Lookup) -> None:
    """Keep what a question came to, in place of what came one by one."""
    with transaction(store.connection):
        said = {"lookup_id": lookup.lookup_id, "kept": lookup.kept}
        _settle(store, question_id, "finished", lookup.outcomes, said)


def end(store: DeskStore, question_id: str, why: str) -> None:
    """Keep that nothing more comes of a question.

    Args:
        store: the store.
        question_id: the question.
        why: the slug of why nothing was asked; "" where what came of it stays unknown.
    """
    with transaction(store.connection):
        came = _one_by_one(store, store.of(question_id))
        _settle(store, question_id, "ended", came, {"why": why})


def end_unfinished(store: DeskStore) -> int:
    """End what was under way when the desk stopped, and say how many questions that were."""
    return store.connection.execute(
        "UPDATE question SET state = 'ended' WHERE state = 'asking'"
    ).rowcount


def exists(store: DeskStore, question_id: str) -> bool:
    """Tell whether a question of this id was begun: an id that is used is not drawn, nor told."""
    row = store.connection.execute(
        "SELECT 1 FROM question WHERE question_id = ?", (question_id,)
    ).fetchone()
    return row is not None


def read(store: DeskStore, reader: Reader, question_id: str) -> KeptQuestion:
    """Read a question.

    Raises:
        NotThereError: if there is none of this id that this person may read.
    """
    kept = _find(store, question_id)
    if kept is None:
        raise NotThereError
    cases.read(store, reader, kept.case_id)
    return kept


def of_case(store: DeskStore, reader: Reader, case_id: str) -> list[KeptQuestion]:
    """Read the questions of a case, the oldest first.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    return _all(store, "case_id = ?", (case_id,))


def asked_since(
    store: DeskStore, reader: Reader, case_id: str, since_ms: int
) -> list[KeptQuestion]:
    """Read the questions of a case from a moment on, the oldest first.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    return _all(store, "case_id = ? AND asked_ms >= ?", (case_id, since_ms))


def some_of_case(
    store: DeskStore, reader: Reader, case_id: str, question_ids: Iterable[str]
) -> list[KeptQuestion]:
    """Read some questions of a case, in the order of their ids as given; others are passed over.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    found = [_find(store, one) for one in question_ids]
    return [one for one in found if one is not None and one.case_id == case_id]


def between(store: DeskStore, reader: Reader, since_ms: int, until_ms: int) -> list[KeptQuestion]:
    """Read the questions of all officers from one moment to before another, the oldest first.

    Raises:
        NotThereError: if this person does not supervise.
    """
    if not may_supervise(reader):
        raise NotThereError
    # A hit of a list that was opened was asked with the list, which is counted for itself.
    return _all(
        store,
        "asked_ms >= ? AND asked_ms < ? AND NOT EXISTS"
        " (SELECT 1 FROM act WHERE act.subject = question.question_id AND what = 'found')",
        (since_ms, until_ms),
    )


def _all(store: DeskStore, condition: str, values: Iterable[Any]) -> list[KeptQuestion]:
    rows = store.connection.execute(
        f"SELECT question_id FROM question WHERE {condition} ORDER BY asked_ms, question_id",  # noqa: S608 -- a constant of this module
        tuple(values),
    ).fetchall()
    return [kept for (one,) in rows if (kept := _find(store, one)) is not None]


def _write(store: DeskStore, new: NewQuestion, now_ms: int) -> KeptQuestion:
    _insert(store, new, now_ms)
    if new.facts.purpose == BREAK_GLASS:
        # It waited for nobody: a second person has to look at it afterwards (`reviews`).
        store.connection.execute(
            "INSERT INTO review VALUES (?, '', 0, 'waiting', X'')", (new.question_id,)
        )
    acts.write(store.connection, new.case_id, Act(now_ms, new.account_id, "asked", new.question_id))
    return _kept(store, new.question_id)


def _kept(store: DeskStore, question_id: str) -> KeptQuestion:
    kept = _find(store, question_id)
    if kept is None:
        raise NotThereError
    return kept


def _insert(store: DeskStore, new: NewQuestion, now_ms: int) -> None:
    store.begin(new.question_id)
    said = {
        "asked": [asdict(one) for one in new.asked],
        "nations": list(new.nations),
        "facts": asdict(new.facts),
    }
    store.connection.execute(
        "INSERT INTO question VALUES (?, ?, ?, ?, 'asking', ?, X'')",
        (
            new.question_id,
            new.case_id,
            new.account_id,
            now_ms,
            store.seal(new.question_id, _place(new.case_id, new.account_id, now_ms), said),
        ),
    )


def _place(case_id: str, account_id: str, asked_ms: int) -> str:
    # Nobody who can write to the disk moves a question to another case, officer or time.
    return f"question {case_id} {account_id} {asked_ms}"


def _came(number: int) -> str:
    return f"outcome {number}"


def _settle(
    store: DeskStore,
    question_id: str,
    state: State,
    outcomes: Iterable[Outcome],
    said: dict[str, Any],
) -> None:
    """Keep all outcomes in one row: a case with a hundred questions is read at once."""
    document = {**said, "outcomes": dump_outcomes(outcomes)}
    store.connection.execute(
        "UPDATE question SET state = ?, came = ? WHERE question_id = ?",
        (state, store.seal(question_id, f"came {state}", document), question_id),
    )
    store.connection.execute("DELETE FROM outcome WHERE question_id = ?", (question_id,))


def _find(store: DeskStore, question_id: str) -> KeptQuestion | None:
    """Read a question for whoever; what is public here asks who may read its case first."""
    row = store.connection.execute(
        "SELECT case_id, account_id, asked_ms, state, sealed, came FROM question"
        " WHERE question_id = ?",
        (question_id,),
    ).fetchone()
    if row is None:
        return None
    sealing = store.of(question_id)
    said = sealing.unseal(_place(*row[:3]), row[4])
    kept = KeptQuestion(
        question_id=question_id,
        case_id=row[0],
        account_id=row[1],
        asked_ms=row[2],
        asked=tuple(AskedIdentifier(**one) for one in said["asked"]),
        nations=tuple(said["nations"]),
        facts=Facts(**said["facts"]),
        state=cast("State", row[3]),
    )
    if not row[5]:
        return replace(kept, outcomes=_one_by_one(store, sealing))
    came = sealing.unseal(f"came {row[3]}", row[5])
    return replace(kept, **{**came, "outcomes": load_outcomes(came["outcomes"])})


def _one_by_one(store: DeskStore, sealing: Sealing) -> tuple[Outcome, ...]:
    rows = store.connection.execute(
        "SELECT number, sealed FROM outcome WHERE question_id = ? ORDER BY number",
        (sealing.owner,),
    ).fetchall()
    return tuple(
        outcome
        for number, sealed in rows
        for outcome in load_outcomes(sealing.unseal(_came(number), sealed))
    )

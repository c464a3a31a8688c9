"""The rows of a question: what was asked in one, what it came to in brief, and its answers.

Answers are sealed identifier by identifier, so that a page which needs those about one identifier,
or none, opens no others. Nothing here asks who reads: `questions` does.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any, Final, cast

from fedquery.ask.outcome import Outcome
from fedquery.ask.store import dump_outcomes, load_outcomes
from fedquery.desk.answered import Answered
from fedquery.desk.asked import KeptQuestion, NewQuestion
from fedquery.desk.asked_identifier import AskedIdentifier
from fedquery.desk.brief_question import BriefQuestion
from fedquery.desk.facts import Facts
from fedquery.desk.store import DeskStore, Sealing
from fedquery.desk.tally import tally_of
from fedquery.desk.unwritten import CameTo

_SELECT: Final = (
    "SELECT question_id, case_id, account_id, asked_ms, state, sealed, came, salt"
    " FROM question JOIN salt ON owner = question_id"
)


def insert(store: DeskStore, new: NewQuestion, now_ms: int) -> None:
    """Write a question that is asked from now on, in the caller's transaction."""
    store.begin(new.question_id)
    said = {
        "asked": [asdict(one) for one in new.asked],
        "nations": list(new.nations),
        "facts": asdict(new.facts),
    }
    place = _place(new.case_id, new.account_id, now_ms)
    store.connection.execute(
        "INSERT INTO question VALUES (?, ?, ?, ?, 'asking', ?, X'')",
        (
            new.question_id,
            new.case_id,
            new.account_id,
            now_ms,
            store.seal(new.question_id, place, said),
        ),
    )


def add_outcomes(store: DeskStore, question_id: str, outcomes: Iterable[Outcome]) -> None:
    """Write outcomes as they come, in the caller's transaction; at its end all are written anew."""
    sealing = store.of(question_id)
    row = store.connection.execute(
        "SELECT (SELECT count(*) FROM outcome WHERE outcome.question_id = question.question_id)"
        " FROM question WHERE question_id = ? AND state = 'asking'",
        (question_id,),
    ).fetchone()
    if row is None:
        return
    store.connection.executemany(
        "INSERT INTO outcome VALUES (?, ?, ?)",
        [
            (question_id, number, sealing.seal(_came(number), dump_outcomes([outcome])))
            for number, outcome in enumerate(outcomes, row[0])
        ],
    )


def settle(store: DeskStore, question_id: str, came_to: CameTo) -> None:
    """Write what a question came to, in the caller's transaction, in place of what came so far.

    Raises:
        NotThereError: if it was erased.
    """
    sealing, state = store.of(question_id), came_to.state
    (brief,) = in_brief(store, "question_id = ?", (question_id,))
    tally = tally_of(state, len(brief.asked), brief.nations, came_to.outcomes)
    store.connection.execute(
        "UPDATE question SET state = ?, came = ? WHERE question_id = ?",
        (state, sealing.seal(f"came {state}", {**came_to.said, "tally": tally}), question_id),
    )
    by_place: dict[int, list[Outcome]] = {}
    for outcome in came_to.outcomes:
        by_place.setdefault(outcome.place, []).append(outcome)
    store.connection.execute("DELETE FROM outcome WHERE question_id = ?", (question_id,))
    store.connection.executemany(
        "INSERT INTO outcome VALUES (?, ?, ?)",
        [
            (question_id, place, sealing.seal(_of_place(place), dump_outcomes(found)))
            for place, found in sorted(by_place.items())
        ],
    )


def find(store: DeskStore, question_id: str) -> KeptQuestion | None:
    """Read a question with all that came of it; None where there is none of this id."""
    row = store.connection.execute(f"{_SELECT} WHERE question_id = ?", (question_id,)).fetchone()
    if row is None:
        return None
    sealing = store.with_salt(question_id, row[7])
    said, came = _said(sealing, row), _unsealed_came(sealing, row)
    kept = KeptQuestion(
        **_row(row),
        **_asked(said),
        facts=Facts(**said["facts"]),
        **{name: value for name, value in came.items() if name != "tally"},
        outcomes=_outcomes(store, sealing, settled=bool(came)),
    )
    held = store.unwritten.get(question_id)
    if held is None:
        return kept
    return replace(kept, **held.said, state=held.state, outcomes=held.outcomes, is_written=False)


def in_brief(
    store: DeskStore, condition: str, values: Collection[str | int]
) -> Iterator[BriefQuestion]:
    """Read questions in brief, the oldest first.

    Args:
        store: the store.
        condition: which, in SQL; a constant.
        values: its values.
    """
    for row in _rows(store, condition, values):
        sealing = store.with_salt(row[0], row[7])
        said, came = _said(sealing, row), _unsealed_came(sealing, row)
        held, told = store.unwritten.get(row[0]), _row(row)
        tally = came.get("tally")
        if tally is None:
            if held is not None:
                told["state"] = held.state
            outcomes = held.outcomes if held else _outcomes(store, sealing, settled=False)
            tally = tally_of(told["state"], len(said["asked"]), said["nations"], outcomes)
        purpose = said["facts"]["purpose"]
        yield BriefQuestion(**told, **_asked(said), purpose=purpose, tally=tally)


def answered(
    store: DeskStore, condition: str, values: Collection[str | int], sought: Collection[str]
) -> Iterator[tuple[str, Answered]]:
    """Read what was said of some identifiers, with the encoded form of each.

    Args:
        store: the store.
        condition: in which questions, in SQL; a constant.
        values: its values.
        sought: the encoded forms of the identifiers.
    """
    for row in _rows(store, condition, values):
        sealing = store.with_salt(row[0], row[7])
        asked = _said(sealing, row)["asked"]
        places = {at: one["encoded"] for at, one in enumerate(asked) if one["encoded"] in sought}
        if places:
            held = store.unwritten.get(row[0])
            came = held.outcomes if held else None
            for outcome in came or _outcomes(store, sealing, settled=bool(row[6]), places=places):
                if outcome.place in places:
                    yield places[outcome.place], Answered(row[0], row[3], outcome, row[1])


def _rows(store: DeskStore, condition: str, values: Collection[str | int]) -> list[tuple[Any, ...]]:
    query = f"{_SELECT} WHERE {condition} ORDER BY asked_ms, question_id"
    return store.connection.execute(query, tuple(values)).fetchall()


def _said(sealing: Sealing, row: tuple[Any, ...]) -> dict[str, Any]:
    return cast("dict[str, Any]", sealing.unseal(_place(*row[1:4]), row[5]))


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("question_id", "case_id", "account_id", "asked_ms", "state")
    return dict(zip(names, row, strict=False))


def _asked(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "asked": tuple(AskedIdentifier(**one) for one in said["asked"]),
        "nations": tuple(said["nations"]),
    }


def _unsealed_came(sealing: Sealing, row: tuple[Any, ...]) -> dict[str, Any]:
    """Open what a question came to in brief; nothing of one whose end nobody has written."""
    if not row[6]:
        return {}
    came = cast("dict[str, Any]", sealing.unseal(f"came {row[4]}", row[6]))
    return {**came, "receipts": tuple(came.get("receipts", ()))}


def _outcomes(
    store: DeskStore,
    sealing: Sealing,
    *,
    settled: bool,
    places: Collection[int] | None = None,
) -> tuple[Outcome, ...]:
    """Read outcomes: all, or where they are settled those of some places alone."""
    chosen = json.dumps(list(places)) if settled and places is not None else None
    rows = store.connection.execute(
        "SELECT number, sealed FROM outcome WHERE question_id = ?1"
        " AND (?2 IS NULL OR number IN (SELECT value FROM json_each(?2))) ORDER BY number",
        (sealing.owner, chosen),
    ).fetchall()
    bound = _of_place if settled else _came
    return tuple(
        outcome
        for number, sealed in rows
        for outcome in load_outcomes(sealing.unseal(bound(number), sealed))
    )


def _place(case_id: str, account_id: str, asked_ms: int) -> str:
    # Nobody who can write to the disk moves a question to another case, officer or time.
    return f"question {case_id} {account_id} {asked_ms}"


def _came(number: int) -> str:
    return f"outcome {number}"


def _of_place(place: int) -> str:
    return f"outcomes of {place}"

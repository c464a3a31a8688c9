"""The questions that officers asked, sealed: each once, whatever a browser sends twice.

A question is kept before it is asked, each outcome as it comes, and at the end all of them as they
are then. What was under way when the desk stopped has ended: what came of it stays unknown.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import Final

from fedquery.ask.outcome import Lookup, Outcome
from fedquery.desk import acts, cases, question_rows
from fedquery.desk.access import NotThereError, Reader, may_supervise
from fedquery.desk.acts import Act
from fedquery.desk.answered import Answered
from fedquery.desk.asked import KeptQuestion, NewQuestion
from fedquery.desk.brief_question import BriefQuestion
from fedquery.desk.refusals import IdReusedError
from fedquery.desk.store import DeskStore, is_id
from fedquery.desk.unwritten import CameTo
from fedquery.policy.vocabulary import BREAK_GLASS
from fedquery.storage.full_disk import is_full
from fedquery.storage.transaction import transaction

# Some 40 to 80 us each.
MOST_ELSEWHERE: Final = 250


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
        kept = question_rows.find(store, new.question_id)
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
    said = {"lookup_id": lookup.lookup_id, "kept": lookup.kept}
    with transaction(store.connection):
        if not exists(store, new.question_id):
            question_rows.insert(store, new, lookup.asked_ms)
            acts.write(store.connection, new.case_id, act)
        came_to = CameTo("finished", lookup.outcomes, said)
        question_rows.settle(store, new.question_id, came_to)
        return read_any(store, new.question_id)


def add_outcomes(store: DeskStore, question_id: str, outcomes: Iterable[Outcome]) -> None:
    """Keep outcomes as they come; those that come together cost one write to the disk."""
    with transaction(store.connection):
        question_rows.add_outcomes(store, question_id, outcomes)


def finish(store: DeskStore, question_id: str, lookup: Lookup) -> None:
    """Keep what a question came to, in place of what came one by one.

    Where the disk is full it is held in memory, and read from there, until `write_held`.
    """
    said = {"lookup_id": lookup.lookup_id, "kept": lookup.kept, "receipts": lookup.receipts}
    _settle(store, question_id, CameTo("finished", lookup.outcomes, said))


def end(
    store: DeskStore, question_id: str, why: str, came: Iterable[Outcome] | None = None
) -> None:
    """Keep that nothing more comes of a question; on a full disk as `finish`.

    Args:
        store: the store.
        question_id: the question.
        why: the slug of why nothing was asked; "" where what came of it stays unknown.
        came: all that came before; what is written of it by default.
    """
    if came is None:
        kept = question_rows.find(store, question_id)
        came = () if kept is None else kept.outcomes
    _settle(store, question_id, CameTo("ended", tuple(came), {"why": why}))


def write_held(store: DeskStore) -> None:
    """Write what was held in memory while the disk was full, as far as there is room by now."""
    for question_id, came_to in list(store.unwritten.items()):
        try:
            with transaction(store.connection):
                question_rows.settle(store, question_id, came_to)
        except sqlite3.OperationalError:
            return
        except NotThereError:
            # Its case was erased meanwhile: nothing of it is kept.
            pass
        del store.unwritten[question_id]


def _settle(store: DeskStore, question_id: str, came_to: CameTo) -> None:
    try:
        with transaction(store.connection):
            question_rows.settle(store, question_id, came_to)
    except sqlite3.OperationalError:
        store.unwritten[question_id] = came_to


def end_unfinished(store: DeskStore) -> int:
    """End what was under way when the desk stopped, and say how many questions that were.

    Where the disk is full each is held as ended, and read so, until `write_held`.
    """
    rows = store.connection.execute("SELECT question_id FROM question WHERE state = 'asking'")
    unfinished = [question_id for (question_id,) in rows.fetchall()]
    try:
        store.connection.execute("UPDATE question SET state = 'ended' WHERE state = 'asking'")
    except sqlite3.OperationalError as error:
        if not is_full(error):
            raise
        for question_id in unfinished:
            came = read_any(store, question_id).outcomes
            store.unwritten[question_id] = CameTo("ended", came, {"why": ""})
    return len(unfinished)


def exists(store: DeskStore, question_id: str) -> bool:
    """Tell whether a question of this id was begun: an id that is used is not drawn, nor told."""
    row = store.connection.execute(
        "SELECT 1 FROM question WHERE question_id = ?", (question_id,)
    ).fetchone()
    return row is not None


def is_of_list(store: DeskStore, question_id: str) -> bool:
    """Tell whether a question is a hit of a list that was opened."""
    row = store.connection.execute(
        "SELECT 1 FROM act WHERE subject = ? AND what = 'found'", (question_id,)
    ).fetchone()
    return row is not None


def read(store: DeskStore, reader: Reader, question_id: str) -> KeptQuestion:
    """Read a question.

    Raises:
        NotThereError: if there is none of this id that this person may read.
    """
    kept = question_rows.find(store, question_id)
    if kept is None:
        raise NotThereError
    cases.read(store, reader, kept.case_id)
    return kept


def read_any(store: DeskStore, question_id: str) -> KeptQuestion:
    """Read a question to erase it, which nobody looks at.

    Raises:
        NotThereError: if there is none of this id.
    """
    kept = question_rows.find(store, question_id)
    if kept is None:
        raise NotThereError
    return kept


def answered_since(
    store: DeskStore,
    reader: Reader,
    case_ids: Iterable[str],
    sought: Collection[str],
    since_ms: int,
) -> dict[str, list[Answered]]:
    """Read what was said of some identifiers in questions from a moment on.

    Of each question what was asked is opened, and answers about these identifiers alone.

    Args:
        store: the store.
        reader: who reads.
        case_ids: in which cases.
        sought: the encoded forms of the identifiers, as `AskedIdentifier.encoded`.
        since_ms: the moment.

    Returns:
        by the encoded form of each that was asked about, all that was said of it.

    Raises:
        NotThereError: if one of the cases is not to be read by this person.
    """
    found: dict[str, list[Answered]] = {}
    for case_id in case_ids:
        cases.read(store, reader, case_id)
        condition = "case_id = ? AND asked_ms >= ?"
        values = (case_id, since_ms)
        for encoded, one in question_rows.answered(store, condition, values, sought):
            found.setdefault(encoded, []).append(one)
    return found


def answered_elsewhere(
    store: DeskStore, reader: Reader, case_id: str, sought: Collection[str], since_ms: int
) -> dict[str, list[Answered]]:
    """Read what was said of some identifiers in all other cases that somebody may read.

    Of other cases the newest `MOST_ELSEWHERE` questions are opened: a page must not take longer for
    a supervisor who may read everything.

    Args:
        store: the store.
        reader: who reads.
        case_id: the case whose questions are left out.
        sought: as for `answered_since`, whose result this has.
        since_ms: the moment.
    """
    readable = [one for one in cases.ids_readable(store, reader) if one != case_id]
    condition = (
        "question_id IN (SELECT question_id FROM question"
        " WHERE case_id IN (SELECT value FROM json_each(?)) AND asked_ms >= ?"
        " ORDER BY asked_ms DESC, question_id DESC LIMIT ?)"
    )
    values = (json.dumps(readable), since_ms, MOST_ELSEWHERE)
    found: dict[str, list[Answered]] = {}
    for encoded, one in question_rows.answered(store, condition, values, sought):
        found.setdefault(encoded, []).append(one)
    return found


def some_of_case(
    store: DeskStore, reader: Reader, case_id: str, question_ids: Iterable[str]
) -> list[BriefQuestion]:
    """Read some questions of a case in brief, the oldest first; ids of others are passed over.

    Raises:
        NotThereError: if there is no case of this id that this person may read.
    """
    cases.read(store, reader, case_id)
    condition = "case_id = ? AND question_id IN (SELECT value FROM json_each(?))"
    wanted = json.dumps(list(question_ids))
    return list(question_rows.in_brief(store, condition, (case_id, wanted)))


def between(store: DeskStore, reader: Reader, since_ms: int, until_ms: int) -> list[BriefQuestion]:
    """Read the questions of all officers from one moment to before another, the oldest first.

    Raises:
        NotThereError: if this person does not supervise.
    """
    if not may_supervise(reader):
        raise NotThereError
    # A hit of a list that was opened was asked with the list, which is counted for itself.
    condition = (
        "asked_ms >= ? AND asked_ms < ? AND NOT EXISTS"
        " (SELECT 1 FROM act WHERE act.subject = question.question_id AND what = 'found')"
    )
    return list(question_rows.in_brief(store, condition, (since_ms, until_ms)))


def _write(store: DeskStore, new: NewQuestion, now_ms: int) -> KeptQuestion:
    question_rows.insert(store, new, now_ms)
    if new.facts.purpose == BREAK_GLASS:
        # It waited for nobody: a second person has to look at it afterwards (`reviews`).
        store.connection.execute(
            "INSERT INTO review VALUES (?, '', 0, 'waiting', X'')", (new.question_id,)
        )
    acts.write(store.connection, new.case_id, Act(now_ms, new.account_id, "asked", new.question_id))
    kept = question_rows.find(store, new.question_id)
    if kept is None:
        raise NotThereError
    return kept

"""Reviews of questions that broke the glass: asked under a threat to life, looked at afterwards.

Such a question waits for nobody. So a second person, a supervisor who did not ask it, says once
whether there was a threat to life; until then it stands among what waits.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, cast

from fedquery.desk import acts, questions
from fedquery.desk.access import NotThereError, Reader, may_judge, may_supervise
from fedquery.desk.acts import Act
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.language import N_
from fedquery.desk.store import DeskStore
from fedquery.errors import InputError
from fedquery.policy.vocabulary import BREAK_GLASS
from fedquery.storage.transaction import transaction

Finding: TypeAlias = Literal["justified", "not justified"]
MOST_REASON: Final = 1_000


class ReviewError(InputError):
    """A question cannot be reviewed, or not by this person.

    Args:
        what: what is wrong.
        do: what to do about it.
    """

    slug = "review"
    default_do = N_("Look at the page of the supervisors again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a second person found of a question.

    Attributes:
        question_id: the question.
        account_id: who reviewed it.
        reviewed_ms: when.
        finding: what they found.
        reason: why, in their words.
    """

    question_id: str
    account_id: str
    reviewed_ms: int
    finding: Finding
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a supervisor finds.

    Attributes:
        finding: whether there was a threat to life that could not wait.
        reason: why, 1 to `MOST_REASON` characters.
    """

    finding: Finding
    reason: str = field(repr=False)


def is_needed(question: KeptQuestion) -> bool:
    """Tell whether a question is to be reviewed: asked under a threat to life, and not in vain.

    One of which it is known that nothing was sent broke no glass.
    """
    return question.facts.purpose == BREAK_GLASS and not question.why


def write(
    store: DeskStore,
    reader: Reader,
    question_id: str,
    verdict: Verdict,
    now_ms: int,
) -> Review:
    """Keep a review, once.

    Args:
        store: the store.
        reader: who reviews.
        question_id: what.
        verdict: what they find.
        now_ms: the time.

    Raises:
        NotThereError: if there is no question of this id that this person may read.
        ReviewError: if it needs none, they may not write it, or somebody has.
    """
    with transaction(store.connection):
        question = questions.read(store, reader, question_id)
        if not is_needed(question):
            raise ReviewError(N_("This question needs no review."))
        if not may_judge(reader, question.account_id):
            raise ReviewError(
                N_("A supervisor reviews, and never their own question."),
                do=N_("Ask another supervisor."),
            )
        if _find(store, question_id) is not None:
            raise ReviewError(N_("Somebody has reviewed this question before."))
        place = _place(reader.account_id, now_ms, verdict.finding)
        written = store.connection.execute(
            "UPDATE review SET account_id = ?, reviewed_ms = ?, finding = ?, sealed = ?"
            " WHERE question_id = ?",
            (
                reader.account_id,
                now_ms,
                verdict.finding,
                store.seal(question_id, place, verdict.reason),
                question_id,
            ),
        ).rowcount
        if not written:
            # A hit of an urgent list that was opened: the list is reviewed, and not each hit.
            raise ReviewError(N_("This question needs no review."))
        act = Act(now_ms, reader.account_id, "reviewed", question_id)
        acts.write(store.connection, question.case_id, act)
    return Review(
        question_id=question_id,
        account_id=reader.account_id,
        reviewed_ms=now_ms,
        finding=verdict.finding,
        reason=verdict.reason,
    )


def read(store: DeskStore, reader: Reader, question_id: str) -> Review | None:
    """Read the review of a question; None where nobody has reviewed it.

    Raises:
        NotThereError: if there is no question of this id that this person may read.
    """
    questions.read(store, reader, question_id)
    return _find(store, question_id)


def waiting(store: DeskStore, reader: Reader) -> list[KeptQuestion]:
    """Read the questions that wait for a review, the oldest first.

    Raises:
        NotThereError: if this person does not supervise.
    """
    if not may_supervise(reader):
        raise NotThereError
    rows = store.connection.execute(
        "SELECT question_id FROM review JOIN question USING (question_id)"
        " WHERE finding = 'waiting' ORDER BY asked_ms, question_id"
    ).fetchall()
    found = (questions.read(store, reader, one) for (one,) in rows)
    return [one for one in found if is_needed(one)]


def _find(store: DeskStore, question_id: str) -> Review | None:
    row = store.connection.execute(
        "SELECT account_id, reviewed_ms, finding, sealed FROM review"
        " WHERE question_id = ? AND finding <> 'waiting'",
        (question_id,),
    ).fetchone()
    if row is None:
        return None
    return Review(
        question_id=question_id,
        account_id=row[0],
        reviewed_ms=row[1],
        finding=cast("Finding", row[2]),
        reason=store.unseal(question_id, _place(*row[:3]), row[3]),
    )


def _place(account_id: str, reviewed_ms: int, finding: str) -> str:
    # Nobody who can write to the disk turns a finding round.
    return f"review {account_id} {reviewed_ms} {finding}"

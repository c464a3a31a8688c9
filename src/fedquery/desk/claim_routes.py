"""Claiming a hit: what the holder will learn is said before, and what it released afterwards."""

import asyncio
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.ask.case_store import read_case
from fedquery.ask.claiming import UnansweredError
from fedquery.ask.clock import ClockError
from fedquery.ask.outcome import Outcome
from fedquery.desk import asked_again, cases, claims, pages, questions
from fedquery.desk.access import NotThereError, may_act
from fedquery.desk.answer_proofs import withdrawn_words
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.claim_words import claim_said
from fedquery.desk.claims import KeptClaim, Level, NewClaim
from fedquery.desk.forms import chosen, flag, text
from fedquery.desk.kept_case import KeptCase
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.outcome_words import shape_of, word_of
from fedquery.desk.people import names_of
from fedquery.desk.refusals import FormError
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.withdrawn import withdrawn
from fedquery.errors import FedqueryError

_FALSE: Final = N_("Something that was shown is false. Stop, and do not ask again.")
_AGAIN: Final = N_("Tick the box first: the holder hears of it again, and logs it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimForm:
    """How much is asked for, as how many claims of this hit were shown; once more if meant so."""

    turn: str = text(cap=4)
    level: str = chosen("reference", "summary")
    again: bool = flag()


def routes() -> list[Route]:
    """List the routes."""
    path = "/desk/questions/{question_id}/claim/{claim_id}"
    return [
        page(path, claim_page, roles=ASKERS),
        act(path, make_claim, ClaimForm, roles=ASKERS),
    ]


async def claim_page(request: Request, visitor: Visitor) -> Response:
    """Show a hit that can be claimed, and what its claims came to."""
    question, hit = hit_of(request, visitor)
    made = claims.of_question(desk_of(request).store, visitor, question.question_id)
    return _page(request, visitor, question, hit, made)


async def make_claim(request: Request, visitor: Visitor, form: ClaimForm) -> Response:
    """Claim a hit once, and lead to what came of it."""
    desk = desk_of(request)
    question, hit = hit_of(request, visitor)
    kept_case = cases.read_to_act(desk.store, visitor, question.case_id)
    made = _of_hit(claims.of_question(desk.store, visitor, question.question_id), hit)
    turn = {str(number): number for number in range(len(made) + 1)}.get(form.turn)
    if turn is None:
        raise FormError
    if hit.alarm and turn == len(made):
        # Its page has no such form: it was opened before the nation was found to say what is false.
        return _page(request, visitor, question, hit, made, status=422)
    elsewhere = claims.of_same_record(desk.store, visitor, question, hit)
    is_known = any(map(_may_be_known, [*made, *(one for _, one in elsewhere)]))
    if turn == len(made) and is_known and not form.again:
        return _page(request, visitor, question, hit, made, status=422, fault=_AGAIN)
    new = NewClaim(
        act_id=claims.id_of(desk.store, question.question_id, hit.claim_id, turn),
        claim_id=hit.claim_id,
        account_id=visitor.account_id,
        level=cast("Level", form.level),
    )
    claim, fresh = claims.begin(desk.store, question, new, desk.clock())
    if fresh:
        sending = _Sending(desk, question, claim, visitor.name, _opened(desk, kept_case))
        # It goes on where the browser is gone: the holder is asked once, and the answer is kept.
        await asyncio.shield(desk.spawn(sending.run()))
        if sending.unkept is not None:
            return _page(request, visitor, question, hit, [*made, sending.unkept])
    return pages.redirect(f"/desk/questions/{question.question_id}/claim/{hit.claim_id}")


def hit_of(request: Request, visitor: Visitor) -> tuple[KeptQuestion, Outcome]:
    """Find the hit of a page.

    Raises:
        NotThereError: if there is none that this person may see.
    """
    question = questions.read(desk_of(request).store, visitor, request.path_params["question_id"])
    claim_id = request.path_params["claim_id"]
    for outcome in question.outcomes:
        if outcome.claim_id and outcome.claim_id == claim_id and outcome.word == "hit":
            return question, outcome
    raise NotThereError


@dataclass(slots=True)
class _Sending:
    """A claim that is sent once.

    Attributes:
        desk: the desk.
        question: the question that found the hit.
        claim: the claim.
        officer: who claims.
        opened: the number of the case where it was opened with cards, else None.
        unkept: what came of it, where the disk could not be written.
    """

    desk: Desk
    question: KeptQuestion
    claim: KeptClaim
    officer: str
    opened: str | None
    unkept: KeptClaim | None = None

    async def run(self) -> None:
        """Send it, and keep what comes."""
        store, question_id, claim = self.desk.store, self.question.question_id, self.claim
        try:
            outcome = await self.desk.client.claim(
                claim.claim_id, level=claim.level, officer=self.officer, case=self.opened
            )
        except (UnansweredError, ClockError):
            # It left, or may have: what came of it stays unknown, and the holder may know.
            return
        except FedqueryError as error:
            claims.end(store, question_id, claim, error.slug)
            return
        try:
            claims.finish(store, question_id, claim, outcome)
        except sqlite3.OperationalError:
            # The holder has answered, and hears of it once: it is shown all the same.
            self.unkept = replace(claim, outcome=replace(outcome, kept=False))


def _of_hit(made: Iterable[KeptClaim], hit: Outcome) -> list[KeptClaim]:
    return [one for one in made if one.claim_id == hit.claim_id]


def _may_be_known(claim: KeptClaim) -> bool:
    """Tell whether the holder may have heard of a claim: all but those that were never sent."""
    return not claim.why


def _opened(desk: Desk, kept_case: KeptCase) -> str | None:
    return kept_case.number if read_case(desk.home, kept_case.number) is not None else None


def _page(
    request: Request,
    visitor: Visitor,
    question: KeptQuestion,
    hit: Outcome,
    made: Iterable[KeptClaim],
    *,
    status: int = 200,
    fault: str = "",
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    kept_case = cases.read(desk.store, visitor, question.case_id)
    later = asked_again.later(desk.store, visitor, question)
    asked, holder = question.asked[hit.place], nation_name(hit.nation, voice.say)
    of_hit = _of_hit(made, hit)
    elsewhere = claims.of_same_record(desk.store, visitor, question, hit)
    return pages.render(
        request,
        "claim.html",
        status=status,
        question=question,
        hit=hit,
        asked=asked,
        asked_kind=kind_name(asked.kind, voice.say),
        shape=shape_of(hit),
        word=word_of(shape_of(hit), voice),
        withdrawn=withdrawn_words(withdrawn(question, hit, later), voice),
        alarm=voice.say(_FALSE) if hit.alarm else "",
        holder=holder,
        said=[claim_said(one, holder, voice) for one in of_hit],
        names=names_of(desk.connection),
        may_claim=kept_case.state == "open" and may_act(visitor, kept_case.members),
        turn=len(of_hit),
        elsewhere=elsewhere,
        is_known=any(map(_may_be_known, [*of_hit, *(one for _, one in elsewhere)])),
        errors={"again": voice.say(fault)} if fault else {},
    )

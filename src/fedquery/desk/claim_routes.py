"""Claiming a hit: what the holder will learn is said before, and what it released afterwards."""

import asyncio
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.ask.case_store import read_case
from fedquery.ask.outcome import Outcome
from fedquery.desk import cases, claims, pages, questions
from fedquery.desk.access import NotThereError, may_act
from fedquery.desk.answer_proofs import withdrawn_words
from fedquery.desk.cases import KeptCase
from fedquery.desk.claim_words import claim_said
from fedquery.desk.claims import KeptClaim, Level, NewClaim
from fedquery.desk.forms import chosen, text
from fedquery.desk.kind_names import kind_name
from fedquery.desk.nation_names import nation_name
from fedquery.desk.outcome_words import shape_of, word_of
from fedquery.desk.people import names_of
from fedquery.desk.proof_routes import later_of
from fedquery.desk.questions import KeptQuestion
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.store import new_id
from fedquery.desk.withdrawn import withdrawn
from fedquery.errors import FedqueryError


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimForm:
    """How much is asked for."""

    act_id: str = text(cap=16)
    level: str = chosen("reference", "summary")


def routes() -> list[Route]:
    """List the routes."""
    path = "/desk/questions/{question_id}/claim/{claim_id}"
    return [
        page(path, claim_page, roles=ASKERS),
        act(path, make_claim, ClaimForm, roles=ASKERS),
    ]


async def claim_page(request: Request, visitor: Visitor) -> Response:
    """Show a hit that can be claimed, and what its claims came to."""
    desk, voice = desk_of(request), voice_of(request)
    question, hit = hit_of(request, visitor)
    kept_case = cases.read(desk.store, visitor, question.case_id)
    later = later_of(desk, visitor, question)
    holder = nation_name(hit.nation, voice.say)
    made = claims.of_question(desk.store, visitor, question.question_id)
    return pages.render(
        request,
        "claim.html",
        question=question,
        kept_case=kept_case,
        hit=hit,
        asked=question.asked[hit.place],
        asked_kind=kind_name(question.asked[hit.place].kind, voice.say),
        shape=shape_of(hit),
        word=word_of(shape_of(hit), voice),
        withdrawn=withdrawn_words(withdrawn(question, hit, later), voice),
        holder=holder,
        said=[claim_said(one, holder, voice) for one in made if one.claim_id == hit.claim_id],
        names=names_of(desk.connection),
        may_claim=kept_case.state == "open" and may_act(visitor, kept_case.members),
        act_id=new_id(desk.random),
    )


async def make_claim(request: Request, visitor: Visitor, form: ClaimForm) -> Response:
    """Claim a hit once, and lead to what came of it."""
    desk = desk_of(request)
    question, hit = hit_of(request, visitor)
    kept_case = cases.read_to_act(desk.store, visitor, question.case_id)
    new = NewClaim(
        act_id=form.act_id,
        claim_id=hit.claim_id,
        account_id=visitor.account_id,
        level=cast("Level", form.level),
    )
    claim, fresh = claims.begin(desk.store, question, new, desk.clock())
    if fresh:
        # It goes on where the browser is gone: the holder is asked once, and the answer is kept.
        await asyncio.shield(
            desk.spawn(_send(desk, question, claim, officer_of(visitor, kept_case, desk)))
        )
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


@dataclass(frozen=True, slots=True)
class _Claimant:
    """Who claims, and for which opened case; None where it was not opened."""

    officer: str
    number: str | None


def officer_of(visitor: Visitor, kept_case: KeptCase, desk: Desk) -> _Claimant:
    """Say who claims, and for which case."""
    opened = read_case(desk.home, kept_case.number) is not None
    return _Claimant(visitor.name, kept_case.number if opened else None)


async def _send(desk: Desk, question: KeptQuestion, claim: KeptClaim, claimant: _Claimant) -> None:
    try:
        outcome = await desk.client.claim(
            claim.claim_id, level=claim.level, officer=claimant.officer, case=claimant.number
        )
    except FedqueryError as error:
        claims.end(desk.store, question.question_id, claim, error.slug)
    else:
        claims.finish(desk.store, question.question_id, claim, outcome)

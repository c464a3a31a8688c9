"""The pages of supervisors: the questions of all officers, and what waits for a second person."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.desk import (
    approvals,
    cases,
    claims,
    list_verdicts,
    lists,
    pages,
    people,
    questions,
    reviews,
)
from fedquery.desk.access import may_judge
from fedquery.desk.approval_routes import REASON
from fedquery.desk.brief_question import BriefQuestion
from fedquery.desk.forms import chosen, text
from fedquery.desk.list_oversight import officers_of
from fedquery.desk.oversight import GONE, link_of, oversight
from fedquery.desk.repeats import OFTEN
from fedquery.desk.reviews import MOST_REASON
from fedquery.desk.roles import SUPERVISORS
from fedquery.desk.routing import act, page
from fedquery.desk.runs import FEWEST, NEAR
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.timeline import counts_of

PERIODS_DAYS: Final = (7, 30, 90)
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewForm:
    """What a supervisor found of a question that broke the glass."""

    finding: str = chosen("justified", "not justified")
    reason: str = text(cap=4 * MOST_REASON)


def routes() -> list[BaseRoute]:
    """List the routes."""
    one = "/desk/supervise/reviews/{question_id}"
    return [
        page("/desk/supervise", supervise_page, roles=SUPERVISORS),
        page(one, review_page, roles=SUPERVISORS),
        act(one, review, ReviewForm, roles=SUPERVISORS),
    ]


async def supervise_page(request: Request, visitor: Visitor) -> Response:
    """Show what waits for a second person, and what all officers asked."""
    desk, voice = desk_of(request), voice_of(request)
    days, now_ms = _days(request), desk.clock()
    since_ms = now_ms - days * _DAY_MS
    # Up to and with this moment.
    period = (since_ms, now_ms + 1)
    asked = await _asked_between(desk, visitor, *period)
    names = people.names_of(desk.connection)
    view = await asyncio.to_thread(
        oversight, asked, claims.by_account(desk.store, visitor, *period), names, voice
    )
    return pages.render(
        request,
        "supervise.html",
        days=days,
        periods=PERIODS_DAYS,
        view=view,
        wanted=[
            (
                one,
                names.get(one.account_id) or voice.say(GONE),
                len(one.question.asked) if one.question else 0,
            )
            for one in approvals.waiting(desk.store, visitor)
        ],
        lists_to_approve=list_verdicts.to_approve(desk.store, visitor),
        lists_to_review=list_verdicts.to_review(desk.store, visitor),
        list_officers=officers_of(lists.between(desk.store, visitor, *period), names, voice),
        names=names,
        unreviewed=[
            link_of(one.in_brief(), names, voice) for one in reviews.waiting(desk.store, visitor)
        ],
        approve_above=desk.settings.approve_above,
        fewest=FEWEST,
        near=NEAR,
        often=OFTEN,
    )


async def review_page(request: Request, visitor: Visitor) -> Response:
    """Show a question that broke the glass, with its review or the form for one."""
    return _review_page(request, visitor, "", {})


async def review(request: Request, visitor: Visitor, form: ReviewForm) -> Response:
    """Keep a review."""
    desk, question_id = desk_of(request), request.path_params["question_id"]
    reason = form.reason.strip()
    if not 1 <= len(reason) <= MOST_REASON:
        errors = {"reason": pages.gettext_of(request)(REASON)}
        return _review_page(request, visitor, form.reason, errors)
    finding: reviews.Finding = "justified" if form.finding == "justified" else "not justified"
    verdict = reviews.Verdict(finding, reason)
    reviews.write(desk.store, visitor, question_id, verdict, desk.clock())
    return pages.redirect(f"/desk/supervise/reviews/{question_id}")


def _review_page(
    request: Request, visitor: Visitor, reason: str, errors: dict[str, str]
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    kept = questions.read(desk.store, visitor, request.path_params["question_id"])
    names = people.names_of(desk.connection)
    found = reviews.read(desk.store, visitor, kept.question_id)
    needed = reviews.is_needed(kept)
    return pages.render(
        request,
        "review.html",
        status=422 if errors else 200,
        question=kept,
        kept_case=cases.read(desk.store, visitor, kept.case_id),
        link=link_of(kept.in_brief(), names, voice),
        counts=counts_of(kept.in_brief(), voice),
        review=found,
        reviewer=(names.get(found.account_id) or voice.say(GONE)) if found else "",
        needed=needed,
        may_review=needed and found is None and may_judge(visitor, kept.account_id),
        reason=reason,
        errors=errors,
    )


async def _asked_between(
    desk: Desk, visitor: Visitor, since_ms: int, until_ms: int
) -> list[BriefQuestion]:
    found: list[BriefQuestion] = []
    for begin_ms in range(since_ms, until_ms, _HOUR_MS):
        end_ms = min(begin_ms + _HOUR_MS, until_ms)
        found += questions.between(desk.store, visitor, begin_ms, end_ms)
        # Each is opened on the thread on which answers come for all others: they have their turn.
        await asyncio.sleep(0)
    return found


def _days(request: Request) -> int:
    written = request.query_params.get("days", "")
    return next((one for one in PERIODS_DAYS if str(one) == written), PERIODS_DAYS[0])

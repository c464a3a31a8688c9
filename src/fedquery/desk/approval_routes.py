"""The page of a question that is too long for one person: decided on, and then asked."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask.second_person import MOST_REASON
from fedquery.desk import approvals, cases, pages, people
from fedquery.desk.access import may_judge
from fedquery.desk.approval import Approval, Decision, Verdict
from fedquery.desk.asking import Asking
from fedquery.desk.facts_words import told_whole
from fedquery.desk.forms import chosen, text
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.nation_names import nation_name
from fedquery.desk.roles import ASKERS, SUPERVISORS
from fedquery.desk.routing import act, page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of

REASON: Final = N_("Say why, in up to 1,000 characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionForm:
    """What a supervisor decided."""

    decision: str = chosen("approved", "declined")
    reason: str = text(cap=4 * MOST_REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """The wish to ask what was approved."""


@dataclass(frozen=True, slots=True)
class ApprovalPages:
    """The pages of long questions.

    Attributes:
        asking: what is under way.
    """

    asking: Asking

    async def ask(self, request: Request, visitor: Visitor, _form: AskForm) -> Response:
        """Ask what was approved, as it was approved; sent twice, it is asked once."""
        desk, approval_id = desk_of(request), request.path_params["approval_id"]
        kept = approvals.read(desk.store, visitor, approval_id)
        if kept.state != "asked":
            new = approvals.approved(desk.store, visitor, approval_id, desk.clock())
            kept_case = cases.read_to_act(desk.store, visitor, kept.case_id)
            since_ms = kept.wanted_ms
            self.asking.send(new, kept_case.number, visitor.name, said_ms=since_ms)
            approvals.was_asked(desk.store, approval_id)
        return pages.redirect(f"/desk/questions/{kept.question_id}")


async def approval_page(request: Request, visitor: Visitor) -> Response:
    """Show a long question with what was decided of it."""
    kept = approvals.read(desk_of(request).store, visitor, request.path_params["approval_id"])
    return _page(request, visitor, kept, "", {})


async def decide(request: Request, visitor: Visitor, form: DecisionForm) -> Response:
    """Approve or decline a long question."""
    desk, approval_id = desk_of(request), request.path_params["approval_id"]
    kept = approvals.read(desk.store, visitor, approval_id)
    reason = form.reason.strip()
    if not 1 <= len(reason) <= MOST_REASON:
        errors = {"reason": pages.gettext_of(request)(REASON)}
        return _page(request, visitor, kept, form.reason, errors)
    decision: Decision = "approved" if form.decision == "approved" else "declined"
    verdict = Verdict(decision, reason)
    approvals.decide(desk.store, visitor, approval_id, verdict, desk.clock())
    return pages.redirect(f"/desk/approvals/{approval_id}")


def routes(asking: Asking) -> list[BaseRoute]:
    """Give the routes of these pages."""
    one = "/desk/approvals/{approval_id}"
    return [
        page(one, approval_page, roles=ASKERS),
        act(f"{one}/decision", decide, DecisionForm, roles=SUPERVISORS),
        act(f"{one}/ask", ApprovalPages(asking).ask, AskForm, roles=ASKERS),
    ]


def _page(
    request: Request, visitor: Visitor, kept: Approval, reason: str, errors: dict[str, str]
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    question = kept.question
    kept_case = cases.read(desk.store, visitor, kept.case_id)
    lapsed = kept.has_lapsed(desk.clock())
    is_mine = kept.account_id == visitor.account_id
    return pages.render(
        request,
        "approval.html",
        status=422 if errors else 200,
        approval=kept,
        kept_case=kept_case,
        names=people.names_of(desk.connection),
        asked=[]
        if question is None
        else [(kind_name(one.kind, voice.say), one.shown) for one in question.asked],
        nations=[]
        if question is None
        else [nation_name(one, voice.say) for one in question.nations],
        facts=()
        if question is None
        else told_whole(question.facts, voice, pages.dates_of(request).day),
        may_decide=kept.state == "waiting" and may_judge(visitor, kept.account_id),
        may_ask=is_mine
        and kept.state == "approved"
        and not lapsed
        and kept_case.state == "open"
        and visitor.account_id in kept_case.members,
        lapsed=lapsed,
        reason=reason,
        errors=errors,
    )

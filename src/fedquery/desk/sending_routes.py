"""Sending a question that was written: what it costs and tells, and once it is confirmed, off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask.clock import ClockError
from fedquery.ask.estimating import NationEstimate
from fedquery.ask.second_person import is_needed
from fedquery.desk import approvals, cases, pages, questions
from fedquery.desk.ask_forms import SendForm
from fedquery.desk.asked import AskedIdentifier, NewQuestion
from fedquery.desk.asking import Asking
from fedquery.desk.case_form import PURPOSE_NAMES
from fedquery.desk.cost import costs_of, renews_in_s
from fedquery.desk.draft_case import CaseToAskIn, case_to_ask_in
from fedquery.desk.drafts import Draft
from fedquery.desk.kept_case import NewCase
from fedquery.desk.language import N_
from fedquery.desk.reading import Chip, asked
from fedquery.desk.refusals import FormError
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.errors import PeerError

_NO_COORDINATOR: Final = N_("No coordinator answers. Nothing was asked.")
_CLOCK: Final = N_("The clock of this desk is wrong. Nothing was asked.")


@dataclass(frozen=True, slots=True)
class SendingPages:
    """The pages on which questions are confirmed and sent.

    Attributes:
        asking: what is under way.
    """

    asking: Asking

    async def cost_page(self, request: Request, visitor: Visitor) -> Response:
        """Show what a draft costs and tells, before it is sent."""
        desk = desk_of(request)
        draft = desk.drafts.read(visitor.session_id_hash, request.path_params["draft_id"])
        in_case = case_to_ask_in(desk, visitor, draft)
        # Its case may have been asked in under other facts since: those are what is confirmed here.
        draft = desk.drafts.change(replace(draft, facts=in_case.facts))
        cost = await _cost_of(desk, draft, in_case)
        return _cost_page(request, draft, in_case, cost, 503 if cost.is_hopeless else 200)

    async def send(self, request: Request, visitor: Visitor, form: SendForm) -> Response:
        """Send a draft; one that was sent before is shown, and costs nothing again."""
        desk, question_id = desk_of(request), form.question_id
        if not questions.exists(desk.store, question_id):
            draft = desk.drafts.read(visitor.session_id_hash, question_id)
            if form.revision != str(draft.revision):
                # Another window has changed it: nobody has confirmed what it is now.
                raise FormError
            in_case = _confirmed(desk, visitor, draft)
            cost = await _cost_of(desk, draft, in_case)
            if cost.is_hopeless:
                return _cost_page(request, draft, in_case, cost, 503)
            if cost.is_too_much and not form.anyway:
                response = _cost_page(request, draft, in_case, cost, 429)
                renews_s = renews_in_s(cost.nations, desk.clock())
                if renews_s:
                    response.headers["retry-after"] = str(renews_s)
                return response
            # While nations were looked at, the same form may have come again, the case may have
            # been closed, and the officer taken out of it.
            in_case = _confirmed(desk, visitor, draft)
            new = _written(desk, visitor, draft, in_case)
            if _needs_approval(desk, len(new.asked), in_case):
                wanted = approvals.want(desk.store, new, desk.clock())
                return pages.redirect(f"/desk/approvals/{wanted.approval_id}")
            self.asking.send(new, in_case.number, visitor.name)
        # Whoever may not read it learns no more from here than from its address.
        questions.read(desk.store, visitor, question_id)
        return pages.redirect(f"/desk/questions/{question_id}")


@dataclass(frozen=True, slots=True)
class _Cost:
    """What a draft would cost.

    Attributes:
        nations: of each nation; none where nobody can be asked at all.
        error: why nobody can; "" otherwise.
    """

    nations: tuple[NationEstimate, ...] = ()
    error: str = ""

    @property
    def is_hopeless(self) -> bool:
        """Whether no nation can be asked now."""
        return all(one.why for one in self.nations)

    @property
    def is_too_much(self) -> bool:
        """Whether a ceiling is known to be too low for it."""
        return any(one.exceeded for one in self.nations)


def _confirmed(desk: Desk, visitor: Visitor, draft: Draft) -> CaseToAskIn:
    """Find the case of a draft, with the facts that were confirmed.

    Raises:
        FormError: if another question of the case went out with others since.
    """
    in_case = case_to_ask_in(desk, visitor, draft)
    if in_case.facts != draft.facts:
        raise FormError
    return in_case


def _written(desk: Desk, visitor: Visitor, draft: Draft, in_case: CaseToAskIn) -> NewQuestion:
    """Give what a draft asks; its case is begun where it was not."""
    kept = in_case.kept
    if kept is None:
        new = NewCase(number=in_case.number, facts=in_case.facts)
        kept = cases.begin(desk.store, visitor, new, desk.clock())
    return NewQuestion(
        question_id=draft.draft_id,
        case_id=kept.case_id,
        account_id=visitor.account_id,
        asked=as_kept(draft.chips),
        nations=tuple(desk.client.choose(draft.nations)),
        facts=in_case.facts,
    )


async def _cost_of(desk: Desk, draft: Draft, in_case: CaseToAskIn) -> _Cost:
    case = in_case.facts.case_of(in_case.number, "")
    try:
        return _Cost(await desk.client.estimate(asked(draft.chips), case, nations=draft.nations))
    except ClockError:
        return _Cost(error=_CLOCK)
    except PeerError:
        return _Cost(error=_NO_COORDINATOR)


def _needs_approval(desk: Desk, count: int, in_case: CaseToAskIn) -> bool:
    return is_needed(count, in_case.facts.purpose, desk.settings.approve_above)


def _cost_page(
    request: Request, draft: Draft, in_case: CaseToAskIn, cost: _Cost, status: int
) -> Response:
    desk, voice, count = desk_of(request), voice_of(request), len(asked(draft.chips))
    return pages.render(
        request,
        "ask_cost.html",
        status=status,
        draft_id=draft.draft_id,
        revision=draft.revision,
        count=count,
        number=in_case.number,
        purpose=voice.say(PURPOSE_NAMES.get(in_case.facts.purpose, in_case.facts.purpose)),
        costs=costs_of(cost.nations, voice),
        error=voice.say(cost.error) if cost.error else "",
        is_hopeless=cost.is_hopeless,
        is_too_much=cost.is_too_much,
        needs_approval=_needs_approval(desk, count, in_case),
        approve_above=desk.settings.approve_above,
    )


def as_kept(chips: Iterable[Chip]) -> tuple[AskedIdentifier, ...]:
    """Give what is asked about as it is kept, by place, with what stood there for it."""
    found: dict[bytes, AskedIdentifier] = {}
    for chip in chips:
        if chip.is_ticked and chip.identifier is not None:
            one = AskedIdentifier.of(chip.identifier, chip.text)
            found.setdefault(chip.identifier.encode(), one)
    return tuple(found.values())


def routes(asking: Asking) -> list[BaseRoute]:
    """Give the routes of these pages."""
    those = SendingPages(asking)
    return [
        page("/desk/ask/{draft_id}/cost", those.cost_page, roles=ASKERS),
        act("/desk/questions", those.send, SendForm, roles=ASKERS),
    ]

"""Sending a question that was written: what it costs and tells, and once it is confirmed, off."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask.clock import ClockError
from fedquery.ask.estimating import NationEstimate
from fedquery.desk import cases, pages, questions
from fedquery.desk.ask_forms import SendForm
from fedquery.desk.asked import AskedIdentifier, NewQuestion
from fedquery.desk.asking import Asking
from fedquery.desk.cost import costs_of, renews_in_s
from fedquery.desk.draft_case import CaseToAskIn, case_to_ask_in
from fedquery.desk.drafts import Draft
from fedquery.desk.kept_case import NewCase
from fedquery.desk.language import N_
from fedquery.desk.reading import Chip, asked
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
        cost = await _cost_of(desk, draft, case_to_ask_in(desk, visitor, draft))
        return _cost_page(request, draft, cost, 503 if cost.is_hopeless else 200)

    async def send(self, request: Request, visitor: Visitor, form: SendForm) -> Response:
        """Send a draft; one that was sent before is shown, and costs nothing again."""
        desk, question_id = desk_of(request), form.question_id
        if not questions.exists(desk.store, question_id):
            draft = desk.drafts.read(visitor.session_id_hash, question_id)
            in_case = case_to_ask_in(desk, visitor, draft)
            cost = await _cost_of(desk, draft, in_case)
            if cost.is_hopeless:
                return _cost_page(request, draft, cost, 503)
            if cost.is_too_much and not form.anyway:
                response = _cost_page(request, draft, cost, 429)
                renews_s = renews_in_s(cost.nations, desk.clock())
                if renews_s:
                    response.headers["retry-after"] = str(renews_s)
                return response
            self._begin(desk, visitor, draft, in_case)
        # Whoever may not read it learns no more from here than from its address.
        questions.read(desk.store, visitor, question_id)
        return pages.redirect(f"/desk/questions/{question_id}")

    def _begin(self, desk: Desk, visitor: Visitor, draft: Draft, in_case: CaseToAskIn) -> None:
        kept, facts, now_ms = in_case.kept, in_case.facts, desk.clock()
        if kept is None:
            new = NewCase(number=in_case.number, facts=facts)
            kept = cases.begin(desk.store, visitor, new, now_ms)
        identifiers = asked(draft.chips)
        question, is_new = questions.begin(
            desk.store,
            NewQuestion(
                question_id=draft.draft_id,
                case_id=kept.case_id,
                account_id=visitor.account_id,
                asked=as_kept(draft.chips),
                nations=tuple(desk.client.choose(draft.nations)),
                facts=facts,
            ),
            now_ms,
        )
        if is_new:
            cases.remember(desk.store, kept.case_id, facts)
            self.asking.begin(question, identifiers, facts.case_of(kept.number, visitor.name))


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


async def _cost_of(desk: Desk, draft: Draft, in_case: CaseToAskIn) -> _Cost:
    case = in_case.facts.case_of(in_case.number, "")
    try:
        return _Cost(await desk.client.estimate(asked(draft.chips), case, nations=draft.nations))
    except ClockError:
        return _Cost(error=_CLOCK)
    except PeerError:
        return _Cost(error=_NO_COORDINATOR)


def _cost_page(request: Request, draft: Draft, cost: _Cost, status: int) -> Response:
    voice = voice_of(request)
    return pages.render(
        request,
        "ask_cost.html",
        status=status,
        draft_id=draft.draft_id,
        count=len(asked(draft.chips)),
        costs=costs_of(cost.nations, voice),
        error=voice.say(cost.error) if cost.error else "",
        is_hopeless=cost.is_hopeless,
        is_too_much=cost.is_too_much,
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

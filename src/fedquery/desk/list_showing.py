"""The page of one list, in whatever state it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from fedquery.ask.screening.values import Cost
from fedquery.ask.second_person import is_needed
from fedquery.desk import case_changes, cases, list_verdicts, pages, people
from fedquery.desk.facts_words import Day, differing, told_whole
from fedquery.desk.kept_case import KeptCase
from fedquery.desk.kept_list import KeptList
from fedquery.desk.kind_names import kind_name
from fedquery.desk.language import N_
from fedquery.desk.list_cost import costs_of, is_hopeless
from fedquery.desk.list_looking import Looking, Results
from fedquery.desk.list_progress import NationLine, Pace, lines_of, whole_share
from fedquery.desk.list_results import HitLine, hit_lines, summary_lines
from fedquery.desk.list_running import Lists
from fedquery.desk.list_view import Found, list_view
from fedquery.desk.nation_names import nation_name
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.voice import Voice
from fedquery.errors import FedqueryError, NotFoundError

_ERASED: Final = N_("What the list held was erased.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows beside what is kept: how far it is, what it costs, what is wrong."""

    cost: Cost | None = None
    reason: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    status: int = 200


@dataclass(frozen=True, slots=True)
class ListShowing:
    """Shows lists.

    Attributes:
        lists: those that are being asked.
        looking: what came of all.
    """

    lists: Lists
    looking: Looking

    async def page(
        self, request: Request, visitor: Visitor, kept: KeptList, shown: Shown
    ) -> Response:
        """Show a list.

        Args:
            request: the request that is answered.
            visitor: who looks.
            kept: the list.
            shown: what else is shown.
        """
        desk, voice = desk_of(request), voice_of(request)
        kept_case = cases.read(desk.store, visitor, kept.case_id)
        found = _found(desk, kept)
        view = list_view(kept, kept_case, visitor, found, voice)
        cost, error = shown.cost, ""
        progress, results = [], None
        try:
            if view.was_asked:
                progress = await self._progress(desk, kept, voice)
            if view.was_asked and view.state != "asking":
                results = await self.looking.results(kept, request.query_params.get("page", ""))
        except NotFoundError:
            error = voice.say(_ERASED)
        is_done = view.state == "ended" and results is not None and results.summary.finished
        if cost is None and view.may_ask and not is_done and not error:
            cost, error = await self._cost(kept, voice)
        day = pages.dates_of(request).day
        return pages.render(
            request,
            "list.html",
            status=shown.status,
            list=kept,
            view=view,
            kept_case=kept_case,
            found=found,
            facts=told_whole(kept.new.facts, voice, day),
            changed=_changed(desk, kept, kept_case, voice, day),
            decided=[*kept.ended, *([found.approval] if found.approval else [])],
            kinds=[
                (kind_name(kind, voice.say), voice.number(count)) for kind, count in kept.new.kinds
            ],
            nations=[nation_name(one, voice.say) for one in kept.new.nations],
            names=people.names_of(desk.connection),
            costs=() if cost is None else costs_of(cost, voice),
            is_too_much=cost is not None and bool(cost.exceeding),
            is_hopeless=cost is not None and is_hopeless(cost),
            approve_above=desk.settings.approve_above,
            error=error,
            is_done=is_done,
            progress=progress,
            results=results,
            summary=() if results is None else summary_lines(results.summary, voice),
            hits=_hits(results, voice),
            reason=shown.reason,
            errors=dict(shown.errors),
        )

    async def _cost(self, kept: KeptList, voice: Voice) -> tuple[Cost | None, str]:
        try:
            return await self.lists.cost_of(kept), ""
        except NotFoundError:
            return None, voice.say(_ERASED)
        except FedqueryError as error:
            return None, voice.say(error.what)

    async def _progress(self, desk: Desk, kept: KeptList, voice: Voice) -> list[NationLine]:
        one = self.lists.find(kept.list_id)
        if one is None:
            progress, pace = await self.looking.progress(kept), Pace()
        else:
            progress, pace = one.progress(), Pace(one.began_ms, one.before)
        return list(lines_of(progress, pace, desk.clock(), voice))

    def share(self, kept: KeptList) -> int | None:
        """Say how far a list is that is being asked, in hundredths; None of another."""
        one = self.lists.find(kept.list_id)
        return None if one is None else whole_share(one.progress())


def _found(desk: Desk, kept: KeptList) -> Found:
    approval = list_verdicts.find(desk.store, kept.list_id, "approval")
    return Found(
        approval=approval,
        review=list_verdicts.find(desk.store, kept.list_id, "review"),
        is_long=is_needed(kept.new.distinct, kept.new.facts.purpose, desk.settings.approve_above),
        has_lapsed=approval is not None and list_verdicts.has_lapsed(approval, desk.clock()),
    )


def _changed(
    desk: Desk, kept: KeptList, kept_case: KeptCase, voice: Voice, day: Day
) -> Sequence[str]:
    """Name what the case says otherwise by now; a threat to life is never what a case says."""
    after = kept_case.facts
    if (
        kept.state == "ended"
        or after is None
        or not case_changes.since(desk.store, kept.case_id, kept.begun_ms)
    ):
        return ()
    if kept.new.is_urgent:
        after = replace(after, purpose=kept.new.facts.purpose)
    return differing(kept.new.facts, after, voice, day)


def _hits(results: Results | None, voice: Voice) -> Sequence[HitLine]:
    return () if results is None else hit_lines(results.rows, results.lines, voice)

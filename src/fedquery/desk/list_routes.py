"""The lists of the desk: all of them, and each with what it costs, how far it is, what came."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from fedquery.ask.screening.values import ListRefusedError
from fedquery.ask.second_person import MOST_REASON
from fedquery.desk import cases, list_erasing, list_verdicts, lists, pages, people
from fedquery.desk.arriving import MEDIA_TYPE
from fedquery.desk.following import may_follow
from fedquery.desk.forms import chosen, flag, text
from fedquery.desk.kept_list import Judgement, KeptList, ListError
from fedquery.desk.language import N_
from fedquery.desk.list_cost import renews_in_s
from fedquery.desk.list_progress import (
    ENDED,
    NationLine,
    Pace,
    end_line,
    json_line,
    lines_of,
)
from fedquery.desk.list_results import Page
from fedquery.desk.list_running import Lists
from fedquery.desk.list_showing import ListShowing, Shown
from fedquery.desk.list_view import word_of
from fedquery.desk.roles import ASKERS, SUPERVISORS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.voice import Voice

_REASON: Final = N_("Say why, in up to 1,000 characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """The wish to ask a list, as its costs were shown."""

    anyway: bool = flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictForm:
    """What a supervisor finds of a list."""

    finding: str = chosen("approved", "declined", "justified", "not justified")
    reason: str = text(cap=4 * MOST_REASON)


@dataclass(frozen=True, slots=True)
class ListPages:
    """The pages of lists that are kept.

    Attributes:
        lists: those that are being asked.
        showing: shows them.
    """

    lists: Lists
    showing: ListShowing

    async def lists_page(self, request: Request, visitor: Visitor) -> Response:
        """List those that somebody may read."""
        desk, voice = desk_of(request), voice_of(request)
        ids = lists.ids_readable(desk.store, visitor)
        shown = Page.of(request.query_params.get("page", ""), len(ids))
        some = [
            self.lists.as_it_is(one)
            for one in lists.some(desk.store, visitor, ids[shown.first : shown.first + shown.SIZE])
        ]
        return pages.render(
            request,
            "lists.html",
            lists=[
                (
                    one,
                    cases.read(desk.store, visitor, one.case_id).number,
                    voice.say(word_of(one)),
                    self.showing.share(one),
                )
                for one in some
            ],
            names=people.names_of(desk.connection),
            shown=shown,
        )

    async def list_page(self, request: Request, visitor: Visitor) -> Response:
        """Show a list: what it costs, how far it is, or what it came to."""
        kept = self.lists.as_it_is(_read(request, visitor))
        return await self.showing.page(request, visitor, kept, Shown())

    async def ask(self, request: Request, visitor: Visitor, form: AskForm) -> Response:
        """Ask a list, or what is left of it; sent twice, it is asked once."""
        desk = desk_of(request)
        list_id = request.path_params["list_id"]
        kept = self.lists.catch_up(lists.read_to_ask(desk.store, visitor, list_id))
        address = _address(kept)
        if kept.state in {"asking", "waiting"}:
            return pages.redirect(address)
        above = desk.settings.approve_above
        if list_verdicts.want_if_needed(desk.store, kept, above, desk.clock()):
            return pages.redirect(address)
        list_verdicts.require_may_begin(desk.store, kept, above, desk.clock())
        try:
            await self.lists.begin(kept, anyway=form.anyway)
        except ListRefusedError as error:
            shown = Shown(cost=error.cost, status=429)
            response = await self.showing.page(request, visitor, kept, shown)
            renews_s = renews_in_s(error.cost, desk.clock())
            if renews_s:
                response.headers["retry-after"] = str(renews_s)
            return response
        return pages.redirect(address)

    async def stop(self, request: Request, visitor: Visitor, _form: Nothing) -> Response:
        """Stop a list; what was asked is kept."""
        desk = desk_of(request)
        kept = lists.read_to_ask(desk.store, visitor, request.path_params["list_id"])
        await self.lists.stop(kept.list_id)
        return pages.redirect(_address(kept))

    async def discard(self, request: Request, visitor: Visitor, _form: Nothing) -> Response:
        """Erase a list of which nothing was asked."""
        desk = desk_of(request)
        kept = _read(request, visitor)
        if kept.account_id != visitor.account_id or not kept.is_unasked:
            raise ListError(N_("Only its officer discards a list, and only before it is asked."))
        list_erasing.erase(desk.store, desk.home, [kept.list_id])
        return pages.redirect("/desk/lists")

    async def judge(self, request: Request, visitor: Visitor, form: VerdictForm) -> Response:
        """Approve or decline a list, or review one that was urgent."""
        desk, kept, reason = desk_of(request), _read(request, visitor), form.reason.strip()
        if not 1 <= len(reason) <= MOST_REASON:
            errors = (("reason", pages.gettext_of(request)(_REASON)),)
            shown = Shown(reason=form.reason, errors=errors, status=422)
            return await self.showing.page(request, visitor, kept, shown)
        judged = Judgement(list_verdicts.finding_of(form.finding), reason)
        list_verdicts.judge(desk.store, visitor, kept.list_id, judged, desk.clock())
        return pages.redirect(_address(kept))

    async def progress(self, request: Request, visitor: Visitor) -> Response:
        """Give how far a list is, line by line, until nothing more comes."""
        desk, voice, kept = desk_of(request), voice_of(request), _read(request, visitor)
        return StreamingResponse(self._lines(desk, visitor, kept, voice), media_type=MEDIA_TYPE)

    async def _lines(
        self, desk: Desk, visitor: Visitor, kept: KeptList, voice: Voice
    ) -> AsyncIterator[bytes]:
        one = self.lists.find(kept.list_id)
        if one is not None:
            told: dict[str, NationLine] = {}
            pace = Pace(one.began_ms, one.before)
            async with contextlib.aclosing(one.changes()) as changes:
                async for _ in changes:
                    # It breaks off without its last line: the page reads itself again.
                    if not may_follow(desk, visitor, kept.case_id):
                        return
                    for line in lines_of(one.progress(), pace, desk.clock(), voice):
                        if told.get(line.nation) != line:
                            told[line.nation] = line
                            yield json_line(line)
        yield end_line(voice.say(ENDED))


def _read(request: Request, visitor: Visitor) -> KeptList:
    return lists.read(desk_of(request).store, visitor, request.path_params["list_id"])


def _address(kept: KeptList) -> str:
    return f"/desk/lists/{kept.list_id}"


def routes(those: ListPages) -> list[BaseRoute]:
    """Give the routes of these pages."""
    one = "/desk/lists/{list_id}"
    return [
        page("/desk/lists", those.lists_page, roles=ASKERS),
        page(one, those.list_page, roles=ASKERS),
        page(f"{one}/progress", those.progress, roles=ASKERS),
        act(f"{one}/ask", those.ask, AskForm, roles=ASKERS),
        act(f"{one}/stop", those.stop, Nothing, roles=ASKERS),
        act(f"{one}/discard", those.discard, Nothing, roles=ASKERS),
        act(f"{one}/verdict", those.judge, VerdictForm, roles=SUPERVISORS),
    ]

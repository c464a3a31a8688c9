"""What stands in a list and what came of it: its lines by pages, its hits one by one, reports."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask.lists.report_form import ReportForm
from fedquery.desk import acts, cases, lists, pages
from fedquery.desk.access import NotThereError
from fedquery.desk.acts import Act
from fedquery.desk.forms import chosen, flag, text
from fedquery.desk.kept_list import KeptList
from fedquery.desk.kind_names import kind_name
from fedquery.desk.list_hits import open_hit
from fedquery.desk.list_looking import Looking
from fedquery.desk.proof_routes import file_of
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.storage.transaction import transaction

_FORMS: Final = {
    "csv": (ReportForm.CSV, "text/csv; charset=utf-8"),
    "json": (ReportForm.JSON, "application/json"),
    "xlsx": (
        ReportForm.XLSX,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HitForm:
    """A hit that is to be opened."""

    place: str = text(cap=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWish:
    """A report, and whether identifiers stand in it in full."""

    form: str = chosen("csv", "json", "xlsx")
    shown: bool = flag()


@dataclass(frozen=True, slots=True)
class ResultPages:
    """The pages of what stands in lists and came of them.

    Attributes:
        looking: looks at them.
    """

    looking: Looking

    async def lines_page(self, request: Request, visitor: Visitor) -> Response:
        """Show what a list asks about, in its order, a page at a time."""
        desk, voice, kept = desk_of(request), voice_of(request), _read(request, visitor)
        shown, rows = await self.looking.rows(kept, request.query_params.get("page", ""))
        return pages.render(
            request,
            "list_lines.html",
            list=kept,
            kept_case=cases.read(desk.store, visitor, kept.case_id),
            shown=shown,
            rows=[
                (row.place + 1, kind_name(row.identifier.kind, voice.say), row.identifier.canonical)
                for row in rows
            ],
        )

    async def open(self, request: Request, visitor: Visitor, form: HitForm) -> Response:
        """Open a hit as a question of its own, with its proof and its claim; nothing is asked."""
        desk, kept = desk_of(request), _read(request, visitor)
        if not kept.asked_ms or not (form.place.isascii() and form.place.isdecimal()):
            raise NotThereError
        row = await self.looking.hit(kept, int(form.place))
        question = open_hit(desk.store, visitor, kept, row, desk.clock())
        return pages.redirect(f"/desk/questions/{question.question_id}")

    async def report(self, request: Request, visitor: Visitor, form: ReportWish) -> Response:
        """Give the report of a list; that it was made stands in the case."""
        desk, kept = desk_of(request), _read(request, visitor)
        if not kept.asked_ms:
            raise NotThereError
        written, media_type = _FORMS[form.form]
        octets = await self.looking.report(kept, written, shown=form.shown)
        with transaction(desk.connection):
            done = Act(desk.clock(), visitor.account_id, "list-exported", kept.list_id)
            acts.write(desk.connection, kept.case_id, done)
        return file_of(desk, f"fedquery-list-{kept.list_id}{written}", octets, media_type)


def _read(request: Request, visitor: Visitor) -> KeptList:
    return lists.read(desk_of(request).store, visitor, request.path_params["list_id"])


def routes(looking: Looking) -> list[BaseRoute]:
    """Give the routes of these pages."""
    those = ResultPages(looking)
    one = "/desk/lists/{list_id}"
    return [
        page(f"{one}/lines", those.lines_page, roles=ASKERS),
        act(f"{one}/hits", those.open, HitForm, roles=ASKERS),
        act(f"{one}/report", those.report, ReportWish, roles=ASKERS),
    ]

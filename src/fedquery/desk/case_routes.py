"""The pages of cases: the list, a new one, one with its timeline, its officers and its notes."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.ask.case_store import read_case
from fedquery.desk import (
    acts,
    case_changes,
    case_members,
    cases,
    claims,
    notes,
    pages,
    questions,
)
from fedquery.desk.access import may_act, may_add
from fedquery.desk.card_view import CardView, card_view
from fedquery.desk.case_cards import close_cards
from fedquery.desk.facts_words import changed, told
from fedquery.desk.forms import chosen, flag, text
from fedquery.desk.kept_case import CaseError, KeptCase, NewCase
from fedquery.desk.language import N_
from fedquery.desk.people import may_be_added, names_of
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.store import new_id
from fedquery.desk.timeline import Case, timeline

_A_PAGE: Final = 50
_CONFIRM: Final = N_("Tick the box first: a closed case cannot be opened again.")
_NOTE: Final = N_("Write a note of 1 to 4,000 characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCaseForm:
    """A case that is to be begun."""

    number: str = text(cap=400)
    title: str = text(cap=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteForm:
    """A note."""

    note_id: str = text(cap=16)
    note: str = text(cap=8_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberForm:
    """An officer to be added or taken out."""

    account_id: str = text(cap=16)
    what: str = chosen("add", "remove")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseForm:
    """That a case is to be closed."""

    sure: bool = flag()


def routes() -> list[Route]:
    """List the routes."""
    one = "/desk/cases/{case_id}"
    return [
        page("/desk/cases", cases_page, roles=ASKERS),
        page("/desk/cases/new", new_case_page, roles=ASKERS),
        act("/desk/cases/new", begin_case, NewCaseForm, roles=ASKERS),
        page(one, case_page, roles=ASKERS),
        act(f"{one}/notes", write_note, NoteForm, roles=ASKERS),
        act(f"{one}/members", change_members, MemberForm, roles=ASKERS),
        act(f"{one}/close", close_case, CloseForm, roles=ASKERS),
    ]


async def cases_page(request: Request, visitor: Visitor) -> Response:
    """List the cases that somebody may read."""
    desk = desk_of(request)
    ids = cases.ids_readable(desk.store, visitor)
    first = _page_of(request, len(ids)) * _A_PAGE
    return pages.render(
        request,
        "cases.html",
        cases=cases.readable(desk.store, visitor, ids[first : first + _A_PAGE]),
        names=names_of(desk.connection),
        newer=first // _A_PAGE,
        older=first // _A_PAGE + 2 if first + _A_PAGE < len(ids) else 0,
    )


async def new_case_page(request: Request, _visitor: Visitor) -> Response:
    """Show the form for a new case."""
    return pages.render(request, "new_case.html", number="", title="")


async def begin_case(request: Request, visitor: Visitor, form: NewCaseForm) -> Response:
    """Begin a case, and lead to it."""
    desk, say = desk_of(request), pages.gettext_of(request)
    try:
        new = NewCase(number=form.number.strip(), title=form.title.strip())
        kept = cases.begin(desk.store, visitor, new, desk.clock())
    except CaseError as error:
        return pages.render(
            request,
            "new_case.html",
            status=422,
            number=form.number,
            title=form.title,
            errors={error.field: say(error.what)},
        )
    return pages.redirect(_address(kept.case_id))


async def case_page(request: Request, visitor: Visitor) -> Response:
    """Show a case."""
    return _case(request, visitor, request.path_params["case_id"])


async def write_note(request: Request, visitor: Visitor, form: NoteForm) -> Response:
    """Write a note."""
    desk, case_id = desk_of(request), request.path_params["case_id"]
    note = form.note.strip()
    if not 0 < len(note) <= notes.MOST_NOTE:
        cases.read_to_act(desk.store, visitor, case_id)
        return _case(request, visitor, case_id, fault=("note", _NOTE), typed=form.note)
    notes.write(desk.store, visitor, case_id, (form.note_id, note), desk.clock())
    return pages.redirect(_address(case_id))


async def change_members(request: Request, visitor: Visitor, form: MemberForm) -> Response:
    """Add an officer to a case, or take one out."""
    desk, case_id = desk_of(request), request.path_params["case_id"]
    kept = cases.read(desk.store, visitor, case_id)
    if form.what == "remove":
        case_members.remove_member(desk.store, visitor, case_id, form.account_id, desk.clock())
    elif form.account_id in dict(may_be_added(desk.connection, kept.members)):
        case_members.add_member(desk.store, visitor, case_id, form.account_id, desk.clock())
    return pages.redirect(_address(case_id))


async def close_case(request: Request, visitor: Visitor, form: CloseForm) -> Response:
    """Close a case for ever, with its cards."""
    desk, case_id = desk_of(request), request.path_params["case_id"]
    kept = cases.read_to_act(desk.store, visitor, case_id)
    if not form.sure:
        return _case(request, visitor, case_id, fault=("sure", _CONFIRM))
    # The cards first: a case that looks closed must not be asked in from elsewhere.
    close_cards(desk.home, kept.number)
    cases.close(desk.store, visitor, case_id, desk.clock())
    desk.case_closed(case_id)
    return pages.redirect(_address(case_id))


def _case(
    request: Request,
    visitor: Visitor,
    case_id: str,
    *,
    fault: tuple[str, str] | None = None,
    typed: str = "",
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    kept = cases.read(desk.store, visitor, case_id)
    names, day = names_of(desk.connection), pages.dates_of(request).day
    every_act = acts.read(desk.connection, case_id)
    shown = every_act if "all" in request.query_params else every_act[-_A_PAGE:]
    ids = dict.fromkeys(one.subject for one in shown if one.subject)
    done = Case(
        acts=shown,
        questions={
            one.question_id: one
            for one in questions.some_of_case(desk.store, visitor, case_id, ids)
        },
        claims=claims.some_of_case(desk.store, visitor, case_id, ids),
        notes={one.note_id: one.text for one in notes.of_case(desk.store, visitor, case_id)},
        names=names,
        changes={
            one.change_id: changed(one.before, one.after, voice, day)
            for one in case_changes.some_of_case(desk.store, visitor, case_id, ids).values()
        },
    )
    may_share = may_add(visitor, kept.owner)
    return pages.render(
        request,
        "case.html",
        status=200 if fault is None else 422,
        kept_case=kept,
        names=names,
        entries=timeline(done, voice),
        hidden=len(every_act) - len(shown),
        cards=_cards(request, kept),
        facts=[(label, value) for label, value in told(kept.facts, voice, day) if value],
        may_act=kept.state == "open" and may_act(visitor, kept.members),
        may_share=may_share,
        others=may_be_added(desk.connection, kept.members) if may_share else [],
        retention_days=desk.settings.retention_days,
        note_id=new_id(desk.random),
        note=typed,
        errors={} if fault is None else {fault[0]: voice.say(fault[1])},
    )


def _page_of(request: Request, count: int) -> int:
    """Read which page of a list is wanted, from 0; the first where there is no such page."""
    pages_of_it = {str(number + 1): number for number in range(-(-count // _A_PAGE))}
    return pages_of_it.get(request.query_params.get("page", "1"), 0)


def _cards(request: Request, kept: KeptCase) -> CardView | None:
    desk = desk_of(request)
    file = read_case(desk.home, kept.number)
    if file is None:
        return None
    day = pages.dates_of(request).day
    return card_view(file, kept.facts, desk.clock(), voice_of(request), day)


def _address(case_id: str) -> str:
    return f"/desk/cases/{case_id}"

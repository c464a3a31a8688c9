"""Making a list: paste or upload, look at how it was read, choose nations and case, keep it."""

from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.desk import cases, pages
from fedquery.desk.ask_forms import CHIPS_CAP, ChipsForm
from fedquery.desk.ask_page import NO_NATION, ask_page
from fedquery.desk.ask_routes import cases_to_ask_in, region_of
from fedquery.desk.draft_case import FaultsError
from fedquery.desk.form_bodies import Upload
from fedquery.desk.language import N_
from fedquery.desk.list_drafts import ListDraft
from fedquery.desk.list_form import MAKE_CAP, KeepForm, MakeForm, list_page
from fedquery.desk.list_making import begun, keep_once, read_again, read_upload
from fedquery.desk.list_reading import read_chips
from fedquery.desk.list_running import Lists
from fedquery.desk.reading import MOST_TYPED, edited, typed_anew
from fedquery.desk.refusals import FormError
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.errors import ConfigError, InputError

_NOTHING: Final = N_("Paste a list, or choose a file.")
_BOTH: Final = N_("Either paste a list or choose a file.")
_CHOOSE: Final = N_("Choose which column is meant.")
_PASTED: Final = "pasted.txt"
_PASTED_TABLE: Final = "pasted.tsv"


@dataclass(frozen=True, slots=True)
class MakingPages:
    """The pages on which lists are made.

    Attributes:
        lists: the lists of the desk.
    """

    lists: Lists

    async def keep(self, request: Request, visitor: Visitor, form: KeepForm) -> Response:
        """Take over what was chosen; keep the list where nothing is wrong."""
        desk, voice = desk_of(request), voice_of(request)
        draft = _draft(request, visitor)
        nations = tuple(one for one in desk.client.choose(None) if one in form.nation)
        question = replace(
            draft.question, nations=nations, case_id=form.case_id, fields=form.fields()
        )
        draft = desk.list_drafts.change(replace(draft, question=question))
        chosen = (form.place(), form.kind_read())
        if draft.file is not None and chosen != (draft.reading.column, draft.reading.kind):
            try:
                draft = desk.list_drafts.change(await read_again(desk, draft, *chosen))
            except (InputError, ConfigError) as error:
                return _read_page(request, visitor, draft, {"column": voice.say(error.what)})
            # What was read anew is looked at before it is kept.
            return pages.redirect(f"/desk/lists/new/{draft.draft_id}")
        faults = {}
        if draft.reading.found is None:
            faults["column"] = voice.say(_CHOOSE)
        if not nations:
            faults["nations"] = voice.say(NO_NATION)
        if faults or form.step == "read":
            return _read_page(request, visitor, draft, faults)
        try:
            list_id = await keep_once(self.lists, visitor, draft)
        except FaultsError as error:
            faults = {name: voice.say(said) for name, said in error.faults.items()}
            return _read_page(request, visitor, draft, faults)
        return pages.redirect(f"/desk/lists/{list_id}")


async def make_page(request: Request, visitor: Visitor) -> Response:
    """Show where to paste or upload a list."""
    case_id = request.query_params.get("case", "")
    if case_id:
        cases.read_to_act(desk_of(request).store, visitor, case_id)
    return _make_page(request, "", case_id, {})


async def make(request: Request, visitor: Visitor, form: MakeForm) -> Response:
    """Read what was pasted or uploaded, and begin a list of it."""
    desk, say = desk_of(request), pages.gettext_of(request)
    if bool(form.pasted.strip()) == (form.file is not None):
        wrong = _NOTHING if form.file is None else _BOTH
        return _make_page(request, form.pasted, form.case_id, {"pasted": say(wrong)})
    file, field = form.file, "file"
    if file is None:
        # Cells that are copied out of a spreadsheet come with tabs between them.
        name = _PASTED_TABLE if "\t" in form.pasted else _PASTED
        file, field = Upload(name, form.pasted.encode()), "pasted"
    try:
        reading = await read_upload(desk, file, None, "")
    except (InputError, ConfigError) as error:
        wrong = f"{say(error.what)} {say(error.do)}" if error.do else say(error.what)
        return _make_page(request, form.pasted, form.case_id, {field: wrong})
    return pages.redirect(begun(desk, visitor, reading, file=file, case_id=form.case_id))


async def list_of_chips(request: Request, visitor: Visitor, form: ChipsForm) -> Response:
    """Make a list of a question that is too long for one."""
    desk = desk_of(request)
    draft = desk.drafts.read(visitor.session_id_hash, request.path_params["draft_id"])
    rows = form.rows()
    if typed_anew(draft.chips, rows) > MOST_TYPED:
        raise FormError
    chips = await desk.apart(edited, draft.chips, rows, region_of(desk))
    nations = tuple(one for one in desk.client.choose(None) if one in form.nation)
    draft = desk.drafts.change(
        replace(draft, chips=chips, nations=nations, case_id=form.case_id, fields=form.fields())
    )
    address = begun(desk, visitor, read_chips(chips), question=draft)
    return pages.redirect(address)


async def read_page(request: Request, visitor: Visitor) -> Response:
    """Show how a list was read."""
    return _read_page(request, visitor, _draft(request, visitor), {})


def _draft(request: Request, visitor: Visitor) -> ListDraft:
    desk, draft_id = desk_of(request), request.path_params["draft_id"]
    return desk.list_drafts.read(visitor.session_id_hash, draft_id)


def _make_page(request: Request, pasted: str, case_id: str, errors: dict[str, str]) -> Response:
    return pages.render(
        request,
        "list_make.html",
        status=422 if errors else 200,
        pasted=pasted,
        case_id=case_id,
        errors=errors,
    )


def _read_page(
    request: Request, visitor: Visitor, draft: ListDraft, errors: dict[str, str]
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    kept = cases_to_ask_in(desk, visitor)
    return pages.render(
        request,
        "list_read.html",
        status=422 if errors else 200,
        ask=ask_page(draft.question, desk.client.choose(None), kept, voice),
        list=list_page(draft, voice),
        errors=errors,
    )


def routes(lists: Lists) -> list[BaseRoute]:
    """Give the routes of these pages."""
    those = MakingPages(lists)
    one = "/desk/lists/new/{draft_id}"
    return [
        page("/desk/lists/new", make_page, roles=ASKERS),
        act("/desk/lists/new", make, MakeForm, roles=ASKERS, cap=MAKE_CAP),
        page(one, read_page, roles=ASKERS),
        act(one, those.keep, KeepForm, roles=ASKERS),
        act("/desk/ask/{draft_id}/list", list_of_chips, ChipsForm, roles=ASKERS, cap=CHIPS_CAP),
    ]

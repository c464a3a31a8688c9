"""Writing a question: paste, look at the chips, choose case and nations."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask.pasting import in_picture, in_text
from fedquery.ask.qr_picture import PictureError
from fedquery.desk import approvals, cases, doubts, pages, questions
from fedquery.desk.ask_forms import CHIPS_CAP, PASTE_CAP, ChipsForm, PasteForm
from fedquery.desk.ask_page import ask_page, faults_of, merged_remark
from fedquery.desk.draft_case import FaultsError, case_to_ask_in
from fedquery.desk.drafts import Draft
from fedquery.desk.kept_case import KeptCase
from fedquery.desk.language import N_
from fedquery.desk.list_making import begun
from fedquery.desk.list_reading import ListFileError, read_chips
from fedquery.desk.reading import MOST_CHIPS, MOST_TYPED, Chip, chips_of, edited, typed_anew
from fedquery.desk.refusals import FormError
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.store import new_id
from fedquery.errors import IdentifierError

_NOTHING_FOUND: Final = N_("No identifier was found in it.")
_NO_CODE: Final = N_("No QR code was found in the picture, or it cannot be read.")
_TOO_MANY: Final = N_("This is too much at once. Paste it in parts.")


def region_of(desk: Desk) -> str:
    """Say by the habits of which nation numbers are read."""
    return desk.home.settings.region or desk.home.settings.nation


def cases_to_ask_in(desk: Desk, visitor: Visitor) -> list[KeptCase]:
    """List the open cases in which a visitor acts."""
    return [
        one
        for one in cases.readable(desk.store, visitor)
        if one.state == "open" and visitor.account_id in one.members
    ]


async def paste_page(request: Request, visitor: Visitor) -> Response:
    """Show where to paste."""
    case_id = request.query_params.get("case", "")
    if case_id:
        cases.read_to_act(desk_of(request).store, visitor, case_id)
    return _paste_page(request, "", case_id, {})


async def paste(request: Request, visitor: Visitor, form: PasteForm) -> Response:
    """Find the identifiers in what was pasted, and begin a draft of them."""
    desk = desk_of(request)
    try:
        # A long text or a large picture must not hold the answers of others.
        chips = await desk.apart(_chips, form, region_of(desk))
    except PictureError:
        return _refused(request, form, "picture", _NO_CODE)
    except IdentifierError as error:
        return _refused(request, form, "pasted", doubts.of_reason(error.reason))
    if len(chips) > MOST_CHIPS:
        # Too many to be looked at one by one: where some are certain they are a list.
        return _list_of(request, visitor, form, chips)
    if not chips:
        field = "picture" if form.picture is not None and not form.pasted else "pasted"
        text = _NO_CODE if field == "picture" else _NOTHING_FOUND
        return _refused(request, form, field, text)
    draft = desk.drafts.begin(
        Draft(
            draft_id=new_id(desk.random),
            session=visitor.session_id_hash,
            begun_ms=desk.clock(),
            chips=chips,
            case_id=form.case_id,
        )
    )
    return pages.redirect(f"/desk/ask/{draft.draft_id}")


async def chips_page(request: Request, visitor: Visitor) -> Response:
    """Show a draft."""
    return _chips_page(request, visitor, _draft(request, visitor), {})


async def choose(request: Request, visitor: Visitor, form: ChipsForm) -> Response:
    """Take over what was changed, and go on to what it costs where nothing is wrong."""
    desk, voice = desk_of(request), voice_of(request)
    shown, rows = _draft(request, visitor), form.rows()
    if typed_anew(shown.chips, rows) > MOST_TYPED:
        return _chips_page(request, visitor, shown, {"chips": voice.say(_TOO_MANY)})
    chips = await desk.apart(edited, shown.chips, rows, region_of(desk))
    # While they were read it may have been sent, and another window may have changed it.
    before = _draft(request, visitor)
    if before.chips != shown.chips:
        raise FormError
    before = _unsent(desk, before)
    nations = tuple(one for one in desk.client.choose(None) if one in form.nation)
    draft = replace(
        before, chips=chips, nations=nations, case_id=form.case_id, fields=form.fields()
    )
    faults = faults_of(chips, nations, voice)
    try:
        draft = replace(draft, facts=case_to_ask_in(desk, visitor, draft).facts)
    except FaultsError as error:
        faults |= {name: voice.say(text) for name, text in error.faults.items()}
    draft = desk.drafts.change(draft)
    if faults:
        return _chips_page(request, visitor, draft, faults)
    return pages.redirect(f"/desk/ask/{draft.draft_id}/cost")


def _list_of(
    request: Request, visitor: Visitor, form: PasteForm, chips: tuple[Chip, ...]
) -> Response:
    try:
        reading = read_chips(chips)
    except ListFileError:
        return _refused(request, form, "pasted", _TOO_MANY)
    return pages.redirect(begun(desk_of(request), visitor, reading, case_id=form.case_id))


def _unsent(desk: Desk, draft: Draft) -> Draft:
    """Give a draft that can be sent: what is changed after it was sent is another question."""
    was_sent = questions.exists(desk.store, draft.draft_id)
    if not was_sent and approvals.of_question(desk.store, draft.draft_id) is None:
        return draft
    return desk.drafts.begin(replace(draft, draft_id=new_id(desk.random), begun_ms=desk.clock()))


def _draft(request: Request, visitor: Visitor) -> Draft:
    return desk_of(request).drafts.read(visitor.session_id_hash, request.path_params["draft_id"])


def _chips(form: PasteForm, region: str) -> tuple[Chip, ...]:
    pasted = chips_of(in_text(form.pasted, region), form.pasted) if form.pasted else ()
    if form.picture is None:
        return pasted
    return (*pasted, *chips_of(in_picture(form.picture.octets, region)))


def _refused(request: Request, form: PasteForm, field: str, text: str) -> Response:
    say = pages.gettext_of(request)
    return _paste_page(request, form.pasted, form.case_id, {field: say(text)})


def _paste_page(request: Request, pasted: str, case_id: str, errors: dict[str, str]) -> Response:
    return pages.render(
        request,
        "ask.html",
        status=422 if errors else 200,
        pasted=pasted,
        case_id=case_id,
        errors=errors,
    )


def _chips_page(
    request: Request, visitor: Visitor, draft: Draft, errors: dict[str, str]
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    shown = ask_page(draft, desk.client.choose(None), cases_to_ask_in(desk, visitor), voice)
    return pages.render(
        request,
        "ask_chips.html",
        status=422 if errors else 200,
        ask=shown,
        remark=merged_remark(draft.chips, voice),
        errors=errors,
    )


def routes() -> list[BaseRoute]:
    """Give the routes of these pages."""
    return [
        page("/desk/ask", paste_page, roles=ASKERS),
        act("/desk/ask", paste, PasteForm, roles=ASKERS, cap=PASTE_CAP),
        page("/desk/ask/{draft_id}", chips_page, roles=ASKERS),
        act("/desk/ask/{draft_id}", choose, ChipsForm, roles=ASKERS, cap=CHIPS_CAP),
    ]

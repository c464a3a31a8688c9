"""Cards of a case: made here, carried as a file to whoever signs, taken over when it comes back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.ask.case_store import read_case
from fedquery.cases.case_file import CASE_FILE_CAP
from fedquery.desk import acts, case_changes, cases, pages
from fedquery.desk.access import NotThereError
from fedquery.desk.acts import Act, What
from fedquery.desk.card_view import card_view
from fedquery.desk.case_cards import MOST_DAYS, make_cards, take_cards
from fedquery.desk.case_form import (
    PURPOSE_NAMES,
    ROLE_NAMES,
    CaseFields,
    facts_of,
    faults_of,
)
from fedquery.desk.forms import Upload, chosen, flag, text, upload
from fedquery.desk.kept_case import CaseError, KeptCase
from fedquery.desk.language import N_
from fedquery.desk.proof_routes import file_of
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.storage.transaction import transaction

_DAYS: Final = N_("Write a number of days from 1 to 366.")
_FORM_CAP: Final = CASE_FILE_CAP + 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsForm:
    """The facts that cards say."""

    purpose: str = chosen(*PURPOSE_NAMES)
    penalty: str = text(cap=10)
    opened: str = text(cap=20)
    offence: str = text(cap=400)
    domestic: bool = flag()
    sensitive: bool = flag()
    role: str = chosen(*ROLE_NAMES)
    days: str = text(cap=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryForm:
    """That the case file is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedForm:
    """A case file that came back."""

    file: Upload | None = upload(cap=CASE_FILE_CAP + 1)


def routes() -> list[Route]:
    """List the routes."""
    one = "/desk/cases/{case_id}/cards"
    return [
        page(one, cards_page, roles=ASKERS),
        act(one, make, CardsForm, roles=ASKERS),
        act(f"{one}/file", case_file, CarryForm, roles=ASKERS),
        act(f"{one}/signed", take, SignedForm, roles=ASKERS, cap=_FORM_CAP),
    ]


async def cards_page(request: Request, visitor: Visitor) -> Response:
    """Show the cards of a case, and the form for new ones."""
    kept = cases.read(desk_of(request).store, visitor, request.path_params["case_id"])
    fields = _fields(kept)
    return _cards(request, visitor, kept, fields, days="90")


async def make(request: Request, visitor: Visitor, form: CardsForm) -> Response:
    """Make cards."""
    desk, say = desk_of(request), pages.gettext_of(request)
    kept = cases.read_to_act(desk.store, visitor, request.path_params["case_id"])
    fields = CaseFields(
        number=kept.number,
        purpose=form.purpose,
        penalty=form.penalty,
        opened=form.opened,
        offence=form.offence,
        domestic=form.domestic,
        sensitive=form.sensitive,
        role=form.role,
    )
    faults = dict(faults_of(fields, desk.clock()))
    days = int(form.days) if form.days.isascii() and form.days.isdigit() else 0
    if not 1 <= days <= MOST_DAYS:
        faults["days"] = _DAYS
    if faults:
        errors = {name: say(fault) for name, fault in faults.items()}
        return _cards(request, visitor, kept, fields, days=form.days, errors=errors)
    facts = facts_of(fields)
    federation = desk.client.session.federation
    make_cards(desk.home, kept.number, facts, federation, days=days, now_ms=desk.clock())
    case_changes.remember(desk.store, visitor.account_id, kept.case_id, facts, desk.clock())
    _done(desk, visitor, kept, "cards")
    return pages.redirect(f"/desk/cases/{kept.case_id}/cards")


async def case_file(request: Request, visitor: Visitor, _form: CarryForm) -> Response:
    """Give the case file, to be carried to whoever signs it; that it was stands in the case."""
    desk = desk_of(request)
    kept = cases.read_to_act(desk.store, visitor, request.path_params["case_id"])
    file = read_case(desk.home, kept.number)
    if file is None:
        raise NotThereError
    _done(desk, visitor, kept, "carried")
    return file_of(desk, f"case-{kept.case_id}.json", file.render(), "application/json")


async def take(request: Request, visitor: Visitor, form: SignedForm) -> Response:
    """Take the signatures over of a file that came back."""
    desk, say = desk_of(request), pages.gettext_of(request)
    kept = cases.read_to_act(desk.store, visitor, request.path_params["case_id"])
    fields = _fields(kept)
    try:
        take_cards(desk.home, kept.number, b"" if form.file is None else form.file.octets)
    except CaseError as error:
        errors = {"file": say(error.what)}
        return _cards(request, visitor, kept, fields, days="90", errors=errors)
    _done(desk, visitor, kept, "cards")
    return pages.redirect(f"/desk/cases/{kept.case_id}/cards")


def _fields(kept: KeptCase) -> CaseFields:
    """Fill the form with the facts of the last question, where one was asked."""
    facts = kept.facts
    if facts is None:
        return CaseFields()
    return CaseFields(
        purpose=facts.purpose,
        penalty=str(facts.maximum_penalty_years),
        opened=datetime.fromtimestamp(facts.opened_ms / 1000, UTC).date().isoformat(),
        offence=facts.offence,
        domestic=not facts.transnational,
        sensitive=facts.sensitive,
        role=facts.person_role,
    )


def _done(desk: Desk, visitor: Visitor, kept: KeptCase, what: What) -> None:
    with transaction(desk.connection):
        done = Act(desk.clock(), visitor.account_id, what, "")
        acts.write(desk.connection, kept.case_id, done)


def _cards(
    request: Request,
    visitor: Visitor,
    kept: KeptCase,
    fields: CaseFields,
    *,
    days: str,
    errors: dict[str, str] | None = None,
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    file, day = read_case(desk.home, kept.number), pages.dates_of(request).day
    return pages.render(
        request,
        "cards.html",
        status=422 if errors else 200,
        kept_case=kept,
        cards=None if file is None else card_view(file, kept.facts, desk.clock(), voice, day),
        may_act=kept.state == "open" and visitor.account_id in kept.members,
        fields=fields,
        days=days,
        purposes=[(name, voice.say(said)) for name, said in PURPOSE_NAMES.items()],
        roles=[(name, voice.say(said)) for name, said in ROLE_NAMES.items()],
        errors=errors or {},
    )

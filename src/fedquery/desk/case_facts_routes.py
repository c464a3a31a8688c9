"""What a case says of itself, changed on a page of its own: its title and its facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.ask.case_store import read_case
from fedquery.desk import case_changes, cases, pages
from fedquery.desk.case_form import (
    AIM_NAMES,
    PURPOSE_NAMES,
    ROLE_NAMES,
    CaseFields,
    facts_of,
    faults_of,
    fields_of,
)
from fedquery.desk.facts import Facts
from fedquery.desk.facts_words import old_on_cards
from fedquery.desk.forms import chosen, flag, text
from fedquery.desk.kept_case import CaseError, KeptCase, Said
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.policy.vocabulary import BREAK_GLASS

# A threat to life is said with each question anew, and no case keeps it.
_PURPOSES: Final = {name: said for name, said in PURPOSE_NAMES.items() if name != BREAK_GLASS}


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleForm:
    """Another title."""

    title: str = text(cap=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsForm:
    """Other facts."""

    purpose: str = chosen(*_PURPOSES)
    penalty: str = text(cap=40)
    opened: str = text(cap=40)
    offence: str = text(cap=1_000)
    domestic: bool = flag()
    sensitive: bool = flag()
    role: str = chosen(*ROLE_NAMES)
    aim: str = chosen(*AIM_NAMES)
    justification: str = text(cap=4_000)

    def fields(self, number: str) -> CaseFields:
        """Give them as they were typed, with the number of the case."""
        return CaseFields(
            number=number,
            purpose=self.purpose,
            penalty=self.penalty,
            opened=self.opened,
            offence=self.offence,
            domestic=self.domestic,
            sensitive=self.sensitive,
            role=self.role,
            aim=self.aim,
            justification=self.justification,
        )


def routes() -> list[Route]:
    """List the routes."""
    one = "/desk/cases/{case_id}"
    return [
        page(f"{one}/facts", facts_page, roles=ASKERS),
        act(f"{one}/facts", change_facts, FactsForm, roles=ASKERS),
        act(f"{one}/title", change_title, TitleForm, roles=ASKERS),
    ]


async def facts_page(request: Request, visitor: Visitor) -> Response:
    """Show what can be changed."""
    desk = desk_of(request)
    kept = cases.read_to_act(desk.store, visitor, request.path_params["case_id"])
    fields = CaseFields() if kept.facts is None else fields_of(kept.facts)
    return _page(request, kept, fields, kept.title, {})


async def change_facts(request: Request, visitor: Visitor, form: FactsForm) -> Response:
    """Change the facts; the old ones stay in the timeline."""
    desk, say = desk_of(request), pages.gettext_of(request)
    kept = cases.read_to_act(desk.store, visitor, request.path_params["case_id"])
    fields = form.fields(kept.number)
    faults = faults_of(fields, desk.clock())
    if faults:
        errors = {name: say(fault) for name, fault in faults.items()}
        return _page(request, kept, fields, kept.title, errors)
    said = Said(kept.title, _facts(kept, fields))
    case_changes.edit(desk.store, visitor, kept.case_id, said, desk.clock())
    return pages.redirect(f"/desk/cases/{kept.case_id}")


async def change_title(request: Request, visitor: Visitor, form: TitleForm) -> Response:
    """Change the title; the old one stays in the timeline."""
    desk, say = desk_of(request), pages.gettext_of(request)
    kept = cases.read_to_act(desk.store, visitor, request.path_params["case_id"])
    said = Said(form.title.strip(), kept.facts)
    try:
        case_changes.edit(desk.store, visitor, kept.case_id, said, desk.clock())
    except CaseError as error:
        fields = CaseFields() if kept.facts is None else fields_of(kept.facts)
        return _page(request, kept, fields, form.title, {error.field: say(error.what)})
    return pages.redirect(f"/desk/cases/{kept.case_id}")


def _facts(kept: KeptCase, fields: CaseFields) -> Facts:
    """Give the facts that were typed; a day that was not touched keeps its moment."""
    facts = facts_of(fields)
    if kept.facts is not None and fields.opened.strip() == fields_of(kept.facts).opened:
        return replace(facts, opened_ms=kept.facts.opened_ms)
    return facts


def _page(
    request: Request, kept: KeptCase, fields: CaseFields, title: str, errors: dict[str, str]
) -> Response:
    desk, voice = desk_of(request), voice_of(request)
    file = read_case(desk.home, kept.number)
    return pages.render(
        request,
        "case_facts.html",
        status=422 if errors else 200,
        kept_case=kept,
        fields=fields,
        title=title,
        has_cards=file is not None and file.state == "open",
        old=() if file is None else old_on_cards(kept.facts, file, voice),
        purposes=_named(_PURPOSES, request),
        roles=_named(ROLE_NAMES, request),
        aims=_named(AIM_NAMES, request),
        errors=errors,
    )


def _named(names: Mapping[str, str], request: Request) -> list[tuple[str, str]]:
    say = pages.gettext_of(request)
    return [(name, say(said)) for name, said in names.items()]

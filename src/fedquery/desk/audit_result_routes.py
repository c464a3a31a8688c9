"""The pages of what auditors' commands found: what is kept, and what somebody brings along."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fedquery.ask import audit_results
from fedquery.ask.audit_results import Named
from fedquery.audit import kept_result
from fedquery.audit.kept_result import CAP, KeptResult
from fedquery.desk import pages
from fedquery.desk.access import NotThereError
from fedquery.desk.audit_result_file import csv_of
from fedquery.desk.audit_result_summary import ResultSummary, result_summary
from fedquery.desk.audit_result_view import result_view
from fedquery.desk.forms import Upload, upload
from fedquery.desk.language import N_
from fedquery.desk.proof_routes import file_of
from fedquery.desk.roles import AUDITORS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.voice import Voice
from fedquery.errors import EncodingError

ADDRESS: Final = "/desk/audit/results"
_NO_FILE: Final = N_("Choose a file.")
_NO_RESULT: Final = N_("This is no result that an auditor's command has printed or kept.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowForm:
    """A result from another machine."""

    result: Upload | None = upload(cap=CAP)


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A result in the list.

    Attributes:
        name: its name.
        address: of its page; "" where it cannot be read.
        view: what came of it; None where it cannot be read.
    """

    name: str
    address: str
    view: ResultSummary | None


def routes() -> list[BaseRoute]:
    """List the routes."""
    one = f"{ADDRESS}/{{address}}"
    return [
        page(ADDRESS, results_page, roles=AUDITORS),
        act(ADDRESS, show, ShowForm, roles=AUDITORS, cap=CAP + 65_536),
        page(one, result_page, roles=AUDITORS),
        page(f"{one}/result.json", result_json, roles=AUDITORS),
        page(f"{one}/result.csv", result_csv, roles=AUDITORS),
    ]


async def results_page(request: Request, _visitor: Visitor) -> Response:
    """List the results that are kept, the newest first."""
    lines = result_lines(await _listed(desk_of(request)), voice_of(request))
    return pages.render(request, "audit_results.html", lines=lines)


async def show(request: Request, _visitor: Visitor, form: ShowForm) -> Response:
    """Show a result that somebody brings along; nothing of it is kept."""
    voice = voice_of(request)
    if form.result is None:
        return await _refused(request, voice.say(_NO_FILE))
    try:
        kept = await asyncio.to_thread(kept_result.decode, form.result.octets)
    except EncodingError:
        return await _refused(request, voice.say(_NO_RESULT))
    return _shown(request, kept, address="")


async def result_page(request: Request, _visitor: Visitor) -> Response:
    """Show one result."""
    named, kept = await _found(request)
    return _shown(request, kept, address=named.address, name=named.name)


async def result_json(request: Request, _visitor: Visitor) -> Response:
    """Give a result as it is kept."""
    named, kept = await _found(request)
    return file_of(desk_of(request), f"{named.name}.json", kept.encode(), "application/json")


async def result_csv(request: Request, _visitor: Visitor) -> Response:
    """Give a result as a table."""
    named, kept = await _found(request)
    octets = csv_of(kept)
    return file_of(desk_of(request), f"{named.name}.csv", octets, "text/csv; charset=utf-8")


def result_lines(listed: tuple[Named, ...], voice: Voice) -> tuple[ResultLine, ...]:
    """Tell the results of a list.

    Args:
        listed: the results.
        voice: of the visitor.
    """
    return tuple(
        ResultLine(
            one.name, one.address, None if one.kept is None else result_summary(one.kept, voice)
        )
        for one in listed
    )


def _shown(request: Request, kept: KeptResult, *, address: str, name: str = "") -> Response:
    return pages.render(
        request,
        "audit_result.html",
        view=result_view(kept, voice_of(request)),
        address=f"{ADDRESS}/{address}" if address else "",
        name=name,
    )


async def _refused(request: Request, why: str) -> Response:
    lines = result_lines(await _listed(desk_of(request)), voice_of(request))
    return pages.render(
        request, "audit_results.html", status=422, lines=lines, errors={"result": why}
    )


async def _found(request: Request) -> tuple[Named, KeptResult]:
    address = request.path_params["address"]
    for one in await _listed(desk_of(request)):
        if one.kept is not None and one.address == address:
            return one, one.kept
    raise NotThereError


async def _listed(desk: Desk) -> tuple[Named, ...]:
    return await asyncio.to_thread(audit_results.listed, desk.home.path)

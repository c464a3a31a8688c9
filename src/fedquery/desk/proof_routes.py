"""The proof drawer as a page, and the raw receipts behind it."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.ask.place import proof_path
from fedquery.desk import cases, claims, pages, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.answer_proofs import answer_proofs, of_cell
from fedquery.desk.answered import Later
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.claims import KeptClaim
from fedquery.desk.kind_names import kind_name
from fedquery.desk.nation_names import nation_name
from fedquery.desk.proof import Checked, proof_of
from fedquery.desk.question_view import as_told
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.verifying import checked_of

_PROOF: Final = "text/plain; charset=utf-8"


def routes() -> list[Route]:
    """List the routes."""
    return [
        page("/desk/questions/{question_id}/proof", proof_page, roles=ASKERS),
        page("/desk/questions/{question_id}/receipt/{name}", receipt, roles=ASKERS),
    ]


async def proof_page(request: Request, visitor: Visitor) -> Response:
    """Show what was verified of what a nation said of one identifier."""
    desk, voice = desk_of(request), voice_of(request)
    question = questions.read(desk.store, visitor, request.path_params["question_id"])
    place, nation = _cell(request, question)
    outcomes = of_cell(as_told(question), place, nation)
    made = [
        claim
        for claim in claims.of_question(desk.store, visitor, question.question_id)
        if claim.claim_id in {one.claim_id for one in outcomes if one.claim_id}
    ]
    checked = await checked_all(desk, [*(one.receipt for one in outcomes), *_receipts(made)])
    later = later_of(desk, visitor, question)
    return pages.render(
        request,
        "proof.html",
        question=question,
        kept_case=cases.read(desk.store, visitor, question.case_id),
        asked=question.asked[place],
        asked_kind=kind_name(question.asked[place].kind, voice.say),
        nation=nation_name(nation, voice.say),
        answers=answer_proofs(question, outcomes, checked, later, voice),
        claims=[
            (claim, claim.outcome.receipt, proof_of(checked[claim.outcome.receipt], nation, voice))
            for claim in made
            if claim.outcome is not None and claim.outcome.receipt
        ],
    )


async def receipt(request: Request, visitor: Visitor) -> Response:
    """Give the raw receipt of an answer, or the proof of its place in the log, as a file."""
    desk = desk_of(request)
    question = questions.read(desk.store, visitor, request.path_params["question_id"])
    made = claims.of_question(desk.store, visitor, question.question_id)
    path = _files(desk, question, made).get(request.path_params["name"])
    if path is None:
        raise NotThereError
    try:
        octets = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise NotThereError from None
    is_receipt = path.suffix == ".json"
    return file_of(desk, path.name, octets, "application/json" if is_receipt else _PROOF)


def file_of(desk: Desk, name: str, octets: bytes, media_type: str) -> Response:
    """Give a file to be kept; one of an exercise says so in its name.

    Args:
        desk: the desk.
        name: its name, of ours, without quotation marks.
        octets: what is in it.
        media_type: what it is.
    """
    marked = f"TRAINING-{name}" if desk.training else name
    headers = {"content-disposition": f'attachment; filename="{marked}"'}
    return Response(octets, headers=headers, media_type=media_type)


async def checked_all(desk: Desk, names: Iterable[str]) -> dict[str, Checked]:
    """Verify receipts, each once.

    Args:
        desk: the desk.
        names: their names; "" is passed over.
    """
    return {name: await checked_of(desk.client, name) for name in dict.fromkeys(names) if name}


def later_of(desk: Desk, visitor: Visitor, question: KeptQuestion) -> Later:
    """Read what of its case can tell that a hit of a question was withdrawn."""
    hits = {question.asked[one.place].encoded for one in question.outcomes if one.word == "hit"}
    if not hits:
        return {}
    # A later version is there after the one that was asked about, never before.
    return questions.answered_since(
        desk.store, visitor, (question.case_id,), hits, question.asked_ms
    )


def _cell(request: Request, question: KeptQuestion) -> tuple[int, str]:
    place, nation = request.query_params.get("place", ""), request.query_params.get("nation", "")
    # A number as a page of ours writes it, of an identifier that was asked.
    places = {str(number): number for number in range(len(question.asked))}
    if place not in places or nation not in question.nations:
        raise NotThereError
    return places[place], nation


def _receipts(made: Iterable[KeptClaim]) -> list[str]:
    return [one.outcome.receipt for one in made if one.outcome is not None]


def _files(desk: Desk, question: KeptQuestion, made: Iterable[KeptClaim]) -> Mapping[str, Path]:
    """Give the files that belong to a question: no other name is looked for on the disk."""
    directory = desk.home.receipts
    names = {*(one.receipt for one in question.outcomes), *_receipts(made)} - {""}
    found = {name: directory / name for name in names}
    return found | {path.name: path for path in (proof_path(directory, one) for one in names)}

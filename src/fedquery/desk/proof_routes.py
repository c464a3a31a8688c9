"""The proof drawer as a page, and the raw receipts behind it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.ask.place import proof_path
from fedquery.desk import acts, asked_again, cases, claims, pages, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.acts import Act
from fedquery.desk.answer_proofs import answer_proofs, of_cell
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.claims import KeptClaim
from fedquery.desk.forms import text
from fedquery.desk.kind_names import kind_name
from fedquery.desk.nation_names import nation_name
from fedquery.desk.proof import Checked, proof_of
from fedquery.desk.question_view import as_told
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.verifying import checked_of
from fedquery.storage.transaction import transaction

_PROOF: Final = "text/plain; charset=utf-8"
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """Which file of a question."""

    name: str = text(cap=_LONGEST_NAME)


def routes() -> list[Route]:
    """List the routes."""
    return [
        page("/desk/questions/{question_id}/proof", proof_page, roles=ASKERS),
        act("/desk/questions/{question_id}/receipt", receipt, FileForm, roles=ASKERS),
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
    later = asked_again.later(desk.store, visitor, question)
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


async def receipt(request: Request, visitor: Visitor, form: FileForm) -> Response:
    """Give the raw receipt of an answer, or the proof of its entry; that it was stands in the case.

    Raises:
        NotThereError: if the question has no file of this name, or it is not on the disk.
    """
    desk = desk_of(request)
    question = questions.read(desk.store, visitor, request.path_params["question_id"])
    made = claims.of_question(desk.store, visitor, question.question_id)
    path = _files(desk, question, made).get(form.name)
    if path is None:
        raise NotThereError
    try:
        octets = await asyncio.to_thread(path.read_bytes)
    except OSError:
        raise NotThereError from None
    with transaction(desk.connection):
        done = Act(desk.clock(), visitor.account_id, "receipt", question.question_id)
        acts.write(desk.connection, question.case_id, done)
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
    told = (name for one in question.outcomes for name in one.receipts)
    names = {*told, *question.receipts, *_receipts(made)} - {""}
    found = {name: directory / name for name in names}
    return found | {path.name: path for path in (proof_path(directory, one) for one in names)}

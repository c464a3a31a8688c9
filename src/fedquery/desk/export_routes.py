"""Exporting a question: as a table, for programs, or as a report to be printed."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.desk import acts, asked_again, cases, claims, pages, questions
from fedquery.desk.acts import Act
from fedquery.desk.answer_proofs import answer_proofs
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.case_form import PURPOSE_NAMES
from fedquery.desk.claim_words import claim_said
from fedquery.desk.export import Exported, csv_of, json_of
from fedquery.desk.forms import chosen, flag
from fedquery.desk.kind_names import kind_name
from fedquery.desk.nation_names import nation_name
from fedquery.desk.people import names_of
from fedquery.desk.proof import Checked, verdict
from fedquery.desk.proof_routes import checked_all, file_of
from fedquery.desk.question_view import as_told
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.withdrawn import withdrawn
from fedquery.storage.transaction import transaction

_CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportForm:
    """What is written, and whether identifiers stand in it in full."""

    form: str = chosen("csv", "json", "report")
    shown: bool = flag()


def routes() -> list[Route]:
    """List the routes."""
    path = "/desk/questions/{question_id}/export"
    return [
        page(path, export_page, roles=ASKERS),
        act(path, export, ExportForm, roles=ASKERS),
    ]


async def export_page(request: Request, visitor: Visitor) -> Response:
    """Show the forms in which a question can be exported."""
    desk = desk_of(request)
    question = questions.read(desk.store, visitor, request.path_params["question_id"])
    kept_case = cases.read(desk.store, visitor, question.case_id)
    return pages.render(request, "export.html", question=question, kept_case=kept_case)


async def export(request: Request, visitor: Visitor, form: ExportForm) -> Response:
    """Give the file or the report; that it was made stands in the case."""
    desk = desk_of(request)
    # A file outlives the page: "no hit" of a nation that has not said all must not stand alone.
    question = as_told(questions.read(desk.store, visitor, request.path_params["question_id"]))
    checked = await checked_all(desk, (one.receipt for one in question.outcomes))
    made = _exported(desk, visitor, question, checked, shown=form.shown)
    with transaction(desk.connection):
        done = Act(desk.clock(), visitor.account_id, "exported", question.question_id)
        acts.write(desk.connection, question.case_id, done)
    name = f"fedquery-{question.question_id}"
    if form.form == "csv":
        return file_of(desk, f"{name}.csv", csv_of(made), _CSV)
    if form.form == "json":
        return file_of(desk, f"{name}.json", json_of(made), "application/json")
    return _report(request, visitor, made, checked)


def _exported(
    desk: Desk,
    visitor: Visitor,
    question: KeptQuestion,
    checked: dict[str, Checked],
    *,
    shown: bool,
) -> Exported:
    later = asked_again.later(desk.store, visitor, question)
    gone = {
        at: found
        for at, outcome in enumerate(question.outcomes)
        if (found := withdrawn(question, outcome, later)) is not None
    }
    return Exported(
        training=desk.training,
        agency=desk.home.settings.agency,
        case_number=cases.read(desk.store, visitor, question.case_id).number,
        asked_by=names_of(desk.connection).get(question.account_id, ""),
        made_ms=desk.clock(),
        shown=shown,
        question=question,
        proofs={name: verdict(one) for name, one in checked.items()},
        withdrawn=gone,
        claims=claims.of_question(desk.store, visitor, question.question_id),
    )


def _report(
    request: Request, visitor: Visitor, made: Exported, checked: dict[str, Checked]
) -> Response:
    voice, question = voice_of(request), made.question
    later = asked_again.later(desk_of(request).store, visitor, question)
    answers = answer_proofs(question, question.outcomes, checked, later, voice)
    hits = {one.claim_id: one for one in question.outcomes if one.claim_id}
    return pages.render(
        request,
        "report.html",
        made=made,
        question=question,
        purpose=voice.say(PURPOSE_NAMES.get(question.facts.purpose, question.facts.purpose)),
        rows=[
            (
                asked,
                kind_name(asked.kind, voice.say),
                asked.shown if made.shown else asked.masked,
                [one for one in answers if one.outcome.place == place],
            )
            for place, asked in enumerate(question.asked)
        ],
        nation_names={one: nation_name(one, voice.say) for one in question.nations},
        said=[
            claim_said(one, nation_name(hits[one.claim_id].nation, voice.say), voice)
            for one in made.claims
            if one.claim_id in hits
        ],
    )

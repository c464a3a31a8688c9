"""The printable request for a record that was found, in the officer's language and in English."""

from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.desk import cases, claims, pages
from fedquery.desk.claim_routes import hit_of
from fedquery.desk.dates import Dates, zone_of
from fedquery.desk.language import ENGLISH, LANGUAGES
from fedquery.desk.letter import Found, letters_of
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import page
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.verifying import checked_of
from fedquery.desk.voice import Voice


def routes() -> list[Route]:
    """List the routes."""
    return [
        page("/desk/questions/{question_id}/letter/{claim_id}", letter_page, roles=ASKERS),
    ]


async def letter_page(request: Request, visitor: Visitor) -> Response:
    """Show the request."""
    desk = desk_of(request)
    question, hit = hit_of(request, visitor)
    kept_case = cases.read(desk.store, visitor, question.case_id)
    checked = await checked_of(desk.client, hit.receipt)
    promised = None if checked.shown is None else checked.shown.head.receipt
    found = Found(
        nation=hit.nation,
        agency=desk.home.settings.agency,
        pseudonym=question.facts.case_of(kept_case.number, "").pseudonym(
            hit.nation, desk.home.pseudonym_key
        ),
        dataset=hit.dataset,
        version=hit.version,
        entry=None if promised is None else promised.index,
        receipt=hit.receipt,
        asked_ms=question.asked_ms,
    )
    for claim in claims.of_question(desk.store, visitor, question.question_id):
        outcome = claim.outcome
        if claim.claim_id == hit.claim_id and outcome is not None and outcome.reference:
            contact = outcome.contact_text or outcome.contact
            found = replace(found, reference=outcome.reference, contact=contact)
    languages = [pages.catalogue_of(request).language]
    if languages[0].tag != ENGLISH:
        languages.append(LANGUAGES[ENGLISH])
    voices = [voice_of(request), _english(request)][: len(languages)]
    letters = letters_of(found, desk.clock(), voices)
    return pages.render(
        request,
        "letter.html",
        question=question,
        letters=list(zip(languages, letters, strict=True)),
    )


def _english(request: Request) -> Voice:
    desk = desk_of(request)
    dates = Dates(ENGLISH, zone_of(desk.home.settings.nation))
    return Voice(
        say=desk.catalogues[ENGLISH].gettext,
        moment=dates.moment,
        age=partial(dates.age, now_ms=desk.clock()),
        number=dates.number,
    )

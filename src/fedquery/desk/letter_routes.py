"""The printable request for a record that was found, in the officer's language and in English."""

from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.desk import acts, asked_again, cases, claims, pages
from fedquery.desk.acts import Act
from fedquery.desk.answer_proofs import withdrawn_words
from fedquery.desk.claim_routes import hit_of
from fedquery.desk.dates import Dates
from fedquery.desk.language import ENGLISH, LANGUAGES
from fedquery.desk.letter import Found, letter_of
from fedquery.desk.nation_names import nation_name
from fedquery.desk.proof import proof_of
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act, page
from fedquery.desk.service import Desk, desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.speaking import voice_of
from fedquery.desk.verifying import checked_of
from fedquery.desk.voice import Voice
from fedquery.desk.withdrawn import withdrawn
from fedquery.storage.transaction import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterForm:
    """That a request is to be written."""


def routes() -> list[Route]:
    """List the routes."""
    path = "/desk/questions/{question_id}/letter/{claim_id}"
    return [
        page(path, letter_page, roles=ASKERS),
        act(path, make_letter, LetterForm, roles=ASKERS),
    ]


async def letter_page(request: Request, visitor: Visitor) -> Response:
    """Say what a request is, and what speaks against it, before it is made."""
    desk, voice = desk_of(request), voice_of(request)
    question, hit = hit_of(request, visitor)
    checked = await checked_of(desk.client, hit.receipt)
    gone = withdrawn(question, hit, asked_again.later(desk.store, visitor, question))
    return pages.render(
        request,
        "letter_begin.html",
        question=question,
        hit=hit,
        holder=nation_name(hit.nation, voice.say),
        withdrawn=withdrawn_words(gone, voice),
        proof=proof_of(checked, hit.nation, voice),
    )


async def make_letter(request: Request, visitor: Visitor, _form: LetterForm) -> Response:
    """Write the request to be printed; that it was made stands in the case."""
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
    written_ms, dates = desk.clock(), pages.dates_of(request)
    language = pages.catalogue_of(request).language
    letters = [(language, letter_of(found, dates.day(written_ms), voice_of(request)))]
    if language.tag != ENGLISH:
        english = Dates(ENGLISH, dates.zone)
        letter = letter_of(found, english.day(written_ms), _english(desk, english))
        letters.append((LANGUAGES[ENGLISH], letter))
    with transaction(desk.connection):
        done = Act(written_ms, visitor.account_id, "letter", question.question_id)
        acts.write(desk.connection, question.case_id, done)
    voice = voice_of(request)
    gone = withdrawn(question, hit, asked_again.later(desk.store, visitor, question))
    return pages.render(
        request,
        "letter.html",
        question=question,
        letters=letters,
        withdrawn=withdrawn_words(gone, voice),
        proof=proof_of(checked, hit.nation, voice),
    )


def _english(desk: Desk, dates: Dates) -> Voice:
    return Voice(
        say=desk.catalogues[ENGLISH].gettext,
        moment=dates.moment,
        age=partial(dates.age, now_ms=desk.clock()),
        number=dates.number,
    )

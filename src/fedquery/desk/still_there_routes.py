"""Is it still there? One cell is asked anew: one identifier, one nation, in the same case.

It is a question like any other. What it costs, for which case and which purpose, is shown before
anything is sent, on the page on which every question is confirmed.
"""

from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedquery.desk import pages, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.asked import AskedIdentifier
from fedquery.desk.draft_case import FaultsError, case_to_ask_in
from fedquery.desk.drafts import Draft
from fedquery.desk.forms import text
from fedquery.desk.kept_case import CaseError
from fedquery.desk.language import N_
from fedquery.desk.reading import Chip
from fedquery.desk.roles import ASKERS
from fedquery.desk.routing import act
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor
from fedquery.desk.store import new_id
from fedquery.errors import EncodingError
from fedquery.identifiers import Parsed

_OTHER_RULES: Final = N_(
    "It is spelled by other rules today, and cannot be asked about again as it was."
)
_TYPE_IT: Final = N_("Type it on the page to ask.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellForm:
    """Which cell of the table: the place of the identifier, and the nation."""

    place: str = text(cap=4)
    nation: str = text(cap=2)


def routes() -> list[Route]:
    """List the routes."""
    return [act("/desk/questions/{question_id}/again", ask_again, CellForm, roles=ASKERS)]


async def ask_again(request: Request, visitor: Visitor, form: CellForm) -> Response:
    """Write the question down as a draft, and lead to what it costs.

    Raises:
        NotThereError: if there is no such cell that this person may see.
        CaseError: if they may not act in its case, it is closed, or the identifier is spelled
            otherwise by now.
    """
    desk = desk_of(request)
    question = questions.read(desk.store, visitor, request.path_params["question_id"])
    places = {str(place): one for place, one in enumerate(question.asked)}
    if form.place not in places or form.nation not in question.nations:
        raise NotThereError
    draft = Draft(
        draft_id=new_id(desk.random),
        session=visitor.session_id_hash,
        begun_ms=desk.clock(),
        chips=(_chip(places[form.place]),),
        # A nation that has left the federation is asked no more: the page of the draft says so.
        nations=tuple(one for one in desk.client.choose(None) if one == form.nation),
        case_id=question.case_id,
    )
    address = f"/desk/ask/{draft.draft_id}"
    try:
        draft = replace(draft, facts=case_to_ask_in(desk, visitor, draft).facts)
    except FaultsError:
        # What is missing of the case is said beside the fields in which it is written.
        desk.drafts.begin(draft)
        return pages.redirect(address)
    desk.drafts.begin(draft)
    return pages.redirect(f"{address}/cost" if draft.nations else address)


def _chip(asked: AskedIdentifier) -> Chip:
    try:
        identifier = asked.identifier
    except EncodingError:
        raise CaseError(_OTHER_RULES, do=_TYPE_IT) from None
    return Chip(asked.typed, "certain", (Parsed(identifier),), chosen=0, is_ticked=True)

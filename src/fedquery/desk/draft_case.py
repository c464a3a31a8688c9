"""The case of a question that is being written: one that is kept, or one that is yet to begin."""

from dataclasses import dataclass, replace
from typing import Final

from fedquery.ask.cards import Cards
from fedquery.ask.case_store import read_case
from fedquery.cases.case_file import CaseFile
from fedquery.desk import case_form, cases
from fedquery.desk.case_form import CaseFields
from fedquery.desk.drafts import Draft
from fedquery.desk.facts import Facts
from fedquery.desk.kept_case import CaseError, KeptCase
from fedquery.desk.language import N_
from fedquery.desk.service import Desk
from fedquery.desk.sessions import Visitor
from fedquery.errors import InputError

_CARD_DIFFERS: Final = N_("The signed card of this case has ended or says something else.")


class FaultsError(InputError):
    """Facts of a case that cannot be asked with.

    Args:
        faults: what is wrong, by field.
    """

    slug = "case"

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("the facts of the case are not whole")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class CaseToAskIn:
    """The case of a draft.

    Attributes:
        kept: the case, or None where it is yet to begin.
        number: the agency's own number of it.
        facts: what the question goes out with.
    """

    kept: KeptCase | None
    number: str
    facts: Facts


def case_to_ask_in(desk: Desk, visitor: Visitor, draft: Draft) -> CaseToAskIn:
    """Find the case of a draft, and the facts that its question goes out with.

    Args:
        desk: the desk.
        visitor: who asks.
        draft: the draft.

    Raises:
        NotThereError, CaseError: if the case that was chosen is not one to ask in.
        FaultsError: if facts are missing or wrong.
    """
    kept = None
    if draft.case_id:
        kept = cases.read_to_act(desk.store, visitor, draft.case_id)
        number = kept.number
    else:
        number = _number_of(draft.fields, desk.clock())
        kept = _of_number(desk, visitor, number)
    file = read_case(desk.home, number)
    known = kept.facts if kept is not None and draft.case_id else None
    if known is None or file is not None:
        # What the agency has signed goes before what was typed, and before what was kept.
        typed = draft.fields if known is None else case_form.fields_of(known)
        known = _facts_of(replace(typed, number=number), file, desk.clock())
    try:
        Cards.of(desk.home, known.case_of(number, visitor.name), desk.clock())
    except InputError:
        raise FaultsError({"case_id": _CARD_DIFFERS}) from None
    return CaseToAskIn(kept, number, known)


def _number_of(fields: CaseFields, now_ms: int) -> str:
    faults = case_form.faults_of(fields, now_ms)
    if "number" in faults:
        raise FaultsError(faults)
    return fields.number.strip()


def _facts_of(fields: CaseFields, file: CaseFile | None, now_ms: int) -> Facts:
    fields = fields if file is None else case_form.with_card(fields, file)
    faults = case_form.faults_of(fields, now_ms)
    if faults:
        raise FaultsError(faults)
    return case_form.facts_of(fields, file)


def _of_number(desk: Desk, visitor: Visitor, number: str) -> KeptCase | None:
    try:
        found = cases.find(desk.store, visitor, number)
        return None if found is None else cases.read_to_act(desk.store, visitor, found.case_id)
    except CaseError as error:
        raise FaultsError({"number": error.what}) from None

"""The cards of a case of the desk: made, taken over when they come back signed, closed."""

from dataclasses import replace
from typing import Final

from fedquery.ask.cards import cards_for
from fedquery.ask.case_store import read_case, write_case
from fedquery.ask.home import AskHome
from fedquery.cases.case_file import CASE_FILE_CAP, CaseFile
from fedquery.desk.facts import Facts
from fedquery.desk.kept_case import CaseError
from fedquery.desk.language import N_
from fedquery.errors import EncodingError, InputError
from fedquery.federation.members import Federation

MOST_DAYS: Final = 366


def make_cards(
    home: AskHome, number: str, facts: Facts, federation: Federation, *, days: int, now_ms: int
) -> CaseFile:
    """Make the cards of a case, one for each other nation, signed by the agency.

    Cards that were there before are replaced, without the signatures of others.

    Args:
        home: the home of the agency.
        number: the agency's own number of the case.
        facts: what they say.
        federation: the members.
        days: for how many days they are good, 1 to 366.
        now_ms: the time.

    Raises:
        CaseError: if the case was closed.
        InputError: if a fact is out of range.
    """
    before = read_case(home, number)
    if before is not None and before.state == "closed":
        raise CaseError(N_("The case is closed."))
    case = facts.case_of(number, "")
    case.check_opened(now_ms)
    file = CaseFile(
        number=number,
        purpose=facts.purpose,
        sensitive=facts.sensitive,
        cards=cards_for(home, case, federation, days=days, now_ms=now_ms),
    )
    write_case(home, file)
    return file


def take_cards(home: AskHome, number: str, octets: bytes) -> CaseFile:
    """Take the signatures over of a case file that came back signed.

    Args:
        home: the home of the agency.
        number: the agency's own number of the case.
        octets: the file.

    Raises:
        CaseError: if it is no case file, one of another case, or of other cards than these.
    """
    kept = read_case(home, number)
    if kept is None or kept.state == "closed":
        raise CaseError(N_("This case has no open cards."))
    if len(octets) > CASE_FILE_CAP:
        raise CaseError(N_("This is not a case file."))
    try:
        came = CaseFile.parse(octets)
        merged = kept.merged(came)
    except EncodingError:
        raise CaseError(N_("This is not a case file.")) from None
    except InputError:
        raise CaseError(N_("The file has other cards than this case.")) from None
    write_case(home, merged)
    return merged


def close_cards(home: AskHome, number: str) -> None:
    """Close the cards of a case for ever, where there are some."""
    kept = read_case(home, number)
    if kept is not None and kept.state == "open":
        write_case(home, replace(kept, state="closed"))

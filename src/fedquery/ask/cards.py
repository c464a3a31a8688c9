"""Which card goes with a question or a claim: the opened case's, or one of the agency alone.

Where a case was opened, nothing goes out under its number but what its cards say, and nothing after
it was closed or its cards have ended.
"""

from dataclasses import dataclass, replace
from typing import Final

from fedquery.ask.case import HOUR_MS, Case, Teller
from fedquery.ask.case_store import find_pseudonym, read_case
from fedquery.ask.home import AskHome
from fedquery.cases.card import DAY_MS
from fedquery.cases.case_file import CaseFile
from fedquery.cases.signed import SignedCard, issue
from fedquery.errors import InputError
from fedquery.federation.members import Federation
from fedquery.psi.question import Statement

_FACTS: Final = {
    "offence": "--offence",
    "maximum_penalty_years": "--max-penalty",
    "transnational": "--domestic",
    "opened_ms": "--opened",
    "person_role": "--role",
}


def teller_of(home: AskHome) -> Teller:
    """Say who tells of a case."""
    return Teller(home.settings.federation, home.settings.agency, home.pseudonym_key)


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of one lookup; made by `of`.

    Attributes:
        home: whose lookup it is.
        case: what for.
        opened: the opened case, or none.
        now_ms: the time.
    """

    home: AskHome
    case: Case
    opened: CaseFile | None
    now_ms: int

    @staticmethod
    def of(home: AskHome, case: Case, now_ms: int) -> "Cards":
        """Find the cards of a case, before anything is asked.

        Raises:
            InputError: if the case is closed, its cards have ended, or it was opened with other
                facts.
        """
        opened = read_case(home, case.number)
        if opened is not None:
            require_usable(opened, now_ms)
            said = case.card("XX", teller_of(home), 0)
            for name, option in _FACTS.items():
                if getattr(said, name) != getattr(opened.facts, name):
                    raise InputError(
                        f"the case was opened with another fact: {option}",
                        do="Leave the option away, or make new cards: `case open --again`.",
                    )
        return Cards(home, case, opened, now_ms)

    def for_holder(self, holder: str) -> SignedCard:
        """Give the card for one holder.

        A nation that joined after the case was opened gets a card that the agency signs alone.
        """
        kept = None if self.opened is None else self.opened.card_for(holder)
        if kept is not None:
            return kept
        card = self.case.card(holder, teller_of(self.home), self.now_ms)
        return issue(card, self.home.signing_key)


def cards_for(
    home: AskHome, case: Case, federation: Federation, *, days: int, now_ms: int
) -> tuple[SignedCard, ...]:
    """Make the cards of a case that is opened, one for each other nation, signed by the agency.

    Args:
        home: whose case it is.
        case: its facts.
        federation: the members.
        days: for how many days they are good, 1 to 366.
        now_ms: the time.

    Raises:
        InputError: with what is out of range.
    """
    issued_ms = now_ms - now_ms % HOUR_MS
    ends_ms = issued_ms + days * DAY_MS
    teller = teller_of(home)
    return tuple(
        issue(case.card(holder, teller, issued_ms, ends_ms), home.signing_key)
        for holder in sorted(federation.nations.keys() - {home.settings.nation})
    )


def require_usable(opened: CaseFile, now_ms: int) -> None:
    """Require that questions may go out under a case.

    Raises:
        InputError: if it is closed, or its cards have ended.
    """
    if opened.state == "closed":
        raise InputError(
            "the case is closed", do="Open another case, with a number of its own, and say why."
        )
    if now_ms >= opened.facts.ends_ms:
        raise InputError(
            "the cards of this case have ended",
            do="Make new ones with `case open --again`, and have them signed anew.",
        )


def renewed(
    home: AskHome, statement: Statement, now_ms: int, number: str | None = None
) -> Statement:
    """Put the card of today into what is told with a claim.

    Between a hit and its claim a prosecutor may have signed, or the case may have been closed.

    Args:
        home: whose claim it is.
        statement: what the holder was told with the question.
        now_ms: the time.
        number: the agency's number of the case, or None to find it.

    Raises:
        InputError: if the hit belongs to another case than `number`, or the case is closed or its
            cards have ended.
    """
    card = statement.case
    if number is None:
        opened = find_pseudonym(home, card.pseudonym)
    else:
        opened = read_case(home, number)
        if opened is None:
            raise InputError("this case was not opened", do="Open it, or leave --case away.")
    if opened is None:
        fresh = now_ms - now_ms % HOUR_MS
        card = replace(card, issued_ms=fresh, ends_ms=fresh + DAY_MS)
        return replace(statement, card=issue(card, home.signing_key))
    require_usable(opened, now_ms)
    kept = opened.card_for(card.holder)
    if kept is None or kept.card.pseudonym != card.pseudonym:
        raise InputError("the hit was found in another case")
    return replace(statement, card=kept, person_role=kept.card.person_role)

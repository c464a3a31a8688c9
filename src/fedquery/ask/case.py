"""The case that a question is asked for, and what of it a holder is told."""

import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from fedquery.cases.card import DAY_AHEAD_MS, CaseCard
from fedquery.cases.signed import SignedCard
from fedquery.encoding.octets import lp
from fedquery.errors import InputError
from fedquery.psi.question import Statement, check_said

HOUR_MS: Final = 3_600_000
# What an agency signs by itself, question by question, need not live long.
_LIFE_MS: Final = 24 * HOUR_MS
_MARK_LENGTH: Final = 32  # hexadecimal digits, 128 bits
_MOST_NUMBER: Final = 200
# A phone, an account or a wallet in the words of an offence would travel to every holder.
_IDENTIFIER: Final = re.compile(r"\d(?:[ -]?\d){6}|(?=\w*\d)\w{20}")


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells of a case, and in which federation.

    Attributes:
        federation: the federation's name.
        agency: the asking agency.
        key: its pseudonym key, 32 octets.
    """

    federation: str
    agency: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as the asking agency knows it.

    Attributes:
        number: the agency's own number of it; it never leaves, a pseudonym for each holder does.
        purpose: one of `psi.question.PURPOSES`.
        offence: the offence in words, up to 80 characters.
        maximum_penalty_years: 0 to 99; 99 stands for life.
        opened_ms: when it was opened, milliseconds since 1970.
        transnational: whether the offence crosses a border.
        sensitive: whether holders may learn nothing of the identifiers, not even a few bits.
        person_role: whom the identifier may belong to, one of `cases.card.PERSON_ROLES`.
        aim: to identify a person, or to learn more of a known one.
        officer: who asks; it never leaves, a mark does.
        justification: why it is needed, up to 400 characters.
    """

    number: str = field(repr=False)
    purpose: str
    offence: str = field(default="", repr=False)
    maximum_penalty_years: int
    opened_ms: int
    transnational: bool = True
    sensitive: bool = False
    person_role: str = "suspect"
    aim: str = "identify"
    officer: str = field(default="", repr=False)
    justification: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Check everything that a holder would refuse.

        Raises:
            InputError: with what is out of range.
        """
        check_number(self.number)
        check_said(self.purpose, self.aim, "", self.justification)
        # What is told to a holder has the strictest rules; they are tried with any teller.
        self.card("XX", Teller("any", "XX/any", bytes(32)), 0)

    def check_opened(self, now_ms: int) -> None:
        """Check that the case is open already: a wrong day would be told to every holder.

        Args:
            now_ms: the time.

        Raises:
            InputError: if it is to be opened later.
        """
        if self.opened_ms > now_ms + DAY_AHEAD_MS:
            raise InputError("the day of opening is in the future", do="Write the day as it was.")

    def pseudonym(self, holder: str, key: bytes) -> str:
        """Name the case towards one holder, so that two holders cannot compare their names.

        Args:
            holder: the nation that is asked.
            key: the agency's pseudonym key, 32 octets.
        """
        return _mark(key, b"fedquery/v1/case", holder, self.number)

    def card(
        self, holder: str, teller: Teller, issued_ms: int, ends_ms: int | None = None
    ) -> CaseCard:
        """Write the card for one holder.

        Args:
            holder: the nation that is asked.
            teller: who asks.
            issued_ms: when it is made; counted down to the hour, so that the questions of an hour
                have one card, which a holder verifies once.
            ends_ms: until when it may be used; a day by default.

        Raises:
            InputError: with what is out of range.
        """
        issued_ms -= issued_ms % HOUR_MS
        return CaseCard(
            federation=teller.federation,
            agency=teller.agency,
            holder=holder,
            pseudonym=self.pseudonym(holder, teller.key),
            offence=self.offence,
            maximum_penalty_years=self.maximum_penalty_years,
            transnational=self.transnational,
            # A card says whole seconds.
            opened_ms=self.opened_ms - self.opened_ms % 1000,
            person_role=self.person_role,
            issued_ms=issued_ms,
            ends_ms=issued_ms + _LIFE_MS if ends_ms is None else ends_ms,
        )

    def told_with(self, card: SignedCard, key: bytes) -> Statement:
        """Give what a holder is told with a card.

        Args:
            card: the signed card for that holder.
            key: the agency's pseudonym key, 32 octets.

        Raises:
            InputError: if the card is for another person's role.
        """
        mark = officer_mark(self.officer, card.card.holder, key)
        return Statement(self.purpose, card, self.person_role, self.aim, mark, self.justification)


def has_identifier(offence: str) -> bool:
    """Tell whether the words of an offence have digits as an identifier has."""
    return _IDENTIFIER.search(offence) is not None


def check_number(number: str) -> None:
    """Check an agency's own number of a case.

    Raises:
        InputError: if it is empty, too long or does not print.
    """
    if not 0 < len(number) <= _MOST_NUMBER or not number.isprintable():
        raise InputError("a case has a number of 1 to 200 printable characters")


def file_mark(number: str, key: bytes) -> str:
    """Name the file of a case, so that its number stands in no directory.

    Args:
        number: the agency's own number of it.
        key: the agency's pseudonym key, 32 octets.
    """
    return _mark(key, b"fedquery/v1/case-file", "", number)


def officer_mark(officer: str, holder: str, key: bytes) -> str:
    """Give the mark by which a holder knows an officer again, and nothing else of them.

    Args:
        officer: who asks; "" gives no mark.
        holder: the nation that is asked.
        key: the agency's pseudonym key, 32 octets.
    """
    return _mark(key, b"fedquery/v1/officer", holder, officer) if officer else ""


def _mark(key: bytes, label: bytes, holder: str, text: str) -> str:
    message = lp(label) + lp(holder.encode("ascii")) + lp(text.encode())
    return hmac.digest(key, message, "sha256").hex()[:_MARK_LENGTH]

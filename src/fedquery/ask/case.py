"""The case that a question is asked for, and what of it a holder is told."""

import hmac
from dataclasses import dataclass, field

from fedquery.encoding.octets import lp
from fedquery.errors import InputError
from fedquery.psi.question import CaseCard, Statement

_MARK_LENGTH = 32  # hexadecimal digits, 128 bits
_MOST_NUMBER = 200
# A day is told without its zone, as midnight UTC; it begins up to 14 hours earlier elsewhere.
_DAY_AHEAD_MS = 14 * 3_600_000


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
        person_role: whom the identifier may belong to, one of `psi.question.PERSON_ROLES`.
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
        if not 0 < len(self.number) <= _MOST_NUMBER or not self.number.isprintable():
            raise InputError("a case has a number of 1 to 200 printable characters")
        # What is told to a holder has the strictest rules; they are tried with any key.
        self.told_to("XX", bytes(32))

    def check_opened(self, now_ms: int) -> None:
        """Check that the case is open already: a wrong day would be told to every holder.

        Args:
            now_ms: the time.

        Raises:
            InputError: if it is to be opened later.
        """
        if self.opened_ms > now_ms + _DAY_AHEAD_MS:
            raise InputError("the day of opening is in the future", do="Write the day as it was.")

    def pseudonym(self, holder: str, key: bytes) -> str:
        """Name the case towards one holder, so that two holders cannot compare their names.

        Args:
            holder: the nation that is asked.
            key: the agency's pseudonym key, 32 octets.
        """
        return _mark(key, b"fedquery/v1/case", holder, self.number)

    def told_to(self, holder: str, key: bytes) -> Statement:
        """Give what a holder is told.

        Args:
            holder: the nation that is asked.
            key: the agency's pseudonym key, 32 octets.
        """
        card = CaseCard(
            pseudonym=self.pseudonym(holder, key),
            offence=self.offence,
            maximum_penalty_years=self.maximum_penalty_years,
            opened_ms=self.opened_ms,
            transnational=self.transnational,
        )
        officer = officer_mark(self.officer, holder, key)
        return Statement(
            self.purpose, card, self.person_role, self.aim, officer, self.justification
        )


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

r"""The facts of a case as one holder is told them: the body of a signed note, one fact a line.

    fedquery.case/v1
    federation mekong
    agency TH/cyber-police
    holder VN
    case 0f3a6c1d5e7b48929a1c3e5f7081b2d4
    offence telecom fraud
    maximum-penalty 10
    transnational true
    opened 2026-11-21T00:00:00Z
    person suspect
    issued 2026-11-24T08:00:00Z
    ends 2027-02-22T08:00:00Z

There is one way to write a card: what is read is written again and compared (protocol.md 6.3).
"""

import re
from dataclasses import dataclass, field
from typing import Final

from fedquery.cases.moment import check_moment, parse_moment, render_moment
from fedquery.errors import EncodingError, InputError
from fedquery.tlog.decimal import parse_decimal

PERSON_ROLES: Final = ("suspect", "convicted", "victim", "missing", "remains", "none")
MAX_PSEUDONYM: Final = 64
MAX_OFFENCE: Final = 80
MAX_PENALTY_YEARS: Final = 99
DAY_MS: Final = 86_400_000
MAX_LIFE_MS: Final = 366 * DAY_MS
# A day is told without its zone, as midnight UTC; it begins up to 14 hours earlier elsewhere.
DAY_AHEAD_MS: Final = 14 * 3_600_000

_WHAT: Final = "case card"
_TITLE: Final = "fedquery.case/v1"
_KEYS: Final = (
    "federation",
    "agency",
    "holder",
    "case",
    "offence",
    "maximum-penalty",
    "transnational",
    "opened",
    "person",
    "issued",
    "ends",
)
_NO_OFFENCE: Final = "-"
_WORDS: Final = {"true": True, "false": False}
_FEDERATION: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_AGENCY: Final = re.compile(r"[A-Z]{2}/[a-z0-9-]{1,40}")
_NATION: Final = re.compile(r"[A-Z]{2}")
# Khmer, Lao, Burmese and Thai texts separate words with these; they do not print.
_JOINERS: Final = str.maketrans("", "", "\u200b\u200c\u200d")


def _require(holds: bool, what: str) -> None:  # noqa: FBT001  the condition is the subject
    if not holds:
        raise InputError(f"{what} is out of form")


def is_printable(text: str) -> bool:
    """Tell whether all of a text prints; invisible borders of words are let pass."""
    return text.translate(_JOINERS).isprintable()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """What one holder is told of a case.

    Whether the asker's side treats the case as sensitive is not said: it only decides that nothing
    is told of the bucket numbers.

    Attributes:
        federation: the federation in which it counts.
        agency: the asking agency.
        holder: the nation that it is for.
        pseudonym: the case's name for this holder, 1 to 64 printable ASCII characters.
        offence: the offence in words, up to 80 characters; "" says nothing.
        maximum_penalty_years: 0 to 99; 99 stands for life.
        transnational: whether the offence crosses a border.
        opened_ms: when the case was opened, whole seconds.
        person_role: whom identifiers of this case may belong to, one of `PERSON_ROLES`.
        issued_ms: when the card was made, whole seconds.
        ends_ms: until when it may be used, at most 366 days later, whole seconds.
    """

    federation: str
    agency: str
    holder: str
    pseudonym: str = field(repr=False)
    offence: str = field(default="", repr=False)
    maximum_penalty_years: int
    transnational: bool
    opened_ms: int
    person_role: str
    issued_ms: int
    ends_ms: int

    def __post_init__(self) -> None:
        """Check lengths, characters and ranges."""
        _require(_FEDERATION.fullmatch(self.federation) is not None, "the federation's name")
        _require(_AGENCY.fullmatch(self.agency) is not None, "the agency's name")
        _require(_NATION.fullmatch(self.holder) is not None, "the holder's nation")
        name = self.pseudonym
        _require(0 < len(name) <= MAX_PSEUDONYM, "the length of the case's pseudonym")
        _require(name.isascii() and name.isprintable(), "the case's pseudonym")
        _require(len(self.offence) <= MAX_OFFENCE, "the length of the offence")
        _require(is_printable(self.offence) and self.offence != _NO_OFFENCE, "the offence")
        years = self.maximum_penalty_years
        _require(type(years) is int and 0 <= years <= MAX_PENALTY_YEARS, "the maximum penalty")
        _require(type(self.transnational) is bool, "transnational")
        _require(self.person_role in PERSON_ROLES, "the person's role")
        check_moment(self.opened_ms, "the day of opening")
        check_moment(self.issued_ms, "the card's time of issue")
        check_moment(self.ends_ms, "the card's end")
        _require(0 < self.ends_ms - self.issued_ms <= MAX_LIFE_MS, "the life of a card")

    def render(self) -> bytes:
        """Write the card in its one form, ready to be signed."""
        values = (
            self.federation,
            self.agency,
            self.holder,
            self.pseudonym,
            self.offence or _NO_OFFENCE,
            str(self.maximum_penalty_years),
            "true" if self.transnational else "false",
            render_moment(self.opened_ms),
            self.person_role,
            render_moment(self.issued_ms),
            render_moment(self.ends_ms),
        )
        lines = [_TITLE, *(f"{key} {value}" for key, value in zip(_KEYS, values, strict=True))]
        return "".join(f"{line}\n" for line in lines).encode()

    @staticmethod
    def parse(body: bytes) -> "CaseCard":
        """Read exactly what `render` writes.

        Raises:
            EncodingError: if it is anything else, with one text.
        """
        try:
            card = _parse(body)
        except (InputError, ValueError, KeyError):
            raise EncodingError(f"malformed {_WHAT}") from None
        if card.render() != body:
            raise EncodingError(f"malformed {_WHAT}")
        return card


def _parse(body: bytes) -> CaseCard:
    title, *lines = body.decode("utf-8").removesuffix("\n").split("\n")
    parts = [line.partition(" ") for line in lines]
    if title != _TITLE or tuple(key for key, _, _ in parts) != _KEYS:
        raise EncodingError(f"malformed {_WHAT}")
    federation, agency, holder, case, offence, years, crosses, opened, person, issued, ends = (
        value for _, _, value in parts
    )
    return CaseCard(
        federation=federation,
        agency=agency,
        holder=holder,
        pseudonym=case,
        offence="" if offence == _NO_OFFENCE else offence,
        maximum_penalty_years=parse_decimal(years, MAX_PENALTY_YEARS, _WHAT),
        transnational=_WORDS[crosses],
        opened_ms=parse_moment(opened, _WHAT),
        person_role=person,
        issued_ms=parse_moment(issued, _WHAT),
        ends_ms=parse_moment(ends, _WHAT),
    )

"""The file of an opened case: its number, and one signed card for each holder.

It stays with the agency, and may be carried to whoever countersigns: one act signs all cards. JSON,
because it is a bundle; what counts for a holder is the card alone.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias, cast

from fedquery.cases.card import CaseCard
from fedquery.cases.signed import SignedCard, countersign, merge
from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import EncodingError, InputError
from fedquery.tlog.note import NoteSigner

CASE_FILE_CAP: Final = 256 * 1024
_FORM: Final = "fedquery.case-file/v1"
_WHAT: Final = "case file"
_KEYS: Final = frozenset({"form", "number", "state", "purpose", "sensitive", "cards"})
_MOST_CARDS: Final = 32
_MOST_NUMBER: Final = 200
_MOST_PURPOSE: Final = 40

State: TypeAlias = Literal["open", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """An opened case.

    Attributes:
        number: the agency's own number of it; it stands in no card.
        state: "open", or "closed" for ever.
        purpose: the purpose of its questions where none is given; "" for none.
        sensitive: whether holders may learn nothing of the identifiers, not even a few bits.
        cards: one signed card for each holder, ascending by holder.
    """

    number: str = field(repr=False)
    state: State = "open"
    purpose: str = ""
    sensitive: bool = False
    cards: tuple[SignedCard, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse cards of different cases in one file.

        Raises:
            InputError: with what is wrong.
        """
        if not 0 < len(self.number) <= _MOST_NUMBER or not self.number.isprintable():
            raise InputError("a case has a number of 1 to 200 printable characters")
        if self.state not in {"open", "closed"}:
            raise InputError("a case is open or closed")
        if len(self.purpose) > _MOST_PURPOSE or not self.purpose.isprintable():
            raise InputError("the purpose is out of form")
        holders = [signed.card.holder for signed in self.cards]
        if not 1 <= len(holders) <= _MOST_CARDS or holders != sorted(set(holders)):
            raise InputError("a case has one card for each holder")
        # One act signs all cards; so all must say what is shown of the first.
        if len({_facts(signed.card) for signed in self.cards}) != 1:
            raise InputError("the cards of a case do not say the same")

    @property
    def facts(self) -> CaseCard:
        """Give a card; but for holder and pseudonym all say the same."""
        return self.cards[0].card

    def card_for(self, holder: str) -> SignedCard | None:
        """Give the card for a holder, or none where there is none."""
        return next((one for one in self.cards if one.card.holder == holder), None)

    def countersigned(self, signer: NoteSigner) -> "CaseFile":
        """Add a signature to each card.

        Raises:
            EncodingError: if a card has no room for one more.
        """
        return replace(self, cards=tuple(countersign(one, signer) for one in self.cards))

    def merged(self, other: "CaseFile") -> "CaseFile":
        """Take the signatures over that another copy of this file has gathered.

        Raises:
            InputError: if it is the file of another case, or of other cards of this case.
        """
        mine = tuple(signed.card for signed in self.cards)
        if self.number != other.number or mine != tuple(signed.card for signed in other.cards):
            raise InputError(
                "the file has other cards than this case",
                do="Have the cards signed that `case show --export` writes.",
            )
        pairs = zip(self.cards, other.cards, strict=True)
        return replace(self, cards=tuple(merge(one, two) for one, two in pairs))

    def checked(self, check: Callable[[SignedCard], object]) -> "CaseFile":
        """Call a check for each card, which raises if it fails."""
        for signed in self.cards:
            check(signed)
        return self

    def render(self) -> bytes:
        """Write the file: indented JSON."""
        document = {
            "form": _FORM,
            "number": self.number,
            "state": self.state,
            "purpose": self.purpose,
            "sensitive": self.sensitive,
            "cards": [signed.note.decode() for signed in self.cards],
        }
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"

    @staticmethod
    def parse(octets: bytes) -> "CaseFile":
        """Read the file; no signature is verified.

        Raises:
            EncodingError: if it is none.
        """
        value = canonical_json.load(octets, cap=CASE_FILE_CAP, what=_WHAT, canonical=False)
        if not isinstance(value, dict) or value.keys() != _KEYS or value["form"] != _FORM:
            raise EncodingError(f"malformed {_WHAT}")
        cards, sensitive = value["cards"], value["sensitive"]
        if not isinstance(cards, list) or not isinstance(sensitive, bool):
            raise EncodingError(f"malformed {_WHAT}")
        try:
            return CaseFile(
                number=_text(value["number"]),
                state=cast("State", _text(value["state"])),
                purpose=_text(value["purpose"]),
                sensitive=sensitive,
                cards=tuple(SignedCard.read(_text(card).encode()) for card in cards),
            )
        except (InputError, UnicodeEncodeError):
            raise EncodingError(f"malformed {_WHAT}") from None


def _facts(card: CaseCard) -> CaseCard:
    return replace(card, holder="XX", pseudonym="-")


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise EncodingError(f"malformed {_WHAT}")
    return value

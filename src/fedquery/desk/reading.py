"""What a person pasted or typed, as chips: each says what it is taken for, and how sure that is.

Nothing is asked by itself: what is doubtful is not ticked, and a person chooses what it is. Equal
identifiers become one chip, which says how often it stood there. Lines that look as if they held an
identifier, and do not, are chips as well: nothing that was pasted is dropped in silence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import phonenumbers

from fedquery.ask.pasting import Found, in_text
from fedquery.errors import IdentifierError
from fedquery.identifiers import Identifier, recognise
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.reasons import Reason

Sureness: TypeAlias = Literal["certain", "likely", "doubtful", "unread"]

MOST_ASKED: Final = 64
MOST_CHIPS: Final = 512
# Characters that may be typed anew at a time: 64 long identifiers.
MOST_TYPED: Final = 16_384
# A line with as many digits, and no longer than this, was meant to be an identifier.
_FEWEST_DIGITS: Final = 5
_LONGEST_LINE: Final = 64
_A_WORD: Final = 3
# Behind it digits are shown from right to left (UAX #9, RLO): what is read aloud from the screen is
# another number than what is asked about. The other marks of direction leave digits as they are.
_OVERRIDE: Final = "\u202e"
_WITH_NATION: Final = frozenset({"account", "national-id", "passport"})
_ISO_3: Final = {"CHN": "CN", "KHM": "KH", "LAO": "LA", "MMR": "MM", "THA": "TH", "VNM": "VN"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One identifier that somebody may ask about.

    Attributes:
        text: it as it stood there, or as it was typed.
        sureness: how sure its reading is; "unread" where it can be read as nothing.
        readings: what it may be, best first; none where it is unread.
        chosen: which of the readings is meant, from 0; None while nobody has chosen.
        is_ticked: whether it is to be asked about.
        times: how often it stood there.
        scheme: of a payment code its scheme; otherwise "".
        fault: why it is unread; otherwise "".
    """

    text: str = field(repr=False)
    sureness: Sureness
    readings: tuple[Parsed, ...] = ()
    chosen: int | None = None
    is_ticked: bool = False
    times: int = 1
    scheme: str = ""
    fault: str = ""

    @property
    def identifier(self) -> Identifier | None:
        """Give the identifier that is meant; None where it is unread, or nobody has chosen."""
        return None if self.chosen is None else self.readings[self.chosen].identifier


@dataclass(frozen=True, slots=True)
class Row:
    """What the form of the chips says of one of them.

    Attributes:
        text: its text, which may have been edited.
        reading: the number of the reading that was chosen; anything else for none.
        is_ticked: whether it is to be asked about.
    """

    text: str = field(repr=False)
    reading: int
    is_ticked: bool


def chips_of(found: Sequence[Found], text: str = "") -> tuple[Chip, ...]:
    """Make chips of what was found, each identifier once, and then of the lines that are unread.

    Args:
        found: what was found, in order.
        text: the text in which it was found; "" for a picture.
    """
    lines = text.split("\n")
    read = [
        _reversed(one.text) if text and _OVERRIDE in lines[one.line - 1] else _of_found(one)
        for one in found
    ]
    unread = [_unread(line) for line in _lines_without(found, text)]
    return merged((*read, *unread))


def merged(chips: Iterable[Chip]) -> tuple[Chip, ...]:
    """Make one chip of those that mean the same, ticked where one of them is."""
    gathered: dict[bytes | str, Chip] = {}
    for chip in chips:
        # Of a doubtful one another may be meant each time; its text must be the same too.
        exactly = chip.sureness in {"certain", "likely"} and chip.identifier is not None
        key = chip.identifier.encode() if exactly and chip.identifier else chip.text
        first = gathered.get(key)
        if first is None:
            gathered[key] = chip
        else:
            ticked = first.is_ticked or chip.is_ticked
            gathered[key] = replace(first, is_ticked=ticked, times=first.times + chip.times)
    return tuple(gathered.values())


def typed_anew(chips: Sequence[Chip], rows: Sequence[Row]) -> int:
    """Count the characters that are to be read anew, which takes its time.

    Args:
        chips: the chips as they were shown.
        rows: what the form says, as for `edited`.
    """
    shown = [chip.text.strip() for chip in chips] + [""] * max(0, len(rows) - len(chips))
    texts = (row.text.strip() for row in rows)
    return sum(len(text) for text, before in zip(texts, shown, strict=False) if text != before)


def edited(chips: Sequence[Chip], rows: Sequence[Row], region: str) -> tuple[Chip, ...]:
    """Take over what a person changed: a text is read anew, a choice or a tick is taken.

    Args:
        chips: the chips as they were shown.
        rows: what the form says, one for each chip, and further ones for what was added.
        region: the nation by whose habits numbers are read.
    """
    found = []
    for place, row in enumerate(rows):
        shown = chips[place] if place < len(chips) else None
        if shown is not None and row.text.strip() == shown.text.strip():
            chosen = row.reading if 0 <= row.reading < len(shown.readings) else shown.chosen
            found.append(replace(shown, chosen=chosen, is_ticked=row.is_ticked))
        elif row.text.strip():
            found.append(_typed(row.text.strip(), region, is_ticked=row.is_ticked))
    return tuple(found)


def asked(chips: Iterable[Chip]) -> tuple[Identifier, ...]:
    """List the different identifiers that are ticked, in order."""
    ticked = (chip.identifier for chip in chips if chip.is_ticked)
    return tuple({one.encode(): one for one in ticked if one is not None}.values())


def plan_of(identifier: Identifier) -> str:
    """Say of which nation's numbering plan or register an identifier is: its code, or ""."""
    if identifier.kind == "phone":
        number = phonenumbers.parse(identifier.canonical)
        region = phonenumbers.region_code_for_number(number)
        return region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    if identifier.kind in _WITH_NATION:
        nation = identifier.canonical.partition(":")[0]
        return _ISO_3.get(nation, nation)
    return ""


def _of_found(one: Found) -> Chip:
    certainty = one.finding.certainty
    return _chip(one.text, certainty.value, one.readings(), scheme=one.finding.scheme)


def _chip(text: str, sureness: Sureness, readings: tuple[Parsed, ...], scheme: str = "") -> Chip:
    is_sure = sureness != "doubtful"
    # What is doubtful and can be several things is chosen by a person, or not asked at all.
    chosen = 0 if is_sure or len(readings) == 1 else None
    return Chip(text, sureness, readings, chosen, is_ticked=is_sure, scheme=scheme)


def _reversed(text: str) -> Chip:
    """Make the chip of a number that is shown in another order than it is written."""
    return Chip(text, "unread", fault=Reason.CHARACTERS)


def _unread(text: str) -> Chip:
    """Make the chip of a line that was meant to be an identifier, as its reader refuses it."""
    return Chip(text, "unread", fault=_fault(text))


def _typed(text: str, region: str, *, is_ticked: bool) -> Chip:
    if _OVERRIDE in text:
        return replace(_reversed(text), is_ticked=is_ticked)
    found = in_text(text, region)
    if len(found) == 1 and found[0].text == text:
        return replace(_of_found(found[0]), is_ticked=is_ticked)
    try:
        readings = recognise(text, region)
    except IdentifierError as error:
        # It stays ticked: what somebody wants to ask about is not left out because of a mistake.
        return Chip(text, "unread", is_ticked=is_ticked, fault=error.reason)
    sureness: Sureness = "likely" if len(readings) == 1 else "doubtful"
    return replace(_chip(text, sureness, readings), is_ticked=is_ticked)


def _fault(text: str) -> str:
    try:
        recognise(text)
    except IdentifierError as error:
        return error.reason
    return ""


def _lines_without(found: Sequence[Found], text: str) -> list[str]:
    """List the lines in which nothing was found and something was meant."""
    with_one = {one.line for one in found}
    return [
        line.strip()
        for number, line in enumerate(text.split("\n"), 1)
        if number not in with_one
        and len(line) <= _LONGEST_LINE
        and sum(map(str.isdigit, line)) >= _FEWEST_DIGITS
        # Prose with a date or a sum in it is no list of identifiers.
        and not any(len(word) >= _A_WORD and word.isalpha() for word in line.split())
    ]

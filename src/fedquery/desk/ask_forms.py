"""The forms of the ask pages, and what they say as values."""

from dataclasses import dataclass
from typing import Final

from fedquery.ask.qr_picture import MAX_OCTETS
from fedquery.desk.case_form import CaseFields
from fedquery.desk.forms import Upload, flag, text, texts, upload
from fedquery.desk.reading import MOST_CHIPS, Row

MOST_CHARACTERS: Final = 262_144
# A picture, the text and what holds them together.
PASTE_CAP: Final = 17 * 1024 * 1024
CHIPS_CAP: Final = 4 * 1024 * 1024
_LONGEST: Final = 2_048
_ID: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteForm:
    """What is pasted, typed or uploaded."""

    pasted: str = text(cap=MOST_CHARACTERS)
    picture: Upload | None = upload(cap=MAX_OCTETS)
    case_id: str = text(cap=_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipsForm:
    """The chips, the nations and the case; one row more than there are chips."""

    spelled: tuple[str, ...] = texts(cap=_LONGEST, most=MOST_CHIPS + 1)
    reading: tuple[str, ...] = texts(cap=4, most=MOST_CHIPS + 1)
    take: tuple[str, ...] = texts(cap=4, most=MOST_CHIPS + 1)
    nation: tuple[str, ...] = texts(cap=2, most=32)
    case_id: str = text(cap=_ID)
    number: str = text(cap=1_000)
    purpose: str = text(cap=40)
    penalty: str = text(cap=40)
    opened: str = text(cap=40)
    offence: str = text(cap=1_000)
    domestic: bool = flag()
    sensitive: bool = flag()
    role: str = text(cap=20)
    aim: str = text(cap=20)
    justification: str = text(cap=4_000)

    def rows(self) -> list[Row]:
        """Give the rows of the chips."""
        ticked = set(self.take)
        readings = [*self.reading, *[""] * (len(self.spelled) - len(self.reading))]
        return [
            Row(spelled, _number(reading), str(place) in ticked)
            for place, (spelled, reading) in enumerate(zip(self.spelled, readings, strict=False))
        ]

    def fields(self) -> CaseFields:
        """Give the facts of a case as they were typed."""
        return CaseFields(
            number=self.number,
            purpose=self.purpose,
            penalty=self.penalty,
            opened=self.opened,
            offence=self.offence,
            domestic=self.domestic,
            sensitive=self.sensitive,
            role=self.role,
            aim=self.aim,
            justification=self.justification,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SendForm:
    """The question, as it was confirmed."""

    question_id: str = text(cap=_ID)
    revision: str = text(cap=_ID)
    anyway: bool = flag()


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdecimal() else -1

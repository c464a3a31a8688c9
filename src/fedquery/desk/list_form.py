"""The page on which a list is looked at before it is kept, and its forms: kinds, counts, lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.ask.lists.column import Candidate
from fedquery.ask.lists.spelled import AUTO
from fedquery.desk.case_form import CaseFields
from fedquery.desk.forms import Upload, chosen, flag, text, texts, upload
from fedquery.desk.kind_names import NAMES, kind_name
from fedquery.desk.language import N_
from fedquery.desk.list_complaints import Complaint, notes_of, unread_of
from fedquery.desk.list_drafts import ListDraft
from fedquery.desk.list_reading import FILE_CAP
from fedquery.desk.voice import Voice

MOST_CHARACTERS: Final = 262_144
# A file, the text and what holds them together.
MAKE_CAP: Final = 17 * 1024 * 1024
_ID: Final = 16
_ANY_KIND: Final = N_("each line as what it is")
_CHOOSE: Final = N_("Choose the column")
_COLUMN: Final = N_("Column %(number)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeForm:
    """A list that is pasted or uploaded."""

    pasted: str = text(cap=MOST_CHARACTERS)
    file: Upload | None = upload(cap=FILE_CAP)
    case_id: str = text(cap=_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepForm:
    """How a list is read, whom it is put to, and for which case."""

    step: str = chosen("read", "keep")
    column: str = text(cap=4)
    kind: str = text(cap=40)
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

    def place(self) -> int | None:
        """Give the place of the column that was chosen, from 0; None where none was."""
        written = self.column
        return int(written) if written.isascii() and written.isdecimal() else None

    def kind_read(self) -> str:
        """Give the kind as which all is read; `auto` for one that no page of ours offers."""
        return self.kind if self.kind in NAMES else AUTO


@dataclass(frozen=True, slots=True)
class ListPage:
    """What is shown of a list before it is kept; nothing that stands in it.

    Attributes:
        can_be_read_anew: whether another column or kind can be chosen.
        columns: value and words of the columns that may be meant.
        column: the value of the one that was read.
        is_guess: whether nobody has chosen it.
        has_header: whether the first row was taken for names.
        kinds: value and words of the kinds as which it can be read.
        kind: the value of the one as which it was.
        shapes: kind and count of what was read.
        places: how many identifiers; 0 while nothing was read.
        distinct: how many different ones.
        doubled: how many stand there again.
        unread: which lines are no identifiers.
        unread_count: how many lines that are.
        notes: what is to be looked at.
    """

    can_be_read_anew: bool
    columns: tuple[tuple[str, str], ...]
    column: str
    is_guess: bool
    has_header: bool
    kinds: tuple[tuple[str, str], ...]
    kind: str
    shapes: tuple[tuple[str, str], ...]
    places: int
    distinct: int
    doubled: int
    unread: tuple[Complaint, ...]
    unread_count: int
    notes: tuple[Complaint, ...]


def list_page(draft: ListDraft, voice: Voice) -> ListPage:
    """Show how a list was read.

    Args:
        draft: the list.
        voice: of the visitor.
    """
    reading, found = draft.reading, draft.reading.found
    return ListPage(
        can_be_read_anew=draft.file is not None,
        columns=_columns(reading.columns, voice, is_open=reading.column is None),
        column="" if reading.column is None else str(reading.column),
        is_guess=reading.is_guess,
        has_header=reading.has_header,
        kinds=(
            (AUTO, voice.say(_ANY_KIND)),
            *((kind, kind_name(kind, voice.say)) for kind in NAMES),
        ),
        kind=reading.kind,
        shapes=tuple(
            (kind_name(kind, voice.say), voice.number(count))
            for kind, count in (found.kinds if found else ())
        ),
        places=len(found.identifiers) if found else 0,
        distinct=found.distinct if found else 0,
        doubled=len(found.identifiers) - found.distinct if found else 0,
        unread=unread_of(found.lines, voice) if found else (),
        unread_count=found.lines.unread_count if found else 0,
        notes=notes_of(found.lines, voice) if found else (),
    )


def _columns(
    columns: Sequence[Candidate], voice: Voice, *, is_open: bool
) -> tuple[tuple[str, str], ...]:
    choose = (("", voice.say(_CHOOSE)),) if is_open else ()
    return (*choose, *((str(one.place), _column(one, voice)) for one in columns))


def _column(one: Candidate, voice: Voice) -> str:
    number = voice.say(_COLUMN, number=voice.number(one.place + 1))
    kinds = ", ".join(kind_name(kind, voice.say) for kind in one.labels)
    name = f" ({one.name})" if one.name else ""
    return f"{number}{name}: {kinds}"

"""Read a list into its screening, once: what stands twice is one subject, and asked once.

Identifiers that are the same have one subject; each subject has its forms, its own first and then
the less exact ones, which subjects may share. Subjects and forms are numbered as they come. All of
it goes to the disk in parts, so that a list of any length takes the same memory.
"""

import itertools
from array import array
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fedquery.ask.screening.job import Job
from fedquery.errors import InputError
from fedquery.identifiers import Identifier, kinds
from fedquery.storage.transaction import transaction

# How many items a part of the list has.
PART: Final = 4_096
# The subjects of places; of each subject its first place, how many forms it has and which; each
# form as it is encoded, before it whether it is exact.
PLACES, SUBJECTS, FORMS, KINDS = "places", "subjects", "forms", "kinds"
_MOST_ASKED: Final = 500
_UNKNOWN: Final = (-1, None)

Source: TypeAlias = Iterable[Identifier] | AsyncIterable[Identifier]
AtDesk: TypeAlias = Callable[[Callable[[], list[Identifier]]], Awaitable[list[Identifier]]]


@dataclass(slots=True)
class ListReader:
    """Writes a list into a screening, batch by batch.

    Attributes:
        job: the screening.
        places: how many identifiers came.
        subjects: how many different ones.
        forms: how many different forms they have.
        kinds: the kinds of the forms, in the order in which they came.
    """

    job: Job
    places: int = 0
    subjects: int = 0
    forms: int = 0
    kinds: list[str] = field(default_factory=list)
    _places: "array[int]" = field(default_factory=lambda: array("I"))
    _subjects: "array[int]" = field(default_factory=lambda: array("I"))
    _forms: list[bytes] = field(default_factory=list)
    _kinds: bytearray = field(default_factory=bytearray)
    _kind_numbers: dict[str, int] = field(default_factory=dict)

    def take(self, identifiers: Sequence[Identifier]) -> None:
        """Take the next identifiers, at most `PART`, in the caller's transaction."""
        job = self.job
        octets = [one.encode() for one in identifiers]
        marks = list(map(job.mark, octets))
        known = self._known(marks)
        new: dict[bytes, tuple[int, int | None]] = {}
        places = self._places
        for identifier, encoded, mark in zip(identifiers, octets, marks, strict=True):
            number, subject = new.get(mark) or known.get(mark) or _UNKNOWN
            if subject is None:
                if number < 0:
                    number = self._add_form(identifier, encoded)
                subject = self.subjects
                new[mark] = (number, subject)
                self._add_subject(identifier, number, known, new)
            places.append(subject)
            self.places += 1
            if len(places) == PART:
                self._flush_places()
                places = self._places
        job.connection.executemany(
            "INSERT INTO form VALUES (?, ?, ?) ON CONFLICT (mark) DO UPDATE"
            " SET subject = coalesce(subject, excluded.subject)",
            [(mark, *numbers) for mark, numbers in new.items()],
        )

    def finish(self) -> None:
        """Write what is left, and the counts, in the caller's transaction."""
        self._flush_places()
        self._flush_subjects()
        self._flush_forms()
        counts = {"places": self.places, "subjects": self.subjects, "forms": self.forms}
        # Answers are those to forms as these rules write them, and not as later ones would.
        rules = {name: kinds()[name].rules.name for name in self.kinds}
        self.job.write_fact("list", {**counts, "kinds": self.kinds, "rules": rules})

    def _known(self, marks: Sequence[bytes]) -> dict[bytes, tuple[int, int | None]]:
        found: dict[bytes, tuple[int, int | None]] = {}
        if not self.forms:
            return found
        for at in range(0, len(marks), _MOST_ASKED):
            some = marks[at : at + _MOST_ASKED]
            places = ",".join("?" * len(some))
            rows = self.job.connection.execute(
                f"SELECT mark, number, subject FROM form WHERE mark IN ({places})",  # noqa: S608 -- question marks alone
                some,
            )
            found.update((row[0], (row[1], row[2])) for row in rows)
        return found

    def _add_subject(
        self,
        identifier: Identifier,
        number: int,
        known: dict[bytes, tuple[int, int | None]],
        new: dict[bytes, tuple[int, int | None]],
    ) -> None:
        weaker_forms = identifier.weaker()
        if not weaker_forms:
            self._subjects.extend((self.places, 1, number))
            self._count_subject()
            return
        numbers = [number]
        for weaker in weaker_forms:
            encoded = weaker.encode()
            mark = self.job.mark(encoded)
            if mark not in known and mark not in new:
                # It may have come in an earlier batch, and is not among the marks of this one.
                known.update(self._known([mark]))
            kept = new.get(mark) or known.get(mark)
            if kept is None:
                kept = new[mark] = (self._add_form(weaker, encoded), None)
            numbers.append(kept[0])
        self._subjects.extend((self.places, len(numbers), *numbers))
        self._count_subject()

    def _count_subject(self) -> None:
        self.subjects += 1
        if self.subjects % PART == 0:
            self._flush_subjects()

    def _add_form(self, form: Identifier, encoded: bytes) -> int:
        kind = self._kind_numbers.setdefault(form.kind, len(self.kinds))
        if kind == len(self.kinds):
            self.kinds.append(form.kind)
        self._kinds.append(kind)
        exact = b"\1" if form.exact else b"\0"
        self._forms.append((len(encoded) + 1).to_bytes(2, "big") + exact + encoded)
        self.forms += 1
        if self.forms % PART == 0:
            self._flush_forms()
        return self.forms - 1

    def _flush_places(self) -> None:
        if self._places:
            first = self.places - len(self._places)
            self.job.write_part(PLACES, first, self._places.tobytes())
            self._places = array("I")

    def _flush_subjects(self) -> None:
        if self._subjects:
            first = (self.subjects - 1) // PART * PART
            self.job.write_part(SUBJECTS, first, self._subjects.tobytes())
            self._subjects = array("I")

    def _flush_forms(self) -> None:
        if self._forms:
            first = (self.forms - 1) // PART * PART
            self.job.write_part(FORMS, first, b"".join(self._forms))
            self.job.write_part(KINDS, first, bytes(self._kinds))
            self._forms.clear()
            self._kinds.clear()


async def batches(source: Source | None, at_desk: AtDesk) -> AsyncGenerator[list[Identifier]]:
    """Read a list in batches of at most `PART`.

    Args:
        source: the list; one that is not asynchronous is read in a thread, as it may be a file.
        at_desk: has something done in that thread.
    """
    some: list[Identifier] = []
    if isinstance(source, AsyncIterable):
        async for one in source:
            some.append(one)
            if len(some) == PART:
                yield some
                some = []
        if some:
            yield some
        return
    left = iter(source or ())
    while some := await at_desk(lambda: list(itertools.islice(left, PART))):
        yield some


def take(reader: ListReader, some: Sequence[Identifier]) -> None:
    """Take the next identifiers of a list, as a whole."""
    with transaction(reader.job.connection):
        reader.take(some)


def take_all(reader: ListReader) -> None:
    """Finish a list.

    Raises:
        InputError: if there is nothing in it.
    """
    if not reader.places:
        raise InputError("a screening has one identifier at least")
    with transaction(reader.job.connection):
        reader.finish()
        reader.job.write_fact("state", "ready")

"""Read a list into its screening, once: what stands twice is one subject, and asked once.

Identifiers that are the same have one subject; each subject has its forms, its own first and then
the less exact ones, which subjects may share. Subjects and forms are numbered as they come. All of
it goes to the disk in parts, so that a list of any length takes the same memory.
"""

import itertools
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

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
    _repeats: bool = False

    def take(self, identifiers: Sequence[Identifier]) -> None:
        """Take the next identifiers, at most `PART`, in the caller's transaction."""
        job = self.job
        octets = [one.encode() for one in identifiers]
        marks = job.marks(octets)
        if self._took_new(identifiers, octets, marks):
            return
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
            # What `_took_new` left has numbers that were not taken.
            "INSERT INTO form VALUES (?, ?, ?) ON CONFLICT (mark) DO UPDATE"
            " SET number = excluded.number, subject = excluded.subject",
            sorted((mark, *numbers) for mark, numbers in new.items()),
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

    def _took_new(
        self, identifiers: Sequence[Identifier], octets: Sequence[bytes], marks: Sequence[bytes]
    ) -> bool:
        """Take identifiers of which none has come before, by columns, if they are such.

        Each of them has one form and is of the same kind, and all of them are different. Whether
        one has come before is told by the rows that are there already; then nothing is taken, and
        what was written is written over in the same batch by the one who takes them.
        """
        classes: set[type[Identifier]] = set(map(type, identifiers))
        if len(classes) != 1 or self._repeats or len(set(marks)) < len(marks):
            return False
        (some,) = classes
        if not _has_one_form(some):
            return False
        numbers = zip(marks, itertools.count(self.forms), itertools.count(self.subjects))
        # In the order of the index: its pages are gone to one after the other.
        written = self.job.connection.executemany(
            "INSERT INTO form VALUES (?, ?, ?) ON CONFLICT (mark) DO NOTHING", sorted(numbers)
        )
        if written.rowcount < len(marks):
            self._repeats = True
            return False
        at = 0
        while at < len(octets):
            # Up to where the next part begins, of places, of subjects or of forms.
            room = PART - max(self.places % PART, self.subjects % PART, self.forms % PART)
            self._add_new(some.kind, octets[at : at + room])
            at += room
        return True

    def _add_new(self, kind: str, octets: Sequence[bytes]) -> None:
        count = len(octets)
        self._places.extend(range(self.subjects, self.subjects + count))
        numbers = zip(
            itertools.count(self.places), itertools.repeat(1), range(self.forms, self.forms + count)
        )
        self._subjects.extend(itertools.chain.from_iterable(numbers))
        heads = {length: _head(length, exact=True) for length in set(map(len, octets))}
        self._forms += [heads[len(one)] + one for one in octets]
        self._kinds += bytes((self._kind_number(kind),)) * count
        self.places += count
        self.subjects += count
        self.forms += count
        if self.places % PART == 0:
            self._flush_places()
        if self.subjects % PART == 0:
            self._flush_subjects()
        if self.forms % PART == 0:
            self._flush_forms()

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
            # What `_took_new` has written and not taken is numbered from there on.
            found.update((mark, (number, of)) for mark, number, of in rows if number < self.forms)
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
        self._kinds.append(self._kind_number(form.kind))
        self._forms.append(_head(len(encoded), exact=form.exact) + encoded)
        self.forms += 1
        if self.forms % PART == 0:
            self._flush_forms()
        return self.forms - 1

    def _kind_number(self, kind: str) -> int:
        number = self._kind_numbers.setdefault(kind, len(self.kinds))
        if number == len(self.kinds):
            self.kinds.append(kind)
        return number

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


def _head(length: int, *, exact: bool) -> bytes:
    """Write what stands before the encoding of a form: its length with the next octet, and that."""
    return (length + 1).to_bytes(2, "big") + (b"\1" if exact else b"\0")


def _has_one_form(kind: type[Identifier]) -> bool:
    """Tell whether each identifier of a class has its own form alone, which is exact."""
    return kind.weaker is Identifier.weaker and kind.exact is Identifier.exact


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

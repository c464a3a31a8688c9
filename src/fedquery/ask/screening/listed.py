"""The list of a screening, as it was read: streamed from the disk, and looked into by number."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Generic, NamedTuple, TypeVar

from fedquery.ask.screening.job import Job
from fedquery.ask.screening.reading import FORMS, KINDS, PART, PLACES, SUBJECTS
from fedquery.errors import InputError
from fedquery.identifiers import Identifier, kinds
from fedquery.identifiers.restoring import restore

T = TypeVar("T")

_PARTS_KEPT: Final = 8


class Subject(NamedTuple):
    """One different identifier of a list.

    Attributes:
        place: the first place at which it stands.
        forms: the numbers of its forms, its own first.
    """

    place: int
    forms: tuple[int, ...]


@dataclass(slots=True)
class Listed:
    """A list that was read whole.

    Attributes:
        job: its screening.
        places: how many identifiers it has.
        subjects: how many different ones.
        forms: how many different forms they have.
        kinds: the kinds of the forms.
        rules: for each kind the name of the spelling rules by which the list was read.
        form_kinds: for each form its kind, as an index; empty where there is but one.
    """

    job: Job
    places: int
    subjects: int
    forms: int
    kinds: tuple[str, ...]
    rules: Mapping[str, str]
    form_kinds: bytes = field(default=b"", repr=False)
    _subjects: "_Parts[Subject]" = field(init=False, repr=False)
    _forms: "_Parts[bytes]" = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look at the parts on the disk."""
        self._subjects = _Parts(self.job, SUBJECTS, _subjects)
        self._forms = _Parts(self.job, FORMS, _forms)

    @staticmethod
    def of(job: Job) -> "Listed":
        """Open the list of a screening.

        Raises:
            InputError: if it was not read to its end.
        """
        found = job.read_fact("list")
        if found is None:
            raise InputError(
                "the list of this screening was not read to its end, and nothing was asked",
                do="Erase it, and begin anew.",
            )
        names = tuple(found.pop("kinds"))
        several = len(names) > 1
        form_kinds = b"".join(part for _, part in job.read_parts(KINDS)) if several else b""
        return Listed(job, **found, kinds=names, form_kinds=form_kinds)

    def require_todays_rules(self) -> None:
        """Require that the list is written as this release would write it (protocol.md 1).

        Raises:
            InputError: if spelling rules of its kinds have changed since it was read.
        """
        if any(kinds()[name].rules.name != rules for name, rules in self.rules.items()):
            raise InputError(
                "the list was read by spelling rules that have changed since",
                do=(
                    "Begin anew with the same list. What this one found is told by"
                    " `fedquery screenings report`."
                ),
            )

    def kind_of(self, form: int) -> str:
        """Say of which kind a form is."""
        return self.kinds[self.form_kinds[form]] if self.form_kinds else self.kinds[0]

    def each_form(self) -> Iterator[tuple[int, list[bytes]]]:
        """Give the forms in their order, some thousands at a time, with the number of the first.

        Of each the first octet says whether it is exact, and the rest is its encoding.
        """
        for first, octets in self.job.read_parts(FORMS):
            yield first, _forms(octets)

    def each_subject(self) -> Iterator[Subject]:
        """Give the different identifiers in their order."""
        for _, octets in self.job.read_parts(SUBJECTS):
            yield from _subjects(octets)

    def each_place(self) -> Iterator[int]:
        """Give for each place the number of its subject."""
        for _, octets in self.job.read_parts(PLACES):
            numbers = array("I")
            numbers.frombytes(octets)
            yield from numbers

    def subject(self, number: int) -> Subject:
        """Give a subject by its number."""
        return self._subjects[number]

    def form(self, number: int) -> bytes:
        """Give the encoding of a form by its number."""
        return self._forms[number][1:]

    def identifier(self, subject: Subject) -> Identifier:
        """Give the identifier of a subject."""
        return restore(self._forms[subject.forms[0]][1:])


class _Parts(Generic[T]):
    """Items by their number; a few parts are in memory."""

    def __init__(self, job: Job, what: str, read: Callable[[bytes], list[T]]) -> None:
        self._job = job
        self._what = what
        self._read = read
        self._kept: OrderedDict[int, list[T]] = OrderedDict()
        # The part that was looked into last: most lists are gone through in their order.
        self._first = -1
        self._part: list[T] = []

    def __getitem__(self, number: int) -> T:
        at = number % PART
        if number - at != self._first:
            self._turn_to(number - at)
        return self._part[at]

    def _turn_to(self, first: int) -> None:
        found = self._kept.get(first)
        if found is None:
            found = self._kept[first] = self._read(self._job.read_part(self._what, first) or b"")
            if len(self._kept) > _PARTS_KEPT:
                self._kept.popitem(last=False)
        self._first, self._part = first, found


def _forms(octets: bytes) -> list[bytes]:
    found = []
    at, end = 0, len(octets)
    while at < end:
        length = octets[at] << 8 | octets[at + 1]
        at += 2
        found.append(octets[at : at + length])
        at += length
    return found


def _subjects(octets: bytes) -> list[Subject]:
    numbers = array("I")
    numbers.frombytes(octets)
    if len(numbers) == 3 * numbers[1::3].count(1):
        # Of one form each, as most are: then each takes three numbers, the first one and so all.
        made = partial(tuple.__new__, Subject)
        return list(map(made, zip(numbers[::3], zip(numbers[2::3], strict=True), strict=True)))
    found = []
    at, end = 0, len(numbers)
    while at < end:
        count = numbers[at + 1]
        found.append(Subject(numbers[at], tuple(numbers[at + 2 : at + 2 + count])))
        at += 2 + count
    return found

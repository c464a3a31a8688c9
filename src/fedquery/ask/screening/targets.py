"""A dataset that a list is asked of: by which spelling, and what of the list is still open."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from fedquery.ask.screening.board import NOT_ASKED, DatasetBoard
from fedquery.ask.screening.listed import Listed
from fedquery.ask.trust import Offered, Trusted
from fedquery.identifiers.restoring import restore
from fedquery.identifiers.rules import Spelling, as_today
from fedquery.psi.publication import Publication


class Input(NamedTuple):
    """One spelling of a form that is to be asked; it is never printed.

    Attributes:
        form: the number of the form.
        exact: 1 where finding it names one thing, else 0.
        octets: the encoded spelling.
        today: the form as the rules of today write it.
    """

    form: int
    exact: int
    octets: bytes
    today: bytes

    def __repr__(self) -> str:
        """Show the number alone: tracebacks print whatever they can reach."""
        return f"<input {self.form}, redacted>"


@dataclass(slots=True)
class Target:
    """A dataset that is asked, by its newest publication.

    Attributes:
        trusted: the nation.
        offered: the publication.
        board: what is known of the forms.
        spelling: how forms are written for it; None where it shares no rules with us.
    """

    trusted: Trusted
    offered: Offered
    board: DatasetBoard
    spelling: Spelling | None = field(repr=False)

    @property
    def publication(self) -> Publication:
        """Give the version."""
        return self.offered.publication

    @property
    def is_plain(self) -> bool:
        """Tell whether each form has one spelling, that of today."""
        return self.spelling is as_today

    def count(self, listed: Listed) -> int:
        """Count what is still to be asked."""
        if self.is_plain and len(listed.kinds) == 1:
            return self.board.states.count(NOT_ASKED)
        return sum(1 for _ in self.inputs(listed))

    def inputs(self, listed: Listed) -> Iterator[Input]:
        """Give what is still to be asked, in the order of the list."""
        spelling = self.spelling
        for numbers, kept in self.open_forms(listed):
            for number, packed in zip(numbers, kept, strict=True):
                today = packed[1:]
                if spelling is as_today:
                    yield Input(number, packed[0], today, today)
                    continue
                form = restore(today)
                for spelled in spelling(form) if spelling is not None else ():
                    exact = form.exact and spelled.exact
                    yield Input(number, exact, spelled.octets, today)

    def open_forms(self, listed: Listed) -> Iterator[tuple[list[int], list[bytes]]]:
        """Give the forms of its kind that are still to be asked, some thousands at a time.

        Of each its number, and how it is kept: one octet that says whether it is exact, and its
        encoding.
        """
        states, kind = self.board.states, self.board.kind
        several = len(listed.kinds) > 1
        for first, forms in listed.each_form():
            end = first + len(forms)
            if not several and states.count(NOT_ASKED, first, end) == len(forms):
                # As at the beginning of most lists.
                yield list(range(first, end)), forms
                continue
            numbers = [
                number
                for number in range(first, end)
                if states[number] == NOT_ASKED and (not several or listed.kind_of(number) == kind)
            ]
            if len(numbers) == len(forms):
                yield numbers, forms
            elif numbers:
                yield numbers, [forms[number - first] for number in numbers]


def lost_forms(target: Target, listed: Listed) -> "array[int]":
    """Name the forms of identifiers of which some form has no spelling for a dataset.

    To ask the rest of one would be a *no hit* that says less than it seems to.
    """
    lost = array("I")
    if target.spelling is as_today:
        return lost
    bad = bytearray(listed.forms)
    for first, forms in listed.each_form():
        for number, packed in enumerate(forms, first):
            if listed.kind_of(number) == target.board.kind:
                spelled = target.spelling is not None and target.spelling(restore(packed[1:]))
                bad[number] = not spelled
    good = bytearray(listed.forms)
    for subject in listed.each_subject():
        mine = [form for form in subject.forms if listed.kind_of(form) == target.board.kind]
        # One that is lost for some subject is asked all the same where another one needs it.
        if not any(bad[form] for form in mine):
            for form in mine:
                good[form] = 1
    lost.extend(
        form
        for form, is_good in enumerate(good)
        if not is_good and listed.kind_of(form) == target.board.kind
    )
    return lost

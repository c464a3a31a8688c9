"""A dataset that a list is asked of: by which spelling, and what of the list is still open."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from fedquery.ask.screening.board import NOT_ASKED, DatasetBoard
from fedquery.ask.screening.listed import Listed
from fedquery.ask.trust import Offered, Trusted
from fedquery.identifiers.restoring import restore
from fedquery.identifiers.rules import Spelling, as_today
from fedquery.psi.publication import Publication


@dataclass(frozen=True, slots=True)
class Input:
    """One spelling of a form that is to be asked.

    Attributes:
        form: the number of the form.
        exact: whether finding it names one thing.
        octets: the encoded spelling.
    """

    form: int
    exact: bool
    octets: bytes = field(repr=False)


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

    def inputs(self, listed: Listed) -> Iterator[Input]:
        """Give what is still to be asked, in the order of the list."""
        states, kind = self.board.states, self.board.kind
        several, spelling = len(listed.kinds) > 1, self.spelling
        number = -1
        for forms in listed.each_form():
            for packed in forms:
                number += 1
                if states[number] != NOT_ASKED or (several and listed.kind_of(number) != kind):
                    continue
                if spelling is as_today:
                    yield Input(number, bool(packed[0]), packed[1:])
                    continue
                form = restore(packed[1:])
                for spelled in spelling(form) if spelling is not None else ():
                    yield Input(number, form.exact and spelled.exact, spelled.octets)


def lost_forms(target: Target, listed: Listed) -> "array[int]":
    """Name the forms of identifiers of which some form has no spelling for a dataset.

    To ask the rest of one would be a *no hit* that says less than it seems to.
    """
    lost = array("I")
    if target.spelling is as_today:
        return lost
    bad = bytearray(listed.forms)
    number = -1
    for forms in listed.each_form():
        for packed in forms:
            number += 1
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

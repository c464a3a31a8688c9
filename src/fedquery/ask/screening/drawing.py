"""Which question asks what: inputs are drawn in their order, and no form is parted."""

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from fedquery.ask.screening.listed import Listed
from fedquery.ask.screening.targets import Input, Target
from fedquery.ask.screening.walking import Asks
from fedquery.seal.size import LARGEST, class_for


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question with what it asks.

    Attributes:
        asks: the question.
        octets: the encoded spellings that it asks.
        forms: for each the number of its form.
        exact: for each 1 where finding it names one thing, else 0.
        today: for each its form as the rules of today write it.
    """

    asks: Asks
    octets: tuple[bytes, ...] = field(repr=False)
    forms: "array[int]" = field(repr=False)
    exact: bytes = field(repr=False)
    today: tuple[bytes, ...] = field(repr=False)

    @staticmethod
    def of(asks: Asks, inputs: Collection[Input]) -> "Drawn":
        """Put inputs into a question."""
        return Drawn(
            asks,
            tuple(one.octets for one in inputs),
            array("I", (one.form for one in inputs)),
            bytes(one.exact for one in inputs),
            tuple(one.today for one in inputs),
        )


class Source(Protocol):
    """Draws what questions ask, in the order of the list."""

    def draw(self, asks: Asks) -> Drawn:
        """Draw as many inputs as a question has room for."""
        ...


def source_of(target: Target, listed: Listed) -> Source:
    """Make what draws the questions to a dataset."""
    if target.is_plain:
        return PlainSource(target.open_forms(listed))
    return SpelledSource(target.inputs(listed))


class PlainSource:
    """Draws forms of which each has one spelling, that of today: by columns, not one by one.

    Args:
        parts: the forms that are to be asked, some at a time: their numbers, and each as it is
            kept, before it one octet that says whether it is exact.
    """

    def __init__(self, parts: Iterator[tuple[list[int], list[bytes]]]) -> None:
        self._parts = parts
        self._numbers: list[int] = []
        self._kept: list[bytes] = []

    def draw(self, asks: Asks) -> Drawn:
        """Draw as many forms as a question has room for."""
        room = asks.size_class
        while len(self._numbers) < room and (more := next(self._parts, None)):
            self._numbers += more[0]
            self._kept += more[1]
        numbers, kept = self._numbers[:room], self._kept[:room]
        del self._numbers[:room], self._kept[:room]
        octets = tuple([one[1:] for one in kept])
        return Drawn(asks, octets, array("I", numbers), bytes([one[0] for one in kept]), octets)


class SpelledSource:
    """Draws the inputs of questions, all spellings of one form into one question.

    Args:
        inputs: what is to be asked, the spellings of one form one after the other.
    """

    def __init__(self, inputs: Iterator[Input]) -> None:
        self._inputs = inputs
        self._next: Input | None = None
        self._kept: list[Input] = []

    def draw(self, asks: Asks) -> Drawn:
        """Draw as many inputs as a question has room for."""
        drawn: dict[bytes, Input] = {}
        room = asks.size_class
        while group := self._group():
            fits = len(drawn) + len(group) <= room
            if not drawn and not fits and not asks.prefixes:
                # A form of several spellings takes a question that holds them.
                asks = Asks(class_for(len(group), largest=LARGEST))
                room, fits = asks.size_class, True
            doubled = any(one.octets in drawn for one in group)
            if not fits or doubled:
                self._put_back(group)
                break
            drawn.update((one.octets, one) for one in group)
            if len(drawn) == room:
                break
        return Drawn.of(asks, drawn.values())

    def _group(self) -> list[Input]:
        """Take the next form, with all of its spellings."""
        if self._kept:
            group, self._kept = self._kept, []
            return group
        first = self._next or next(self._inputs, None)
        if first is None:
            return []
        group = [first]
        self._next = None
        for one in self._inputs:
            if one.form != first.form:
                self._next = one
                break
            group.append(one)
        return group

    def _put_back(self, group: list[Input]) -> None:
        self._kept = group

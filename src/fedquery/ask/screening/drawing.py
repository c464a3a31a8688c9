"""Which question asks what: inputs are drawn in their order, and no form is parted."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from fedquery.ask.screening.targets import Input
from fedquery.ask.screening.walking import Asks
from fedquery.seal.size import class_for


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question with what it asks.

    Attributes:
        asks: the question.
        inputs: what it asks.
    """

    asks: Asks
    inputs: list[Input] = field(repr=False)


class Source:
    """Draws the inputs of questions, all spellings of one form into one question.

    Args:
        inputs: what is to be asked, the spellings of one form one after the other.
        plain: whether each form has one spelling.
    """

    def __init__(self, inputs: Iterator[Input], *, plain: bool) -> None:
        self._inputs = inputs
        self._plain = plain
        self._next: Input | None = None
        self._kept: list[Input] = []

    def draw(self, asks: Asks) -> Drawn:
        """Draw as many inputs as a question has room for."""
        if self._plain:
            return Drawn(asks, list(itertools.islice(self._inputs, asks.size_class)))
        drawn: dict[bytes, Input] = {}
        room = asks.size_class
        while group := self._group():
            fits = len(drawn) + len(group) <= room
            if not drawn and not fits and not asks.prefixes:
                # A form of several spellings takes a question that holds them.
                asks = Asks(class_for(len(group), allow_largest=True))
                room, fits = asks.size_class, True
            doubled = any(one.octets in drawn for one in group)
            if not fits or doubled:
                self._put_back(group)
                break
            drawn.update((one.octets, one) for one in group)
            if len(drawn) == room:
                break
        return Drawn(asks, list(drawn.values()))

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

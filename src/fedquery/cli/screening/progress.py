"""How far a screening is: a bar for each nation where somebody looks, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import click
from rich.console import Console

from fedquery.ask.screening.values import NationProgress, Progress
from fedquery.identifiers import Identifier

_EVERY_S: Final = 10.0
_SETTLED_S: Final = 1.0  # before that a rate says nothing
_COUNTED: Final = 1_000
_HOUR_S: Final = 3600
_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast each nation answers, and how long what is left will take.

    Attributes:
        began_s: when asking began, by a clock that never goes back.
        before: what was answered before, by nation: it does not make this run faster.
    """

    began_s: float
    before: Mapping[str, int] = field(default_factory=dict)

    def told(self, one: NationProgress, now_s: float) -> str:
        """Say how far a nation is.

        Args:
            one: the nation.
            now_s: the time in seconds, of the same clock.
        """
        done = one.answered - self.before.get(one.nation, 0)
        took_s = now_s - self.began_s
        text = f"{one.answered:,} of {one.forms:,}"
        if one.why:
            return f"{text}, stopped: {one.why}"
        if one.waiting_until_ms:
            return f"{text}, waiting"
        if done <= 0 or took_s < _SETTLED_S:
            return text
        rate = done / took_s
        left = duration((one.forms - one.answered) / rate)
        return f"{text}, {rate:,.0f}/s" + (f", {left} left" if one.answered < one.forms else "")


def duration(seconds: float) -> str:
    """Write a duration in its two largest units."""
    whole = int(seconds + 0.5)
    if whole >= _HOUR_S:
        return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S:02} min"
    if whole >= _MINUTE_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S:02} s"
    return f"{whole} s"


class PlainLines:
    """Progress in lines, one for all nations, not more often than every ten seconds.

    Args:
        say: takes a line.
        before: what was answered before, by nation.
        clock: the time in s, of a clock that never goes back.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        before: Mapping[str, int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say
        self._clock = clock
        self._last_s = clock()
        self._pace = Pace(self._last_s, before)

    def __call__(self, progress: Progress) -> None:
        """Say how far it is, where it is time."""
        now_s = self._clock()
        if now_s - self._last_s >= _EVERY_S:
            self._last_s = now_s
            told = (f"{one.nation} {self._pace.told(one, now_s)}" for one in progress.nations)
            self._say("; ".join(told))


@contextmanager
def shown(before: Mapping[str, int], *, terminal: bool) -> Iterator[Callable[[Progress], None]]:
    """Show on standard error how far asking is.

    Args:
        before: what was answered before, by nation.
        terminal: whether a person looks at it.

    Yields:
        what is told of progress.
    """
    if not terminal:
        yield PlainLines(lambda line: click.echo(line, err=True), before)
        return
    from rich.progress import BarColumn, TaskID, TextColumn  # noqa: PLC0415 -- only where it is shown
    from rich.progress import Progress as Bars  # noqa: PLC0415 -- as above

    pace = Pace(time.monotonic(), before)
    tasks: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:

        def show(progress: Progress) -> None:
            now_s = time.monotonic()
            for one in progress.nations:
                if one.nation not in tasks:
                    tasks[one.nation] = bars.add_task(one.nation, total=one.forms, told="")
                told = pace.told(one, now_s)
                bars.update(tasks[one.nation], total=one.forms, completed=one.answered, told=told)

        yield show


class Counted:
    """A list that is counted as it is read.

    Args:
        found: the list.
    """

    def __init__(self, found: Iterable[Identifier]) -> None:
        self._found = found
        self._say: Callable[[int], None] = lambda _number: None

    def __iter__(self) -> Iterator[Identifier]:
        """Read it, and say now and then how much was read."""
        for number, one in enumerate(self._found, 1):
            if number % _COUNTED == 0:
                self._say(number)
            yield one

    @contextmanager
    def shown(self, *, terminal: bool) -> Iterator[None]:
        """Show on standard error how much was read, where a person looks at it."""
        if not terminal:
            yield
            return
        with Console(stderr=True).status("reading ...") as status:
            self._say = lambda number: status.update(f"reading ... {number:,}")
            yield

"""How far a screening is: a bar for each nation where somebody looks, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import click
from rich.console import Console

from fedquery.ask.screening.values import NationProgress, Progress

_EVERY_S: Final = 10.0
_HOUR_S: Final = 3600
_MINUTE_S: Final = 60


@dataclass(slots=True)
class Pace:
    """How fast each nation answers, and how long what is left will take.

    Attributes:
        began: when it was first seen at work, by nation: the time in s, and what was answered then.
    """

    began: dict[str, tuple[float, int]] = field(default_factory=dict)

    def told(self, one: NationProgress, now_s: float) -> str:
        """Say how far a nation is.

        Args:
            one: the nation.
            now_s: the time in seconds, of a clock that never goes back.
        """
        since_s, before = self.began.setdefault(one.nation, (now_s, one.answered))
        done, took_s = one.answered - before, now_s - since_s
        text = f"{one.answered:,} of {one.forms:,}"
        if one.why:
            return f"{text}, stopped: {one.why}"
        if one.waiting_until_ms:
            return f"{text}, waiting"
        if done <= 0 or took_s <= 0:
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


@dataclass(slots=True)
class PlainLines:
    """Progress in lines, one for all nations, not more often than every ten seconds.

    Attributes:
        say: takes a line.
        clock: the time in s, of a clock that never goes back.
    """

    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _pace: Pace = field(default_factory=Pace)
    _last_s: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Take note of how far it is, and say so where it is time."""
        now_s = self.clock()
        told = [f"{one.nation} {self._pace.told(one, now_s)}" for one in progress.nations]
        if self._last_s is None:
            self._last_s = now_s
        elif now_s - self._last_s >= _EVERY_S:
            self._last_s = now_s
            self.say("; ".join(told))


@contextmanager
def shown(*, terminal: bool) -> Iterator[Callable[[Progress], None]]:
    """Show progress on standard error.

    Args:
        terminal: whether a person looks at it.

    Yields:
        what is told of progress.
    """
    if not terminal:
        yield PlainLines(lambda line: click.echo(line, err=True))
        return
    from rich.progress import BarColumn, TaskID, TextColumn  # noqa: PLC0415 -- only where it is shown
    from rich.progress import Progress as Bars  # noqa: PLC0415 -- as above

    pace = Pace()
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

"""How far work on many rows is: a bar where a person looks, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

Advance = Callable[[int], None]

_LINE_EVERY_S: Final = 10.0


def rate(what: str, done: int, elapsed_s: float) -> str:
    """Say how far work is of which nobody knows how much it is, and how fast it goes.

    Args:
        what: the work.
        done: rows that are done.
        elapsed_s: seconds since it began, above 0.
    """
    return f"{what}: {done} rows, {done / elapsed_s:.0f} a second"


def line(what: str, done: int, total: int, elapsed_s: float) -> str:
    """Say how far work is, how fast it goes, and how long it will take.

    Args:
        what: the work.
        done: rows that are done.
        total: all rows, at least `done`.
        elapsed_s: seconds since it began, above 0.
    """
    per_s = done / elapsed_s
    left_s = (total - done) / per_s if done else 0
    return f"{what}: {done} of {total} rows, {per_s:.0f} a second, {left_s:.0f} s left"


@contextmanager
def shown(what: str, total: Callable[[], int]) -> Iterator[Advance]:
    """Show progress on standard error.

    Args:
        what: the work.
        total: counts all rows, once, where anybody is to be told.

    Yields:
        what is called with the number of rows that are done now.
    """
    if sys.stderr.isatty():
        with _bar(what, total()) as advance:
            yield advance
    else:
        yield _Lines(what, total).advance


@contextmanager
def counted(what: str) -> Iterator[Advance]:
    """Show progress on standard error where nobody knows how many rows there are.

    Args:
        what: the work.

    Yields:
        what is called with the number of rows that are done by now, all together.
    """
    if sys.stderr.isatty():
        with _bar(what, None) as advance:
            yield _Steps(advance).reach
    else:
        yield _Steps(_Lines(what, None).advance).reach


class _Steps:
    """Turns numbers of rows that are done by now into those that were done since."""

    def __init__(self, advance: Advance) -> None:
        self._advance = advance
        self._done = 0

    def reach(self, done: int) -> None:
        self._advance(done - self._done)
        self._done = done


class _Lines:
    """Writes a line every ten seconds; what takes less time says nothing."""

    def __init__(self, what: str, total: Callable[[], int] | None) -> None:
        self._what, self._total = what, total
        self._done = 0
        self._counted: int | None = None
        self._started_s = self._said_s = time.monotonic()

    def advance(self, rows: int) -> None:
        self._done += rows
        now_s = time.monotonic()
        if now_s - self._said_s < _LINE_EVERY_S:
            return
        self._said_s = now_s
        sys.stderr.write(f"{self._told(now_s - self._started_s)}\n")
        sys.stderr.flush()

    def _told(self, elapsed_s: float) -> str:
        if self._total is None:
            return rate(self._what, self._done, elapsed_s)
        if self._counted is None:
            self._counted = self._total()
        return line(self._what, self._done, max(self._counted, self._done), elapsed_s)


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Advance]:
    from rich.console import Console  # noqa: PLC0415 -- only where it is shown
    from rich.progress import (  # noqa: PLC0415 -- only where it is shown
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # noqa: PLC0415 -- only where it is shown

    class Rate(ProgressColumn):
        """Rows a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed or 0:.0f} a second")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda rows: bar.advance(task, rows)

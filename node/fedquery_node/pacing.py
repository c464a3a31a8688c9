"""Write much to a database beside others: in one transaction if it is little, else step by step.

SQLite has one writer at a time, and its writers do not queue: one that waits looks again after a
while, of up to a tenth of a second, and one that begins again at once keeps it out for seconds. So
a step is short, and behind it is a pause that is long enough for whoever waits to come by.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from fedquery.storage.transaction import transaction

# Up to so many changed rows others wait for the whole.
AT_ONCE: Final = 5_000

_FIRST: Final = 2_000  # rows
_MOST: Final = 50_000  # rows
_AIM_S: Final = 0.1
_SHORTEST_PAUSE_S: Final = 0.03
# The longest that a writer of SQLite sleeps before it looks again.
_LONGEST_PAUSE_S: Final = 0.1

Step = Callable[[int], int]


def _unseen(_rows: int) -> None:
    """Show no progress."""


def rows_of_next(rows: int, took_s: float, most: int) -> int:
    """Say how many rows the next step should have, so that it takes a tenth of a second.

    Args:
        rows: how many the last one had, from 1 on.
        took_s: how long it took, in seconds.
        most: the most that a step may have.
    """
    # A step that others kept waiting says little of the next one.
    factor = min(2.0, max(0.25, _AIM_S / took_s)) if took_s > 0 else 2.0
    return max(1, min(most, int(rows * factor)))


def pause_s(took_s: float) -> float:
    """Say how long to let others write after a step, in seconds."""
    return min(_LONGEST_PAUSE_S, max(_SHORTEST_PAUSE_S, took_s / 2))


@dataclass(slots=True)
class Pace:
    """How a change is written.

    Attributes:
        at_once: whether in one transaction.
        rows: the rows of the next step, from 1 on.
        most: the most that a step may have.
        clock: the time in seconds.
        sleep: lets others write for some seconds.
    """

    at_once: bool = False
    rows: int = _FIRST
    most: int = _MOST
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @contextmanager
    def whole(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Put a block into one transaction, where all is written at once."""
        if self.at_once:
            with transaction(connection):
                yield
        else:
            yield

    @contextmanager
    def one(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Put a block into one transaction: the one around all, or one of its own."""
        if self.at_once:
            yield
        else:
            with transaction(connection):
                yield

    def run(
        self,
        connection: sqlite3.Connection,
        step: Step,
        progress: Callable[[int], None] = _unseen,
    ) -> None:
        """Do a step again and again, until it finds nothing to do any more.

        Args:
            connection: the database.
            step: does up to so many rows, and says how many it did.
            progress: called with the number of rows after each step.
        """
        while True:
            began_s = self.clock()
            with self.one(connection):
                done = step(self.rows)
            if not done:
                return
            progress(done)
            if not self.at_once:
                took_s = self.clock() - began_s
                self.rows = rows_of_next(self.rows, took_s, self.most)
                self.sleep(pause_s(took_s))


def pace_for(rows: int) -> Pace:
    """Give the pace for a change of so many rows."""
    at_once = rows <= AT_ONCE
    return Pace(at_once=at_once, rows=_MOST if at_once else _FIRST)

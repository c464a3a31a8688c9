"""The LOG argument of the auditor's commands, and how far a command has come with it."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TextIO

import click

from fedquery.cli import paths

NOT_LOOKED: Final = "not looked at: who signed this, and which witnesses saw it (audit verify)"
"""What a command says that compares entries with a checkpoint which anybody may have made."""
LOG: Final = paths.ANY
_QUIET_S: Final = 2.0
_TERMINAL_EVERY_S: Final = 0.2
_FILE_EVERY_S: Final = 10.0

log_argument = click.argument("log_path", metavar="LOG", type=LOG)


class Progress:
    """Say on stderr how far a long command is; nothing in its first two seconds.

    Args:
        what: what is done, such as "verifying".
        total: how many entries there are.
        stream: where to; a terminal sees one line that changes.
        clock: seconds, from any beginning.
    """

    def __init__(
        self,
        what: str,
        total: int,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._terminal = self._stream.isatty()
        self._next_s = clock() + _QUIET_S
        self._said = False

    def at(self, done: int) -> None:
        """Say it, if the last time is long enough ago.

        Args:
            done: how many entries are done.
        """
        now_s = self._clock()
        if now_s < self._next_s:
            return
        self._next_s = now_s + (_TERMINAL_EVERY_S if self._terminal else _FILE_EVERY_S)
        self._said = True
        line = f"{self._what}: {done:,} of {self._total:,} entries"
        self._stream.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        self._stream.flush()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away again, so that a result or an error begins on an empty one."""
        if self._said and self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

"""What the commands on logs have in common: progress on standard error, times of entries."""

import io

from fedquery.audit.reading import _CLASSES
from fedquery.cli.audit.entries import _TIMES
from fedquery.cli.audit.log_argument import Progress
from fedquery.psi.publication import Publication


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self):
        """Say so."""
        return True


def told(stream, seconds):
    """Let a command of ten entries take so many seconds an entry."""
    now = [0.0]
    with Progress("verifying", 10, stream=stream, clock=lambda: now[0]) as progress:
        for done in range(1, 11):
            now[0] += seconds
            progress.at(done)
    return stream.getvalue()


def test_a_short_command_says_nothing():
    """Less than two seconds."""
    assert "" == told(io.StringIO(), 0.19)


def test_a_long_command_says_how_far_it_is():
    """A line each ten seconds in a file; on a terminal one line, which is gone in the end."""
    lines = told(io.StringIO(), 3).splitlines()
    assert [f"verifying: {done} of 10 entries" for done in (1, 5, 9)] == lines
    shown = told(Terminal(), 3)
    assert shown.startswith("\rverifying: 1 of 10 entries\x1b[K\rverifying: 2 of")
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in shown


def test_every_type_of_entry_has_a_time():
    """A new type of entry is not forgotten where logs are compared."""
    assert {*_CLASSES.values(), Publication} == set(_TIMES)

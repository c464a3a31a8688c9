"""The words on both sides of a place, as far as they are its own and not of another number."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

# How far words reach, in characters.
_BEFORE: Final = 56
_BEHIND: Final = 28
# As many more in which a following number may begin.
_NUMBER: Final = 16
NEXT: Final = re.compile(r"[+(]{0,2}[0-9][0-9 .()-]{5,}")
# What ends the words of one thing before those of the next, full-width commas among them.
_STOP: Final = re.compile("[,;|()\uff0c\uff1b\u3001]|(?<![aAบ])/")
_LINE_BELOW: Final = re.compile(r" {0,4}\r?\n([^\n]{1,48})")


def plain(text: str) -> str:
    """Bring words to the form in which the tables have them."""
    lower = text if text.isascii() else unicodedata.normalize("NFC", text)
    return lower.lower()


@dataclass(frozen=True, slots=True)
class Sides:
    """The words beside a place.

    Attributes:
        before: those before it, without those on the line of an earlier number.
        behind: those behind it in its line, up to a number that follows.
        own: of these the ones that are its own for sure: all, or those up to a comma or the like.
        is_followed: whether a number follows.
        below: the line below, where the place ends its line and the line has no number.
        below_at: how far that line is from the end of the place.
    """

    before: str = field(repr=False)
    behind: str = field(repr=False)
    own: str = field(repr=False)
    is_followed: bool
    below: str = field(repr=False)
    below_at: int


def _own_lines(before: str, *, cut: bool) -> str:
    """Drop of the words before a place those on the line of an earlier number."""
    if cut:
        rest, end, line = before.partition("\n")
        return line if end else rest
    return before


def _last_stop(text: str) -> int:
    """Find behind which stop the words of the next thing begin; that of `a/c` is none."""
    end = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
    return end


def sides(text: str, start: int, end: int, since: int) -> Sides:
    """Cut out the words beside a place.

    Args:
        text: a folded text.
        start: where the place begins.
        end: where it ends.
        since: where words begin that are not an earlier number's.
    """
    first = max(start - _BEFORE, since)
    before = _own_lines(text[first:start], cut=since > 0 and first == since)
    line = text[end : end + _BEHIND + _NUMBER].partition("\n")[0]
    following = NEXT.search(line)
    behind = line[: _BEHIND if following is None else following.start()]
    own = behind if following is None else behind[: _last_stop(behind)]
    below = _LINE_BELOW.match(text, end)
    has_below = below is not None and NEXT.search(below[1]) is None
    return Sides(
        before=plain(before),
        behind=plain(behind),
        own=plain(own),
        is_followed=following is not None,
        below=plain(below[1]) if below is not None and has_below else "",
        below_at=below.start(1) - end if below is not None and has_below else 0,
    )

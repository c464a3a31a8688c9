"""Moments in signed texts: whole seconds of UTC, in the one form that a person can read."""

import datetime as dt
from typing import Final

from fedquery.errors import EncodingError, InputError

_LENGTH: Final = len("2026-11-21T00:00:00Z")
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_UTC: Final = "+00:00"
LATEST_MS: Final = 253_402_300_799_000
"""The last second of the year 9999."""


def check_moment(at_ms: int, what: str) -> None:
    """Require whole seconds from 1970 to 9999.

    Args:
        at_ms: milliseconds since 1970.
        what: the name of the field, for the error.

    Raises:
        InputError: otherwise.
    """
    if type(at_ms) is not int or not 0 <= at_ms <= LATEST_MS or at_ms % 1000:
        raise InputError(f"{what} is out of range")


def render_moment(at_ms: int) -> str:
    """Write a moment, such as 2026-11-21T00:00:00Z."""
    return (_EPOCH + dt.timedelta(milliseconds=at_ms)).isoformat().removesuffix(_UTC) + "Z"


def parse_moment(text: str, what: str) -> int:
    """Read a moment.

    Args:
        text: what `render_moment` wrote.
        what: the name of the format, for the error.

    Returns:
        Milliseconds since 1970.

    Raises:
        EncodingError: if it is anything else.
    """
    if len(text) != _LENGTH or not text.endswith("Z"):
        raise EncodingError(f"malformed {what}")
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise EncodingError(f"malformed {what}") from None
    # The parser takes many forms; there is one that gives this text again.
    at_ms = (moment - _EPOCH) // dt.timedelta(milliseconds=1)
    if at_ms < 0 or render_moment(at_ms) != text:
        raise EncodingError(f"malformed {what}")
    return at_ms

"""Names and ranges that every value of the protocol shares, checked where a value is made.

No message repeats the value that it refuses.
"""

import re

from fedquery.errors import InputError

# Canonical JSON carries integers up to here, so no number of the protocol exceeds it.
MAX_INTEGER = 2**53 - 1

_NATION = re.compile(r"[A-Z]{2}")
_VIEWER = re.compile(r"[A-Z]{2}(?:/[a-z0-9-]{1,40})?")
_NAME = re.compile(r"[a-z0-9-]{1,40}")


def check_nation(nation: str) -> None:
    """Require a nation code: two capital letters.

    Raises:
        InputError: otherwise.
    """
    if _NATION.fullmatch(nation) is None:
        raise InputError("a nation is two capital letters")


def check_viewer(viewer: str) -> None:
    """Require who a view is for: a nation, or an agency of it that sees more by its teams.

    Raises:
        InputError: otherwise.
    """
    if _VIEWER.fullmatch(viewer) is None:
        raise InputError("a view is for a nation or an agency")


def check_name(name: str, what: str) -> None:
    """Require the name of a dataset or a kind: 1 to 40 of a-z, 0-9 and hyphen.

    Args:
        name: the name.
        what: the name of the field, for the error.

    Raises:
        InputError: otherwise.
    """
    if _NAME.fullmatch(name) is None:
        raise InputError(f"{what} is 1 to 40 small letters, digits and hyphens")


def check_range(value: int, low: int, high: int, what: str) -> None:
    """Require an integer from `low` to `high`, both taken.

    Args:
        value: the integer; a boolean is not one.
        low: the least that is taken.
        high: the greatest that is taken.
        what: the name of the field, for the error.

    Raises:
        InputError: otherwise.
    """
    if isinstance(value, bool) or not low <= value <= high:
        raise InputError(f"{what} is out of range")


def check_length(octets: bytes, length: int, what: str) -> None:
    """Require exactly `length` octets.

    Args:
        octets: the octet string.
        length: how many octets it must have.
        what: the name of the field, for the error.

    Raises:
        InputError: otherwise.
    """
    if len(octets) != length:
        raise InputError(f"{what} has the wrong length")


def check_text(text: str, low: int, high: int, what: str) -> None:
    """Require a text of `low` to `high` characters that shows as one line.

    Args:
        text: the text.
        low: the least length.
        high: the greatest.
        what: the name of the field, for the error.

    Raises:
        InputError: otherwise.
    """
    check_range(len(text), low, high, f"the length of {what}")
    # A lone surrogate has no UTF-8, and a control character could forge lines of a report.
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in text):
        raise InputError(f"{what} has control characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InputError(f"{what} is not a text")

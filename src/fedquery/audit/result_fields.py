"""Fields of an auditor's result: read strictly from JSON that anybody may have written."""

from collections.abc import Iterator
from typing import Final

from fedquery.audit.form import Integer, OneOf, Pattern
from fedquery.encoding.canonical_json import Json

LONGEST_TEXT: Final = 400
LATEST_MS: Final = 253_000_000_000_000
"""The year 9987: later than that, a clock that is ahead of UTC has no calendar to write by."""
_DIGEST: Final = Pattern(r"[0-9a-f]{64}")
_NUMBER: Final = Integer()


def members(value: Json, *keys: str) -> list[Json]:
    """Take exactly these members of an object, in this order.

    Raises:
        ValueError: if it has others, or is no object.
    """
    if not isinstance(value, dict) or value.keys() != set(keys):
        raise ValueError("not an object of these members")
    return [value[key] for key in keys]


def listed(value: Json, most: int) -> list[Json]:
    """Take a list of at most so many.

    Raises:
        ValueError: if it is longer, or no list.
    """
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("not a list, or a longer one")
    return value


def pairs(value: Json, most: int) -> Iterator[tuple[str, Json]]:
    """Take an object with names of any kind, at most so many.

    Yields:
        Each name, as a text to be shown, and its value.

    Raises:
        ValueError: if it has more, or is no object.
    """
    if not isinstance(value, dict) or len(value) > most:
        raise ValueError("not an object, or a larger one")
    for name, one in value.items():
        yield text(name), one


def text(value: Json, longest: int = LONGEST_TEXT) -> str:
    """Take a text that can be shown: nothing in it moves a cursor or turns a line around.

    Raises:
        ValueError: if it is none, or longer.
    """
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ValueError("not a text to be shown")
    return value


def word(value: Json, *words: str) -> str:
    """Take one of these words.

    Raises:
        ValueError: if it is another one.
    """
    return text(OneOf(words).write(value))


def digest(value: Json) -> str:
    """Take a digest of 32 octets, in hexadecimal.

    Raises:
        ValueError: if it is none.
    """
    return text(_DIGEST.write(value))


def number(value: Json) -> int:
    """Take an integer from 0 on.

    Raises:
        ValueError: if it is none.
    """
    _NUMBER.write(value)
    # `write` has refused whatever is no integer.
    return value if isinstance(value, int) else 0


def moment(value: Json) -> int:
    """Take a time in milliseconds since 1970 that every calendar can write.

    Raises:
        ValueError: if it is none.
    """
    found = number(value)
    if found > LATEST_MS:
        raise ValueError("beyond the calendar")
    return found


def number_or_none(value: Json) -> int | None:
    """Take an integer from 0 on, or nothing.

    Raises:
        ValueError: if it is neither.
    """
    return None if value is None else number(value)

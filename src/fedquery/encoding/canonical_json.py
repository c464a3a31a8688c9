"""Canonical JSON: one byte string per value, so that a hash of it means something.

The form is RFC 8785's for the values that fedquery uses: objects with string keys, arrays, strings,
integers within 2^53, booleans and null; no floats. Keys are sorted, no white space, UTF-8.
"""

import json
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring
from typing import NoReturn, TypeAlias

from fedquery.errors import EncodingError

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

_MAX_DEPTH = 16
_MAX_INT = 2**53 - 1


def _check(value: object, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply for canonical JSON")
    if isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            # ASCII keys sort alike as code points and as UTF-16 units (RFC 8785, 3.2.3).
            if not isinstance(key, str) or not key.isascii():
                raise ValueError("canonical JSON wants ASCII keys")
            # Most values are plain texts, and lists of them are long.
            if type(item) is not str or not item.isascii():
                _check(item, depth + 1)
    else:
        _check_scalar(value)


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        # A lone surrogate, which JSON can escape, has no UTF-8: this raises a ValueError.
        if not value.isascii():
            value.encode("utf-8")
    elif isinstance(value, int):
        # True and False are integers to Python, and small ones.
        if abs(value) > _MAX_INT:
            raise ValueError("integer too large for canonical JSON")
    elif value is not None:
        raise ValueError("this type has no canonical JSON")


def dump(value: object) -> bytes:
    """Write a value in its one canonical form.

    Raises:
        ValueError: if the value has a part that has no canonical form.
    """
    _check(value, 0)
    return _write(value)


# Made once: most values are small, and making it takes longer than to write one.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def dump_text(text: str) -> str:
    """Write a text as it stands inside of canonical JSON, with its quotation marks."""
    return encode_basestring(text)


def dump_texts(texts: Iterable[str]) -> Iterator[str]:
    """Write texts as `dump_text` does, without a call in between: a list has thousands."""
    return map(encode_basestring, texts)


def _write(value: object) -> bytes:
    return _ENCODER.encode(value).encode("utf-8")


def _refuse_constant(_text: str) -> NoReturn:
    raise ValueError("not a number")


def _refuse_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def load(octets: bytes, *, cap: int, what: str = "JSON", canonical: bool = True) -> Json:
    """Read JSON strictly.

    Args:
        octets: the document.
        cap: the largest size in bytes.
        what: the name of the format, for the error.
        canonical: whether only the canonical form is taken; else space and order are free.

    Raises:
        EncodingError: on anything that `dump` could not have written (or, where not canonical, on
            doubled keys, floats, constants, depth over 16 and sizes over the cap).
    """
    if len(octets) > cap:
        raise EncodingError(f"malformed {what}")
    try:
        value: Json = json.loads(
            octets.decode("utf-8"),
            object_pairs_hook=_refuse_doubles,
            parse_constant=_refuse_constant,
            parse_float=_refuse_constant,
        )
        _check(value, 0)
        same = not canonical or _write(value) == octets
    except (ValueError, RecursionError):
        raise EncodingError(f"malformed {what}") from None
    if not same:
        raise EncodingError(f"malformed {what}")
    return value

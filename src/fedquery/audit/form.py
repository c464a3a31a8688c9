"""Forms of fields: how one value of a log entry is checked, written as JSON and read back.

An entry's fields are annotated with their form. A form refuses a value with `ValueError`, whose
text never repeats it; `entry` turns that into the error of the side that is at fault.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Protocol, TypeAlias

from fedquery.audit import plain
from fedquery.audit.plain import Plain
from fedquery.audit.usual_situation import USUAL
from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json

# Canonical JSON carries integers up to here.
MAX_INTEGER = 2**53 - 1
MAX_DOCUMENT = 8_192


class Form(Protocol):
    """How a field is checked, written and read."""

    def write(self, value: Any) -> Json:  # noqa: ANN401  each form takes its own type and checks it
        """Check a value and write it as JSON, or raise `ValueError`."""

    def read(self, value: Json) -> object:
        """Read a value from JSON, or raise `ValueError`; the entry checks it once more."""

    def plain(self) -> Plain:
        """Say how it looks in plain writing: nothing that `write` could not have made."""


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer from `low` to `high`, both taken."""

    low: int = 0
    high: int = MAX_INTEGER

    def write(self, value: object) -> Json:
        """Check and write an integer."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("not an integer")  # noqa: TRY004  forms have one error
        if not self.low <= value <= self.high:
            raise ValueError("out of range")
        return value

    def read(self, value: Json) -> object:
        """Read an integer."""
        return value

    def plain(self) -> Plain:
        """Match integers in plain writing."""
        # What the expression matches is in the widest range.
        widest = (self.low, self.high) == (0, MAX_INTEGER)
        return Plain(plain.INTEGER, int if widest else self._read_plain)

    def _read_plain(self, text: str) -> object:
        value = int(text)
        if not self.low <= value <= self.high:
            raise ValueError("out of range")
        return value


@dataclass(frozen=True, slots=True)
class OptionalInteger:
    """An integer from 0 on, or nothing where it is not known."""

    def write(self, value: object) -> Json:
        """Check and write an integer or nothing."""
        return None if value is None else Integer().write(value)

    def read(self, value: Json) -> object:
        """Read an integer or nothing."""
        return value

    def plain(self) -> Plain:
        """Match integers in plain writing, or nothing."""
        return Plain(f"null|{plain.INTEGER}", lambda text: None if text == "null" else int(text))


@dataclass(frozen=True, slots=True)
class Octets:
    """Octets of one length, in hexadecimal; none at all where `optional`."""

    length: int
    optional: bool = False

    def write(self, value: object) -> Json:
        """Check and write octets."""
        if not isinstance(value, bytes):
            raise ValueError("not octets")  # noqa: TRY004  forms have one error
        if len(value) != self.length and (value or not self.optional):
            raise ValueError("wrong length")
        return value.hex()

    def read(self, value: Json) -> object:
        """Read octets; capitals and white space are refused when the entry is written again."""
        if not isinstance(value, str):
            raise ValueError("not text")  # noqa: TRY004  forms have one error
        return bytes.fromhex(value)

    def plain(self) -> Plain:
        """Match octets in hexadecimal."""
        expression = f"(?:[0-9a-f]{{{2 * self.length}}}){'?' if self.optional else ''}"
        return Plain(expression, bytes.fromhex, quoted=True)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text that a regular expression matches in full.

    Attributes:
        pattern: the regular expression.
        narrow: another one for plain writing, where the first matches what JSON escapes.
    """

    pattern: str
    narrow: str = ""

    def write(self, value: object) -> Json:
        """Check and write text."""
        if not isinstance(value, str) or re.fullmatch(self.pattern, value) is None:
            raise ValueError("out of form")
        return value

    def read(self, value: Json) -> object:
        """Read text."""
        return value

    def plain(self) -> Plain:
        """Match the text in plain writing."""
        return Plain(self.narrow or self.pattern, quoted=True)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One word of a closed set."""

    words: tuple[str, ...]

    def write(self, value: object) -> Json:
        """Check and write the word."""
        if not isinstance(value, str) or value not in self.words:
            raise ValueError("not one of the words")
        return value

    def read(self, value: Json) -> object:
        """Read the word."""
        return value

    def plain(self) -> Plain:
        """Match the words."""
        return Plain("|".join(map(re.escape, self.words)), quoted=True)


@dataclass(frozen=True, slots=True)
class SortedTexts:
    """A tuple of different texts of one pattern, in ascending order.

    Attributes:
        pattern: the regular expression of one.
        most: how many there may be.
        narrow: another expression for plain writing, of texts without quote, comma or backslash.
    """

    pattern: str
    most: int
    narrow: str

    def write(self, value: object) -> Json:
        """Check and write the texts."""
        if not isinstance(value, tuple) or len(value) > self.most:
            raise ValueError("too many")
        one = Pattern(self.pattern)
        written = [one.write(text) for text in value]
        if any(a >= b for a, b in pairwise(value)):
            raise ValueError("not ascending")
        return written

    def read(self, value: Json) -> object:
        """Read the texts."""
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise ValueError("not a list of texts")
        return tuple(value)

    def plain(self) -> Plain:
        """Match a list of texts in plain writing."""
        one = f'"(?:{self.narrow})"'
        return Plain(rf"\[(?:{one}(?:,{one})*)?\]", self._read_plain)

    def _read_plain(self, text: str) -> object:
        value = tuple(text[2:-2].split('","')) if text != "[]" else ()
        if len(value) > self.most or any(a >= b for a, b in pairwise(value)):
            raise ValueError("too many, or not ascending")
        return value


@dataclass(frozen=True, slots=True)
class Document:
    """Canonical JSON of an object, kept as its bytes and written as the object; empty for none."""

    cap: int = MAX_DOCUMENT

    def write(self, value: object) -> Json:
        """Check and write the document."""
        if not isinstance(value, bytes):
            raise ValueError("not octets")  # noqa: TRY004  forms have one error
        if not value:
            return None
        document = canonical_json.load(value, cap=self.cap)
        if not isinstance(document, dict):
            raise ValueError("not an object")  # noqa: TRY004  forms have one error
        return document

    def read(self, value: Json) -> object:
        """Read the document."""
        return b"" if value is None else canonical_json.dump(value)

    def plain(self) -> Plain:
        """Match a situation in plain writing, or none."""
        return Plain(f"null|{USUAL}", self._read_plain)

    def _read_plain(self, text: str) -> object:
        if len(text) > self.cap:
            raise ValueError("too large")
        return b"" if text == "null" else text.encode()


Digest: TypeAlias = Annotated[bytes, Octets(32)]
OptionalDigest: TypeAlias = Annotated[bytes, Octets(32, optional=True)]
KeyId: TypeAlias = Annotated[bytes, Octets(8)]
OptionalKeyId: TypeAlias = Annotated[bytes, Octets(8, optional=True)]
Milliseconds: TypeAlias = Annotated[int, Integer()]
Number: TypeAlias = Annotated[int, Integer()]
OptionalNumber: TypeAlias = Annotated[int | None, OptionalInteger()]
Nation: TypeAlias = Annotated[str, Pattern(r"[A-Z]{2}")]
Agency: TypeAlias = Annotated[str, Pattern(r"[A-Z]{2}/[a-z0-9-]{1,40}")]
Name: TypeAlias = Annotated[str, Pattern(r"[a-z0-9-]{1,40}")]
Slug: TypeAlias = Annotated[str, Pattern(r"[a-z0-9-]{0,40}")]
Mark: TypeAlias = Annotated[str, Pattern(r"[ -~]{0,64}", narrow=rf"{plain.TEXT}{{0,64}}")]
LogOrigin: TypeAlias = Annotated[str, Pattern(r"[!-~]{0,128}", narrow=r"[!#-\[\]-~]{0,128}")]
SizeClass: TypeAlias = Annotated[int, Integer(1, 4096)]

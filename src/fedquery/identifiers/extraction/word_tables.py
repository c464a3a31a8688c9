"""The words that say what stands beside them, out of the tables in `identifiers/data`."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

# What a word says, where that is no kind.
NOTHING: Final = "nothing"
PROMPTPAY: Final = "promptpay"
_UNIT: Final = "unit"
_PASSPORT_NUMBER: Final = "passport number"
_SERVICES: Final = frozenset(("line", "telegram", "wechat", "qq"))
_NO_NATION = "-"
_NO_CODE = "-"
_AT_NUMBER = "="


@dataclass(frozen=True, slots=True)
class Label:
    """What a word says.

    Attributes:
        says: the kind, `promptpay`, or `nothing` for what is no identifier.
        nation: the nation whose language the word is of, or "".
    """

    says: str
    nation: str


def _rows(name: str) -> Iterator[tuple[str, str, str]]:
    """Read the rows of a table, one for each word."""
    path = resources.files("fedquery.identifiers").joinpath("data", name)
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            first, second, words = line.split(" | ")
            for word in words.split(", "):
                yield first, second, unicodedata.normalize("NFC", word)


@cache
def _words() -> tuple[tuple[str, str, str], ...]:
    return tuple(_rows("label_words.txt"))


@cache
def labels() -> Mapping[str, Label]:
    """Give what each word beside an identifier says, by the word."""
    others = {_UNIT, _PASSPORT_NUMBER, *_SERVICES}
    return MappingProxyType(
        {
            word: Label(says, "" if nation == _NO_NATION else nation)
            for says, nation, word in _words()
            if says not in others
        }
    )


@cache
def services() -> Mapping[str, str]:
    """Give the messenger of each word that stands before a name."""
    return MappingProxyType({word: says for says, _, word in _words() if says in _SERVICES})


def units() -> tuple[str, ...]:
    """List what stands behind an amount, a measure or a share."""
    return tuple(word for says, _, word in _words() if says == _UNIT)


def passport_words() -> tuple[str, ...]:
    """List what stands before the number of a passport."""
    return tuple(word for says, _, word in _words() if says == _PASSPORT_NUMBER)


@dataclass(frozen=True, slots=True)
class BankName:
    """What a name of a bank says.

    Attributes:
        banks: nation and canonical code of the banks that have it, the code "" where it is not
            certain; in most cases one.
        at_number: whether it is a bank's name only where it stands at a number.
    """

    banks: tuple[tuple[str, str], ...]
    at_number: bool


@cache
def bank_names() -> Mapping[str, BankName]:
    """Give what each name of a bank says, by the name in lower case."""
    found: dict[str, BankName] = {}
    for nation, code, written in _rows("bank_names.txt"):
        name = written.removeprefix(_AT_NUMBER)
        others = found[name].banks if name in found else ()
        bank = nation, code.replace(_NO_CODE, "")
        found[name] = BankName((*others, bank), at_number=name != written)
    return MappingProxyType(found)

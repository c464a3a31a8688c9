"""Everything that a number may be, before it is said what it is taken for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.labels import Surroundings
from fedquery.identifiers.extraction.numbers import Number
from fedquery.identifiers.extraction.reading import Reader, Readings
from fedquery.identifiers.extraction.word_tables import PROMPTPAY
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.reasons import Notice

_CN_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_PHONES: Final = range(7, 17)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a number is taken for.

    Attributes:
        parsed: its best reading.
        certainty: how sure that is.
        alternatives: its other readings.
    """

    parsed: Parsed = field(repr=False)
    certainty: Certainty
    alternatives: tuple[Parsed, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Possible:
    """Everything that a number may be.

    Attributes:
        phones: the phone numbers, those of existing plans first.
        others: the readings of other kinds but accounts, by kind.
        accounts: the accounts; several where two banks are named.
    """

    phones: tuple[Parsed, ...]
    others: Readings
    accounts: tuple[Parsed, ...]

    def all(self) -> Iterable[Parsed]:
        """List all readings."""
        yield from self.phones
        for found in self.others.values():
            yield from found
        yield from self.accounts

    def judged(self, parsed: Parsed, certainty: Certainty) -> Judged:
        """Take one reading, with all others as alternatives."""
        seen = {parsed.identifier.encode(): parsed}
        for one in self.all():
            seen.setdefault(one.identifier.encode(), one)
        return Judged(parsed, certainty, tuple(seen.values())[1:])


def in_plan(parsed: Parsed) -> bool:
    """Tell whether a phone number is one of a known numbering plan."""
    return Notice.NOT_IN_PLAN.value not in parsed.warnings


def is_trunk(number: Number) -> bool:
    """Tell whether digits are written as a phone number is dialled at home or from abroad."""
    digits = number.digits
    return digits[0] == "0" or _CN_MOBILE.fullmatch(digits) is not None


def _unique(*nations: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(nation for nation in nations if nation))


def possible(number: Number, around: Surroundings, reader: Reader) -> Possible:
    """Read a number as everything that it may be.

    Args:
        number: the number as it stands in the text.
        around: what stands beside it.
        reader: reads texts as kinds.
    """
    digits = number.digits
    nations = _unique(around.label_nation, around.script, reader.region)
    phones: tuple[Parsed, ...] = ()
    if number.is_international:
        return Possible(reader.phones(number.text, digits, ()), {}, ())
    if len(digits) in _PHONES and (
        is_trunk(number) or around.says in ("phone", PROMPTPAY) or len(number.text) > len(digits)
    ):
        phones = reader.phones(number.text, digits, nations)
    if not any(map(in_plan, phones)):
        abroad = reader.without_plus(digits)
        phones = phones if abroad is None else (abroad, *phones)
    if around.says not in ("phone", PROMPTPAY) and not is_trunk(number):
        # Possible in some plan is next to nothing, where nothing says that it is a phone.
        phones = tuple(filter(in_plan, phones))
    nation = nations[0] if nations else None
    others = reader.numbers(number.text, digits, nation)
    bank_nation, bank = around.bank
    accounts = reader.accounts(digits, bank_nation or nation or "", bank)
    if around.rival[0]:
        accounts += reader.accounts(digits, *around.rival)
    return Possible(phones, others, accounts)

"""How sure a reading of a number is: from its check digits, its form, and the words beside it.

Certain is only what the text itself says. Where two kinds fit equally well, or nothing says that
digits are an identifier at all, the finding is doubtful and has all readings.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.labels import Surroundings
from fedquery.identifiers.extraction.numbers import Number
from fedquery.identifiers.extraction.quantities import is_moment, is_quantity
from fedquery.identifiers.extraction.reading import Reader, Readings
from fedquery.identifiers.extraction.word_tables import NOTHING, PROMPTPAY
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.reasons import Notice

_TH_CARD: Final = re.compile(r"[0-9]([ -])[0-9]{4}\1[0-9]{5}\1[0-9]{2}\1[0-9]")
_CN_ID, _TH_ID = 18, 13
_CN_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
# Mobile country codes of the six: with 15 digits they are a subscription, where no check digit says
# that they are a device.
_HOME_SUBSCRIPTIONS: Final = ("414", "452", "456", "457", "460", "461", "520")
_DEVICE_BODIES: Final = ("01", "35", "86", "91", "99")
_PHONES: Final = range(7, 17)
_LEAST_DOUBTFUL = 9
_LABELLED: Final = frozenset(("payment-card", "national-id", "imei", "imsi", "iccid"))


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
class _Read:
    """Everything that a number may be."""

    phones: tuple[Parsed, ...]
    others: Readings
    accounts: tuple[Parsed, ...]

    def all(self) -> Iterable[Parsed]:
        yield from self.phones
        for found in self.others.values():
            yield from found
        yield from self.accounts

    def judged(self, parsed: Parsed, certainty: Certainty) -> Judged:
        seen = {parsed.identifier.encode(): parsed}
        for one in self.all():
            seen.setdefault(one.identifier.encode(), one)
        return Judged(parsed, certainty, tuple(seen.values())[1:])


def _in_plan(parsed: Parsed) -> bool:
    return Notice.NOT_IN_PLAN.value not in parsed.warnings


def _is_trunk(number: Number) -> bool:
    """Tell whether digits are written as a phone number is dialled at home or from abroad."""
    digits = number.digits
    return digits[0] == "0" or _CN_MOBILE.fullmatch(digits) is not None


def _unique(*nations: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(nation for nation in nations if nation))


def _read(number: Number, around: Surroundings, reader: Reader) -> _Read:
    digits = number.digits
    nations = _unique(around.label_nation, around.script, reader.region)
    phones: tuple[Parsed, ...] = ()
    if number.is_international:
        return _Read(reader.phones(number.text, digits, ()), {}, ())
    if len(digits) in _PHONES and (
        _is_trunk(number) or around.says in ("phone", PROMPTPAY) or len(number.text) > len(digits)
    ):
        phones = reader.phones(number.text, digits, nations)
    if not any(map(_in_plan, phones)):
        abroad = reader.without_plus(digits)
        phones = phones if abroad is None else (abroad, *phones)
    if around.says not in ("phone", PROMPTPAY) and not _is_trunk(number):
        # Possible in some plan is next to nothing, where nothing says that it is a phone.
        phones = tuple(filter(_in_plan, phones))
    nation = nations[0] if nations else None
    others = reader.numbers(number.text, digits, nation)
    bank_nation, bank = around.bank
    accounts = reader.accounts(digits, bank_nation or nation or "", bank)
    if around.rival[1]:
        accounts += reader.accounts(digits, *around.rival)
    return _Read(phones, others, accounts)


def judge(number: Number, around: Surroundings, reader: Reader) -> Judged | None:
    """Say what a number is.

    Args:
        number: the number as it stands in the text.
        around: what stands beside it.
        reader: reads texts as kinds.

    Returns:
        What it is taken for; None where it is nothing, or cannot be told from a figure.
    """
    amount = around.amount and not number.digits.startswith("0")
    denied = (around.says == NOTHING and around.near) or amount
    if denied and not number.is_international:
        return None
    read = _read(number, around, reader)
    if number.is_international:
        return _international(read, denied=denied)
    labelled = _by_label(number, around, read, reader)
    if labelled is not None:
        return labelled
    if is_quantity(number.text) or is_moment(number.digits):
        return None
    if around.bank[1] and read.accounts:
        return _by_bank(around, read)
    return _by_form(number, around, read)


def _international(read: _Read, *, denied: bool) -> Judged | None:
    if not read.phones:
        return None
    best = read.phones[0]
    if not _in_plan(best) or len(read.phones) > 1:
        return read.judged(best, Certainty.DOUBTFUL)
    return read.judged(best, Certainty.LIKELY if denied else Certainty.CERTAIN)


def _by_label(number: Number, around: Surroundings, read: _Read, reader: Reader) -> Judged | None:
    """Take what a word beside it says that it is, where it can be that."""
    match around.says:
        case "account" if read.accounts:
            return _account(around, read)
        case "phone" if read.phones:
            return _phone(number, around, read)
        case says if says == PROMPTPAY:
            return _promptpay(number, around, read, reader)
        case says if says in _LABELLED and says in read.others:
            found = read.others[says]
            sure = Certainty.CERTAIN if len(found) == 1 else Certainty.DOUBTFUL
            return read.judged(found[0], sure)
        case _:
            return None


def _account(around: Surroundings, read: _Read) -> Judged:
    if around.rival[1]:
        return read.judged(read.accounts[0], Certainty.DOUBTFUL)
    # Without its bank an account is a possible hit only, and its nation may be another.
    sure = Certainty.CERTAIN if around.bank[1] else Certainty.LIKELY
    return read.judged(read.accounts[0], sure)


def _by_bank(around: Surroundings, read: _Read) -> Judged:
    sure = Certainty.LIKELY if around.bank_near and not around.rival[1] else Certainty.DOUBTFUL
    if not around.bank_near and any(map(_in_plan, read.phones)):
        return read.judged(read.phones[0], Certainty.DOUBTFUL)
    if "payment-card" in read.others:
        # Banks of China lead accounts under the numbers of their cards: it may be either.
        return read.judged(read.others["payment-card"][0], Certainty.DOUBTFUL)
    return read.judged(read.accounts[0], sure)


def _phone(number: Number, around: Surroundings, read: _Read) -> Judged:
    best = read.phones[0]
    if not _in_plan(best):
        return read.judged(best, Certainty.DOUBTFUL)
    # Whose plan it is has to stand in the text as well.
    told = bool(around.label_nation or around.script) and _is_trunk(number)
    sure = Certainty.CERTAIN if told and len(read.phones) == 1 else Certainty.LIKELY
    return read.judged(best, sure)


def _promptpay(number: Number, around: Surroundings, read: _Read, reader: Reader) -> Judged | None:
    """Read what PromptPay pays to by its length: phone, identity number or wallet."""
    wallets = reader.read("e-wallet", f"promptpay:{number.digits}", None)
    if wallets:
        return read.judged(wallets[0], Certainty.CERTAIN)
    if "national-id" in read.others:
        return read.judged(read.others["national-id"][0], Certainty.CERTAIN)
    return _phone(number, around, read) if read.phones else None


def _by_form(number: Number, around: Surroundings, read: _Read) -> Judged | None:
    """Take what its digits alone say, where one kind fits better than all others."""
    fitting = _fitting(number, around, read)
    if len({parsed.identifier.kind for parsed, _ in fitting}) == 1:
        return read.judged(*fitting[0])
    if fitting:
        return read.judged(fitting[0][0], Certainty.DOUBTFUL)
    first = next(iter(read.all()), None)
    only_account = first is not None and first.identifier.kind == "account"
    if first is None or (only_account and len(number.digits) < _LEAST_DOUBTFUL):
        return None
    return read.judged(first, Certainty.DOUBTFUL)


def _fitting(number: Number, around: Surroundings, read: _Read) -> list[tuple[Parsed, Certainty]]:
    digits, likely = number.digits, Certainty.LIKELY
    found: list[tuple[Parsed, Certainty]] = []
    if _is_trunk(number) and read.phones and _in_plan(read.phones[0]):
        found.append((read.phones[0], likely))
    for kind, readings in read.others.items():
        best = readings[0]
        checked = Notice.UNCHECKED.value not in best.warnings
        match kind:
            case "national-id" if checked and len(digits) == _CN_ID:
                found.append((best, Certainty.CERTAIN))
            case "national-id" if _TH_CARD.fullmatch(number.text):
                found.append((best, Certainty.CERTAIN))
            case "national-id" if checked and len(digits) == _TH_ID:
                at_home = "TH" in (around.script, around.label_nation)
                found.append((best, likely if at_home else Certainty.DOUBTFUL))
            case "payment-card" | "iccid" if checked:
                found.append((best, likely))
            case "imei" if checked and digits.startswith(_DEVICE_BODIES):
                found.append((best, likely))
            case "imsi" if digits.startswith(_HOME_SUBSCRIPTIONS):
                found.append((best, likely))
            case _:
                continue
    return found

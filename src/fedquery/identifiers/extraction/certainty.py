"""How sure a reading of a number is: from its check digits, its form, and the words beside it.

Certain is only what the text itself says. Where two kinds fit equally well, or nothing says that
digits are an identifier at all, the finding is doubtful and has all readings.
"""

import re
from typing import Final

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.labels import Surroundings
from fedquery.identifiers.extraction.numbers import Number
from fedquery.identifiers.extraction.possible import Judged, Possible, in_plan, is_trunk, possible
from fedquery.identifiers.extraction.quantities import is_moment, is_quantity
from fedquery.identifiers.extraction.reading import Reader
from fedquery.identifiers.extraction.word_tables import NOTHING, PROMPTPAY
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.numbering import is_mobile
from fedquery.identifiers.reasons import Notice

_TH_CARD: Final = re.compile(r"[0-9]([ -])[0-9]{4}\1[0-9]{5}\1[0-9]{2}\1[0-9]")
# Groups in which Thailand writes mobile phones and never accounts, which have as many digits.
_TH_MOBILE: Final = re.compile(
    r"0[689][0-9]([ .-])[0-9]{3}\1[0-9]{4}|0[689]([ .-])[0-9]{4}\2[0-9]{4}"
)
_CN_ID, _TH_ID = 18, 13
# Mobile country codes of the six: with 15 digits they are a subscription, where no check digit says
# that they are a device.
_HOME_SUBSCRIPTIONS: Final = ("414", "452", "456", "457", "460", "461", "520")
_DEVICE_BODIES: Final = ("01", "35", "86", "91", "99")
_LEAST_DOUBTFUL = 9
# Longer than any other kind: an account where a word or a bank says so, and else a code.
_LONGEST_UNNAMED = 20
_LABELLED: Final = frozenset(("payment-card", "national-id", "imei", "imsi", "iccid"))


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
    read = possible(number, around, reader)
    if number.is_international:
        return _international(read, denied=denied)
    labelled = _by_label(number, around, read, reader)
    if labelled is not None:
        return labelled
    if is_quantity(number.text) or is_moment(number.digits):
        return None
    if around.bank[0] and read.accounts:
        return _by_bank(number, around, read)
    return None if len(number.digits) > _LONGEST_UNNAMED else _by_form(number, around, read)


def _international(read: Possible, *, denied: bool) -> Judged | None:
    if not read.phones:
        return None
    best = read.phones[0]
    if not in_plan(best) or len(read.phones) > 1:
        return read.judged(best, Certainty.DOUBTFUL)
    return read.judged(best, Certainty.LIKELY if denied else Certainty.CERTAIN)


def _by_label(
    number: Number, around: Surroundings, read: Possible, reader: Reader
) -> Judged | None:
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
        case "national-id":
            return _of_nation(number, around, read, reader)
        case _:
            return None


def _of_nation(
    number: Number, around: Surroundings, read: Possible, reader: Reader
) -> Judged | None:
    """Read an identity number of a nation that has published no form, by the nation's own word."""
    nation = around.label_nation or around.script
    found = reader.read("national-id", f"{nation}:{number.digits}", None) if nation else ()
    return read.judged(found[0], Certainty.LIKELY) if found else None


def _account(around: Surroundings, read: Possible) -> Judged:
    if _is_between(read):
        return read.judged(read.accounts[0], Certainty.DOUBTFUL)
    # Without its bank an account is a possible hit only, and its nation may be another.
    sure = Certainty.CERTAIN if around.bank[1] else Certainty.LIKELY
    return read.judged(read.accounts[0], sure)


def _is_between(read: Possible) -> bool:
    """Tell whether two banks are named, and the number can be led at either."""
    return len(read.accounts) > 1


def _by_bank(number: Number, around: Surroundings, read: Possible) -> Judged:
    sure = Certainty.LIKELY if around.bank_near and not _is_between(read) else Certainty.DOUBTFUL
    told = around.bank_near and around.bank_sure and not _TH_MOBILE.fullmatch(number.text)
    if not told and any(map(in_plan, read.phones)):
        return read.judged(read.phones[0], Certainty.DOUBTFUL)
    if "payment-card" in read.others:
        # Banks of China lead accounts under the numbers of their cards: it may be either.
        return read.judged(read.others["payment-card"][0], Certainty.DOUBTFUL)
    return read.judged(read.accounts[0], sure)


def _is_elsewhere(phones: tuple[Parsed, ...]) -> bool:
    """Tell whether the language's nation has such a fixed line at most, and another a mobile.

    Chats in one language are pasted about phones of another nation, and those are mobile phones.
    """
    first, *others = (phone.identifier.canonical for phone in phones)
    return bool(others) and not is_mobile(first) and any(map(is_mobile, others))


def _phone(number: Number, around: Surroundings, read: Possible) -> Judged:
    best = read.phones[0]
    if not in_plan(best) or _is_elsewhere(read.phones):
        return read.judged(best, Certainty.DOUBTFUL)
    # Whose plan it is has to stand in the text as well.
    told = bool(around.label_nation or around.script) and is_trunk(number)
    sure = Certainty.CERTAIN if told and len(read.phones) == 1 else Certainty.LIKELY
    return read.judged(best, sure)


def _promptpay(
    number: Number, around: Surroundings, read: Possible, reader: Reader
) -> Judged | None:
    """Read what PromptPay pays to by its length: phone, identity number or wallet."""
    wallets = reader.read("e-wallet", f"promptpay:{number.digits}", None)
    if wallets:
        return read.judged(wallets[0], Certainty.CERTAIN)
    if "national-id" in read.others:
        return read.judged(read.others["national-id"][0], Certainty.CERTAIN)
    return _phone(number, around, read) if read.phones else None


def _by_form(number: Number, around: Surroundings, read: Possible) -> Judged | None:
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


def _fitting(
    number: Number, around: Surroundings, read: Possible
) -> list[tuple[Parsed, Certainty]]:
    digits, likely = number.digits, Certainty.LIKELY
    found: list[tuple[Parsed, Certainty]] = []
    if is_trunk(number) and read.phones and in_plan(read.phones[0]):
        sure = Certainty.DOUBTFUL if _is_elsewhere(read.phones) else likely
        found.append((read.phones[0], sure))
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

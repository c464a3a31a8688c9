"""Bank accounts without IBAN: nation, bank and number, however they are punctuated.

None of the six nations has check digits, so nothing here can find a typing error. What it can do is
never to take a group of the number for the bank, or the bank for a group of the number.
"""

from dataclasses import dataclass
from typing import ClassVar

from fedquery.identifiers.banks import BANKS, BankCodes, bic_nation
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

_MAX_FIELDS = 3
_BIC_LENGTH = 8
_CNAPS_LENGTH = 12
_MASKS = ("XX", "*", HIDDEN)


@dataclass(frozen=True, slots=True, repr=False)
class Account(Identifier):
    """A bank account as `NATION:BANK:NUMBER`, or `NATION::NUMBER` where the bank is not known."""

    kind: ClassVar[str] = "account"

    def _fields(self) -> tuple[str, str, str]:
        nation, bank, number = self.canonical.split(":")
        return nation, bank, number

    @property
    def exact(self) -> bool:
        """Whether the bank is named: numbers alone repeat from bank to bank."""
        return self._fields()[1] != ""

    def weaker(self) -> tuple[Identifier, ...]:
        """Give the form without the bank, in which all who name another bank or none meet.

        Banks merge and keep their numbers, and have codes that no table lists.
        """
        nation, bank, number = self._fields()
        return (Account(f"{nation}::{number}"),) if bank else ()

    def masked(self) -> str:
        """Show nation, bank and the last two digits."""
        nation, bank, number = self._fields()
        return f"{nation}:{bank}:{HIDDEN * (len(number) - 2)}{number[-2:]}"


def _words(text: str) -> list[str]:
    """Cut a text where people set groups apart."""
    return text.replace("-", " ").replace("/", " ").replace(".", " ").split()


def _is_number(parts: list[str], codes: BankCodes) -> bool:
    # A word of letters beside a number is a bank's name or a label. Where numbers may hold letters
    # it would become part of the number, which then is nobody's.
    worded = len(parts) > 1 and any(map(str.isalpha, parts))
    return not worded and codes.is_number("".join(parts))


def _number(parts: list[str], codes: BankCodes) -> str:
    text = "".join(parts)
    if any(mask in text for mask in _MASKS):
        raise refuse(Reason.MASKED)
    if not _is_number(parts, codes):
        if codes.is_number(text):
            raise refuse(Reason.BANK)
        fitting = text.isalnum() if codes.number_letters else text.isdecimal()
        raise refuse(Reason.LENGTH if fitting or not text else Reason.CHARACTERS)
    return text


def _bank(text: str, nation: str) -> str:
    """Bring a bank to its canonical code: the national one, or a BIC of eight characters."""
    codes = BANKS[nation]
    found = bic_nation(text)
    if found is not None:
        if found != nation:
            raise refuse(Reason.OTHER_NATION)
        # A branch says where an account is led, and the number says which account it is.
        return codes.code_of(text[:_BIC_LENGTH])
    if nation == "CN" and len(text) == _CNAPS_LENGTH and text.isdecimal():
        return text[:3]
    if not codes.is_code(text):
        raise refuse(Reason.BANK)
    return text


def _parsed(nation: str, bank: str, number: str) -> Parsed:
    notices: tuple[str, ...] = ()
    if not bank:
        notices = (Notice.NO_BANK.value,)
    elif not BANKS[nation].is_listed(bank):
        notices = (Notice.BANK_NOT_LISTED.value,)
    return Parsed(Account(f"{nation}:{bank}:{number}"), notices)


def _nation(written: str | None, region: str | None) -> str:
    nation = region if written is None else written
    if nation is None:
        raise refuse(Reason.NO_NATION)
    if nation not in BANKS:
        raise refuse(Reason.UNKNOWN_NATION)
    return nation


def _of_fields(fields: list[str], region: str | None) -> Parsed:
    """Read fields that colons set apart: the punctuation says which is which."""
    if len(fields) > _MAX_FIELDS:
        raise refuse(Reason.CHARACTERS)
    *heads, number = fields
    if len(heads) == 1:
        head = heads[0]
        heads = [head, ""] if head in BANKS else ["", head]
    written, bank = heads
    nation = _nation(written or bic_nation(bank), region)
    bank = _bank(bank, nation) if bank else ""
    return _parsed(nation, bank, _number(_words(number), BANKS[nation]))


def _of_words(words: list[str], region: str | None) -> tuple[Parsed, ...]:
    """Read words set apart by spaces and dashes: the first may be a bank or part of the number."""
    written = words.pop(0) if words[0] in BANKS else None
    if not words:
        raise refuse(Reason.LENGTH)
    head, rest = words[0], words[1:]
    by_bic = bic_nation(head) if rest else None
    nation = _nation(written or by_bic, region)
    codes = BANKS[nation]
    if by_bic is not None:
        return (_parsed(nation, _bank(head, nation), _number(rest, codes)),)
    found: list[Parsed] = []
    if codes.is_code(head) and _is_number(rest, codes):
        found.append(_parsed(nation, head, "".join(rest)))
        # A listed bank and a number in one piece is how banks print it; in other cases the first
        # group of a number can look like a bank.
        if len(rest) == 1 and codes.is_listed(head):
            return tuple(found)
    if _is_number(words, codes):
        found.append(_parsed(nation, "", "".join(words)))
    if not found:
        # Raises the reason, since the words together are no number.
        found.append(_parsed(nation, "", _number(words, codes)))
    return tuple(found)


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """List the accounts that a text can mean.

    Args:
        text: as `TH:004:123-4-56789-0`, `KASITHBK:1234567890`, `004-1234567890` or a bare number.
        region: the asker's nation, where the text names none.

    Returns:
        One reading, or several that are equally good.

    Raises:
        IdentifierError: if it is no account, or neither it nor the region names a nation.
    """
    cleaned = clean(text, keep_spaces=True).upper()
    if not cleaned.isascii():
        raise refuse(Reason.CHARACTERS)
    if ":" in cleaned:
        return (_of_fields([field.strip(" ") for field in cleaned.split(":")], region),)
    words = _words(cleaned)
    if not words:
        raise refuse(Reason.CHARACTERS)
    return _of_words(words, region)

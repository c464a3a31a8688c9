"""Accounts at well-known banks."""

from collections.abc import Iterator

from fedquery.identifiers.account import Account
from fedquery.identifiers.banks import BANKS
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.samples.variants import Choose, grouped, local_digits

_ACCOUNT_LENGTHS = {"CN": 19, "KH": 9, "LA": 14, "MM": 17, "TH": 10, "VN": 13}


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent accounts at well-known banks of a nation, without end; some may repeat."""
    codes = BANKS[nation]
    banks = [*codes.bic_by_code, *codes.bics]
    width = _ACCOUNT_LENGTHS[nation]
    while True:
        bank = banks[choose(len(banks))]
        yield Account(f"{nation}:{bank}:{choose(10**width):0{width}}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back in its own nation."""
    nation, bank, number = canonical.split(":")
    bic = BANKS[nation].bic_by_code.get(bank, "")
    written = local_digits(number, nation) if choose(4) == 0 else grouped(number, choose)
    forms = (
        canonical,
        f"{nation}:{bank}:{written}",
        f" {nation.lower()} : {bank} : {written} ",
        f"{bic or bank}:{written}" if bic or not bank.isdecimal() else canonical,
        f"{bic}XXX {number}" if bic else canonical,
        f"{nation}:{bic.lower()}:{written}" if bic else canonical,
    )
    return forms[choose(len(forms))] if bank else f"{nation}::{written}"

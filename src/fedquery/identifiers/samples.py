"""Invent identifiers for demonstrations, tests and benches: valid in form, drawn from a seed.

No list of real people's numbers is kept anywhere. These are drawn evenly from the numbering plans,
so one of them may by chance be somebody's: never call, pay or publish them.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from fedquery.identifiers import base58, segwit
from fedquery.identifiers.account import Account
from fedquery.identifiers.banks import BANKS
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.numbering import PLANS, VIETNAM_2018
from fedquery.identifiers.phone import Phone
from fedquery.identifiers.reasons import Reason, refuse
from fedquery.identifiers.wallet import TRON_VERSION, Wallet, checksummed

Choose: TypeAlias = Callable[[int], int]
"""Draws an integer from 0 up to, and not including, its argument: as `Random(seed).randrange`."""

_HASH_BITS = 160
_ACCOUNT_LENGTHS = {"CN": 19, "KH": 9, "LA": 14, "MM": 17, "TH": 10, "VN": 13}
_FULL_WIDTH = "\N{FULLWIDTH DIGIT ZERO}"
_ZEROS = {
    "CN": _FULL_WIDTH,
    "KH": "\N{KHMER DIGIT ZERO}",
    "LA": "\N{LAO DIGIT ZERO}",
    "MM": "\N{MYANMAR DIGIT ZERO}",
    "TH": "\N{THAI DIGIT ZERO}",
    "VN": _FULL_WIDTH,
}
_VIETNAM_BEFORE_2018 = {today: before for before, today in VIETNAM_2018.items()}


def _known(nation: str) -> str:
    if nation not in PLANS:
        raise refuse(Reason.UNKNOWN_NATION)
    return nation


def phones(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent mobile numbers of a nation's plan, without end; some may repeat.

    Raises:
        IdentifierError: if the nation is none of the six.
    """
    plan = PLANS[_known(nation)]
    blocks = [block for block in plan.blocks if block.mobile]
    while True:
        block = blocks[choose(len(blocks))]
        width = block.length - len(block.prefix)
        yield Phone(f"+{plan.country_code}{block.prefix}{choose(10**width):0{width}}")


def accounts(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent accounts at well-known banks of a nation, without end; some may repeat.

    Raises:
        IdentifierError: if the nation is none of the six.
    """
    codes = BANKS[_known(nation)]
    banks = [*codes.bic_by_code, *codes.bics]
    width = _ACCOUNT_LENGTHS[nation]
    while True:
        bank = banks[choose(len(banks))]
        yield Account(f"{nation}:{bank}:{choose(10**width):0{width}}")


def wallets(choose: Choose) -> Iterator[Identifier]:
    """Invent wallet addresses of every form, without end; nobody holds a key to them."""
    while True:
        form = choose(5)
        octets = choose(1 << _HASH_BITS).to_bytes(_HASH_BITS // 8, "big")
        if form == 0:
            yield Wallet(f"btc:{base58.encode_check(bytes([5 * choose(2)]) + octets)}")
        elif form == 1:
            yield Wallet(f"btc:{segwit.encode('bc', 0, octets)}")
        elif form == 2:  # noqa: PLR2004 - the third of five forms
            # Taproot commits to 32 octets.
            yield Wallet(f"btc:{segwit.encode('bc', 1, octets + octets[:12])}")
        elif form == 3:  # noqa: PLR2004 - the fourth of five forms
            yield Wallet(f"evm:{octets.hex()}")
        else:
            yield Wallet(f"tron:{base58.encode_check(bytes([TRON_VERSION]) + octets)}")


def _grouped(digits: str, choose: Choose) -> str:
    separator = (" ", "-", "", ".", "\N{EN DASH}", "\N{ZERO WIDTH SPACE}")[choose(6)]
    first, then = 2 + choose(2), 3 + choose(2)
    return separator.join(
        part
        for part in (digits[:first], digits[first : first + then], digits[first + then :])
        if part
    )


def _local_digits(text: str, nation: str) -> str:
    zero = ord(_ZEROS[nation])
    return text.translate({ord("0") + value: zero + value for value in range(10)})


def _spelled_phone(canonical: str, choose: Choose) -> str:
    nation, code = next(
        (nation, plan.country_code)
        for nation, plan in PLANS.items()
        if canonical.startswith(f"+{plan.country_code}")
    )
    digits = canonical[1 + len(code) :]
    old = _VIETNAM_BEFORE_2018.get(digits[:2]) if nation == "VN" and len(digits) == 9 else None  # noqa: PLR2004 - mobile numbers
    if old is not None and choose(4) == 0:
        digits = old + digits[2:]
    national = _grouped(digits, choose)
    forms = (
        canonical,
        f"0{national}",
        f"+{code} {national}",
        f"+{code} (0){national}",
        f"(+{code}) {national}",
        f"00{code} {national}",
        f"tel:+{code}{digits}",
        _local_digits(f"0{national}", nation),
        f"\N{LEFT-TO-RIGHT EMBEDDING}+{code} {national}\N{POP DIRECTIONAL FORMATTING}",
    )
    return forms[choose(len(forms))]


def _spelled_account(canonical: str, choose: Choose) -> str:
    nation, bank, number = canonical.split(":")
    bic = BANKS[nation].bic_by_code.get(bank, "")
    written = _local_digits(number, nation) if choose(4) == 0 else _grouped(number, choose)
    forms = (
        canonical,
        f"{nation}:{bank}:{written}",
        f" {nation.lower()} : {bank} : {written} ",
        f"{bic or bank}:{written}" if bic or not bank.isdecimal() else canonical,
        f"{bic}XXX {number}" if bic else canonical,
        f"{nation}:{bic.lower()}:{written}" if bic else canonical,
    )
    return forms[choose(len(forms))] if bank else f"{nation}::{written}"


def _spelled_wallet(canonical: str, choose: Choose) -> str:
    name, address = canonical.split(":")
    if name == "evm":
        forms: tuple[str, ...] = (
            f"0x{address}",
            f"0x{checksummed(address)}",
            f"0X{address.upper()}",
            f"ethereum:0x{address}@1?value=1",
        )
    elif name == "tron":
        octets = base58.decode_check(address)
        forms = (address, octets.hex(), f"0x{octets.hex().upper()}", f"tron:{address}")
    else:
        upper = address.upper() if address.startswith("bc1") else address
        forms = (address, upper, f"bitcoin:{address}?amount=0.1", f"BITCOIN:{upper}")
    text = forms[choose(len(forms))]
    return f"{text}\N{ZERO WIDTH SPACE}\n" if choose(4) == 0 else text


def spelled(identifier: Identifier, choose: Choose) -> str:
    """Spell an identifier as a person might.

    Args:
        identifier: any identifier, a phone of one of the six nations.
        choose: draws the spelling.

    Returns:
        A text that reads back as the identifier, in the region of its own nation.
    """
    spell = {"phone": _spelled_phone, "account": _spelled_account, "wallet": _spelled_wallet}
    return spell[identifier.kind](identifier.canonical, choose)

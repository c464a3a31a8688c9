"""Electronic wallets of the nations that have identifiers of their own for them."""

from collections.abc import Iterator
from typing import Final

from fedquery.identifiers.e_wallet import EWallet
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.samples.variants import Choose, grouped
from fedquery.identifiers.samples.words import dressed, full_width, word

_PARTICIPANTS: Final = ("aclb", "abaa", "wing", "cadi")


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent wallets of a nation, or of any where it has none, without end; some may repeat."""
    chosen = {"TH": 0, "KH": 1, "VN": 2}.get(nation)
    while True:
        name = f"{word(choose, 2)}_{choose(1000)}@{_PARTICIPANTS[choose(4)]}"
        forms = (
            f"TH:promptpay:140{choose(10**12):012}",
            f"KH:bakong:{name}",
            f"VN:momo:99MM{choose(10**14):014}",
        )
        yield EWallet(forms[choose(3) if chosen is None else chosen])


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back."""
    nation, service, name = canonical.split(":")
    forms = {
        "promptpay": (f"PromptPay: {grouped(name, choose)}", f"พร้อมเพย์: {name}"),
        "bakong": (name, name.upper(), f"Bakong: {name}"),
        "momo": (name, name.lower(), f"MoMo: {name}"),
    }[service]
    spellings = (canonical, f"{nation.lower()} : {service} : {name}", full_width(canonical), *forms)
    return dressed(spellings[choose(len(spellings))], choose)

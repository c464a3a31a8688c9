"""Wallet addresses of every form, whatever the nation."""

import base64
from collections.abc import Iterator

from fedquery.identifiers import base58, segwit, ton
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.samples.variants import Choose
from fedquery.identifiers.wallet import TRON_VERSION, Wallet, checksummed

_HASH_BITS = 160


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent wallet addresses of every form, without end; nobody holds a key to them."""
    del nation
    while True:
        form = choose(7)
        octets = choose(1 << _HASH_BITS).to_bytes(_HASH_BITS // 8, "big")
        if form == 0:
            yield Wallet(f"btc:{base58.encode_check(bytes([5 * choose(2)]) + octets)}")
        elif form == 1:
            yield Wallet(f"btc:{segwit.encode('bc', 0, octets)}")
        elif form == 2:  # noqa: PLR2004 - the third of seven forms
            # Taproot commits to 32 octets.
            yield Wallet(f"btc:{segwit.encode('bc', 1, octets + octets[:12])}")
        elif form == 3:  # noqa: PLR2004 - the fourth of seven forms
            yield Wallet(f"evm:{octets.hex()}")
        elif form == 4:  # noqa: PLR2004 - the fifth of seven forms
            # Keys of both have 32 octets.
            yield Wallet(f"sol:{base58.encode(octets + octets[:12])}")
        elif form == 5:  # noqa: PLR2004 - the sixth of seven forms
            yield Wallet(f"ton:{ton.encode(0, octets + octets[:12])}")
        else:
            yield Wallet(f"tron:{base58.encode_check(bytes([TRON_VERSION]) + octets)}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back in its own nation."""
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
    elif name == "sol":
        forms = (address, f"solana:{address}?amount=1", f"sol:{address}")
    elif name == "ton":
        octets = base64.urlsafe_b64decode(address)
        standard = base64.b64encode(octets).decode("ascii")
        forms = (address, standard, f"0:{octets[2:-2].hex()}", f"ton://transfer/{address}?amount=1")
    else:
        upper = address.upper() if address.startswith("bc1") else address
        forms = (address, upper, f"bitcoin:{address}?amount=0.1", f"BITCOIN:{upper}")
    text = forms[choose(len(forms))]
    return f"{text}\N{ZERO WIDTH SPACE}\n" if choose(4) == 0 else text

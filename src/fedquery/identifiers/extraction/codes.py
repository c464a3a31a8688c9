"""Codes of letters and digits in a text: wallets, payment codes, passports, registrations."""

import re
from collections.abc import Iterator
from typing import Final

from fedquery.identifiers import emvco
from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded
from fedquery.identifiers.extraction.spot import PAYMENT_CODE, Spot

# Borders are looked at behind a first character: a pattern that begins with a set of characters is
# searched for several times faster than one that begins with an assertion.
_REQUEST: Final = re.compile(
    r"(?:bitcoin|ethereum|tron|solana|ton):[a-z0-9_-]{26,90}(?:[?@/][a-z0-9?&=%.@_/:+-]{0,512})?"
)
_ALPHANUMERIC: Final = re.compile(
    r"[A-Za-z0-9](?<![A-Za-z0-9]{2})[A-Za-z0-9]{25,89}(?![A-Za-z0-9])"
)
_TON: Final = re.compile(
    r"(?<![A-Za-z0-9_+/-])(?:[EUk0][QgAfYP][A-Za-z0-9_+/-]{46}(?![A-Za-z0-9_+/-])"
    r"|(?:0|-1):[0-9A-Fa-f]{64}(?![A-Za-z0-9]))"
)
_BASE58_ONLY: Final = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
_SOLANA_WORDS: Final = re.compile(r"sol(?:ana)?\b|phantom|spl", re.IGNORECASE)
_SOLANA_NEAR = 48
_ZONE: Final = re.compile(
    r"[A-Z0-9<](?<![A-Z0-9<]{2})(?:(?<=P)[A-Z<][A-Z<]{42}\s{1,2}[A-Z0-9<])?"
    r"[A-Z0-9<]{8}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{14}[0-9<][0-9](?![A-Z0-9<])"
)
_REGISTRATION: Final = re.compile(
    r"[0-9\u101d](?<![0-9A-Za-z/][0-9\u101d])[0-9\u101d]? ?[/\\] ?[^0-9/\\()\n]{1,30}"
    r"\([^()\n]{1,20}\)[ -]?[0-9\u101d\u101b]{6}(?![0-9])"
)
_NATION: Final = re.compile(r"(?<![A-Za-z0-9])[Mm]{2} ?: ?$")
_LONGEST_NATION = 5
_MOMO: Final = re.compile(r"99[Mm]{2}(?<![A-Za-z0-9]99..)[0-9A-Za-z]{6,20}(?![A-Za-z0-9])")
_CARD: Final = re.compile(r"89[0-9](?<![A-Za-z0-9]89.)[0-9A-Za-z]{15,17}(?![A-Za-z0-9])")
_FIELD: Final = re.compile(r"[0-9]{4}")
_CHECKSUM: Final = "6304"


def _payload_end(text: str, start: int) -> int:
    """Walk over the fields of a payment code to the end of its checksum; 0 where there is none."""
    at = start
    while at - start < emvco.MAX_CHARACTERS:
        head = _FIELD.match(text, at)
        if head is None:
            return 0
        end = at + 4 + int(head[0][2:])
        if head[0] == _CHECKSUM:
            return end if end <= len(text) else 0
        at = end
    return 0


def payloads(folded: Folded) -> Iterator[Spot]:
    """List payment codes that were pasted as text."""
    text = folded.text
    at = text.find(emvco.BEGINNING)
    while at >= 0:
        end = _payload_end(text, at)
        if end:
            yield Spot(at, end, (PAYMENT_CODE,))
        at = text.find(emvco.BEGINNING, max(end, at + 1))


def wallets(folded: Folded) -> Iterator[Spot]:
    """List wallet addresses and requests to pay them."""
    text = folded.text
    for found in _REQUEST.finditer(folded.lower):
        yield Spot(*found.span(), ("wallet",))
    for found in _TON.finditer(text):
        yield Spot(*found.span(), ("wallet",))
    for found in _ALPHANUMERIC.finditer(text):
        sure = Certainty.CERTAIN
        if _BASE58_ONLY.fullmatch(found[0]):
            # Where it is no checked address it may be one of Solana, if anything says so.
            near = text[max(0, found.start() - _SOLANA_NEAR) : found.end() + _SOLANA_NEAR]
            sure = Certainty.LIKELY if _SOLANA_WORDS.search(near) else Certainty.DOUBTFUL
        yield Spot(*found.span(), ("wallet",), sure, is_open=True)
    for found in _MOMO.finditer(text):
        yield Spot(*found.span(), ("e-wallet",))


def documents(folded: Folded) -> Iterator[Spot]:
    """List machine-readable zones of passports, and registration numbers of Myanmar."""
    text = folded.text
    for found in _ZONE.finditer(text):
        yield Spot(*found.span(), ("passport",))
    for found in _REGISTRATION.finditer(text):
        start, end = found.span()
        named = _NATION.search(text, max(0, start - _LONGEST_NATION), start)
        yield Spot(start if named is None else named.start(), end, ("national-id",))


def cards(folded: Folded) -> Iterator[Spot]:
    """List numbers of SIM cards with letters in them, as China's have, or with a filler F."""
    for found in _CARD.finditer(folded.text):
        if not found[0].isdecimal():
            yield Spot(*found.span(), ("iccid",), Certainty.LIKELY, is_open=True)

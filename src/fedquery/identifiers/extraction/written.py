"""Identifiers as fedquery and banks write them: with their nation or bank before them."""

import re
from collections.abc import Iterator
from typing import Final

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded
from fedquery.identifiers.extraction.spot import Spot

_NATION: Final = r"(?:cn|kh|la|mm|th|vn)"
_NUMBER: Final = r"[0-9a-z](?:[ .-]?[0-9a-z]){3,32}(?![0-9a-z])"
# NATION:BANK:NUMBER, or NATION::NUMBER.
_ACCOUNT: Final = re.compile(rf"{_NATION} ?: ?[a-z0-9]{{0,11}} ?: ?{_NUMBER}")
# ISO 9362: a BIC of one of the six, then the number.
_BIC: Final = re.compile(
    rf"[a-z](?<![a-z0-9][a-z])[a-z]{{3}}{_NATION}[a-z0-9]{{2}}(?:[a-z0-9]{{3}})? ?[: -] ?"
    r"[0-9](?:[ .-]?[0-9]){3,32}(?![0-9a-z])"
)
_NATION_ONLY: Final = re.compile(rf"{_NATION}: ?[0-9](?:[ .-]?[0-9]){{5,19}}(?![0-9a-z])")
_PASSPORT: Final = re.compile(
    r"[A-Z](?<![A-Za-z0-9][A-Z])[A-Z]{1,2}(: ?| )[A-Z]{1,2}[0-9]{6,8}(?![0-9A-Za-z])"
)


def _begins(text: str, start: int) -> bool:
    return not (start and text[start - 1].isascii() and text[start - 1].isalnum())


def accounts(folded: Folded) -> Iterator[Spot]:
    """List accounts with their nation or the BIC of their bank."""
    for pattern in (_ACCOUNT, _BIC):
        for found in pattern.finditer(folded.lower):
            if _begins(folded.text, found.start()):
                yield Spot(*found.span(), ("e-wallet", "account"))
    for found in _NATION_ONLY.finditer(folded.lower):
        # With one colon it may be either.
        if _begins(folded.text, found.start()):
            yield Spot(*found.span(), ("national-id", "account"), Certainty.DOUBTFUL)


def issued(folded: Folded) -> Iterator[Spot]:
    """List numbers of passports with their issuer before them and no word for passport."""
    for found in _PASSPORT.finditer(folded.text):
        sure = Certainty.LIKELY if found[1].startswith(":") else Certainty.DOUBTFUL
        yield Spot(*found.span(), ("passport",), sure, is_open=True)

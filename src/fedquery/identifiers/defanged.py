"""Undo what people write so that an address cannot be clicked: `example[.]com`, `hxxps://`, `[at]`.

Brackets around a dot, a colon or an at sign occur in no address, so nothing is guessed here.
"""

import re
from typing import Final

# One space at most on each side, so that the search is linear in any text.
_SIGN: Final = re.compile(r" ?[\[({](\.|dot|://|:|@|at)[\])}] ?", re.IGNORECASE)
_WORDS: Final = {"dot": ".", "at": "@"}
_HTTP: Final = re.compile(r"hxxp(?=s?:)", re.IGNORECASE)


def _sign(found: re.Match[str]) -> str:
    sign = found[1].lower()
    return _WORDS.get(sign, sign)


def refanged(text: str) -> str:
    """Put the dots, colons and at signs of an address back where they stand in brackets."""
    if "[" in text or "(" in text or "{" in text:
        text = _SIGN.sub(_sign, text)
    return _http(text)


def _http(text: str) -> str:
    return "http" + text[4:] if _HTTP.match(text) else text

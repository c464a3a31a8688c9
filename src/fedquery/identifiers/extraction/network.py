"""Addresses of the Internet protocol in a text, with the time and port that stand beside them."""

import re
from collections.abc import Iterator
from typing import Final

from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded
from fedquery.identifiers.extraction.spot import Spot

_DOT: Final = r"(?:\.|\[\.\]|\(\.\))"
_V4: Final = re.compile(
    rf"[0-9](?<![A-Za-z0-9_.-][0-9])[0-9]{{0,2}}(?:{_DOT}[0-9]{{1,3}}){{3}}"
    r"(?:/[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}Z(?:/[0-9]{1,5})?)?(?![0-9A-Za-z])"
    r"|:[0-9]{1,5}(?![0-9])|(?![0-9A-Za-z_-]|\.[0-9]))"
)
_OCTET: Final = re.compile(r"0|[1-9][0-9]{0,2}")
_MOST_OCTET = 255
_ABROAD: Final = re.compile(r"\+[0-9]{1,3}\)? ?$")
_LONGEST_ABROAD = 6
_MAPPED: Final = "::ffff:"
_V6: Final = re.compile(
    r"(?<![A-Za-z0-9_.:])(?:\[(?=[^\]]{2,39}\]:[0-9]))?(?:[0-9A-Fa-f]{0,4}:){2,8}[0-9A-Fa-f]{0,4}"
    r"(?:\]:[0-9]{1,5}|/64)?(?![0-9A-Za-z:])"
)
_TIME: Final = re.compile(
    r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?"
    r" ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})(?![0-9A-Za-z])"
    r"|\[?[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\]?"
)
_PORT: Final = re.compile(r"port[ =:]([0-9]{1,5})(?![0-9])")
_VERSION: Final = re.compile(
    r"(?:version|ver|v|build|firmware|release|版本|รุ่น)[ .:]*$", re.IGNORECASE
)
_LOOK_BACK = 12
_LONGEST_LINE = 400


def _line(text: str, start: int, end: int) -> tuple[int, int]:
    first = text.rfind("\n", max(0, start - _LONGEST_LINE), start) + 1
    last = text.find("\n", end, end + _LONGEST_LINE)
    return max(first, start - _LONGEST_LINE), min(
        len(text), end + _LONGEST_LINE
    ) if last < 0 else last


def _time_beside(text: str, start: int, end: int) -> str:
    """Give the time that stands in the same line, if there is one alone."""
    first, last = _line(text, start, end)
    found = {time[0] for time in _TIME.finditer(text, first, last)}
    return found.pop() if len(found) == 1 else ""


def _port_behind(text: str, end: int) -> str:
    """Give the port that stands in the same line by name, if there is one alone."""
    found = set(_PORT.findall(text, end, _line(text, end, end)[1]))
    return f":{found.pop()}" if len(found) == 1 and ":" not in text[end - 6 : end] else ""


def _is_address(text: str, found: re.Match[str]) -> bool:
    """Tell whether four numbers with dots are an address, and no groups of a phone number."""
    octets = re.findall(r"[0-9]+", found[0])[:4]
    fits = all(_OCTET.fullmatch(one) and int(one) <= _MOST_OCTET for one in octets)
    begin = max(0, found.start() - _LONGEST_ABROAD)
    return fits and _ABROAD.search(text[begin : found.start()]) is None


def addresses(folded: Folded) -> Iterator[Spot]:
    """List addresses of version 4 and 6."""
    text = folded.text
    for found in _V4.finditer(text):
        start, end = found.span()
        if not _is_address(text, found):
            continue
        if folded.lower.endswith(_MAPPED, 0, start):
            start -= len(_MAPPED)
        version = _VERSION.search(text[max(0, start - _LOOK_BACK) : start])
        if version is not None:
            yield Spot(start, end, ("ip",), Certainty.DOUBTFUL)
            continue
        time = _time_beside(text, start, end)
        if time and "/" not in found[0]:
            # The bare address is its weaker form, and is asked about with it.
            yield Spot(
                start,
                end,
                ("ip",),
                text=f"{found[0]}{_port_behind(text, end)} {time}",
                is_open=True,
            )
        yield Spot(start, end, ("ip",))
    for found in _V6.finditer(text):
        if found[0].lower() == _MAPPED:
            continue
        if "::" in found[0] or found[0].count(":") >= 7:  # noqa: PLR2004 - eight groups (RFC 4291)
            yield Spot(*found.span(), ("ip",))

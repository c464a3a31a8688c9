"""The way through a text: places of each form, read as their kinds, and at last bare numbers.

Each scanner walks over the text once. What a place was taken for, no later scanner takes again; so
the digits of a link are no phone number.
"""

from dataclasses import dataclass, field
from typing import Final

from fedquery.identifiers.extraction.choosing import Beside, numbers_of
from fedquery.identifiers.extraction.codes import cards, documents, payloads, wallets
from fedquery.identifiers.extraction.finding import Finding
from fedquery.identifiers.extraction.folding import Folded, fold
from fedquery.identifiers.extraction.named import handles, passports
from fedquery.identifiers.extraction.network import addresses
from fedquery.identifiers.extraction.numbers import runs
from fedquery.identifiers.extraction.pages import hosts, links, mails
from fedquery.identifiers.extraction.places import read_spot
from fedquery.identifiers.extraction.possible import Judged
from fedquery.identifiers.extraction.reading import Reader
from fedquery.identifiers.extraction.spot import Scanner, Spot
from fedquery.identifiers.extraction.written import accounts, issued
from fedquery.identifiers.reasons import Reason, refuse

# In the order in which they may take places: what holds others comes first.
_SCANNERS: Final[tuple[Scanner, ...]] = (
    payloads, documents, links, wallets, mails, addresses, accounts, handles, hosts, passports,
    issued, cards,
)  # fmt: skip


@dataclass(slots=True)
class _Sweep:
    """One way through one text."""

    folded: Folded
    reader: Reader
    most: int
    taken: bytearray = field(repr=False)
    found: list[Finding] = field(default_factory=list, repr=False)

    def is_free(self, start: int, end: int) -> bool:
        return self.taken.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        self.taken[start:end] = b"\1" * (end - start)

    def add(self, start: int, end: int, judged: Judged, scheme: str = "") -> None:
        if len(self.found) >= self.most:
            # Cut short, it would look as if there were no more.
            raise refuse(Reason.TOO_MANY)
        first, last = self.folded.span(start, end)
        self.found.append(
            Finding(first, last, judged.parsed, judged.certainty, judged.alternatives, scheme)
        )


def sweep(text: str, region: str | None, *, characters: int, findings: int) -> tuple[Finding, ...]:
    """Find the identifiers of a text.

    Args:
        text: the text.
        region: the asker's nation, or None.
        characters: how many characters the text may have.
        findings: how many findings it may have.

    Raises:
        IdentifierError: if the text is too long or has too many.
    """
    if len(text) > characters:
        raise refuse(Reason.TEXT_TOO_LONG)
    folded = fold(text)
    way = _Sweep(folded, Reader(region), findings, bytearray(len(folded.text)))
    for scanner in _SCANNERS:
        for spot in scanner(folded):
            if way.is_free(spot.start, spot.end):
                _spot(way, spot)
    _numbers(way)
    return tuple(sorted(way.found, key=lambda one: one.start))


def _spot(way: _Sweep, spot: Spot) -> None:
    for judged, scheme in read_spot(spot, way.folded, way.reader):
        way.add(spot.start, spot.end, judged, scheme)
        way.take(spot.start, spot.end)
    if not spot.is_open:
        # What it looks like it may not be; then its parts are no identifiers either.
        way.take(spot.start, spot.end)


def _numbers(way: _Sweep) -> None:
    beside = Beside(way.folded, way.reader.region)
    for run in runs(way.folded.text):
        free = all(way.is_free(*group) for group in run.groups)
        if free:
            for number, judged in numbers_of(run, beside, way.reader):
                way.add(number.start, number.end, judged)

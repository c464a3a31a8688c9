"""Read a place that has the form of a kind, and say how sure that is."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from fedquery.errors import IdentifierError
from fedquery.identifiers import payment_qr
from fedquery.identifiers.extraction.finding import Certainty
from fedquery.identifiers.extraction.folding import Folded
from fedquery.identifiers.extraction.labels import look
from fedquery.identifiers.extraction.possible import Judged
from fedquery.identifiers.extraction.reading import Reader
from fedquery.identifiers.extraction.spot import PAYMENT_CODE, Spot
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.reasons import Notice

# Participants of Bakong whose short names are known; any other text with an @ may be anything.
_PARTICIPANTS: Final = frozenset(
    "aba abaa abapay aclb acleda bkrt cadi canadia chip cpbl ftcc mbbk ppcb prcb trmc wing".split()  # noqa: SIM905 - a table is read as a table
)
_BAKONG: Final = re.compile(r"bakong|khqr|បាគង", re.IGNORECASE)
_BAKONG_NEAR = 48


def read_spot(spot: Spot, folded: Folded, reader: Reader) -> Iterator[tuple[Judged, str]]:
    """Read a place.

    Args:
        spot: the place.
        folded: the text.
        reader: reads texts as kinds.

    Returns:
        What stands there, each with its scheme where it is the payee of a payment code; nothing
        where no kind can read it.
    """
    written = spot.text or folded.written(spot.start, spot.end)
    if spot.kinds == (PAYMENT_CODE,):
        yield from _payees(written)
        return
    if spot.kinds == ("passport",) and written.isalnum():
        # Its issuer stands nowhere; whose language the text is in is no more than a sign of it.
        around = look(folded.text, spot.start, spot.end, 0, reader.region)
        written = f"{around.label_nation or around.script or reader.region or ''}:{written}"
    found: list[Parsed] = []
    for kind in spot.kinds:
        read = reader.read(kind, written, reader.region)
        if read and Notice.ENDING_NOT_LISTED.value not in read[0].warnings:
            found += read
        if found and spot.certainty is not Certainty.DOUBTFUL:
            # Where it is one thing for sure, it is nothing else.
            break
    if found:
        yield Judged(found[0], _sure(found, spot, folded), tuple(found[1:])), ""


def _payees(text: str) -> Iterator[tuple[Judged, str]]:
    try:
        found = payment_qr.payees(text)
    except IdentifierError:
        return
    for payee in found:
        sure = Certainty.DOUBTFUL if payee.doubtful else Certainty.CERTAIN
        yield Judged(payee.parsed, sure, ()), payee.scheme or PAYMENT_CODE


def _sure(read: Sequence[Parsed], spot: Spot, folded: Folded) -> Certainty:
    if len(read) > 1:
        return Certainty.DOUBTFUL
    identifier = read[0].identifier
    match identifier.kind:
        case "wallet" if Notice.NO_CHECKSUM.value not in read[0].warnings:
            return Certainty.CERTAIN
        case "e-wallet" if spot.certainty is Certainty.DOUBTFUL:
            return _bakong(identifier.canonical, spot, folded)
        case _:
            return spot.certainty


def _bakong(canonical: str, spot: Spot, folded: Folded) -> Certainty:
    near = folded.text[max(0, spot.start - _BAKONG_NEAR) : spot.end + _BAKONG_NEAR]
    if _BAKONG.search(near):
        return Certainty.CERTAIN
    known = canonical.rpartition("@")[2] in _PARTICIPANTS
    return Certainty.LIKELY if known else Certainty.DOUBTFUL

"""Passports of a nation, typed and as their second line."""

from collections.abc import Iterator

from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.issuers import issuer_of
from fedquery.identifiers.mrz import FILLER, check_digit
from fedquery.identifiers.passport import Passport
from fedquery.identifiers.samples.variants import Choose, local_digits

_HEADS = {"CN": "E", "KH": "N", "LA": "PA", "MM": "MA", "TH": "AA", "VN": "B"}
_WIDTHS = {"CN": 8, "KH": 8, "LA": 7, "MM": 6, "TH": 7, "VN": 7}
_NATIONS = {str(issuer_of(nation)): nation for nation in _HEADS}


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent passports of a nation, without end; some may repeat."""
    width = _WIDTHS[nation]
    while True:
        number = f"{_HEADS[nation]}{choose(10**width):0{width}}"
        yield Passport(f"{issuer_of(nation)}:{number}")


def _second_line(issuer: str, number: str, choose: Choose) -> str:
    field = number.ljust(9, FILLER)
    born = f"{choose(100):02}{1 + choose(12):02}{1 + choose(28):02}"
    until = f"{27 + choose(9)}{1 + choose(12):02}{1 + choose(28):02}"
    named = field + check_digit(field)
    dates = (born + check_digit(born), until + check_digit(until))
    rest = FILLER * 14 + FILLER
    digit = check_digit(named + dates[0] + dates[1] + rest)
    return f"{named}{issuer}{dates[0]}{'FM'[choose(2)]}{dates[1]}{rest}{digit}"


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back anywhere."""
    issuer, number = canonical.split(":")
    nation = _NATIONS[issuer]
    line = _second_line(issuer, number, choose)
    first = f"P{FILLER}{issuer}SAMPLE{FILLER * 2}SPECIMEN".ljust(len(line), FILLER)
    forms = (
        canonical,
        f"{issuer} {number}",
        f"{nation}:{number.lower()}",
        f"{nation} {number[:2]} {number[2:]}",
        f"{issuer}: {local_digits(number, nation)}",
        line,
        f"{first}\n{line}",
    )
    return forms[choose(len(forms))]

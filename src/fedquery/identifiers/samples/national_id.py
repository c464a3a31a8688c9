"""Identity numbers of a nation, of people of all ages and places."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from fedquery.identifiers import townships
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.national_id import NationalId
from fedquery.identifiers.national_numbers import cn_check, th_check
from fedquery.identifiers.samples.variants import Choose, grouped, local_digits


def _china(choose: Choose) -> str:
    place = ("110105", "440524", "530102", "451481")[choose(4)]
    born = f"{1940 + choose(70)}{1 + choose(12):02}{1 + choose(28):02}"
    body = f"{place}{born}{choose(1000):03}"
    return body + cn_check(body)


def _thailand(choose: Choose) -> str:
    body = f"{choose(9)}{choose(10**11):011}"
    return body + th_check(body)


def _vietnam(choose: Choose) -> str:
    if choose(4) == 0:
        return f"{choose(10**9):09}"
    return f"{1 + choose(96):03}{choose(4)}{choose(10**8):08}"


def _myanmar(choose: Choose) -> str:
    listed = sorted(townships.listed())
    state, code = listed[choose(len(listed))]
    return f"{state}/{townships.canonical(code)}({'NNNEPT'[choose(6)]}){choose(10**6):06}"


_NUMBERS: Mapping[str, Callable[[Choose], str]] = MappingProxyType(
    {
        "CN": _china,
        "KH": lambda choose: f"{choose(10**9):09}",
        "LA": lambda choose: f"{choose(10**10):010}",
        "MM": _myanmar,
        "TH": _thailand,
        "VN": _vietnam,
    }
)


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent identity numbers of a nation, without end; some may repeat."""
    number = _NUMBERS[nation]
    while True:
        yield NationalId(f"{nation}:{number(choose)}")


def _registration(number: str) -> tuple[str, ...]:
    state, _, rest = number.partition("/")
    township, _, rest = rest.partition("(")
    word, _, digits = rest.partition(")")
    code = str(townships.of_canonical(township))
    burmese = {"N": "\u1014\u102d\u102f\u1004\u103a", "E": "\u1027\u100a\u1037\u103a"}
    latin = township.replace("_", "")
    # A Latin spelling of two townships does not read back.
    plain = latin if len(townships.of_latin(state, latin)) == 1 else code
    return (
        local_digits(f"{state}/{code}({burmese.get(word, word)}){digits}", "MM"),
        f"{state}/{code}({word}){digits}",
        f"{state}/{plain}({word}){digits}",
        f"{state} / {plain.title()} ({word}) {digits}",
    )


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back in its own nation."""
    nation, _, number = canonical.partition(":")
    if nation == "MM":
        forms = (canonical, *_registration(number))
    else:
        written = local_digits(number, nation) if choose(4) == 0 else grouped(number, choose)
        named = f"{nation.lower()}: {written}"
        # Laos has no published form, so its numbers are read where they name it.
        forms = (canonical, named, named if nation == "LA" else written, f"{nation} {number}")
    return forms[choose(len(forms))]

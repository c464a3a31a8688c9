"""Fill the templates of the corpus with invented values: tests/corpus/*.txt.

python -m bench.excerpts_fill       after a change of templates or samples

Each template is filled twice: for an agency at home in its language, and for one of another nation.
Every second template is held out, with both of its fillings; those of `late` were written after all
else was done, and are held out as well.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from bench.excerpts import CORPUS, NATION_OF
from fedquery.identifiers import parse, samples
from fedquery.identifiers.banks import BANKS
from fedquery.identifiers.emvco import crc16
from fedquery.identifiers.extraction.word_tables import bank_codes
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.numbering import PLANS
from fedquery.identifiers.samples.variants import grouped, local_digits

_NATIONS = tuple(sorted(PLANS))
_MOST_DRAWS = 10_000
_SLOT = re.compile(r"\{([^}]*)\}")
_WIDTHS = {"CN": 19, "KH": 9, "LA": 14, "MM": 17, "TH": 10, "VN": 13}
_PICTURES = {"TH": "###-#-#####-#", "CN": "#### #### #### #### ###", "KH": "### ### ###"}


class Filler:
    """Fills templates of one language.

    Args:
        nation: the nation whose language it is.
        region: the region of who pastes the excerpt.
        random: draws the values.
    """

    def __init__(self, nation: str, region: str, random: Random) -> None:
        self.nation = nation
        self.region = region
        self.random = random
        self.banks: dict[str, tuple[str, str]] = {}

    def fill(self, template: str) -> str:
        """Fill one template."""
        self.banks = {slot: self._bank() for slot in ("", "2")}
        return _SLOT.sub(lambda slot: self._value(slot[1]), template)

    def _value(self, slot: str) -> str:
        name, _, more = slot.partition(".")
        make: Callable[[str], str] = getattr(self, f"_{_METHODS.get(name, name)}")
        if name.endswith("2"):
            more = "2"
        return make(more)

    def _drawn(
        self, kind: str, wanted: Callable[[str], bool] = bool, nation: str = ""
    ) -> Identifier:
        stream = samples.drawn(kind, nation or self.nation, self.random.randrange)
        return next(one for one in islice(stream, _MOST_DRAWS) if wanted(one.canonical))

    def _spelled(self, identifier: Identifier) -> str:
        return _mark(identifier, samples.spelled(identifier, self.random.randrange))

    def _bank(self) -> tuple[str, str]:
        nation = self.nation if self.nation != "TH" or self.region else "TH"
        names = [name for name, (of, _) in bank_codes().items() if of == nation]
        name = names[self.random.randrange(len(names))]
        return name, bank_codes()[name][1]

    def _bank_name(self, more: str) -> str:
        name = self.banks[more][0]
        return name.upper() if name.isascii() and self.random.randrange(2) else name

    def _account(self, more: str) -> str:
        bank = more if len(more) > 1 else self.banks[more][1]
        nation = next(of for of in BANKS if BANKS[of].is_listed(bank))
        width = _WIDTHS[nation]
        digits = f"{self.random.randrange(10**width):0{width}}"
        picture = _PICTURES.get(nation, "#" * width)
        drawn = iter(digits)
        written = "".join(next(drawn) if one == "#" else one for one in picture)
        form = self.random.randrange(4)
        written = (written, written, digits, local_digits(digits, nation))[form]
        return _mark(parse("account", f"{nation}:{bank}:{digits}").identifier, written)

    def _phone(self, _more: str) -> str:
        return self._spelled(self._drawn("phone"))

    def _phone_abroad(self, _more: str) -> str:
        nation = _NATIONS[self.random.randrange(len(_NATIONS))]
        identifier = self._drawn("phone", nation=nation)
        code = PLANS[nation].country_code
        national = grouped(identifier.canonical[1 + len(code) :], self.random.randrange)
        forms = (
            identifier.canonical,
            f"+{code} {national}",
            f"(+{code}) {national}",
            f"+{code}-{national}",
        )
        return _mark(identifier, forms[self.random.randrange(len(forms))])

    def _wallet(self, chain: str) -> str:
        return self._spelled(self._drawn("wallet", lambda one: one.startswith(chain)))

    def _handle(self, service: str) -> str:
        identifier = self._drawn("handle", lambda one: one.startswith(service) and "#" not in one)
        name = identifier.canonical.partition(":")[2]
        at = service == "telegram" and self.random.randrange(2)
        return _mark(identifier, f"@{name}" if at else name)

    def _plain(self, kind: str) -> str:
        return self._spelled(self._drawn(kind))

    def _email(self, _more: str) -> str:
        identifier = self._drawn("email")
        return _mark(identifier, identifier.canonical)

    def _domain(self, _more: str) -> str:
        identifier = self._drawn(
            "domain", lambda one: one.isascii() and "xn--" not in one and "*" not in one
        )
        written = identifier.canonical
        return _mark(
            identifier,
            (written, written.replace(".", "[.]"), written.upper())[self.random.randrange(3)],
        )

    def _url(self, _more: str) -> str:
        identifier = self._drawn(
            "url", lambda one: one.isascii() and "xn--" not in one and "*" not in one
        )
        return _mark(identifier, f"https:{identifier.canonical}")

    def _imei(self, _more: str) -> str:
        return self._device("imei")

    def _imsi(self, _more: str) -> str:
        identifier = self._drawn("imsi")
        return _mark(identifier, identifier.canonical)

    def _iccid(self, _more: str) -> str:
        identifier = self._drawn("iccid")
        return _mark(identifier, identifier.canonical)

    def _device(self, kind: str) -> str:
        from fedquery.identifiers.luhn import check_digit  # noqa: PLC0415 - only devices need it

        identifier = self._drawn(kind, lambda one: one.startswith(("35", "86")))
        return _mark(identifier, identifier.canonical + check_digit(identifier.canonical))

    def _card(self, _more: str) -> str:
        identifier = self._drawn("payment-card", lambda one: len(one) == 16)  # noqa: PLR2004 - most cards
        digits = identifier.canonical
        fours = " ".join(digits[at : at + 4] for at in range(0, 16, 4))
        return _mark(identifier, (digits, fours)[self.random.randrange(2)])

    def _nid(self, nation: str) -> str:
        nation = nation or self.nation
        identifier = self._drawn("national-id", nation=nation)
        number = identifier.canonical.partition(":")[2]
        if nation == "MM":
            return self._spelled(identifier)
        if nation == "TH" and self.random.randrange(2):
            number = f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}"
        return _mark(identifier, number)

    def _passport(self, _more: str) -> str:
        identifier = self._drawn("passport")
        issuer, number = identifier.canonical.split(":")
        return _mark(identifier, f"{issuer} {number}")

    def _mrz(self, _more: str) -> str:
        number = f"AA{self.random.randrange(10**7):07}"
        born, expires = "900101", "300101"
        second = (
            f"{number}{_check(number)}THA{born}{_check(born)}M{expires}{_check(expires)}{'<' * 14}0"
        )
        digits = second[0:10] + second[13:20] + second[21:43]
        text = f"P<THATHODSOB<<SOMMUT{'<' * 24}\n{second}{_check(digits)}"
        return _mark(parse("passport", text).identifier, text)

    def _ewallet(self, nation: str) -> str:
        identifier = self._drawn("e-wallet", nation=nation or self.nation)
        return _mark(identifier, identifier.canonical.rpartition(":")[2])

    def _qr(self, scheme: str) -> str:
        return _PAYLOADS[scheme](self)

    def _address(self) -> str:
        block = ("203.0.113", "198.51.100", "192.0.2")[self.random.randrange(3)]
        return f"{block}.{1 + self.random.randrange(254)}"

    def _iptime(self, _more: str) -> str:
        address, hour = (
            f"{self._address()}:{1024 + self.random.randrange(60_000)}",
            self.random.randrange(24),
        )
        day, minute = 10 + self.random.randrange(18), self.random.randrange(60)
        time = f"2026-11-{day}T{hour:02}:{minute:02}:07+07:00"
        return f"{time} {_mark(parse('ip', f'{address} {time}').identifier, address)}"

    def _log(self, _more: str) -> str:
        address, time = self._address(), f"25/Nov/2026:{self.random.randrange(24):02}:15:07 +0700"
        marked = _mark(parse("ip", f"{address} [{time}]").identifier, address)
        request = '"GET /login HTTP/1.1" 200 5316 "-" "Mozilla/5.0 (Linux; Android 14)"'
        return f"{marked} - - [{time}] {request}"

    def _ipdef(self, _more: str) -> str:
        address = self._address()
        return _mark(parse("ip", address).identifier, address.replace(".", "[.]"))

    def _ip6(self, _more: str) -> str:
        address = (
            f"2001:db8:{self.random.randrange(1, 65536):x}::{self.random.randrange(1, 65536):x}"
        )
        return _mark(parse("ip", address).identifier, address)

    def _num(self, length: str) -> str:
        most = 10 ** (int(length) - 1)
        return str(most + self.random.randrange(9 * most))

    def _hex(self, length: str) -> str:
        return f"{self.random.randrange(16 ** int(length)):0{length}x}"

    def _uuid(self, _more: str) -> str:
        return "-".join(self._hex(length) for length in ("8", "4", "4", "4", "12"))

    def _epoch(self, _more: str) -> str:
        return str(1_764_000_000 + self.random.randrange(10**6))

    def _track(self, _more: str) -> str:
        first = ("TH", "EX", "LP", "SF")[self.random.randrange(4)]
        return first + self._num("11") + ("TH", "VN", "")[self.random.randrange(3)]

    def _coord(self, _more: str) -> str:
        north, east = 5 + self.random.randrange(20), 95 + self.random.randrange(15)
        return f"{north}.{self._num('6')}, {east}.{self._num('6')}"

    def _date(self, _more: str) -> str:
        day, month = 1 + self.random.randrange(28), 1 + self.random.randrange(12)
        forms = (
            f"{day:02}/{month:02}/2026", f"2026-{month:02}-{day:02}", f"{day}-{month}-2569",
            f"{day:02}.{month:02}.2026", f"2026年{month}月{day}日", f"2026{month:02}{day:02}",
        )  # fmt: skip
        return forms[self.random.randrange(6 if self.nation == "CN" else 4)]

    def _time(self, _more: str) -> str:
        forms = ("{:02}:{:02}", "{:02}:{:02}:41", "{:02}.{:02}")
        form = forms[self.random.randrange(3)]
        return form.format(self.random.randrange(24), self.random.randrange(60))

    def _amount(self, _more: str) -> str:
        value = self.random.randrange(1, 90_000_000)
        dotted = f"{value:,}".replace(",", ".")
        forms = (
            f"{value:,}",
            f"{value:,}.00",
            dotted if self.nation in ("VN", "LA") else f"{value:,}",
        )
        return forms[self.random.randrange(3)]


_METHODS = {
    "bank": "bank_name", "bank2": "bank_name", "account2": "account", "phone+": "phone_abroad",
    "handle2": "handle",
}  # fmt: skip


def _mark(identifier: Identifier, written: str, sort: str = "") -> str:
    start, end = 0, len(written)
    while _is_blank(written[start]):
        start += 1
    while _is_blank(written[end - 1]):
        end -= 1
    if written.startswith("tel:", start):
        start += len("tel:")
    kind = f"{sort}{identifier.kind}"
    inner = f"⟦{kind}¦{identifier.canonical}¦{written[start:end]}⟧"
    return written[:start] + inner + written[end:].rstrip("\n")


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


def _check(text: str) -> str:
    values = [int(one, 36) if one != "<" else 0 for one in text]
    return str(sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10)


def _field(name: str, value: str) -> str:
    return f"{name}{len(value):02}{value}"


def _payload(template: str, nation: str, currency: str) -> str:
    body = "000201010211" + template + _field("53", currency) + _field("58", nation)
    body += _field("59", "TEST SHOP") + _field("60", "CITY") + "6304"
    return f"{body}{crc16(body.encode()):04X}"


def _promptpay(filler: Filler) -> str:
    identifier = filler._drawn("phone", nation="TH")  # noqa: SLF001 - parts of one program
    inner = _field("00", "A000000677010111") + _field("01", f"0066{identifier.canonical[3:]}")
    return _mark(identifier, _payload(_field("29", inner), "TH", "764"), "qr:")


def _vietqr(filler: Filler) -> str:
    identifier = filler._drawn("account", nation="VN")  # noqa: SLF001 - parts of one program
    _, bank, number = identifier.canonical.split(":")
    inner = _field("00", "A000000727") + _field("01", _field("00", bank) + _field("01", number))
    return _mark(
        identifier, _payload(_field("38", inner + _field("02", "QRIBFTTA")), "VN", "704"), "qr:"
    )


def _khqr(filler: Filler) -> str:
    identifier = filler._drawn("e-wallet", nation="KH")  # noqa: SLF001 - parts of one program
    inner = _field("00", identifier.canonical.rpartition(":")[2])
    return _mark(identifier, _payload(_field("29", inner), "KH", "116"), "qr:")


def _unknown(filler: Filler) -> str:
    number = filler._num("15")  # noqa: SLF001 - parts of one program
    inner = _field("00", "A000000333010101") + _field("02", number)
    identifier = parse("account", f"CN::{number}").identifier
    return _mark(identifier, _payload(_field("26", inner), "CN", "156"), "?qr:")


_PAYLOADS: dict[str, Callable[[Filler], str]] = {
    "promptpay": _promptpay, "vietqr": _vietqr, "khqr": _khqr, "unionpay?": _unknown,
}  # fmt: skip


def filled(language: str) -> str:
    """Fill the templates of one language: the text of its file of the corpus."""
    parts = [f"Filled by bench.excerpts_fill from the templates of {language}; all is invented."]
    for name in (language, f"late-{language}"):
        parts += [f"\n%% {head}\n{text}" for head, text in _filled(name, NATION_OF[language])]
    return "\n".join(parts) + "\n"


def _filled(name: str, nation: str) -> Iterator[tuple[str, str]]:
    late = name.startswith("late-")
    templates = (CORPUS / "templates" / f"{name}.txt").read_text(encoding="utf-8")
    for number, template in enumerate(templates.strip().split("\n%%\n")):
        others = [one for one in _NATIONS if one != nation]
        for region in (nation, others[number % len(others)]):
            random = Random(f"{name} {number} {region}")  # noqa: S311 - excerpts, no keys
            # An English text is in nobody's language: numbers in it are those of who pastes it.
            own = region if name.endswith("en") else nation
            held = "/held" if late or number % 2 else ""
            yield f"{name}-{number:02}{held} {region}", Filler(own, region, random).fill(template)


def main() -> int:
    """Write the files of the corpus."""
    for language in NATION_OF:
        (CORPUS / f"{language}.txt").write_text(filled(language), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

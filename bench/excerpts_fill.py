"""Fill the templates of the corpus with invented values: tests/corpus/*.txt.

python -m bench.excerpts_fill       after a change of templates or samples

Each template is filled twice: for an agency at home in its language, and for one of another nation.
Every second template is held out, with both of its fillings; those of `late` were written after all
else was done, and are held out as well.
"""

import re
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from bench.excerpts import CORPUS, NATION_OF
from bench.excerpts_addresses import Addresses
from bench.excerpts_marks import another, khqr, mark, promptpay, vietqr, zone
from fedquery.identifiers import parse, samples
from fedquery.identifiers.banks import BANKS
from fedquery.identifiers.extraction.word_tables import bank_names
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.numbering import PLANS
from fedquery.identifiers.samples.variants import grouped, local_digits

_NATIONS = tuple(sorted(PLANS))
_MOST_DRAWS = 10_000
_SLOT = re.compile(r"\{([^}]*)\}")
_WIDTHS = {"CN": 19, "KH": 9, "LA": 14, "MM": 17, "TH": 10, "VN": 13}
_PICTURES = {"TH": "###-#-#####-#", "CN": "#### #### #### #### ###", "KH": "### ### ###"}


class Filler(Addresses):
    """Fills templates of one language.

    Args:
        nation: the nation whose language it is.
        region: the region of who pastes the excerpt.
        random: draws the values.
    """

    def __init__(self, nation: str, region: str, random: Random) -> None:
        super().__init__(nation, random)
        self.region = region
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
        return mark(identifier, samples.spelled(identifier, self.random.randrange))

    def _bank(self) -> tuple[str, str]:
        nation = self.nation if self.nation != "TH" or self.region else "TH"
        codes = {
            name: one.banks[0][1]
            for name, one in bank_names().items()
            if one.banks[0][0] == nation and len(one.banks) == 1 and not one.at_number
        }
        names = [name for name, code in codes.items() if BANKS[nation].is_listed(code)]
        name = names[self.random.randrange(len(names))]
        return name, codes[name]

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
        return mark(parse("account", f"{nation}:{bank}:{digits}").identifier, written)

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
        return mark(identifier, forms[self.random.randrange(len(forms))])

    def _wallet(self, chain: str) -> str:
        return self._spelled(self._drawn("wallet", lambda one: one.startswith(chain)))

    def _handle(self, service: str) -> str:
        identifier = self._drawn("handle", lambda one: one.startswith(service) and "#" not in one)
        name = identifier.canonical.partition(":")[2]
        at = service == "telegram" and self.random.randrange(2)
        return mark(identifier, f"@{name}" if at else name)

    def _plain(self, kind: str) -> str:
        return self._spelled(self._drawn(kind))

    def _email(self, _more: str) -> str:
        identifier = self._drawn("email")
        return mark(identifier, identifier.canonical)

    def _domain(self, _more: str) -> str:
        identifier = self._drawn(
            "domain", lambda one: one.isascii() and "xn--" not in one and "*" not in one
        )
        written = identifier.canonical
        return mark(
            identifier,
            (written, written.replace(".", "[.]"), written.upper())[self.random.randrange(3)],
        )

    def _url(self, _more: str) -> str:
        identifier = self._drawn(
            "url", lambda one: one.isascii() and "xn--" not in one and "*" not in one
        )
        return mark(identifier, f"https:{identifier.canonical}")

    def _imei(self, _more: str) -> str:
        return self._device("imei")

    def _imsi(self, _more: str) -> str:
        identifier = self._drawn("imsi")
        return mark(identifier, identifier.canonical)

    def _iccid(self, _more: str) -> str:
        identifier = self._drawn("iccid")
        return mark(identifier, identifier.canonical)

    def _device(self, kind: str) -> str:
        from fedquery.identifiers.luhn import check_digit  # noqa: PLC0415 - only devices need it

        identifier = self._drawn(kind, lambda one: one.startswith(("35", "86")))
        return mark(identifier, identifier.canonical + check_digit(identifier.canonical))

    def _card(self, _more: str) -> str:
        identifier = self._drawn("payment-card", lambda one: len(one) == 16)  # noqa: PLR2004 - most cards
        digits = identifier.canonical
        fours = " ".join(digits[at : at + 4] for at in range(0, 16, 4))
        return mark(identifier, (digits, fours)[self.random.randrange(2)])

    def _nid(self, nation: str) -> str:
        nation = nation or self.nation
        identifier = self._drawn("national-id", nation=nation)
        number = identifier.canonical.partition(":")[2]
        if nation == "MM":
            return self._spelled(identifier)
        if nation == "TH" and self.random.randrange(2):
            number = f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}"
        return mark(identifier, number)

    def _passport(self, _more: str) -> str:
        identifier = self._drawn("passport")
        issuer, number = identifier.canonical.split(":")
        return mark(identifier, f"{issuer} {number}")

    def _mrz(self, _more: str) -> str:
        return zone(f"AA{self.random.randrange(10**7):07}")

    def _ewallet(self, nation: str) -> str:
        identifier = self._drawn("e-wallet", nation=nation or self.nation)
        return mark(identifier, identifier.canonical.rpartition(":")[2])

    def _qr(self, scheme: str) -> str:
        match scheme:
            case "promptpay":
                return promptpay(self._drawn("phone", nation="TH"))
            case "vietqr":
                return vietqr(self._drawn("account", nation="VN"))
            case "khqr":
                return khqr(self._drawn("e-wallet", nation="KH"))
            case _:
                return another(self._num("15"))


_METHODS = {
    "bank": "bank_name", "bank2": "bank_name", "account2": "account", "phone+": "phone_abroad",
    "handle2": "handle",
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

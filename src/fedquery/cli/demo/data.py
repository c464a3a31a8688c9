"""The demo's records: phones and accounts generated with a seed, and a real public list of wallets.

Generated numbers are valid in their nation's plan and stand for nobody.
"""

import csv
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.identifiers import Identifier, samples

WALLETS: Final = Path(__file__).parent / "wallets.csv"
HEADER: Final = (
    "identifier",
    "reference",
    "category",
    "handling",
    "summary",
    "first_seen",
    "last_seen",
    "release_to",
    "contact",
)
_PHONES_SHARE: Final = 0.6
_CATEGORIES: Final = ("call centre", "money mule", "investment fraud", "parcel fraud")
_RELEASES: Final = ("*", "*", "*", "TH", "TH;LA")


@dataclass(frozen=True, slots=True)
class Story:
    """The identifiers that the case is about.

    Attributes:
        phone: a phone that two nations know.
        stranger: a phone that nobody knows.
        account: an account that one nation knows.
        wallet: a wallet of the public list, as it was published.
    """

    phone: Identifier = field(repr=False)
    stranger: Identifier = field(repr=False)
    account: Identifier = field(repr=False)
    wallet: str = field(repr=False)

    def texts(self) -> list[str]:
        """Write them as an officer would type them."""
        asked = (self.phone, self.stranger, self.account)
        return [*(identifier.canonical for identifier in asked), self.wallet]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file to import.

    Attributes:
        identifier: the identifier, as its agency writes it.
        reference: the file reference.
        category: the category.
        release_to: the nations that may know of it.
        seen: a day of this year.
    """

    identifier: str = field(repr=False)
    reference: str
    category: str
    release_to: str
    seen: str


def story(seed: int) -> Story:
    """Choose the identifiers of the case."""
    choose = _choose(f"{seed} story")
    phones = samples.drawn("phone", "KH", choose)
    return Story(
        next(phones),
        next(phones),
        next(samples.drawn("account", "TH", choose)),
        next(text for text in wallet_texts() if text.startswith("bc1q")),
    )


def wallet_texts() -> list[str]:
    """Read the public list as it was published, known coins and unknown ones."""
    with WALLETS.open(encoding="utf-8", newline="") as file:
        return [row["address"] for row in csv.DictReader(file)]


def phone_rows(nation: str, count: int, seed: int, planted: Sequence[Identifier]) -> list[Row]:
    """Generate the phones of a nation: its own plan's, its neighbours', and the planted ones."""
    choose = _choose(f"{seed} phones {nation}")
    sources = [samples.drawn("phone", code, choose) for code in (nation, nation, "TH", "KH", "VN")]
    drawn = (next(sources[choose(len(sources))]) for _ in itertools.count())
    return _rows(nation, "P", _different(drawn, planted, count), choose, len(planted))


def account_rows(nation: str, count: int, seed: int, planted: Sequence[Identifier]) -> list[Row]:
    """Generate the accounts of a nation: of its own banks, of Thai ones, and the planted ones."""
    choose = _choose(f"{seed} accounts {nation}")
    sources = [samples.drawn("account", code, choose) for code in (nation, nation, "TH")]
    drawn = (next(sources[choose(len(sources))]) for _ in itertools.count())
    return _rows(nation, "A", _different(drawn, planted, count), choose, len(planted))


def split(rows: int) -> tuple[int, int]:
    """Divide the rows of a nation into phones and accounts."""
    phones = max(1, int(rows * _PHONES_SHARE))
    return phones, max(1, rows - phones)


def write(path: Path, rows: Sequence[Row]) -> Path:
    """Write a file to import."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(
            (
                row.identifier,
                row.reference,
                row.category,
                "open",
                "",
                row.seen,
                row.seen,
                row.release_to,
                "desk",
            )
            for row in rows
        )
    return path


def wallet_rows(nation: str) -> list[Row]:
    """Give the whole public list as rows, each spelling once."""
    texts = dict.fromkeys(wallet_texts())
    return [
        Row(text, f"{nation}-OFAC-{number:05}", "public list", "*", "2024-09-27")
        for number, text in enumerate(texts)
    ]


def _choose(seed: str) -> samples.Choose:
    return random.Random(seed).randrange  # noqa: S311 -- a demo is to be the same each time


def _different(
    drawn: Iterator[Identifier], planted: Sequence[Identifier], count: int
) -> list[Identifier]:
    found = {identifier.encode(): identifier for identifier in planted}
    while len(found) < count:
        identifier = next(drawn)
        found.setdefault(identifier.encode(), identifier)
    return list(found.values())


def _rows(
    nation: str,
    letter: str,
    identifiers: Sequence[Identifier],
    choose: samples.Choose,
    planted: int,
) -> list[Row]:
    rows = []
    for number, identifier in enumerate(identifiers):
        # What the case is about is released; of the rest, some rows go to some nations only.
        release = "*" if number < planted else _RELEASES[choose(len(_RELEASES))]
        if nation in release.split(";"):
            release = "*"
        day = f"2026-{1 + choose(10):02}-{1 + choose(28):02}"
        reference = f"{nation}-2026-{letter}{number:06}"
        category = _CATEGORIES[choose(len(_CATEGORIES))]
        rows.append(Row(identifier.canonical, reference, category, release, day))
    return rows

"""Figures for the corpus that are no identifiers: dates, amounts, codes, order numbers."""

from random import Random


class Figures:
    """Draws figures.

    Args:
        nation: the nation by whose habits they are written.
        random: draws them.
    """

    def __init__(self, nation: str, random: Random) -> None:
        self.nation = nation
        self.random = random

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

"""The sets that all contenders get: the rows of one nation, and lists of which half are rows.

Each list is asked once. An answer that somebody has kept helps no second run.
"""

import random
from collections.abc import Iterator
from pathlib import Path

# Multiplying by an odd number that 5 does not divide permutes the numbers below 10^8.
_SUBSCRIBERS = 10**8
_FACTOR = 73_939_133
_HEADER = "identifier,reference,category,handling,summary,first_seen,last_seen,release_to,contact\n"
_SEED = 20261125


class Sets:
    """Files of identifiers, all valid phone numbers in E.164.

    Args:
        folder: where they are written.
        rows: the size of the nation's dataset, up to 10^8.
    """

    def __init__(self, folder: Path, rows: int) -> None:
        self.rows = rows
        self._folder = folder
        self._lists = 0
        # The same lists for every contender, and a different one for every question.
        self._random = random.Random(_SEED)  # noqa: S311 -- a fixture, no secret
        self._absent = 0

    def bare(self) -> Path:
        """Write the rows as a file of one column, as the peers read it."""
        path = self._folder / "rows.csv"
        if not path.exists():
            with path.open("w", encoding="utf-8") as file:
                file.write("id\n")
                file.writelines(f"{phone}\n" for phone in self._members())
        return path

    def records(self) -> Path:
        """Write the rows as records of a node: with reference, dates and to whom they may go."""
        path = self._folder / "records.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(_HEADER)
            file.writelines(
                f"{phone},B-{number:08},fraud,open,,2026-01-02,2026-10-11,*,desk\n"
                for number, phone in enumerate(self._members())
            )
        return path

    def asked(self, count: int) -> tuple[Path, int]:
        """Write a list that was not asked before.

        Args:
            count: its length. Of a single identifier every second one is a row.

        Returns:
            The file, and how many of its lines are rows.
        """
        self._lists += 1
        members = (count + self._lists % 2) // 2
        # Where there are fewer rows than that, the list has what there is.
        members = min(members, self.rows)
        chosen = [_phone(number) for number in self._random.sample(range(self.rows), members)]
        for _ in range(count - members):
            chosen.append(_absent(self._absent))
            self._absent += 1
        self._random.shuffle(chosen)
        path = self._folder / f"list-{self._lists}.csv"
        path.write_text("id\n" + "".join(f"{one}\n" for one in chosen), encoding="utf-8")
        return path, members

    def _members(self) -> Iterator[str]:
        return map(_phone, range(self.rows))


def _phone(number: int) -> str:
    return f"+86139{number * _FACTOR % _SUBSCRIBERS:08}"


def _absent(number: int) -> str:
    return f"+86138{number * _FACTOR % _SUBSCRIBERS:08}"

"""Months of statistics: in UTC, so that the six nations' figures are of the same time."""

import re
from dataclasses import dataclass
from typing import Final, Self

from fedquery.cases.moment import parse_moment
from fedquery.errors import EncodingError, InputError

_FORM: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_DECEMBER: Final = 12
_LAST_YEAR: Final = 9998


@dataclass(frozen=True, slots=True)
class Month:
    """A month.

    Attributes:
        name: such as 2026-10.
        begin_ms: its first millisecond since 1970.
        end_ms: the first millisecond of the next.
    """

    name: str
    begin_ms: int
    end_ms: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month, YYYY-MM, from 1970 to 9998.

        Raises:
            InputError: if it is none.
        """
        match = _FORM.fullmatch(text)
        if match is None or int(match[1]) > _LAST_YEAR:
            raise InputError("this is not a month", do="Write YYYY-MM.")
        year, month = int(match[1]), int(match[2])
        after = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
        try:
            return cls(text, _first_ms(year, month), _first_ms(*after))
        except EncodingError:
            raise InputError("this is not a month", do="Write YYYY-MM, from 1970 on.") from None


def _first_ms(year: int, month: int) -> int:
    return parse_moment(f"{year:04}-{month:02}-01T00:00:00Z", "month")

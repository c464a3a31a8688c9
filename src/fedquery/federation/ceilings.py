"""The ordinary quota, as a node tells it in its manifest: lists are compared before they are sent.

What is left of it stands in answers alone, sealed: a manifest is read by everybody.
"""

from dataclasses import dataclass, fields
from typing import Final

from fedquery.encoding.canonical_json import Json
from fedquery.errors import InputError
from fedquery.federation.offer import integer, members

_MOST: Final = 10**9


@dataclass(frozen=True, slots=True)
class WindowCeilings:
    """Elements in each window, which begins on the clock, in UTC; 0 to 10^9.

    Attributes:
        hour: an hour.
        day: a day.
        year: a year.
    """

    hour: int
    day: int
    year: int

    def __post_init__(self) -> None:
        """Refuse values out of range.

        Raises:
            InputError: with what is wrong.
        """
        for value in (self.hour, self.day, self.year):
            _check(value)

    def to_json(self) -> Json:
        """Give the JSON value."""
        return {"hour": self.hour, "day": self.day, "year": self.year}

    @staticmethod
    def from_json(value: Json) -> "WindowCeilings":
        """Read the JSON value strictly.

        Raises:
            EncodingError, InputError: if it is anything else.
        """
        return WindowCeilings(*map(integer, members(value, *_names(WindowCeilings))))


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The ordinary quota of a node.

    Attributes:
        agency: for each asking agency.
        nation: for all agencies of an asking nation together.
        case: for each case of an agency, over its life; 0 to 10^9.
    """

    agency: WindowCeilings
    nation: WindowCeilings
    case: int

    def __post_init__(self) -> None:
        """Refuse values out of range.

        Raises:
            InputError: with what is wrong.
        """
        _check(self.case)

    @property
    def hour(self) -> int:
        """Say how many elements one agency can ask in an hour in which no other has asked."""
        return min(self.agency.hour, self.nation.hour)

    @property
    def day(self) -> int:
        """Say the same of a day."""
        return min(self.agency.day, self.nation.day)

    @property
    def year(self) -> int:
        """Say the same of a year."""
        return min(self.agency.year, self.nation.year)

    def to_json(self) -> Json:
        """Give the JSON value."""
        return {
            "agency": self.agency.to_json(),
            "nation": self.nation.to_json(),
            "case": self.case,
        }

    @staticmethod
    def from_json(value: Json) -> "Ceilings":
        """Read the JSON value strictly.

        Raises:
            EncodingError, InputError: if it is anything else.
        """
        agency, nation, case = members(value, *_names(Ceilings))
        return Ceilings(
            WindowCeilings.from_json(agency), WindowCeilings.from_json(nation), integer(case)
        )


def _names(cls: type[WindowCeilings | Ceilings]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def _check(value: int) -> None:
    if type(value) is not int or not 0 <= value <= _MOST:
        raise InputError("a ceiling is 0 to 1000000000 elements")

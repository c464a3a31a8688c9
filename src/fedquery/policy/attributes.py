"""The attributes that a decision can depend on, and the values that each can have."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from fedquery.policy import situation as limits

Value: TypeAlias = bool | int | str | frozenset[str]
Point: TypeAlias = Mapping[str, Value]
"""A value for each attribute that is not neutral, by path."""

AGENCY: Final = "agency"
TEAMS: Final = "teams"
DATASET: Final = "dataset"
NOW: Final = "context.now"

NEUTRAL_NOW_MS: Final = 1_795_496_400_000  # 2026-11-24T05:00:00Z, noon in Hanoi, a Tuesday
DAY_MS: Final = 86_400_000

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One fact that a policy can look at.

    Attributes:
        path: its name, such as "context.case.opened".
        sort: "choice" of listed values, "subset" of listed words, "number" or "moment" (both from
            `low` to `high`), or "text".
        neutral: the value that it has where it does not matter.
        listed: what can be chosen.
        kind: the entity type of a word.
        low: the least value, in its unit or in milliseconds since 1970.
        high: the greatest.
    """

    path: str
    sort: str
    neutral: Value
    listed: tuple[Value, ...] = ()
    kind: str = ""
    low: int = 0
    high: int = limits.MAX_COUNT


def read_moment(text: str) -> int:
    """Read a moment as policies and situations write it, in milliseconds since 1970.

    Raises:
        ValueError: if it is none.
    """
    moment = dt.datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return (aware - _EPOCH) // dt.timedelta(milliseconds=1)


def write_moment(time_ms: int) -> str:
    """Write a moment as situations do."""
    moment = _EPOCH + dt.timedelta(milliseconds=time_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_ms % 1000:03d}Z"

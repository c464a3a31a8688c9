"""Whether the entries of a log make sense: each by itself, and beside those before it.

What no honest party writes is a fault, such as an answer by a policy that was never activated. What
honest parties may write and an auditor wants to know of is a remark, such as a clock set back.
"""

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fedquery.audit.node import (
    KeyEntry,
    MemberEntry,
    PolicyEntry,
    QuestionEntry,
    ReviewEntry,
    RosterEntry,
    TeamEntry,
)
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.errors import EncodingError

# Parties of the protocol take clocks that differ by this much.
CLOCK_SLACK_MS: Final = 120_000
NODE: Final = "node"
COORDINATOR: Final = "coordinator"
AGENCY: Final = "agency"
_HEIGHT: Final = {"": 0, "hit": 1, "reference": 2, "summary": 3}
_PREFIX: Final = 8


class SenselessError(EncodingError):
    """An entry that is well-formed, and that no honest party writes where it stands."""

    slug = "entry-senseless"
    default_do = "Keep the log, and speak to the party it is of."

    def __init__(self, what: str, index: int) -> None:
        super().__init__(what)
        self.index = index


@dataclass(slots=True)
class Remarks:
    """What is not wrong, and an auditor wants to know.

    Attributes:
        clock_back_at: the first entry whose time is more than two minutes before an earlier one's.
        clock_back_ms: the longest such way back; 0 for none.
        clock_backs: how often the clock went back.
        without_outcome: requests that were passed on and of which no outcome is logged.
    """

    clock_back_at: int | None = None
    clock_back_ms: int = 0
    clock_backs: int = 0
    without_outcome: int = 0


LeafHash: TypeAlias = Callable[[int], bytes]
"""Give the hash of an earlier leaf."""


@dataclass(slots=True)
class Sense:
    """Look at the entries of one log, in order.

    Attributes:
        kind: "node", "coordinator" or "agency", by the log's origin.
        owner: the nation of a node; "" for others.
        leaf_hash: gives the hash of an earlier leaf.
        remarks: what was found so far.
        counts: entries by their types.
    """

    kind: str
    owner: str
    leaf_hash: LeafHash
    remarks: Remarks = field(default_factory=Remarks)
    counts: Counter[str] = field(default_factory=Counter)
    _latest_ms: int = 0
    _proposed: set[tuple[bytes, bytes]] = field(default_factory=set)
    _activated: set[tuple[bytes, bytes]] = field(default_factory=set)
    _published: dict[str, list[int]] = field(default_factory=dict)
    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    # The beginnings of the digests of all questions, and the place of the last fault of each.
    _asked: "array[int]" = field(default_factory=lambda: array("Q"))
    _places: "array[int]" = field(default_factory=lambda: array("Q"))
    _faults: dict[int, int] = field(default_factory=dict)
    _open: Counter[int] = field(default_factory=Counter)

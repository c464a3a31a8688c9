"""What a question came to, while the disk is full: held in memory until it can be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fedquery.ask.outcome import Outcome
from fedquery.desk.tally import State


@dataclass(frozen=True, slots=True)
class CameTo:
    """What a question came to.

    Attributes:
        state: finished, or ended before all came.
        outcomes: all that came.
        said: the rest, as it is sealed: the id of the lookup, why it ended, if receipts are kept.
    """

    state: State
    outcomes: tuple[Outcome, ...] = field(repr=False)
    said: Mapping[str, Any]

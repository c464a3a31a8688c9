"""What an auditor is told of a log: of its clock, of outcomes that are missing, of no sense."""

from dataclasses import dataclass, field

from fedquery.errors import EncodingError
from fedquery.seal.header import CLOCK_SLACK_MS


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
    _latest_ms: int = field(default=0, init=False, repr=False)

    def clock_at(self, index: int, at_ms: int) -> None:
        """Look at the time of an entry that is written as it happens.

        Args:
            index: the place of the entry.
            at_ms: its time, in milliseconds since 1970.
        """
        back_ms = self._latest_ms - at_ms
        self.clock_after(at_ms)
        if back_ms <= CLOCK_SLACK_MS:
            return
        self.clock_backs += 1
        self.clock_back_ms = max(self.clock_back_ms, back_ms)
        if self.clock_back_at is None:
            self.clock_back_at = index

    def clock_after(self, at_ms: int) -> None:
        """Measure later entries by this time, and not this one by earlier ones."""
        self._latest_ms = max(self._latest_ms, at_ms)

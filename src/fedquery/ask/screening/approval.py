"""What a second person said of a list, sealed beside it: of this list, case and nations alone.

A list is not changed once it is read, nor is what it is asked for and of whom; a fact opens in the
screening in which it was sealed, and nowhere else. So whoever can write to the disk can neither
approve a list nor have another one asked in the place of one that was approved.
"""

from dataclasses import asdict, dataclass, field
from typing import Literal, TypeAlias

from fedquery.ask.screening.job import Job
from fedquery.ask.second_person import LASTS_MS
from fedquery.storage.transaction import transaction

Decided: TypeAlias = Literal["waiting", "approved", "declined"]
_FACT = "second person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An approval that has ended; what was asked by then was asked by it.

    Attributes:
        decided_by: the officer who approved.
        decided_ms: when.
        reason: why.
    """

    decided_by: str = field(repr=False)
    decided_ms: int
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListApproval:
    """What was decided of a list that needs a second person.

    Attributes:
        state: what.
        wanted_ms: since when it is wanted.
        anyway: whether it is to be begun though a nation's ceilings are too low for all of it.
        decided_by: the officer who decided; "" before.
        decided_ms: when; 0 before.
        reason: why it was decided so; "" before.
        ended: the approvals before it, the oldest first.
    """

    state: Decided
    wanted_ms: int
    anyway: bool
    decided_by: str = field(default="", repr=False)
    decided_ms: int = 0
    reason: str = field(default="", repr=False)
    ended: tuple[Ended, ...] = ()

    def holds(self, now_ms: int) -> bool:
        """Tell whether the list may be asked by it now; an approval ends after a day."""
        return self.state == "approved" and now_ms - self.decided_ms <= LASTS_MS

    def and_it(self) -> tuple[Ended, ...]:
        """Give the approvals before it, and it."""
        own = Ended(decided_by=self.decided_by, decided_ms=self.decided_ms, reason=self.reason)
        return (*self.ended, own)

    def keep(self, job: Job) -> None:
        """Keep it with its list."""
        with transaction(job.connection):
            job.write_fact(_FACT, asdict(self))

    @staticmethod
    def of(job: Job) -> "ListApproval | None":
        """Read what was decided of a list; None where nobody has wanted it to be."""
        kept = job.read_fact(_FACT)
        if kept is None:
            return None
        ended = tuple(Ended(**one) for one in kept.get("ended", ()))
        return ListApproval(**{**kept, "ended": ended})

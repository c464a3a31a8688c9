"""The screenings that a gateway asks now, a few at a time, and what is known of those it had."""

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.screening.screening import Screening
from fedquery.ask.screening.values import Cost, ListRefusedError
from fedquery.config import logs
from fedquery.errors import BusyError, FedqueryError
from fedquery.gateway.approving import Approving
from fedquery.gateway.reviewing import Reviewing
from fedquery.policy.vocabulary import BREAK_GLASS

# Each holds threads, files and the states of its list.
MOST_RUNNING: Final = 4
_MOST_REMEMBERED: Final = 256


@dataclass(slots=True)
class Known:
    """What this process knows of a screening beside what is on the disk."""

    cost: Cost | None = None
    error: FedqueryError | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A screening that is asked now, and the task that asks it."""

    screening: Screening
    task: "asyncio.Task[None]" = field(repr=False)


@dataclass(slots=True)
class Runs:
    """Runs screenings.

    Attributes:
        approving: keeps and gives the word of a second person.
        reviewing: marks what is asked under a threat to life.
        running: what is asked now, by its id.
    """

    approving: Approving
    reviewing: Reviewing
    running: dict[str, Running] = field(default_factory=dict, init=False)
    _preparing: int = field(default=0, init=False)
    _known: OrderedDict[str, Known] = field(default_factory=OrderedDict, init=False)

    def known(self, screening_id: str) -> Known:
        """Give what this process knows of a screening beside what is on the disk."""
        return self._known.get(screening_id, Known())

    def remember(self, screening_id: str, known: Known) -> None:
        """Keep what is known of a screening; of many, the oldest is forgotten."""
        self._known[screening_id] = known
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)

    async def stop(self, screening_id: str) -> None:
        """Stop a screening where it runs, and forget what is known of it."""
        running = self.running.get(screening_id)
        if running is not None:
            running.task.cancel()
            await asyncio.wait([running.task])
        self._known.pop(screening_id, None)

    def require_room(self) -> None:
        """Require that one more may be begun.

        Raises:
            BusyError: if enough are under way.
        """
        if len(self.running) + self._preparing >= MOST_RUNNING:
            raise BusyError(
                "enough screenings are under way here", do="Wait until one of them has ended."
            )

    async def aclose(self) -> None:
        """End what runs; it stays on the disk."""
        tasks = [one.task for one in self.running.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def prepared(
        self, screening: Screening, *, run: bool, anyway: bool, approved: bool
    ) -> bool:
        """Prepare a screening, begin it where that is wanted and allowed, and tell whether it is.

        Where nothing is left to be asked, nobody is needed for it.

        Args:
            screening: the screening, which is closed where it is not begun.
            run: whether it is wanted.
            anyway: whether it is begun though a nation's ceilings are too low for all of it.
            approved: whether a second person has approved it within the day.

        Raises:
            ListRefusedError: if a nation's quota has no room for it; nothing was asked.
            InputError, PeerError, ClockError, StorageError: as `Screening.prepare`.
        """
        begun = False
        self._preparing += 1
        try:
            cost = await screening.prepare()
            self.remember(screening.job_id, Known(cost))
            if run and cost.exceeding and not anyway:
                raise ListRefusedError(cost)
            needed = cost.elements and self.approving.is_needed(cost.distinct, screening.purpose)
            if run and (approved or not needed):
                if screening.purpose == BREAK_GLASS and cost.elements:
                    # Before anything is asked: nothing leaves that nobody looks at afterwards.
                    self.reviewing.mark(
                        screening.job_id, "screening", screening.officer, cost.distinct
                    )
                task = asyncio.create_task(self._run(screening, anyway=anyway))
                self.running[screening.job_id] = Running(screening, task)
                begun = True
                # A task that is cancelled before its first step would close nothing.
                await asyncio.sleep(0)
        finally:
            self._preparing -= 1
            if not begun:
                await screening.aclose()
        return begun

    async def _run(self, screening: Screening, *, anyway: bool) -> None:
        known = self._known[screening.job_id]
        try:
            await screening.run(anyway=anyway)
        except FedqueryError as error:
            known.error = error
        except Exception as error:  # noqa: BLE001 -- nobody awaits this task: it is logged, and told
            reference = logs.fault("screening-fault", error)
            known.error = FedqueryError(f"the screening ended by a fault here, {reference}")
        finally:
            with contextlib.suppress(KeyError):
                del self.running[screening.job_id]
            await screening.aclose()

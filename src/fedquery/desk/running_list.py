"""One list that is being asked, and whoever follows it: any number of pages."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.screening.screening import Screening
from fedquery.ask.screening.values import Progress

LOOK_AGAIN_S: Final = 1.0
# How often a page is told of what has changed.
TOLD_EVERY_S: Final = 0.5


@dataclass(slots=True)
class RunningList:
    """A list that is being asked.

    Attributes:
        screening: asks it.
        case_id: its case.
        began_ms: since when, in this run.
        before: how much was answered before, by nation.
        is_over: whether nothing more comes.
    """

    screening: Screening
    case_id: str
    began_ms: int
    before: Mapping[str, int]
    is_over: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def progress(self) -> Progress:
        """Say how far it is."""
        return self.screening.progress()

    def cancel(self, why: str) -> None:
        """Have it stop, and say why; whoever wants to know when waits for its task."""
        if self.task is not None:
            self.task.cancel(why)

    async def changes(
        self, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> AsyncGenerator[None, None]:
        """Give a sign at once, then whenever more is known but not too often, and end with it.

        Where nothing comes there is a sign as well, so that whoever follows is looked at anew.

        Args:
            pause: waits for so many seconds.
        """
        while True:
            # Both before the sign: what comes while it is looked at is told by the next one.
            changed, is_over = self._changed, self.is_over
            yield None
            if is_over:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await changed.wait()
            await pause(TOLD_EVERY_S)

    def wake(self, *, is_over: bool = False) -> None:
        """Tell all that follow."""
        self.is_over = self.is_over or is_over
        self._changed.set()
        self._changed = asyncio.Event()

"""Have things done in one thread, those that wait together at once: one commit for many answers."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Does work on items, as many at a time as are waiting.

    Args:
        work: is given the items, in a thread.
        executor: the thread.
    """

    def __init__(self, work: Callable[[Sequence[T]], None], executor: Executor) -> None:
        self._work = work
        self._executor = executor
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None

    async def do(self, item: T) -> None:
        """Have an item done, and wait for it; what fails, fails for all that waited together."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        await done

    async def idle(self) -> None:
        """Wait until nothing is done any more."""
        if self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                items = [item for item, _ in some]
                await loop.run_in_executor(self._executor, partial(self._work, items))
            except Exception as error:  # noqa: BLE001 -- it is raised where it is waited for
                for _, done in some:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in some:
                    if not done.done():
                        done.set_result(None)

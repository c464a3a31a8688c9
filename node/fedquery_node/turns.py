"""The turns of the upkeep: one every half second, and one at once where a call waits for it."""

import asyncio
import contextlib


class Turns:
    """Let calls ask for the next turn, and wait until it is over."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []

    async def wanted(self) -> None:
        """Ask for a turn that begins after this call, and wait until it is over."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._wanted.set()
        await done

    async def pause(self, stop: asyncio.Event, tick_s: float) -> None:
        """Wait until a turn is due, is asked for, or there are to be no more."""
        events = [asyncio.ensure_future(event.wait()) for event in (stop, self._wanted)]
        try:
            await asyncio.wait(events, timeout=tick_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for event in events:
                event.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await event

    def begin(self) -> list[asyncio.Future[None]]:
        """Begin a turn.

        Returns:
            Those who wait for it, for `end`.
        """
        self._wanted.clear()
        waiting, self._waiting = self._waiting, []
        return waiting

    def end(self, waiting: list[asyncio.Future[None]]) -> None:
        """Let those go on who waited for a turn."""
        for done in waiting:
            if not done.done():
                done.set_result(None)

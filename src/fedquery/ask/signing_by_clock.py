"""A service signs what its officers asked by the clock, since it is not closed after each."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Protocol

from fedquery.config import logs
from fedquery.errors import ConsistencyError, StorageError

Wait = Callable[[asyncio.Event, float], Awaitable[None]]


class Signs(Protocol):
    """What has a log to sign."""

    def checkpoint(self) -> bool:
        """Sign what is not signed yet."""
        ...


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def sign_by_clock(
    client: Signs, every_s: float, stop: asyncio.Event, wait: Wait = _wait
) -> None:
    """Sign checkpoints until the service ends; the last one is for whoever closes the client.

    Args:
        client: the open client.
        every_s: the seconds between two.
        stop: ends it; it is set here where the log cannot be gone on with.
        wait: waits for so many seconds, or until the event is set.

    Raises:
        ConsistencyError: if the log does not begin with what was signed last: somebody changed the
            database, and nothing more may be asked from it.
    """
    await wait(stop, every_s)
    while not stop.is_set():
        try:
            client.checkpoint()
        except ConsistencyError:
            stop.set()
            raise
        except (StorageError, sqlite3.OperationalError) as error:
            # The entries are on the disk; the next round signs them.
            logs.fault("upkeep-fault", error)
        await wait(stop, every_s)

"""How every service of fedquery runs: hardened, with its own log, until told to stop."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable

from fedquery.config import logs
from fedquery.config.hardening import harden


def wall_clock() -> int:
    """Tell the time in milliseconds since 1970; the clock that is handed in at the edge."""
    return time.time_ns() // 1_000_000


def run_service(serve: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run a service until SIGTERM or SIGINT sets its event.

    Args:
        serve: serves until the event is set, then ends cleanly.

    Returns:
        the exit code of a clean end.

    Raises:
        FedqueryError: if the service cannot start.
    """
    harden()
    logs.configure()
    asyncio.run(_until_told(serve))
    return 0


async def _until_told(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.loop_exception_handler)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(stop)
    logs.event("stopped")


def say_ready(port: int) -> None:
    """Print the one line that a service prints: that it is ready, and where."""
    sys.stdout.write(json.dumps({"event": "ready", "port": port}) + "\n")
    sys.stdout.flush()

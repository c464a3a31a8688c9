"""A desk of its own for tests of its door: real connections, a nation in memory, a set clock.

It has accounts, tries and sessions that no other test counts with, and its time passes when a test
says so.
"""

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

from unit.ask import nation as made
from unit.desk_pages import served

from fedquery.desk import door
from fedquery.desk.app import make_app
from fedquery.transport.http_host import LOOPBACK_NAMES
from fedquery.transport.http_server import serve

_READY_S = 60


@dataclass
class DeskInThread:
    """Serves on a port of the loopback, in a thread of its own.

    Attributes:
        directory: where the home of its agency is made.
    """

    directory: object
    _port: Future = field(default_factory=Future)
    _stop: Future = field(default_factory=Future)

    def __post_init__(self):
        """Serve, and wait until it does."""
        self.session = made.asker(self.directory / "asker", made.honest())
        self.desk = served.desk_of(self.session)
        self.desk.names = LOOPBACK_NAMES
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._port.result(_READY_S)}"

    async def _serve(self):
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop.add_done_callback(lambda _done: loop.call_soon_threadsafe(stop.set))
        try:
            await serve(
                make_app(self.desk),
                host="127.0.0.1",
                port=0,
                tls=None,
                limits=door.LIMITS,
                on_ready=self._port.set_result,
                stop=stop,
            )
        except BaseException as error:
            with contextlib.suppress(Exception):
                self._port.set_exception(error)
            raise

    def pass_time(self, minutes):
        """Let time pass for the desk."""
        self.session.clock.now_ms += round(minutes * 60_000)

    def close(self):
        """Stop, and close what is open."""
        self._stop.set_result(None)
        self._thread.join()
        self.desk.connection.close()
        self.session.connection.close()

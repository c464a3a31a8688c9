"""A relay on the loopback that counts the octets which two parties send each other.

All contenders are counted in the same way: what their TCP connections carry, with the framing of
their protocols and with TLS where they have it, without the headers of TCP and IP. Nothing is
timed while it relays.
"""

import asyncio
import contextlib
import threading
import time
from typing import Self

_CHUNK = 1 << 18
_QUIET_S = 0.05
_STOP_S = 5.0


class Relay:
    """Listens on one port and hands everything on to another one.

    Args:
        listens: the port on which it listens; 0 takes any.
        to: the port to which it connects.
    """

    def __init__(self, listens: int, to: int) -> None:
        self.port = listens
        self._to = to
        self._there = self._back = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(_STOP_S)
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """End, and with it every connection."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)
        self._loop.close()

    def counted(self) -> tuple[int, int]:
        """Give the octets so far, from who connected and back, once nothing more comes."""
        before = None
        while before != (before := (self._there, self._back)):
            time.sleep(_QUIET_S)
        return before

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        here = asyncio.current_task()
        open_ones = [task for task in asyncio.all_tasks() if task is not here]
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*open_ones, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            # Whom it is for is not up yet: as if it had been asked itself.
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._writers |= both
        try:
            await asyncio.gather(
                self._carry(reader, far_writer, there=True),
                self._carry(far_reader, writer, there=False),
            )
        finally:
            self._writers -= both
            for one in both:
                one.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, there: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while octets := await reader.read(_CHUNK):
                if there:
                    self._there += len(octets)
                else:
                    self._back += len(octets)
                writer.write(octets)
                await writer.drain()
            writer.write_eof()  # what the other still has to say may come

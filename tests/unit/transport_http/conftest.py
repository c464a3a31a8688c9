"""A small application on a real socket, and raw connections to it."""

import asyncio
import contextlib
import json
import os
import pathlib

import pytest
import pytest_asyncio
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from fedquery.errors import BusyError, IdentifierError
from fedquery.transport.http_app import make_app
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.http_server import serve

CANARY = "+66855501990"
LIMITS = HttpLimits(
    head_s=0.5,
    head_octets=4096,
    body_s=0.5,
    body_octets=1024,
    stall_s=0.8,
    stop_s=1,
    connections=24,
    requests=2,
)


class Asked(BaseModel):
    """What the test application takes."""

    model_config = ConfigDict(strict=True, extra="forbid")
    nation: str = Field(pattern="^[A-Z]{2}$")
    phones: list[str] = Field(default_factory=list, max_length=4)
    number: int = 0


def application(running):  # noqa: C901 -- one small route for each way to go wrong
    """Build an application with a route for each way to go wrong."""

    def report(error):
        running.faults.append(type(error).__name__)
        running.failed.set()
        return "0123abcd"

    app = make_app("a <test>", docs=True, limits=LIMITS, report=report)

    @app.post("/ask")
    async def ask(asked: Asked) -> dict[str, int]:
        return {"phones": len(asked.phones)}

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    @app.get("/boom")
    async def boom() -> None:
        raise ValueError(f"bad phone {CANARY}")

    @app.get("/boom-late")
    async def boom_late() -> StreamingResponse:
        async def parts():
            yield b"one\n"
            raise ValueError(f"bad phone {CANARY}")

        return StreamingResponse(parts())

    @app.get("/unclear")
    async def unclear() -> None:
        raise IdentifierError("too short")

    @app.get("/locked")
    async def locked() -> None:
        raise BusyError("the data directory is in use")

    @app.get("/wait")
    async def wait() -> dict[str, str]:
        await running.release.wait()
        return {"hello": "late"}

    @app.get("/flood")
    async def flood() -> StreamingResponse:
        async def parts():
            for _ in range(4096):
                yield bytes(65536)

        return StreamingResponse(parts())

    return app


class Running:
    """A server on a loopback port."""

    def __init__(self):
        self.port = 0
        self.faults = []
        self.failed = asyncio.Event()
        self.release = asyncio.Event()
        self.stop = asyncio.Event()

    async def talk(self, octets, *, cap=1_000_000):
        """Send octets and read until the server closes or the cap is reached."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(octets)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            return await asyncio.wait_for(_read_all(reader, cap), 5)
        finally:
            writer.close()

    async def get(self, path, headers=""):
        """GET a path on a connection of its own."""
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
        return Reply(await self.talk(head.encode()))

    async def post(self, body, headers="Content-Type: application/json\r\n", path="/ask"):
        """POST a body with its length."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return Reply(await self.talk(head.encode() + body))


async def _read_all(reader, cap):
    octets = bytearray()
    with contextlib.suppress(ConnectionError):
        while len(octets) < cap and (part := await reader.read(65536)):
            octets += part
    return bytes(octets)


class Reply:
    """A raw reply, cut into its parts."""

    def __init__(self, octets):
        self.raw = octets
        head, _, self.body = octets.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1]) if first else 0
        self.headers = dict(line.split(": ", 1) for line in lines)

    @property
    def slug(self):
        """Give the name of the problem."""
        assert "application/problem+json" == self.headers["content-type"]
        return json.loads(self.body)["type"].removeprefix("urn:fedquery:error:")


@pytest_asyncio.fixture
async def server(capfd):
    """Serve the application, and keep what it prints for the last test of all."""
    running = Running()
    ready = asyncio.Event()

    def on_ready(port):
        running.port = port
        ready.set()

    task = asyncio.create_task(
        serve(
            application(running),
            host="127.0.0.1",
            port=0,
            tls=None,
            limits=LIMITS,
            on_ready=on_ready,
            stop=running.stop,
        )
    )
    await ready.wait()
    yield running
    running.release.set()
    running.stop.set()
    await asyncio.wait_for(task, 5)
    printed = "".join(capfd.readouterr())
    assert CANARY not in printed
    if directory := os.environ.get("FEDQUERY_CANARY_DIR"):
        _keep(pathlib.Path(directory, "transport_http.log"), printed)


def _keep(path, text):
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture
def canary():
    """Give an identifier that nothing may repeat."""
    return CANARY


@pytest.fixture
def limits():
    """Give the bounds of the test server."""
    return LIMITS

"""The guard of a node: every bad call has its status and slug, and nothing of an error gets out."""

import asyncio
import json

import grpc
import pytest
from unit.transport.grpc_parties import HUB

from fedquery.config import logs
from fedquery.errors import ConfigError, EncodingError
from fedquery.transport.limits import ENVELOPE_CAP
from fedquery.transport.node_messages import encode_ask
from fedquery.transport.node_server import NodeServer
from fedquery.transport.status import StatusError
from fedquery.v1 import node_pb2 as pb

CANARY = "+66855501990"
REQUEST = encode_ask(b"envelope")


@pytest.fixture
def call(bare, port, hub_files):
    """Make a bare call and give its status, or what it answered."""

    async def call(method, request, deadline_s=5, **options):
        channel = await bare(port, hub_files)
        path = f"/fedquery.v1.Node/{method}"
        try:
            if method == "Ask":
                stream = channel.unary_stream(path)(request, timeout=deadline_s, **options)
                return [one async for one in stream]
            return await channel.unary_unary(path)(request, timeout=deadline_s, **options)
        except grpc.aio.AioRpcError as error:
            return error

    return call


def slug(error):
    """Give the slug of a status."""
    return dict(error.trailing_metadata()).get("fedquery-slug")


@pytest.mark.parametrize(
    ("method", "request_octets"),
    [
        ("Ask", b"\xff\xff\xff"),
        ("Ask", b""),
        ("Ask", REQUEST + b"\x10\x01"),
        ("Ask", REQUEST + REQUEST),
        ("Ask", b"\x0a\x81\x00x"),
        ("Ask", b"\x0a\x05abc"),
        ("Manifest", b"\x08\x01"),
        ("Tile", b""),
        ("Tile", pb.TileRequest(level=6, width=1).SerializeToString()),
        ("Tile", pb.TileRequest(index=2**48, width=1).SerializeToString()),
        ("Tile", pb.TileRequest(width=257).SerializeToString()),
        ("Tile", pb.TileRequest(width=1).SerializeToString() + b"\x20\x01"),
    ],
)
async def test_garbage_is_a_malformed_message(call, handlers, method, request_octets):
    """What is not one of our messages in its one form never reaches a handler."""
    error = await call(method, request_octets)
    assert (grpc.StatusCode.INVALID_ARGUMENT, "message-malformed") == (error.code(), slug(error))
    assert [] == handlers.calls


async def test_an_over_size_message_is_refused(call, handlers):
    """A message over the receive limit is refused by the core."""
    error = await call("Ask", encode_ask(bytes(ENVELOPE_CAP + 64)))
    assert grpc.StatusCode.RESOURCE_EXHAUSTED is error.code()
    error = await call("Ask", encode_ask(bytes(ENVELOPE_CAP + 1)))
    assert grpc.StatusCode.INVALID_ARGUMENT is error.code()
    assert [] == handlers.calls


async def test_large_metadata_is_refused(call, handlers):
    """Metadata over the hard limit are refused by the core."""
    error = await call("Ask", REQUEST, metadata=[("x", "y" * 20_000)])
    assert isinstance(error, grpc.aio.AioRpcError)
    assert [] == handlers.calls


async def test_a_compressed_message_is_refused(call, handlers):
    """A message that would unfold is not unfolded."""
    error = await call("Ask", encode_ask(bytes(9000)), compression=grpc.Compression.Gzip)
    assert grpc.StatusCode.UNIMPLEMENTED is error.code()
    assert [] == handlers.calls


async def test_an_unknown_method_is_unimplemented(call):
    """A method of another version is not guessed at."""
    assert grpc.StatusCode.UNIMPLEMENTED is (await call("Snapshot", b"")).code()


async def test_a_call_without_a_deadline_is_refused(call, handlers):
    """A caller that would wait for ever is told to say how long."""
    error = await call("Ask", REQUEST, deadline_s=None)
    assert (grpc.StatusCode.INVALID_ARGUMENT, "no-time-left") == (error.code(), slug(error))
    assert [] == handlers.calls


async def test_a_call_with_too_little_time_is_refused(call, handlers):
    """Less than 150 ms are not worth starting for; the client may say so first."""
    await call("Manifest", b"")
    error = await call("Ask", REQUEST, deadline_s=0.1)
    assert grpc.StatusCode.DEADLINE_EXCEEDED is error.code()
    assert [] == handlers.calls


async def test_a_long_deadline_is_cut(call, handlers):
    """No call holds its slot for longer than the node allows."""
    await call("Ask", REQUEST, deadline_s=3600)
    ((_, _, left_s),) = handlers.calls
    assert left_s == pytest.approx(29.9)


async def test_a_handlers_refusal_is_passed_on(call, handlers):
    """A StatusError arrives with its code, slug, text and waiting time."""

    async def ask(*_):
        raise StatusError(
            grpc.StatusCode.RESOURCE_EXHAUSTED, "busy", "The node is busy", retry_after_s=2
        )

    handlers.ask = ask
    error = await call("Ask", REQUEST)
    assert (grpc.StatusCode.RESOURCE_EXHAUSTED, "The node is busy") == (
        error.code(),
        error.details(),
    )
    assert {"fedquery-slug": "busy", "fedquery-retry-after-s": "2"}.items() <= dict(
        error.trailing_metadata()
    ).items()


class Panic(BaseException):
    """What an extension raises when it panics."""


@pytest.mark.parametrize(
    "error",
    [
        ValueError(CANARY),
        KeyError(CANARY),
        EncodingError(CANARY),
        TimeoutError(CANARY),
        Panic(CANARY),
        SystemExit(CANARY),
        grpc.aio.AioRpcError(grpc.StatusCode.ABORTED, grpc.aio.Metadata(), grpc.aio.Metadata()),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("method", ["Ask", "Manifest"])
async def test_an_exception_reaches_neither_peer_nor_log(
    *, call, handlers, error, method, log_lines, capfd
):
    """Peer and log get a reference, class and place; of the planted identifier there is nothing."""

    async def fail(*_):
        try:
            int(CANARY + "x")
        except ValueError as cause:
            raise error from cause

    handlers.ask = handlers.manifest = fail
    status = await call(method, REQUEST if method == "Ask" else b"")
    assert (grpc.StatusCode.INTERNAL, "internal") == (status.code(), slug(status))
    fault, line = [line for line in log_lines() if line["event"] != "listening"]
    assert f"Internal error, reference {fault['ref']}" == status.details()
    assert type(error).__name__ == fault["class"]
    assert fault["at"].startswith("test_node_server.py:")
    assert ("INTERNAL", "internal", HUB) == (line["code"], line["why"], line["peer"])
    everything = f"{status!r}{status.debug_error_string()}{log_lines()}{capfd.readouterr()}"
    assert "5550199" not in everything


async def test_a_server_without_the_guard_leaks(rogue, node_files, bare, hub_files):
    """The known-bad twin: a bare handler sends the text of its exception to the peer."""

    async def manifest(_request, _context):
        raise ValueError(CANARY)

    channel = await bare(await rogue(node_files, manifest=manifest), hub_files)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channel.unary_unary("/fedquery.v1.Node/Manifest")(b"", timeout=5)
    assert CANARY in caught.value.details()


@pytest.mark.parametrize("answer", [b"", None, "text"])
async def test_a_handler_that_answers_nothing_is_a_fault(call, handlers, answer):
    """What a handler must not give becomes an internal error."""

    async def ask(*_):
        return answer

    handlers.ask = handlers.manifest = ask
    assert "internal" == slug(await call("Ask", REQUEST))
    assert "internal" == slug(await call("Manifest", b""))


async def test_a_tile_of_another_width_is_a_fault(call, handlers):
    """A handler gives exactly the hashes that were asked for."""

    async def tile(*_):
        return bytes(32)

    handlers.tile = tile
    good = pb.TileRequest(width=1).SerializeToString()
    assert pb.TileReply(data=bytes(32)).SerializeToString() == await call("Tile", good)
    assert "internal" == slug(await call("Tile", pb.TileRequest(width=2).SerializeToString()))


async def test_a_slow_handler_is_stopped_before_the_deadline(call, handlers, log_lines):
    """The node ends the call itself, 100 ms early, so that the slug arrives."""
    stopped = asyncio.Event()

    async def ask(*_):
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    handlers.ask = ask
    error = await call("Ask", REQUEST, deadline_s=0.6)
    await asyncio.wait_for(stopped.wait(), 5)
    assert grpc.StatusCode.DEADLINE_EXCEEDED is error.code()
    lines = [line for line in log_lines() if line["event"] == "ask"]
    assert {"timeout"} == {line.get("why", "timeout") for line in lines}


async def test_one_line_for_each_call(call, log_lines, handlers):
    """A call is one line, to which its handler may add what the list allows."""

    async def ask(*_):
        logs.annotate(outcome="answered", nation="VN")
        return bytes(3)

    handlers.ask = ask
    await call("Ask", REQUEST)
    (line,) = [line for line in log_lines() if line["event"] == "ask"]
    del line["time"], line["ms"]
    assert line == {
        "event": "ask",
        "peer": HUB,
        "outcome": "answered",
        "nation": "VN",
        "bytes": 3,
        "code": "OK",
    }
    assert "envelope" not in json.dumps(log_lines())


async def test_the_same_port_is_not_shared(*, port, handlers, start_node, admission, node_files):
    """Two nodes on one port would each answer half of the calls: the second does not start."""
    _, certificates = await start_node(node_files)
    second = NodeServer(handlers, certificates, admission)
    with pytest.raises(ConfigError, match="cannot listen"):
        await second.start(f"127.0.0.1:{port}")
    await second.stop(0)


async def test_overload_is_refused_not_queued(*, handlers, bare, port, hub_files):
    """Beyond its cap on calls the server answers RESOURCE_EXHAUSTED, and serves again after."""
    release = asyncio.Event()

    async def ask(envelope, *_):
        await release.wait()
        return envelope

    handlers.ask = ask
    # Ten channels, so that the streams of one connection are not the limit.
    channels = [await bare(port, hub_files) for _ in range(10)]

    async def one(n):
        stream = channels[n % 10].unary_stream("/fedquery.v1.Node/Ask")(REQUEST, timeout=20)
        try:
            return len([frame async for frame in stream])
        except grpc.aio.AioRpcError as error:
            release.set()
            return error.code()

    results = await asyncio.gather(*(one(n) for n in range(150)))
    assert {1, grpc.StatusCode.RESOURCE_EXHAUSTED} == set(results)
    assert 1 == await one(0)


def test_a_slug_is_a_word():
    """A slug that is made of something else is a bug, found where it is made."""
    with pytest.raises(ValueError, match="a slug is"):
        StatusError(grpc.StatusCode.INTERNAL, CANARY, "")

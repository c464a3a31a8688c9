"""Links: an answer comes whole or its failure has a name; nothing a node does hangs or floods."""

import asyncio
import contextlib

import grpc
import pytest

from fedquery.errors import EncodingError, PeerError
from fedquery.transport.limits import ANSWER_CAP, ENVELOPE_CAP, FRAME_LENGTH
from fedquery.transport.node_messages import encode_frames, encode_tile
from fedquery.v1 import node_pb2 as pb

ENVELOPE = b"envelope"


def frame(data):
    """Write one frame."""
    return pb.AskFrame(data=data).SerializeToString()


async def why(call):
    """Say why a call fails."""
    with pytest.raises(PeerError) as caught:
        await call
    assert caught.value.__cause__ is None
    return caught.value.why


@pytest.mark.parametrize(
    "length", [1, FRAME_LENGTH - 1, FRAME_LENGTH, FRAME_LENGTH + 1, 3 * FRAME_LENGTH + 7]
)
async def test_frames_are_joined(link, handlers, length):
    """An answer of any length arrives as it was, however many frames it took."""
    answer = bytes(range(256)) * (length // 256) + bytes(length % 256)

    async def ask(*_):
        return answer

    handlers.ask = ask
    assert answer == await link.ask(ENVELOPE, 10)


async def test_many_calls_share_a_link(link):
    """More calls than slots all end, each with its own answer."""
    envelopes = [b"%d" % n for n in range(40)]
    answers = await asyncio.gather(*(link.ask(envelope, 10) for envelope in envelopes))
    assert [envelope[::-1] for envelope in envelopes] == answers


async def test_the_largest_request_passes_and_a_larger_one_is_not_sent(link, handlers):
    """The cap of a request is that of the largest size class."""
    assert ENVELOPE_CAP == len(await link.ask(bytes(ENVELOPE_CAP), 10))
    assert "too-large" == await why(link.ask(bytes(ENVELOPE_CAP + 1), 10))
    assert 1 == len(handlers.calls)


async def test_an_answer_over_the_cap_is_cut_off(link_to, rogue, node_files):
    """A node that never stops is left when the cap is reached."""
    full = frame(bytes(FRAME_LENGTH))
    sent = []

    async def ask(_request, context):
        while True:
            await context.write(full)
            sent.append(None)

    link = link_to(await rogue(node_files, ask))
    assert "too-large" == await why(link.ask(ENVELOPE, 30))
    assert len(sent) <= ANSWER_CAP // FRAME_LENGTH + 32


async def test_an_over_size_frame_is_refused(link_to, rogue, node_files):
    """A frame over its own cap is not taken into memory."""

    async def ask(_request, context):
        await context.write(frame(bytes(FRAME_LENGTH + 64)))

    assert "too-large" == await why(link_to(await rogue(node_files, ask)).ask(ENVELOPE, 5))


@pytest.mark.parametrize(
    "frames",
    [
        [],
        [b""],
        [b"\xff\xff"],
        [frame(b"x") + b"\x10\x01"],
        [frame(b"a") + frame(b"b")],
        [frame(b"x"), frame(b"y")],
        [frame(bytes(FRAME_LENGTH)), frame(b"x"), frame(b"y")],
        [frame(b"x"), b""],
    ],
    ids=[
        "none",
        "empty",
        "garbage",
        "unknown-field",
        "field-twice",
        "short-then-more",
        "short-in-the-middle",
        "empty-at-the-end",
    ],
)
async def test_other_frames_are_off_protocol(link_to, rogue, node_files, frames):
    """Malformed frames, and frames that are not full before the last, are named off-protocol."""

    async def ask(_request, context):
        for one in frames:
            await context.write(one)

    assert "off-protocol" == await why(link_to(await rogue(node_files, ask)).ask(ENVELOPE, 5))


async def test_a_slow_node_is_a_timeout(link, handlers):
    """A node that takes longer than the deadline is named timeout, and its work is cancelled."""
    cancelled = asyncio.Event()

    async def ask(*_):
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    handlers.ask = ask
    assert (await why(link.ask(ENVELOPE, 0.4))) in {"timeout", "refused-by-node(timeout)"}
    async with asyncio.timeout(5):
        await cancelled.wait()


async def test_a_node_that_stops_in_the_middle_is_a_timeout(link_to, rogue, node_files):
    """Some frames and then silence are a timeout, not half an answer."""

    async def ask(_request, context):
        await context.write(frame(bytes(FRAME_LENGTH)))
        await asyncio.Event().wait()

    assert "timeout" == await why(link_to(await rogue(node_files, ask)).ask(ENVELOPE, 0.4))


@contextlib.asynccontextmanager
async def tcp_server(serve):
    """Listen on the loopback with a function of the streams."""
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_blackhole_is_a_timeout(link_to):
    """A host that accepts and never speaks is a timeout."""
    release = asyncio.Event()

    async def serve(_reader, writer):
        await release.wait()
        writer.close()

    async with tcp_server(serve) as port:
        assert "timeout" == await why(link_to(port).ask(ENVELOPE, 0.3))
        release.set()


async def test_nobody_there_is_node_down(link_to):
    """A port where nobody listens is named at once."""

    async def serve(_reader, _writer):
        pass

    async with tcp_server(serve) as port:
        pass
    assert "node-down" == await why(link_to(port).ask(ENVELOPE, 5))


async def test_something_else_than_tls_is_named(link_to):
    """A host that answers with other bytes is not trusted."""

    async def serve(_reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with tcp_server(serve) as port:
        assert "tls" == await why(link_to(port).ask(ENVELOPE, 5))


async def test_a_reset_in_the_middle_is_named(link_to, rogue, node_files):
    """A connection that is cut after the first frame is a reset, not half an answer."""
    behind = 0
    pipes = []

    async def pump(reader, writer):
        with contextlib.suppress(OSError):
            while octets := await reader.read(65536):
                writer.write(octets)
                await writer.drain()

    async def serve(reader, writer):
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", behind)
        pipes.append((writer, inner_writer))
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))

    async def ask(_request, context):
        await context.write(frame(bytes(FRAME_LENGTH)))
        for pair in pipes:
            for writer in pair:
                writer.transport.abort()
        await asyncio.Event().wait()

    behind = await rogue(node_files, ask)
    async with tcp_server(serve) as port:
        assert "reset" == await why(link_to(port).ask(ENVELOPE, 5))


@pytest.mark.parametrize(
    ("code", "trailing", "expected"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, "quota", "refused-by-node(quota)"),
        (grpc.StatusCode.INTERNAL, "internal", "refused-by-node(internal)"),
        (grpc.StatusCode.PERMISSION_DENIED, "+66855501990 is known", "off-protocol"),
        (grpc.StatusCode.UNKNOWN, None, "off-protocol"),
        (grpc.StatusCode.DATA_LOSS, None, "off-protocol"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, None, "timeout"),
        (grpc.StatusCode.UNAVAILABLE, None, "reset"),
        (grpc.StatusCode.CANCELLED, None, "reset"),
    ],
    ids=["refusal", "bug", "no-word", "unknown", "data-loss", "late", "gone", "cancelled"],
)
async def test_a_status_becomes_one_word(*, link_to, rogue, node_files, code, trailing, expected):
    """Whatever a node says, a link passes on a word of ours; the peer's text goes nowhere."""

    async def ask(_request, context):
        metadata = () if trailing is None else (("fedquery-slug", trailing),)
        await context.abort(code, "+66855501990", metadata)

    link = link_to(await rogue(node_files, ask))
    with pytest.raises(PeerError) as caught:
        await link.ask(ENVELOPE, 5)
    assert expected == caught.value.why
    assert "5550199" not in f"{caught.value!r}{caught.value.why}{caught.value.do}"
    assert caught.value.__suppress_context__


async def test_a_server_that_is_not_a_node_is_off_protocol(link_to, rogue, node_files):
    """A server without the method is named off-protocol."""
    assert "off-protocol" == await why(link_to(await rogue(node_files)).ask(ENVELOPE, 5))


async def test_a_node_that_comes_back_is_found(link_to, start_node, node_files):
    """While its node is down a link says so; once it is back the same link reaches it."""
    port, _ = await start_node(node_files)
    link = link_to(port)
    await link.ask(ENVELOPE, 5)
    await start_node.stop()
    assert (await why(link.ask(ENVELOPE, 5))) in {"node-down", "reset"}
    await start_node(node_files, port)
    async with asyncio.timeout(10):
        while True:
            # The channel waits a moment between its tries to connect.
            with contextlib.suppress(PeerError):
                assert ENVELOPE[::-1] == await link.ask(ENVELOPE, 5)
                break


async def test_a_closed_link_opens_again(link):
    """Closing drops the connection; the next call makes a new one."""
    await link.ask(ENVELOPE, 5)
    await link.close()
    assert ENVELOPE[::-1] == await link.ask(ENVELOPE, 5)


async def test_manifests_and_tiles_are_fetched(link):
    """The two other methods give what the node has."""
    assert b"a note for fedquery://coordinator/hub" == await link.manifest()
    assert bytes([2, 5]) * 16 * 7 == await link.tile(2, 5, 7)


@pytest.mark.parametrize("name", [(6, 0, 1), (-1, 0, 1), (0, 2**48, 1), (0, 0, 0), (0, 0, 257)])
async def test_a_tile_that_no_log_has_is_not_asked_for(link, name):
    """Level, index and width have ranges."""
    with pytest.raises(EncodingError):
        await link.tile(*name)


async def test_a_malformed_manifest_is_off_protocol(link_to, rogue, node_files):
    """An empty note, and a reply of another type, are off protocol."""

    async def manifest(_request, _context):
        return replies.pop()

    replies = [b"", encode_tile(b"x") + b"\x10\x01"]
    link = link_to(await rogue(node_files, manifest=manifest))
    assert "off-protocol" == await why(link.manifest())
    assert "off-protocol" == await why(link.manifest())


async def test_a_cancelled_call_leaves_its_slot(link, handlers):
    """Cancelling more calls than there are slots does not use them up."""
    started = asyncio.Semaphore(0)
    original = handlers.ask

    async def ask(*_):
        started.release()
        await asyncio.Event().wait()

    handlers.ask = ask
    for _ in range(2):
        tasks = [asyncio.create_task(link.ask(ENVELOPE, 10)) for _ in range(16)]
        for _ in tasks:
            await started.acquire()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    handlers.ask = original
    assert ENVELOPE[::-1] == await link.ask(ENVELOPE, 5)


def test_frames_depend_on_the_length_alone():
    """All frames but the last are full."""
    lengths = [len(one) for one in encode_frames(bytes(2 * FRAME_LENGTH + 5))]
    assert [FRAME_LENGTH + 4, FRAME_LENGTH + 4, 7] == lengths

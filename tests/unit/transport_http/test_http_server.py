"""The hardened server on a real socket: slow, large, doubled and strange requests."""

import asyncio
import json
import os
import signal
import socket
import ssl

import pytest
from starlette.responses import PlainTextResponse

from fedquery.errors import ConfigError
from fedquery.federation.certificate_files import write_issued
from fedquery.federation.certificates import coordinator_uri, issue, make_ca
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.http_server import ServerTls, serve

JSON = "Content-Type: application/json\r\n"


async def test_a_good_request_is_answered(server):
    """The guard lets good requests through, and says nothing of what serves them."""
    reply = await server.post(b'{"nation":"TH","phones":["a"]}')
    assert (200, {"phones": 1}) == (reply.status, json.loads(reply.body))
    assert "server" not in reply.headers


async def test_security_headers_are_on_every_reply(server):
    """Good, refused and failed replies carry them alike."""
    wanted = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    }
    for path in ("/hello", "/nothing", "/boom", "/unclear"):
        reply = await server.get(path)
        assert wanted == {key: reply.headers.get(key) for key in wanted}
        assert "default-src 'none'" in reply.headers["content-security-policy"]


async def test_a_slow_header_ends_the_connection(server, limits):
    """A head that is not there in time costs its connection, unanswered."""
    assert b"" == await server.talk(b"GET /hello HTTP/1.1\r\nHost: x\r\nX-A: ")


async def test_a_silent_connection_ends(server):
    """So does a connection on which nothing comes."""
    assert b"" == await server.talk(b"")


async def test_a_slow_second_header_ends_the_connection(server):
    """The deadline holds for each request of a connection."""
    first = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
    octets = await server.talk(first + b"GET /hello HT")
    assert 1 == octets.count(b"HTTP/1.1 200")


async def test_a_slow_body_is_408(server):
    """A body that is not there in time is refused by name."""
    head = f"POST /ask HTTP/1.1\r\nHost: x\r\n{JSON}Content-Length: 100\r\n\r\n".encode()
    octets = await server.talk(head + b'{"nation"')
    assert octets.startswith(b"HTTP/1.1 408")
    assert b"body-timeout" in octets


@pytest.mark.parametrize("length", ["1025", "9" * 30, "+5", "1_0"])
async def test_a_length_over_the_cap_is_refused(server, length):
    """Nothing of a body is awaited whose length is too much, or no number."""
    head = f"POST /ask HTTP/1.1\r\nHost: x\r\n{JSON}Content-Length: {length}\r\n\r\n"
    octets = await server.talk(head.encode())
    assert octets.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))


async def test_a_chunked_body_over_the_cap_is_413(server):
    """The cap holds where no length was said."""
    head = f"POST /ask HTTP/1.1\r\nHost: x\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n"
    octets = await server.talk(head.encode() + b"500\r\n" + b"x" * 0x500 + b"\r\n0\r\n\r\n")
    assert octets.startswith(b"HTTP/1.1 413")


async def test_a_chunked_body_within_the_cap_is_read(server):
    """The twin: a small chunked body is good."""
    fields = f"{JSON}Connection: close\r\nTransfer-Encoding: chunked\r\n"
    head = f"POST /ask HTTP/1.1\r\nHost: x\r\n{fields}\r\n"
    octets = await server.talk(head.encode() + b'f\r\n{"nation":"TH"}\r\n0\r\n\r\n')
    assert octets.startswith(b"HTTP/1.1 200")


async def test_a_head_over_the_cap_is_refused(server, limits):
    """A head that ends is told 431, one that does not is cut."""
    long = b"GET /hello HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * limits.head_octets
    assert (await server.talk(long + b"\r\n\r\n")).startswith(b"HTTP/1.1 431")
    assert b"" == await server.talk(long)


@pytest.mark.parametrize(
    "doubled",
    [
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nContent-Length: 2\r\n",
    ],
)
async def test_two_ways_to_end_a_body_are_400(server, doubled):
    """What proxies could read in two ways is refused."""
    head = f"POST /ask HTTP/1.1\r\nHost: x\r\n{JSON}{doubled}\r\n{{}}"
    octets = await server.talk(head.encode())
    assert octets.startswith(b"HTTP/1.1 400")
    assert b"urn:fedquery:error:malformed" in octets


@pytest.mark.parametrize(
    "octets",
    [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x00" * 64],
    ids=["tls", "no_target", "http2", "zeros"],
)
async def test_what_is_not_http_is_400(server, octets):
    """Other protocols are told in the same form, and their octets are not repeated."""
    reply = await server.talk(octets)
    assert reply.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in reply


@pytest.mark.parametrize(
    "headers",
    [
        JSON + "Content-Encoding: gzip\r\n",
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: application/json; charset=utf-16\r\n",
        JSON + JSON,
    ],
    ids=["gzip", "none", "text", "form", "utf16", "doubled"],
)
async def test_other_media_types_are_415(server, headers):
    """Plain JSON in UTF-8 is all that is taken."""
    reply = await server.post(b'{"nation":"TH"}', headers)
    assert (415, "media-type") == (reply.status, reply.slug)


async def test_a_get_with_a_body_is_400(server):
    """A body where none has a meaning is refused."""
    octets = await server.talk(b"GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
    assert octets.startswith(b"HTTP/1.1 400")


async def test_too_many_at_once_are_503(server):
    """The third request is refused at once while two are in work, and room comes back."""
    waiting = [asyncio.create_task(server.get("/wait")) for _ in range(2)]
    while (await server.get("/hello")).status == 200:
        pass
    refused = await server.get("/hello")
    assert (503, "busy", "2") == (refused.status, refused.slug, refused.headers["retry-after"])
    server.release.set()
    assert [200, 200] == [reply.status for reply in await asyncio.gather(*waiting)]
    assert 200 == (await server.get("/hello")).status


async def test_too_many_connections_are_503(server, limits):
    """Connections over the limit are answered `busy`, and idle ones do not stay."""
    idle = [
        await asyncio.open_connection("127.0.0.1", server.port) for _ in range(limits.connections)
    ]
    assert (503, "busy") == ((reply := await server.get("/hello")).status, reply.slug)
    for reader, writer in idle:
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert 200 == (await server.get("/hello")).status


async def test_a_client_that_does_not_read_is_left(server):
    """A reply that nobody takes ends, and the server serves on."""
    _, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.wait_for(server.failed.wait(), 5)
    assert ["TimeoutError"] == server.faults
    writer.close()
    assert 200 == (await server.get("/hello")).status


async def test_an_error_is_told_by_reference_alone(server, canary):
    """The text of an exception reaches neither the client nor the log."""
    reply = await server.get("/boom")
    document = json.loads(reply.body)
    assert (500, "internal", "urn:fedquery:ref:0123abcd") == (
        reply.status,
        reply.slug,
        document["instance"],
    )
    assert (["ValueError"], True) == (server.faults, canary.encode() not in reply.raw)


async def test_an_error_within_an_answer_cuts_it(server, canary):
    """A reply that failed half way is visibly not whole."""
    reply = await server.get("/boom-late")
    assert (200, False) == (reply.status, reply.body.endswith(b"0\r\n\r\n"))
    assert (["ValueError"], True) == (server.faults, canary.encode() not in reply.raw)


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
async def test_an_offered_protocol_is_not_taken(server, protocol):
    """An upgrade, as Java's client offers, is served as the plain request that it also is."""
    offer = f"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocol}\r\nHTTP2-Settings: AA\r\n"
    octets = await server.talk(f"GET /hello HTTP/1.1\r\nHost: x\r\n{offer}\r\n".encode())
    assert octets.startswith(b"HTTP/1.1 200")
    body = b'{"nation":"TH"}'
    head = f"POST /ask HTTP/1.1\r\nHost: x\r\n{JSON}{offer}Content-Length: {len(body)}\r\n\r\n"
    octets = await server.talk(head.encode() + body)
    assert octets.startswith(b"HTTP/1.1 200")
    octets = await server.talk(head.encode() + body[:5])
    assert octets.startswith(b"HTTP/1.1 408")
    octets = await server.talk(f"GET /hello HTTP/1.1\r\nHost: x\r\n{offer}".encode())
    assert b"" == octets, "the deadline of a head holds for it"


async def test_connect_is_400(server):
    """The server is no proxy."""
    octets = await server.talk(b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\nrest")
    assert octets.startswith(b"HTTP/1.1 400")


async def hello(scope, receive, send):
    """Say hello to everybody."""
    await PlainTextResponse("hello")(scope, receive, send)


async def test_sigterm_stops_cleanly():
    """The signal ends `serve` by returning, not by ending the process."""
    ready = asyncio.Event()
    task = asyncio.create_task(
        serve(hello, host="127.0.0.1", port=0, tls=None, on_ready=lambda _port: ready.set())
    )
    await ready.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(task, 5) is None


async def test_a_port_in_use_is_a_config_error():
    """A port that another process has is told by name."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="cannot listen"):
            await serve(hello, host="127.0.0.1", port=taken.getsockname()[1], tls=None)


@pytest.fixture
def tls(tmp_path):
    """Write a certificate of a coordinator on loopback."""
    tmp_path.chmod(0o700)
    ca = make_ca("hub", 1_772_352_000_000)
    leaf = issue(ca, coordinator_uri("hub"), ["127.0.0.1"], 1_772_352_000_000, 7300)
    write_issued(leaf, tmp_path / "hub.crt", tmp_path / "hub.key")
    return ServerTls(tmp_path / "hub.crt", tmp_path / "hub.key")


async def test_tls_is_1_3_alone_and_its_handshake_has_a_deadline(tls):
    """TLS 1.2 is refused; a connection that shakes no hands is closed."""
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    limits = HttpLimits(handshake_s=0.2)
    task = asyncio.create_task(
        serve(
            hello,
            host="127.0.0.1",
            port=0,
            tls=tls,
            limits=limits,
            on_ready=ready.set_result,
            stop=stop,
        )
    )
    port = await ready
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    assert "TLSv1.3" == writer.get_extra_info("ssl_object").version()
    writer.close()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", port, ssl=context)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert b"" == await asyncio.wait_for(reader.read(), 5)
    writer.close()
    stop.set()
    await asyncio.wait_for(task, 5)


def test_certificate_files_that_do_not_fit_are_a_config_error(tmp_path, tls):
    """A missing file, rubbish, and a key of another certificate stop the start."""
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"rubbish")
    rubbish.chmod(0o600)
    for certificate, key in (
        (tls.certificate, tmp_path / "none"),
        (rubbish, tls.key),
        (tls.certificate, rubbish),
    ):
        with pytest.raises(ConfigError):
            ServerTls(certificate, key).context()


def test_a_key_that_others_can_read_is_a_config_error(tls):
    """The twin with mode 0600 loads, the same file with 0644 does not."""
    assert tls.context()
    tls.key.chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        tls.context()
    assert "chmod" in caught.value.do

"""The client against coordinators that are good, dead, late, forging and talkative, over TLS."""

import asyncio
import contextlib
import hashlib
import json
import time
from base64 import b64decode
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from fedquery.errors import InputError, PeerError
from fedquery.federation.certificate_files import write_issued
from fedquery.federation.certificates import coordinator_uri, issue, make_ca
from fedquery.seal.signing import SigningKey
from fedquery.tlog.tile import Tile
from fedquery.transport import coordinator_client
from fedquery.transport.coordinator_client import CoordinatorClient
from fedquery.transport.http_limits import HttpLimits
from fedquery.transport.http_server import ServerTls, serve
from fedquery.transport.http_signature import authority_of, verify_get
from fedquery.transport.query_lines import (
    FRAME_CAP,
    LINE_CAP,
    NoAnswerLine,
    frames_of,
    request_digest,
    signed_octets,
)
from fedquery.transport.query_outcome import Answered, NotAnswered

AGENCY = "TH/cyber-police"
KEY = SigningKey(hashlib.sha256(b"agency").digest())
ENVELOPES = {"TH": b"to TH", "VN": b"to VN", "LA": b"to LA"}
BIG = bytes(range(256)) * (FRAME_CAP // 200)


def now_ms():
    """Give the time, which certificates and signatures are judged by."""
    return int(time.time() * 1000)


@dataclass
class Hub:
    """A coordinator with a script."""

    name: str
    key: SigningKey
    tls: ServerTls
    ca_der: bytes
    script: object = None
    url: str = ""
    bodies: list = field(default_factory=list)
    paths: list = field(default_factory=list)

    @property
    def signing_public(self):
        """Give the public key."""
        return self.key.verify_key.public

    async def __call__(self, scope, receive, send):
        """Record the request and play the script."""
        message = await receive()
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        target = scope["raw_path"].decode()
        if scope["method"] == "GET":
            verify_get(
                authority=authority_of(self.url),
                target=target,
                headers=headers,
                key_of={AGENCY: KEY.verify_key.public}.get,
                now_ms=now_ms(),
            )
        body = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        self.bodies.append(body)
        self.paths.append(target)
        await self.script(self, send)

    def answers(self):
        """Answer everything that was asked, each with its own bytes."""
        asked = [b64decode(text) for text in json.loads(self.bodies[-1])["envelopes"]]
        return [
            line
            for envelope in asked
            for line in answer_lines(envelope[-2:].decode(), envelope, b"answer " + envelope)
        ]

    def refusal(self, nation, why="node-down", key=None):
        """Write a signed line that there is no answer."""
        digest = request_digest(ENVELOPES[nation])
        signature = (key or self.key).sign(signed_octets(nation, why, digest, 5))
        return NoAnswerLine(nation, digest, why, 5, signature).encode() + b"\n"


def answer_lines(nation, envelope, answer):
    """Write the lines of an answer."""
    frames = frames_of(nation, request_digest(envelope), answer)
    return [frame.encode() + b"\n" for frame in frames]


def replies(*parts, status=200, headers=()):
    """Make a script that sends these parts."""

    async def script(hub, send):
        listed = parts[0](hub) if parts and callable(parts[0]) else parts
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        for part in listed:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return script


async def cut(hub, send):
    """Answer the first nation and then break off."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": hub.answers()[0], "more_body": True})


async def late(_hub, _send):
    """Never answer."""
    await asyncio.sleep(60)


GOOD = replies(Hub.answers)


@pytest_asyncio.fixture
async def hubs(tmp_path):
    """Run two coordinators, each under its own CA."""
    tmp_path.chmod(0o700)
    stop = asyncio.Event()
    limits = HttpLimits(stop_s=0)
    running, tasks = [], []
    for name in ("hub", "alternate"):
        ca = make_ca(name, now_ms())
        leaf = issue(ca, coordinator_uri(name), ["127.0.0.1"], now_ms())
        tls = ServerTls(tmp_path / f"{name}.crt", tmp_path / f"{name}.key")
        write_issued(leaf, tls.certificate, tls.key)
        hub = Hub(name, SigningKey(hashlib.sha256(name.encode()).digest()), tls, ca.der, GOOD)
        port = asyncio.get_running_loop().create_future()
        task = serve(
            hub,
            host="127.0.0.1",
            port=0,
            tls=tls,
            limits=limits,
            on_ready=port.set_result,
            stop=stop,
        )
        tasks.append(asyncio.create_task(task))
        hub.url = f"https://127.0.0.1:{await port}"
        running.append(hub)
    yield running
    stop.set()
    await asyncio.gather(*tasks)


@pytest_asyncio.fixture
async def client(hubs):
    """Make a client of both."""
    async with CoordinatorClient(hubs, AGENCY, KEY, now_ms) as made:
        yield made


async def ask(client, envelopes=ENVELOPES, deadline_ms=1000):
    """Query and collect all outcomes."""
    async with contextlib.aclosing(client.query(envelopes, deadline_ms)) as outcomes:
        return [outcome async for outcome in outcomes]


def answered(*nations):
    """Give the good outcomes of nations."""
    return [Answered(nation, b"answer " + ENVELOPES[nation]) for nation in nations]


async def test_all_answers_come(hubs, client):
    """One coordinator carries all envelopes, in one canonical body."""
    assert answered("TH", "VN", "LA") == await ask(client)
    assert [b'{"deadline_ms":1000,"envelopes":["dG8gVEg=","dG8gVk4=","dG8gTEE="]}'] == hubs[
        0
    ].bodies
    assert [] == hubs[1].bodies


async def test_a_large_answer_is_joined(hubs, client):
    """Frames of one answer are joined, however lines and packets fall."""
    hubs[0].script = replies(lambda _hub: answer_lines("TH", b"to TH", BIG))
    assert [Answered("TH", BIG)] == await ask(client, {"TH": b"to TH"})


async def test_a_signed_no_answer_is_an_outcome(hubs, client):
    """It names the nation, the reason and whose word it is."""
    hubs[0].script = replies(lambda hub: [hub.refusal("TH"), hub.answers()[1], hub.refusal("LA")])
    digest = request_digest(b"to TH")
    outcomes = await ask(client)
    signature = hubs[0].key.sign(signed_octets("TH", "node-down", digest, 5))
    assert NotAnswered("TH", digest, "node-down", 5, "hub", signature) == outcomes[0]
    assert ["TH", "VN", "LA"] == [outcome.nation for outcome in outcomes]


FAULTS = {
    "cut_before_anything": replies(),
    "server_error": replies(b"", status=500),
    "problem": replies(b'{"type":"urn:fedquery:error:busy","status":503,"title":"x"}', status=503),
    "redirect": replies(status=302, headers=[(b"location", b"https://127.0.0.1:1/")]),
    "gzip": replies(b"\x1f\x8b", headers=[(b"content-encoding", b"gzip")]),
    "garbage": replies(b"hello\n"),
    "endless_line": replies(*[b"x" * (LINE_CAP // 4)] * 6),
    "forged_no_answer": replies(lambda hub: [hub.refusal("TH", key=KEY)]),
    "strange_reason": replies(lambda hub: [hub.refusal("TH").replace(b"node-down", b"node-gone")]),
    "other_nation": replies(lambda _hub: answer_lines("MM", b"to TH", b"a")),
    "other_envelope": replies(lambda _hub: answer_lines("TH", b"to VN", b"a")),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_next_coordinator_gets_the_same_bytes(hubs, client, fault):
    """Whatever the first one does wrong, the second is asked the same, and answers."""
    hubs[0].script = FAULTS[fault]
    assert answered("TH", "VN", "LA") == await ask(client)
    assert hubs[0].bodies == hubs[1].bodies


async def test_a_cut_answer_goes_on_at_the_next(hubs, client):
    """What came counts; only what did not is asked again."""
    hubs[0].script = cut
    assert answered("TH", "VN", "LA") == await ask(client)
    assert ["dG8gVk4=", "dG8gTEE="] == json.loads(hubs[1].bodies[0])["envelopes"]


async def test_what_nobody_brings_is_told_by_the_askers_own_clock(hubs, client):
    """Where a part came, the rest is named, not lost in an error."""
    hubs[0].script, hubs[1].script = cut, replies()
    outcomes = await ask(client)
    assert answered("TH") == outcomes[:1]
    assert [("VN", "coordinator-down", b""), ("LA", "coordinator-down", b"")] == [
        (outcome.nation, outcome.why, outcome.signature) for outcome in outcomes[1:]
    ]


async def test_when_nobody_carries_it_every_coordinator_is_named(hubs, client):
    """The error says which one failed how."""
    hubs[0].script, hubs[1].script = FAULTS["problem"], FAULTS["garbage"]
    with pytest.raises(PeerError, match="no coordinator") as caught:
        await ask(client)
    assert "hub: refused: busy; alternate: off-protocol" == caught.value.why


async def test_a_late_coordinator_is_left(hubs, client, monkeypatch):
    """The deadline of a query holds for a coordinator that never answers."""
    monkeypatch.setattr(coordinator_client, "_SLACK_S", -0.9)
    hubs[0].script = late
    assert answered("TH", "VN", "LA") == await ask(client)


async def test_a_dead_coordinator_is_passed_over(hubs):
    """A closed port costs nothing."""
    hubs[0].url = "https://127.0.0.1:1"
    async with CoordinatorClient(hubs, AGENCY, KEY, now_ms) as client:
        assert answered("TH", "VN", "LA") == await ask(client)


async def test_another_ca_is_not_trusted(hubs):
    """A coordinator that another's CA vouches for is not spoken to."""
    hubs[0].ca_der = hubs[1].ca_der
    async with CoordinatorClient(hubs[:1], AGENCY, KEY, now_ms) as client:
        with pytest.raises(PeerError):
            await ask(client)
    assert [] == hubs[0].bodies


async def test_a_ca_that_does_not_parse_is_passed_over(hubs):
    """Rubbish in the list costs one coordinator, not the query."""
    hubs[0].ca_der = b"rubbish"
    async with CoordinatorClient(hubs, AGENCY, KEY, now_ms) as client:
        assert answered("TH", "VN", "LA") == await ask(client)


async def test_gets_are_signed_and_capped(hubs, client):
    """Each GET verifies at the coordinator and gives what it sent."""
    hubs[0].script = replies(b"a note")
    assert b"a note" == await client.federation()
    assert b"a note" == await client.log_checkpoint()
    hubs[0].script = replies(b'{"VN":"a note"}')
    assert {"VN": b"a note"} == await client.manifests()
    assert {"VN": "a note"} == await client.nodes()
    hubs[0].script = replies(bytes(96))
    assert bytes(96) == await client.tile("VN", Tile(0, 1234067, 3))
    assert "/v1/nodes/VN/log/tile/0/x001/x234/067.p/3" == hubs[0].paths[-1]


@pytest.mark.parametrize("octets", [bytes(95), bytes(97)])
async def test_a_tile_of_another_length_is_refused(hubs, client, octets):
    """Neither a short nor a long tile passes, and the next coordinator is asked."""
    hubs[0].script, hubs[1].script = replies(octets), replies(bytes(96))
    assert bytes(96) == await client.tile("VN", Tile(0, 0, 3))
    hubs[1].script = replies(octets)
    with pytest.raises(PeerError):
        await client.tile("VN", Tile(0, 0, 3))


@pytest.mark.parametrize(
    "octets", [b"[", b'{"VN":1}', b'{"vn":"x"}', b'{"VN":"a","VN":"b"}', rb'{"VN":"\ud800"}']
)
async def test_strange_manifests_are_refused(hubs, client, octets):
    """What is not nation to note is off protocol, and the next coordinator is asked."""
    hubs[0].script, hubs[1].script = replies(octets), replies(b'{"VN":"a note"}')
    assert {"VN": b"a note"} == await client.manifests()
    hubs[1].script = replies(octets)
    with pytest.raises(PeerError):
        await client.manifests()


async def test_too_much_is_not_read(hubs, client, monkeypatch):
    """A coordinator that sends without end is left at the cap."""
    monkeypatch.setattr(coordinator_client, "NOTE_CAP", 1000)
    for hub in hubs:
        hub.script = replies(*[bytes(400)] * 3)
    with pytest.raises(PeerError) as caught:
        await client.federation()
    assert "hub: too-large; alternate: too-large" == caught.value.why


@pytest.mark.parametrize("deadline_ms", [999, 30_001])
async def test_bounds_of_a_query(client, deadline_ms):
    """Deadlines out of range and empty queries are the caller's fault."""
    with pytest.raises(InputError):
        await ask(client, deadline_ms=deadline_ms)
    with pytest.raises(InputError):
        await ask(client, {})


def test_a_federation_without_coordinators_has_no_client():
    """There must be somebody to ask."""
    with pytest.raises(InputError):
        CoordinatorClient([], AGENCY, KEY, now_ms)

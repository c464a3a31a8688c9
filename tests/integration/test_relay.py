"""C3: one nation of five is dead, slow, garbage or false, and costs the others nothing."""

import asyncio
import contextlib
import os
import secrets
import signal

import pytest
import pytest_asyncio
from integration.conftest import ABSENT, PHONES, POLICIES, rows
from integration.test_ask import case, phones
from support.raw_asker import csv_of, now_ms

from fedquery.ask import Client
from fedquery.cli.demo.federation import Federation
from fedquery.federation.certificates import coordinator_uri
from fedquery.seal.envelope import read_answer
from fedquery.transport.admission import Admission, PeerRule
from fedquery.transport.node_server import NodeServer
from fedquery.transport.tls import ServerCertificates, TlsFiles

NATIONS = ("TH", "VN", "CN", "LA")
ODD = "VN"
METHODS = frozenset({"Ask", "Manifest", "Tile"})


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """Make a federation of an asker and three holders, of which one will be odd."""
    root = tmp_path_factory.mktemp("four")
    root.chmod(0o700)
    made = Federation(root, NATIONS, policies=POLICIES)
    try:
        made.make({nation: {"phones": "phone"} for nation in NATIONS})
        file = csv_of(tmp_path_factory.mktemp("files") / "import", "rows.csv", rows(60)[:9])
        for nation in NATIONS[1:]:
            made.import_csv(nation, "phones", file)
            made.publish(nation)
        made.start(without=("TH",))
        yield made
    finally:
        made.close()


@pytest_asyncio.fixture
async def client(four):
    """Open a client that has the manifests of all three."""
    async with Client.open(four.asker) as opened:
        await opened.refresh()
        yield opened


@contextlib.asynccontextmanager
async def in_place_of(client, federation, ask):
    """Put a node with the same name, key and address in the place of the odd one."""
    federation.stop(ODD)
    home = federation.node(ODD)
    listen = next(
        line.partition('"')[2].rstrip('"')
        for line in (home / "node.toml").read_text().splitlines()
        if line.startswith("listen")
    )
    authority = federation.coordinator / "tls" / "ca.crt"
    from cryptography import x509  # noqa: PLC0415 -- only these tests stand in for a node
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    der = x509.load_pem_x509_certificate(authority.read_bytes()).public_bytes(Encoding.DER)
    admission = Admission([PeerRule(coordinator_uri("hub"), der, METHODS)])
    files = TlsFiles(home / "tls" / "node.crt", home / "tls" / "node.key")

    class Handlers:
        """What the odd node does."""

        witnessing = None

        def __init__(self):
            self.ask = ask

        async def manifest(self, _peer):
            """Give nothing."""
            await asyncio.Event().wait()

    server = NodeServer(
        Handlers(), ServerCertificates(files, admission.authorities, now_ms), admission
    )
    await server.start(listen)
    try:
        await connected(client)
        yield
    finally:
        await server.stop(0)
        federation.start_node(ODD)
        await connected(client)


async def words_of(client, number):
    """Ask all, and give word, reason and alarm by nation, in the order in which they came."""
    came = {}

    def note(outcome):
        came[outcome.nation] = (outcome.word, outcome.why, outcome.alarm)

    await client.lookup(phones(PHONES[0]), case(number), deadline_s=2, on_outcome=note)
    return came


async def connected(client):
    """Ask the odd nation alone until its node is reached: the link looks again within seconds."""
    for number in range(400):
        lookup = await client.lookup(
            phones(PHONES[0]), case(f"again {number}"), nations=[ODD], deadline_s=2
        )
        if lookup.outcomes[0].why not in {"node-down", "reset"}:
            return
    pytest.fail("the node was not reached again")


def others_hit(came):
    """Tell whether the others answered as if nothing was wrong."""
    return came["CN"][0] == came["LA"][0] == "hit"


async def test_all_three_answer(client):
    """Before anything is wrong."""
    came = await words_of(client, "C3 none")
    assert {"hit"} == {word for word, _, _ in came.values()}


async def test_a_dead_node(client, four):
    """It is named, by the coordinator's signed word."""
    four.kill(ODD)
    try:
        came = await words_of(client, "C3 dead")
    finally:
        four.start_node(ODD)
        await connected(client)
    assert others_hit(came)
    assert "unavailable" == came[ODD][0]
    assert came[ODD][1] in {"node-down", "reset"}


async def test_a_slow_node(client, four):
    """The others' outcomes come long before its deadline."""
    pid = four.services[ODD].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        came = await words_of(client, "C3 slow")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert others_hit(came)
    assert ("unavailable", "timeout") == came[ODD][:2]
    assert ODD == list(came)[-1]


@pytest.mark.parametrize("length", [1, 5000, 2_000_000])
async def test_a_node_of_garbage(client, four, length):
    """Octets that are no answer are refused by the coordinator already."""

    async def garbage(_envelope, _peer, _left_s):
        return secrets.token_bytes(length)

    async with in_place_of(client, four, garbage):
        came = await words_of(client, f"C3 garbage {length}")
    assert others_hit(came)
    assert ("unavailable", "off-protocol") == came[ODD][:2]


async def test_an_answer_to_another_request(client, four):
    """A replayed answer, signed by the right node, is not an answer to this request."""
    before = set(four.seen.glob("*.answer"))
    await words_of(client, "C3 before")
    old = next(
        path.read_bytes()
        for path in four.seen.glob("*.answer")
        if path not in before and read_answer(path.read_bytes()).header.nation == ODD
    )

    async def replay(_envelope, _peer, _left_s):
        return old

    async with in_place_of(client, four, replay):
        came = await words_of(client, "C3 replay")
    assert others_hit(came)
    assert ("unavailable", "bad-signature") == came[ODD][:2]


async def test_a_changed_answer(client, four):
    """One changed bit, and the coordinator passes nothing on."""
    before = set(four.seen.glob("*.answer"))
    await words_of(client, "C3 before change")
    old = next(
        path.read_bytes()
        for path in four.seen.glob("*.answer")
        if path not in before and read_answer(path.read_bytes()).header.nation == ODD
    )
    changed = old[:-1] + bytes([old[-1] ^ 1])

    async def change(_envelope, _peer, _left_s):
        return changed

    async with in_place_of(client, four, change):
        came = await words_of(client, "C3 change")
    assert others_hit(came)
    assert "unavailable" == came[ODD][0]


async def test_the_odd_node_is_well_again(client):
    """What was wrong with it is over."""
    came = await words_of(client, "C3 after")
    assert "hit" == came[ODD][0]
    lookup = await client.lookup(phones(ABSENT), case("C3 after"), nations=[ODD])
    assert "no hit" == lookup.outcomes[0].word

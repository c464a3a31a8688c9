"""The calls by which logs are witnessed, at one node of four, with real databases."""

import asyncio
import contextlib
from types import SimpleNamespace

import pytest
import pytest_asyncio
from fedquery_node import kept_heads, schema
from fedquery_node.config import load_settings
from fedquery_node.witnessing import NodeWitnessing
from unit.federation import conftest as world

from fedquery.config import logs
from fedquery.federation.names import coordinator_log_origin, node_log_origin
from fedquery.storage.log_fork import DIRECTORY
from fedquery.storage.writer import Writer
from fedquery.tlog.add_checkpoint import AddCheckpoint, read_cosignature
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from fedquery.tlog.note import Signer, sign, sign_line
from fedquery.transport.status import StatusError

NODE_TOML = """
nation = "TH"
federation = "mekong"
listen = "127.0.0.1:0"
policies = "policies"
"""
FEDERATION = world.four_nations().federation
OWN = node_log_origin("mekong", "TH")


class Node:
    """As much of TH's node as its witnessing looks at."""

    def __init__(self, path):
        """Make the data directory and what stands on it."""
        path.chmod(0o700)
        (path / "node.toml").write_text(NODE_TOML)
        settings = load_settings(path)
        schema.create(path, settings)
        self.home = SimpleNamespace(
            path=path,
            log=schema.log_of(settings),
            log_signer=world.log_signer("TH"),
            cosigner=world.cosigner("TH"),
        )
        self.reader = schema.connect(path)
        self.writer = Writer(schema.connect(path))
        self.renewed = 0
        self.witnessing = NodeWitnessing(
            self.home, self.writer, self.read, lambda: FEDERATION, self.renew, lambda: 7_000
        )

    async def read(self, query):
        """Read the database."""
        return query(self.reader)

    async def renew(self):
        """Count what is renewed."""
        self.renewed += 1

    async def grow(self, *entries):
        """Append to the node's own log and sign it."""

        def change(connection):
            self.home.log.append(connection, entries)
            return self.home.log.sign_checkpoint(connection, self.home.log_signer, 5)

        return await self.writer.run(change)


@pytest_asyncio.fixture
async def node(tmp_path):
    """Make the node."""
    made = Node(tmp_path)
    yield made
    made.writer.close()
    made.reader.close()


@pytest.fixture
def events(monkeypatch):
    """Gather the events that are logged."""
    found = []
    monkeypatch.setattr(logs, "event", lambda name, **fields: found.append((name, fields)))
    return found


def log_of(code, count, sort=0):
    """Make the log of a node."""
    log = world.Log(code)
    log.add(*(b"%d of %d" % (n, sort) for n in range(count)))
    return log


def by(note, *codes):
    """Put cosignatures below a note."""
    body = note[: note.rindex(b"\n\n") + 1]
    return note + b"".join(sign_line(body, world.cosigner(code).at(6)) for code in codes)


async def test_the_logs_of_others_are_cosigned_and_no_more(node):
    """Nodes and coordinators of the member list; not its own, nor a stranger's."""
    log = log_of("VN", 3)
    reply = await node.witnessing.add_checkpoint(AddCheckpoint(0, (), log.checkpoint()).format())
    assert 200 == reply.status
    key = world.cosigner("TH").verifier_key
    assert reply.body == read_cosignature(log.head, reply.body, key)
    note = await node.witnessing.witnessed(log.head.origin)
    assert log.head == open_checkpoint(note, world.log_signer("VN").verifier_key, [key]).checkpoint

    hub = Signer(coordinator_log_origin("mekong", "hub"), world.seed("log hub"))
    checkpoint = sign_checkpoint(Checkpoint(hub.name, 2, bytes(32)), hub)
    assert (
        200
        == (await node.witnessing.add_checkpoint(AddCheckpoint(0, (), checkpoint).format())).status
    )

    stranger = Signer("fedquery.log/mekong/XX", bytes(32))
    for signer in (world.log_signer("TH"), stranger):
        checkpoint = sign_checkpoint(Checkpoint(signer.name, 2, bytes(32)), signer)
        reply = await node.witnessing.add_checkpoint(AddCheckpoint(0, (), checkpoint).format())
        assert (404, b"") == (reply.status, reply.body)
        assert b"" == await node.witnessing.witnessed(signer.name)
    assert 400 == (await node.witnessing.add_checkpoint(b"old 0\n\n")).status


async def test_a_fork_is_named_in_the_log_of_the_service(node, events):
    """With the nation whose log it is; the evidence is in the database."""
    await node.witnessing.add_checkpoint(
        AddCheckpoint(0, (), log_of("VN", 3).checkpoint()).format()
    )
    fork = AddCheckpoint(3, (), log_of("VN", 3, sort=1).checkpoint())
    assert 422 == (await node.witnessing.add_checkpoint(fork.format())).status
    # A coordinator asks again every few seconds; it is said once.
    assert 422 == (await node.witnessing.add_checkpoint(fork.format())).status
    assert [("checkpoint-refused", {"why": "fork", "nation": "VN"})] == events
    assert ["fork"] == [one.finding for one in kept_heads.refused(node.reader)]


async def test_two_requests_at_once_are_decided_one_after_the_other(node):
    """tlog-witness: what is compared and what is kept must not be parted."""
    one, other = log_of("VN", 3), log_of("VN", 5, sort=1)
    replies = await asyncio.gather(
        *(
            node.witnessing.add_checkpoint(AddCheckpoint(0, (), log.checkpoint()).format())
            for log in (one, other)
        )
    )
    assert [200, 409] == sorted(reply.status for reply in replies)


async def test_cosignatures_come_back_into_the_checkpoint(node):
    """And the manifest is made anew, once, before the call ends."""
    _, note = await node.grow(b"a")
    assert note == await node.witnessing.checkpoint()
    await node.witnessing.cosigned(by(note, "VN", "LA"))
    held = await node.witnessing.checkpoint()
    assert held == note + by(note, "LA", "VN")[len(note) :]
    await node.witnessing.cosigned(by(note, "VN"))
    assert 1 == node.renewed


async def test_a_line_of_its_own_witness_key_is_not_kept(node):
    """A log is not its own witness; and a line that is false refuses the whole note."""
    _, note = await node.grow(b"a")
    await node.witnessing.cosigned(by(note, "TH"))
    assert note == await node.witnessing.checkpoint()
    false = note + sign_line(Checkpoint(OWN, 9, bytes(32)).format(), world.cosigner("VN").at(6))
    for bad in (false, sign(Checkpoint(OWN, 9, bytes(32)).format(), [Signer(OWN, bytes(32))])):
        with pytest.raises(StatusError) as caught:
            await node.witnessing.cosigned(bad)
        assert "signature-invalid" == caught.value.slug
    assert not node.witnessing.forked


async def test_a_log_that_went_back_ends_the_service(node, events, tmp_path):
    """It answers nothing and cosigns nothing any more; what it had cosigned can be fetched."""
    await node.grow(b"a")
    others = log_of("VN", 3)
    await node.witnessing.add_checkpoint(AddCheckpoint(0, (), others.checkpoint()).format())
    lost = sign_checkpoint(Checkpoint(OWN, 9, bytes(32)), world.log_signer("TH"))

    async def slug_of(call):
        with pytest.raises(StatusError) as caught:
            await call
        return caught.value.slug

    assert "log-forked" == await slug_of(node.witnessing.cosigned(by(lost, "VN")))
    assert ("log-forked", {"size": 9}) in events
    assert by(lost, "VN") == (tmp_path / DIRECTORY / "shown.note").read_bytes()
    again = AddCheckpoint(3, (), others.checkpoint()).format()
    for call in (
        node.witnessing.checkpoint(),
        node.witnessing.add_checkpoint(again),
        node.witnessing.cosigned(by(lost, "VN")),
    ):
        assert "log-forked" == await slug_of(call)
    assert await node.witnessing.witnessed(others.head.origin)


async def test_nothing_leaves_that_was_not_kept(node):
    """Where the disk does not take it, there is no cosignature."""
    node.writer.close()
    with pytest.raises(StatusError) as caught:
        await node.witnessing.add_checkpoint(
            AddCheckpoint(0, (), log_of("VN", 3).checkpoint()).format()
        )
    assert "audit-unavailable" == caught.value.slug
    with contextlib.closing(schema.connect(node.home.path)) as connection:
        assert [] == kept_heads.heads(connection)

"""Logs that witness one another, as real processes: cosigned, forked, put back, begun anew."""

import contextlib
import json
import shutil
import sqlite3
import ssl
import time

import httpx2
import pytest
import pytest_asyncio
from fedquery_node import schema
from fedquery_node.home import open_home
from integration.conftest import POLICIES
from integration.test_ask import case, phones
from support.raw_asker import RawAsker, csv_of, now_ms
from unit.tlog.tiled import TiledLog

from fedquery.ask import Client
from fedquery.cli.demo.federation import COORDINATOR, Federation
from fedquery.cli.demo.processes import require, run
from fedquery.errors import PeerError
from fedquery.federation.manifest import Manifest
from fedquery.federation.witnesses import policy_of
from fedquery.psi.publication import Publication
from fedquery.storage.log_fork import DIRECTORY
from fedquery.tlog.add_checkpoint import AddCheckpoint, read_kept_size
from fedquery.tlog.append import consistency_proof
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from fedquery.tlog.witness import consistency_roots
from fedquery.transport.http_signature import sign_get
from fedquery.transport.witness_link import WitnessLink

WITHIN_S = 20
CALL_S = 10.0
ROWS = [(f"+8491{n:07}", f"VN-O-{n:06}", "*", "open") for n in range(20)]


def make(root, nations, files):
    """Make a federation in which VN has published."""
    root.chmod(0o700)
    made = Federation(root, nations, policies=POLICIES)
    made.make({nation: {"phones": "phone"} for nation in nations})
    settings = made.coordinator / "coordinator.toml"
    settings.write_text(settings.read_text() + "witness_every_s = 1\n")
    made.import_csv("VN", "phones", csv_of(files / "import", "vn.csv", ROWS))
    made.publish("VN")
    return made


@pytest.fixture(scope="module")
def living(tmp_path_factory):
    """Start four nations but LA, whose keys a test uses to forge."""
    made = make(
        tmp_path_factory.mktemp("living"),
        ("TH", "VN", "KH", "LA"),
        tmp_path_factory.mktemp("files"),
    )
    try:
        made.start(without=("LA",))
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Make three nations once."""
    return make(
        tmp_path_factory.mktemp("three"), ("TH", "VN", "KH"), tmp_path_factory.mktemp("csv")
    )


@pytest.fixture
def dying(three, tmp_path):
    """Start a copy of the three nations, of which a test sets one party back."""
    root = shutil.copytree(three.root, tmp_path / "root")
    started = Federation(root, three.nations, policies=POLICIES)
    try:
        started.start()
        yield started
    finally:
        started.close()


@pytest_asyncio.fixture
async def calls(living):
    """Open the ways to the witnesses of LA's log, as the coordinator has them."""
    asker = RawAsker(living)
    async with contextlib.AsyncExitStack() as stack:
        links = {}
        for nation in ("TH", "VN", "KH"):
            link = asker.link(nation)
            stack.push_async_callback(link.close)
            links[nation] = WitnessLink(link, CALL_S)
        yield links


def until(found):
    """Ask again and again for what comes about within a few rounds of the coordinator."""
    end_s = time.monotonic() + WITHIN_S
    while time.monotonic() < end_s:
        if found():
            return
    raise AssertionError("it did not come about in time")


def get(federation, path):
    """Read something of the coordinator, signed by the agency."""
    asker = RawAsker(federation)
    url = asker.members.coordinators[0].url
    headers = sign_get(url + path, agency=federation.agency, key=asker.key, now_ms=now_ms())
    context = ssl.create_default_context(cafile=federation.coordinator / "tls" / "ca.crt")
    with httpx2.Client(base_url=url, verify=context, timeout=20, trust_env=False) as client:
        return client.get(path, headers=headers)


def manifest_of(federation, nation):
    """Give the manifest that the coordinator hands on, or None."""
    note = json.loads(get(federation, "/v1/manifests").content).get(nation, "").encode()
    return Manifest.parse(note[: note.rindex(b"\n\n") + 1]) if note else None


def witnessed(federation, nation):
    """Give how many cosigned the checkpoint in a manifest, and which publications it proves."""
    manifest = manifest_of(federation, nation)
    if manifest is None:
        return 0, ()
    members = RawAsker(federation).members
    node = members.nodes[nation]
    found = policy_of(members, node.log_vkey.name).look(manifest.checkpoint, node.log_vkey)
    checkpoint = found.opened.checkpoint
    versions = []
    for offer in manifest.datasets:
        for one in offer.publications:
            one.require_in(checkpoint.size, checkpoint.root)
            versions.append(Publication.decode(one.leaf).version)
    return found.count, tuple(versions)


def rounds_of(federation):
    """Count the rounds of the coordinator."""
    lines = get(federation, "/metrics").text.splitlines()
    return next(int(one.split()[1]) for one in lines if 'outcome="round"' in one)


def status(federation, nation):
    """Give the state of a node."""
    home = str(federation.node(nation))
    return json.loads(require("fedquery_node", "--home", home, "status", "--json").out)


def events_of(federation, name):
    """List the events in the log of a service."""
    path = federation.root / "logs" / f"{name}.log"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_coordinator_that_is_ready_hands_on_witnessed_manifests(living):
    """By a quorum from the first moment on, though LA's node is down; its own log too."""
    count, versions = witnessed(living, "VN")
    assert count >= 2
    assert versions
    note = get(living, "/v1/log/checkpoint").content
    members = RawAsker(living).members
    hub = members.coordinators[0].log_vkey
    assert policy_of(members, hub.name).look(note, hub).count >= 3
    shown = status(living, "VN")["log"]
    assert ("", 0) == (shown["forked"], shown["forks_seen"])
    assert 0 < shown["cosigned_size"] <= shown["checkpoint_size"]
    metrics = get(living, "/metrics").text
    assert 'fedquery_log_witnesses{log="VN"}' in metrics
    assert 'fedquery_witnessing_total{outcome="cosigned"}' in metrics


def test_what_is_published_is_witnessed_within_seconds(living):
    """The node offers it at once, without a quorum; then the witnesses have seen it."""
    (published,) = json.loads(living.publish("VN").out)

    def newest_is_witnessed():
        count, versions = witnessed(living, "VN")
        return count >= 2 and max(versions) == published["version"]

    until(newest_is_witnessed)


def test_where_nothing_is_new_nothing_is_carried(living):
    """A round without news leaves no line in a node's log."""

    def lines():
        events = events_of(living, "TH")
        return [one for one in events if one["event"] in {"add-checkpoint", "cosigned"}]

    def settled():
        before, rounds = len(lines()), rounds_of(living)
        until(lambda: rounds_of(living) > rounds + 1)
        return before == len(lines())

    until(settled)


class Forger:
    """LA's log key in the wrong hands: it signs what LA's log never held."""

    def __init__(self, federation):
        """Read keys and entries of LA."""
        home = open_home(federation.node("LA"))
        self.signer = home.log_signer
        with contextlib.closing(schema.connect(home.path)) as connection:
            self.entries = home.log.entries(connection, 0, home.log.size(connection))

    def history(self, *more):
        """Begin as LA's log does, and go on otherwise."""
        log = TiledLog()
        grown = log.append([*self.entries, *more])
        checkpoint = Checkpoint(self.signer.name, grown.size, grown.root)
        return log, checkpoint, sign_checkpoint(checkpoint, self.signer)


async def show(calls, nation, history):
    """Show a witness a history, as a coordinator would."""
    log, checkpoint, note = history
    reply = await calls[nation].add_checkpoint(AddCheckpoint(0, (), note).format())
    if reply.status == 409:
        old = read_kept_size(reply.body)
        proof = consistency_proof(old, checkpoint.size, log.read) if old < checkpoint.size else ()
        reply = await calls[nation].add_checkpoint(AddCheckpoint(old, proof, note).format())
    return reply.status


async def test_split_views_are_refused_and_kept(living, calls, tmp_path):
    """Each witness cosigns one history; the other one is refused, and both sides are kept."""
    forger = Forger(living)
    one, other = forger.history(b"x", b"y", b"z"), forger.history(b"x", b"Y", b"Z", b"!")
    assert [200, 200] == [await show(calls, "TH", one), await show(calls, "KH", other)]
    # Whichever way somebody turns: neither witness goes over to the other history.
    assert 422 == await show(calls, "TH", other)
    assert 200 == await show(calls, "KH", other)
    longer = forger.history(b"x", b"y", b"z", b"1", b"2", b"3")
    assert 422 == await show(calls, "KH", longer)
    assert 200 == await show(calls, "TH", longer)

    for nation, kept in (("TH", one), ("KH", other)):
        out = tmp_path / nation
        home = str(living.node(nation))
        shown = require("fedquery_node", "--home", home, "witness", "--out", str(out), "--json")
        (refused,) = json.loads(shown.out)["refused"]
        assert ("fork", forger.signer.name) == (refused["finding"], refused["origin"])
        assert 1 == status(living, nation)["log"]["forks_seen"]
        # Whoever has the log's key and these two files needs to trust nobody.
        key = forger.signer.verifier_key
        request = AddCheckpoint.parse((out / "001-fork.request").read_bytes())
        before = open_checkpoint((out / "001-fork.kept").read_bytes(), key).checkpoint
        after = open_checkpoint(request.note, key).checkpoint
        assert before == kept[1]
        roots = consistency_roots(before.size, after.size, before.root, request.proof)
        assert after.root == roots[1]
        assert before.root != roots[0]


def copy_of(path):
    """Copy a database as a backup does."""
    target = path.with_name("copy.db")
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    return target


def put_back(path, copy):
    """Put an older copy in the place of a database."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    shutil.copy(copy, path)
    path.chmod(0o600)


async def answers(federation, nation):
    """Have a node asked, and give why it does not answer, or ""."""
    asker = RawAsker(federation)
    link = asker.link(nation)
    try:
        await asker.learn(nation, link)
        await asker.send(asker.ask(nation, [ROWS[0][0]]), link)
    except PeerError as error:
        return error.why
    finally:
        await link.close()
    return ""


async def test_a_node_whose_database_was_put_back_cannot_serve(dying):
    """It is shown what it had signed, keeps it, and answers nothing; the way out is a new log."""
    home, database = dying.node("VN"), dying.node("VN") / "node.db"
    assert "" == await answers(dying, "VN")
    copy = copy_of(database)
    dying.publish("VN")
    # The others have seen the second publication before the copy is put back.
    until(lambda: max(witnessed(dying, "VN")[1]) == 2 and witnessed(dying, "VN")[0] >= 2)
    assert 0 == dying.stop("VN")
    put_back(database, copy)
    dying.start_node("VN")
    until(lambda: rounds_of(dying) and (home / DIRECTORY / "own.note").exists())
    assert "refused-by-node(log-forked)" == await answers(dying, "VN")
    key = RawAsker(dying).members.nodes["VN"].log_vkey
    shown, own = (
        open_checkpoint((home / DIRECTORY / name).read_bytes(), key).checkpoint
        for name in ("shown.note", "own.note")
    )
    assert shown.size > own.size or shown.root != own.root
    assert {"log-forked"} <= {one["event"] for one in events_of(dying, "VN")}
    until(lambda: "log-forked" in {one["event"] for one in events_of(dying, COORDINATOR)})
    # Neither a restart nor the same copy once more, which has forgotten it, changes that.
    dying.stop("VN")
    put_back(database, copy)
    for command in (("serve",), ("publish",)):
        ended = run("fedquery_node", "--home", str(home), *command)
        assert (8, True) == (ended.code, "went back" in ended.err)
    assert "LOG FORKED" in run("fedquery_node", "--home", str(home), "status").out
    begin_anew(dying)
    assert "" == await answers(dying, "VN")
    until(lambda: witnessed(dying, "VN")[0] >= 2)
    old_log = next((home / "set-aside").iterdir())
    assert (old_log / DIRECTORY / "shown.note").exists()
    assert status(dying, "VN")["datasets"][0]["records"] == len(ROWS)


def begin_anew(federation):
    """Do what docs/operating.md says of a log that went back."""
    home = str(federation.node("VN"))
    require("fedquery_node", "--home", home, "new-log")
    # Until the new keys are enrolled it does not serve.
    ended = run("fedquery_node", "--home", home, "serve")
    assert (78, True) == (ended.code, "another log or witness key" in ended.err)
    listed, card = str(federation.member_list), str(federation.node("VN") / "card.json")
    require("fedquery.cli", "federation", "enrol", listed, card, "--yes")
    for nation in federation.nations[: federation.quorum]:
        key = str(federation.root / "root-keys" / f"{nation}.root.key")
        require("fedquery.cli", "federation", "sign", listed, "--key", key)
    homes = [("fedquery_node", federation.node(nation)) for nation in federation.nations]
    for module, path in (*homes, ("fedquery_coordinator", federation.coordinator)):
        require(module, "--home", str(path), "members", listed)
    federation.activate_policy("VN")
    federation.publish("VN")
    federation.start_node("VN")


async def test_a_coordinator_whose_log_was_put_back_cannot_relay(dying):
    """Its log is witnessed as those of the nodes are."""
    database = dying.coordinator / "coordinator.db"
    copy = copy_of(database)
    # A question is relayed, and at the end of the service it is in a checkpoint.
    async with Client.open(dying.asker) as client:
        (outcome,) = (await client.lookup(phones(ROWS[0][0]), case("c"), nations=["VN"])).outcomes
    assert "hit" == outcome.word
    assert 0 == dying.stop(COORDINATOR)
    dying.start_coordinator()
    assert 0 == dying.stop(COORDINATOR)
    put_back(database, copy)
    # Its first rounds find it out.
    dying.start_coordinator()
    until(lambda: get(dying, "/readyz").status_code == 503)
    assert (dying.coordinator / DIRECTORY / "own.note").exists()
    dying.stop(COORDINATOR)
    ended = run("fedquery_coordinator", "--home", str(dying.coordinator), "serve")
    assert (8, True) == (ended.code, "went back" in ended.err)

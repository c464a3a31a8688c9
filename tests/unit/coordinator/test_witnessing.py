"""A coordinator carries: only what is new, each nation by itself, contradictions to their log."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest
from fedquery_coordinator import witnessing as module
from fedquery_coordinator.witnessed_logs import NodeLog
from fedquery_coordinator.witnessing import Witnessing
from unit.federation import conftest as world

from fedquery.config import logs
from fedquery.errors import PeerError
from fedquery.federation.names import node_log_origin
from fedquery.federation.witnesses import log_keys, policy_of
from fedquery.tlog import witness
from fedquery.tlog.add_checkpoint import AddCheckpoint
from fedquery.tlog.checkpoint import open_checkpoint
from fedquery.tlog.note import sign_line
from fedquery.tlog.witness import NotCosignedError
from fedquery.transport import witness_messages as messages
from fedquery.transport.witness_messages import WitnessReply

FEDERATION = world.four_nations().federation
KEYS = log_keys(FEDERATION)


@dataclass
class Node:
    """A node in memory: a log, and a witness that keeps what it cosigned."""

    code: str
    log: world.Log = field(init=False)
    lines: dict[bytes, dict[str, bytes]] = field(default_factory=dict)
    kept: dict[str, tuple] = field(default_factory=dict)
    calls: Counter = field(default_factory=Counter)
    down: Exception | None = None
    hangs: bool = False
    forked: bytes = b""
    known: dict = field(default_factory=lambda: KEYS)
    spoil: object = None
    cosigned_s: int = 6

    def __post_init__(self):
        """Begin with a log of three entries."""
        self.log = world.Log(self.code)
        self.log.add(b"a", b"b", b"c")

    async def unary(self, name, request, decode, _deadline_s):
        """Answer as a node does, through the codec."""
        self.calls[name] += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.down is not None:
            raise self.down
        return decode(getattr(self, name)(request))

    async def tile(self, level, index, width, _deadline_s):
        """Give hashes of its log."""
        self.calls["Tile"] += 1
        return self.log.tiles[level, index][: 32 * width]

    def Checkpoint(self, _request):  # noqa: N802 -- the name of the call
        """Give the newest checkpoint with its lines."""
        if self.forked:
            raise PeerError("x", why="refused-by-node(log-forked)")
        held = self.lines.get(self.log.head.format(), {})
        return messages.encode_checkpoint(
            self.log.checkpoint() + b"".join(held[name] for name in sorted(held))
        )

    def AddCheckpoint(self, request):  # noqa: N802 -- the name of the call
        """Cosign as a witness does."""
        asked = AddCheckpoint.parse(messages.decode_add_checkpoint(request))
        try:
            checkpoint = witness.require_signed(asked, self.known)
            before, _ = self.kept.get(
                checkpoint.origin, (witness.nothing_of(checkpoint.origin), b"")
            )
            witness.require_extension(asked, checkpoint, before)
        except NotCosignedError as error:
            return messages.encode_witness_reply(WitnessReply(error.status, error.body))
        line = witness.cosign(checkpoint, world.cosigner(self.code), self.cosigned_s)
        self.kept[checkpoint.origin] = (checkpoint, asked.note + line)
        return messages.encode_witness_reply(WitnessReply(200, self.spoil or line))

    def Witnessed(self, request):  # noqa: N802 -- the name of the call
        """Give what was cosigned last."""
        origin = messages.decode_witnessed_request(request)
        return messages.encode_witnessed(self.kept.get(origin, (None, b""))[1])

    def Cosigned(self, request):  # noqa: N802 -- the name of the call
        """Take lines, or find out that its log went back."""
        note = messages.decode_cosigned(request)
        body, _, lines = note.rpartition(b"\n\n")
        head = witness.Checkpoint.parse(body + b"\n")
        if head.size > self.log.size:
            self.forked = note
            raise PeerError("x", why="refused-by-node(log-forked)")
        for line in lines.splitlines(keepends=True)[1:]:
            self.lines.setdefault(body + b"\n", {})[line.split(b" ")[1].decode()] = line
        return messages.encode_cosigned_reply()

    @property
    def witnesses(self):
        """Count the cosignatures of its newest checkpoint."""
        return len(self.lines.get(self.log.head.format(), {}))

    @property
    def own_key(self):
        """Give the key of its log."""
        return FEDERATION.nodes[self.code].log_vkey


class Carrier:
    """A coordinator's witnessing over nodes in memory."""

    def __init__(self):
        """Begin with four nodes that work."""
        self.nodes = {code: Node(code) for code in world.CODES}
        self.told = []
        self.telling = asyncio.Event()
        self.witnessing = Witnessing(self.tell, lambda: 7_000)

    async def tell(self, nation, note):
        """Remember what was told."""
        self.told.append((nation, note))
        self.telling.set()

    async def round(self):
        """Go round once."""
        witnessed = [NodeLog(code, node.own_key, node) for code, node in self.nodes.items()]
        await self.witnessing.round(FEDERATION, self.nodes, witnessed)

    def count(self, call):
        """Count the calls of one kind to all nodes."""
        return sum(node.calls[call] for node in self.nodes.values())


@pytest.fixture
def carrier():
    """Make the coordinator."""
    return Carrier()


@pytest.fixture
def events(monkeypatch):
    """Gather the events that are logged."""
    found = []
    monkeypatch.setattr(logs, "event", lambda name, **fields: found.append((name, fields)))
    return found


@pytest.fixture
def at_once(monkeypatch):
    """Do not wait for nations that hang."""
    monkeypatch.setattr(module, "_GRACE_S", 0.05)
    monkeypatch.setattr(module, "_PATIENCE_S", 0.05)


async def test_every_log_is_cosigned_by_all_others(carrier):
    """In one round; each log holds lines that verify and are a quorum."""
    await carrier.round()
    for code, node in carrier.nodes.items():
        note = messages.decode_checkpoint(node.Checkpoint(b""))
        found = policy_of(FEDERATION, node_log_origin("mekong", code)).require(note, node.own_key)
        assert (3, 3) == (found.count, found.of)
    assert dict.fromkeys(world.CODES, 3) == carrier.witnessing.held
    assert 12 == carrier.witnessing.counted["cosigned"]


async def test_nothing_is_carried_where_nothing_is_new(carrier):
    """The second round asks each log for its newest checkpoint, and that is all."""
    await carrier.round()
    before = carrier.count("AddCheckpoint"), carrier.count("Cosigned"), carrier.count("Tile")
    await carrier.round()
    assert before == (
        carrier.count("AddCheckpoint"),
        carrier.count("Cosigned"),
        carrier.count("Tile"),
    )
    assert 8 == carrier.count("Checkpoint")


async def test_a_log_that_grew_is_proven_from_its_tiles(carrier):
    """One proof serves all witnesses that have the same size: its tiles are fetched once each."""
    await carrier.round()
    carrier.nodes["VN"].log.add(*(b"%d" % n for n in range(300)))
    await carrier.round()
    assert 3 == carrier.nodes["VN"].witnesses
    assert 0 == carrier.nodes["TH"].calls["Tile"]
    assert 0 < carrier.nodes["VN"].calls["Tile"] <= 9


async def test_a_witness_that_is_elsewhere_is_met_there(carrier):
    """A coordinator that has just started learns from the 409 what a witness has."""
    await carrier.round()
    carrier.nodes["VN"].log.add(b"d")
    carrier.witnessing = Witnessing(carrier.tell, lambda: 7_000)
    await carrier.round()
    assert 3 == carrier.nodes["VN"].witnesses


async def test_each_nations_failure_touches_no_other(carrier, events):
    """One is down: the others get the lines of those that are there, and it is said once."""
    carrier.nodes["KH"].down = PeerError("x", why="node-down")
    await carrier.round()
    away = [fields for name, fields in events if name == "witness-away"]
    await carrier.round()
    await carrier.round()
    assert [2, 2, 2] == [carrier.nodes[code].witnesses for code in ("LA", "TH", "VN")]
    assert [{"nation": "KH", "why": "node-down"}] == away
    assert 1 == [name for name, _ in events].count("witness-away")
    # After the first round it is asked for its own checkpoint alone.
    assert 3 == carrier.nodes["KH"].calls["Checkpoint"]
    assert carrier.nodes["KH"].calls["AddCheckpoint"] <= 3
    carrier.nodes["KH"].down = None
    await carrier.round()
    await carrier.round()
    assert [3, 3, 3, 3] == [node.witnesses for node in carrier.nodes.values()]
    assert ("witness-back", {"nation": "KH"}) in events


async def test_the_metrics_say_nothing_of_a_log_that_is_not_shown(carrier):
    """Known-bad: the number of the last round that went well, of a log that has forked since."""
    await carrier.round()
    assert 3 == carrier.witnessing.held["VN"]
    carrier.nodes["VN"].down = PeerError("x", why="refused-by-node(log-forked)")
    await carrier.round()
    assert 0 == carrier.witnessing.held["VN"]
    del carrier.nodes["VN"]
    await carrier.round()
    assert {"KH", "LA", "TH"} == carrier.witnessing.held.keys()


async def test_a_nation_that_hangs_holds_up_no_line_of_the_others(carrier, at_once):
    """Its time runs out, and what came before was handed back long ago."""
    carrier.nodes["KH"].hangs = True
    round_ = asyncio.create_task(carrier.round())

    while any(carrier.nodes[code].witnesses < 2 for code in ("LA", "TH", "VN")):
        await asyncio.wait_for(carrier.telling.wait(), 5)
        carrier.telling.clear()
    assert not round_.done()
    round_.cancel()
    await asyncio.wait([round_])


@pytest.mark.parametrize(
    "spoil", [b"x", b"\xff", sign_line(b"other\n", world.cosigner("KH").at(5))]
)
async def test_a_false_line_is_not_passed_on(carrier, spoil):
    """It would have the whole note refused, with the lines of the others."""
    carrier.nodes["KH"].spoil = spoil
    await carrier.round()
    assert [2, 2, 2] == [carrier.nodes[code].witnesses for code in ("LA", "TH", "VN")]
    assert 3 == carrier.nodes["KH"].witnesses


@pytest.mark.parametrize(("ahead_s", "taken"), [(120, 3), (121, 2)])
async def test_a_line_from_the_future_is_not_carried(carrier, events, ahead_s, taken):
    """The log would keep it for good; once the witness's clock is right, its line is taken."""
    kh = carrier.nodes["KH"]
    kh.cosigned_s = 7 + ahead_s
    await carrier.round()
    await carrier.round()
    assert taken == carrier.nodes["VN"].witnesses
    away = [fields["why"] for name, fields in events if name == "witness-away"]
    # Said once for each of the three logs.
    assert ([] if taken == 3 else ["clock"] * 3) == away
    kh.cosigned_s = 7
    await carrier.round()
    assert [3, 3, 3, 3] == [node.witnesses for node in carrier.nodes.values()]


async def test_a_log_that_went_back_is_shown_what_others_have(carrier, events):
    """The witness says a larger size: the node gets the checkpoint that it has lost."""
    await carrier.round()
    before = carrier.nodes["VN"].log
    carrier.nodes["VN"].log = world.Log("VN")
    carrier.nodes["VN"].log.add(b"a")
    await carrier.round()
    shown = open_checkpoint(carrier.nodes["VN"].forked, carrier.nodes["VN"].own_key).checkpoint
    assert before.head == shown
    forked = [fields for name, fields in events if name == "log-forked"]
    assert {"VN"} == {fields["nation"] for fields in forked}
    assert carrier.witnessing.counted["forked"]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_log_that_went_back_to_a_cosigned_state_is_found_out(carrier, restarted):
    """It holds all cosignatures of that state, so that nothing seems to be lacking."""
    await carrier.round()
    vn = carrier.nodes["VN"]
    back = world.Log("VN")
    back.add(b"a", b"b", b"c")
    vn.log.add(b"d")
    await carrier.round()
    assert 3 == vn.witnesses
    vn.log = back
    assert 3 == vn.witnesses
    if restarted:
        carrier.witnessing = Witnessing(carrier.tell, lambda: 7_000)
    await carrier.round()
    assert vn.forked


async def test_a_fork_is_told_and_gets_no_cosignature(carrier, events):
    """Another root of another history, larger than what was cosigned: 422."""
    await carrier.round()
    carrier.nodes["VN"].log = world.Log("VN")
    carrier.nodes["VN"].log.add(b"a", b"x", b"y", b"z")
    await carrier.round()
    await carrier.round()
    assert 0 == carrier.nodes["VN"].witnesses
    assert 6 == carrier.witnessing.counted["refused"]
    refused = [fields for name, fields in events if name == "not-cosigned"]
    assert {("VN", "status-422")} == {(one["nation"], one["why"]) for one in refused}
    # Each once, however often they are asked.
    outcomes = sorted(one["outcome"] for one in refused)
    assert ["witness-kh", "witness-la", "witness-th"] == outcomes


async def test_another_coordinators_hand_is_no_contradiction(carrier, events):
    """A witness that is ahead because the log grew meanwhile: nothing is the matter."""
    await carrier.round()
    vn = carrier.nodes["VN"]
    old = vn.log.checkpoint()
    vn.log.add(b"d")
    await Carrier.round(carrier)

    class Late(NodeLog):
        """A log whose newest checkpoint was fetched before it grew."""

        async def newest(self):
            return old

    late = Witnessing(carrier.tell, lambda: 7_000)
    await late.round(FEDERATION, carrier.nodes, [Late("VN", vn.own_key, vn)])
    assert not vn.forked
    assert [] == [name for name, _ in events if name in {"log-forked", "not-cosigned"}]


async def test_a_log_that_begins_anew_under_a_new_key_is_another_log(carrier, events):
    """The member list names its key; what witnesses had of the old one is nothing to the new."""
    await carrier.round()
    carrier.nodes["VN"].log = world.Log("VN")
    carrier.nodes["VN"].log.add(b"anew")
    signer = world.Signer(node_log_origin("mekong", "VN"), bytes(range(7, 39)))
    note = world.sign_checkpoint(carrier.nodes["VN"].log.head, signer)
    lines = []

    class Anew(NodeLog):
        """The log under its new key."""

        async def newest(self):
            return note

        async def hand(self, note):
            lines.append(note)

    fresh = {**KEYS, signer.name: signer.verifier_key}
    for node in carrier.nodes.values():
        node.kept.pop(signer.name, None)
        node.known = fresh
    await carrier.witnessing.round(
        FEDERATION, carrier.nodes, [Anew("VN", signer.verifier_key, carrier.nodes["VN"])]
    )
    assert [3] == [note.count(b"/witness ") for note in lines]
    assert [] == [name for name, _ in events if name in {"log-forked", "not-cosigned"}]


async def test_whoever_hands_manifests_on_is_told(carrier):
    """Of more cosignatures, and of a quorum that somebody else may have carried."""
    await carrier.round()
    assert {(code, b"") for code in world.CODES} <= set(carrier.told)
    carrier.told.clear()
    await carrier.round()
    assert set(world.CODES) == {nation for nation, note in carrier.told if note}


async def test_a_bug_in_one_log_ends_no_round(carrier, events):
    """Not even an error that nobody thought of."""
    carrier.nodes["LA"].down = RuntimeError("a bug")
    await carrier.round()
    assert [2, 2, 2] == [carrier.nodes[code].witnesses for code in ("KH", "TH", "VN")]
    assert ("witness-away", {"nation": "LA", "why": "fault"}) in events

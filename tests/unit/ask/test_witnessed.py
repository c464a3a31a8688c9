"""A manifest counts once a quorum has seen it; until then the one before it does, and says so."""

import contextlib
import secrets
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask.test_concluding import CASE, look
from unit.ask.test_replaced import GONE
from unit.ask.test_trust import evidence_of, state
from unit.federation import conftest as world
from unit.psi.holding import publish

from fedquery.ask import schema, shown, store
from fedquery.ask.claiming import claim_hit
from fedquery.ask.clock import ClockError
from fedquery.ask.doctor import examine
from fedquery.ask.home import open_home
from fedquery.ask.looking import Looking
from fedquery.ask.outcome import Witnesses
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Trusted
from fedquery.errors import ConfigError, PeerError, QuorumError
from fedquery.federation import names
from fedquery.identifiers import decode
from fedquery.tlog.note import Signer, sign_line, signature_line
from fedquery.transport.coordinator_client import NotAnswered

MINUTE_MS = 60_000


def publish_next(vn, version=4, *, witnesses=("TH",)):
    """Let VN publish another version, which too few have seen."""
    vn.log.witnesses = witnesses
    vn.publish(made.current(publish(made.rows(), version=version)))


def again(session):
    """Make another process of the same home."""
    return Session(
        open_home(session.home.path),
        schema.connect(session.home.path),
        session.clock,
        session.federation,
        session.coordinators,
    )


@pytest.fixture
def restarted(session):
    """Give what begins another process of the same home."""
    with contextlib.ExitStack() as open_ones:

        def begin():
            opened = again(session)
            open_ones.callback(opened.connection.close)
            return opened

        yield begin


async def no_tile(_nation, _tile):
    """Have no tile."""
    raise PeerError("the log has no such tile", why="tile-unknown")


async def tile_of(nation, tile):
    """Give a tile, where the log is as large."""
    if (tile.index + 1) * 256 - (256 - tile.octets // 32) > nation.log.size:
        raise PeerError("the log has no such tile", why="tile-unknown")
    return nation.log.read(tile)


def version_of(found):
    """Give the version that would be asked about."""
    return found.datasets["phones"].publication.version


async def test_a_quorum_is_accepted_and_its_witnesses_are_named(session, vn):
    """Two of three are a majority; the nation's own witness is none of them."""
    vn.log.witnesses = ("TH", "LA", "VN")
    found = await state(session)
    assert (("KH",), None) == (found.cosigned.missing, found.waiting)
    assert Witnesses(cosigned=2, of=3, needed=2) == found.witnesses


@pytest.mark.parametrize("witnesses", [(), ("TH",), ("TH", "VN")])
async def test_nothing_is_believed_at_first_sight_without_a_quorum(session, vn, witnesses):
    """It is no alarm: nothing that was shown is false. Nothing is asked."""
    vn.log.witnesses = witnesses
    found = await state(session)
    assert ("not-witnessed", False) == (found.why, found.alarm)
    (outcome,) = await look(session, made.KNOWN)
    assert ("unavailable", "not-witnessed") == (outcome.word, outcome.why)
    counted = len({*witnesses} - {"VN"})
    assert Witnesses(cosigned=counted, of=3, needed=2) == outcome.witnesses
    assert [] == session.coordinators.sent
    assert set() == evidence_of(session)


async def test_what_was_accepted_is_used_until_the_next_is_witnessed(session, vn, restarted):
    """A nation has just published: lookups go on by the version before, and say so."""
    (outcome,) = await look(session, made.KNOWN)
    assert ("hit", 3, True) == (outcome.word, outcome.version, outcome.witnesses.newest)
    holding = vn.holding
    publish_next(vn)
    # The node still serves the version before.
    vn.holding = holding
    for process in (session, restarted()):
        found = await state(process)
        assert (3, ("KH", "LA")) == (version_of(found), found.waiting.missing)
        (outcome,) = await look(process, made.OTHER)
        assert ("no hit", 3) == (outcome.word, outcome.version)
        assert Witnesses(cosigned=3, of=3, needed=2, newest=False) == outcome.witnesses
    vn.log.witnesses = ("TH", "KH")
    for process in (session, restarted()):
        found = await state(process)
        assert (4, None) == (version_of(found), found.waiting)
    assert (vn.note(),) == shown.manifests(session.connection, "VN")


async def test_a_version_that_waited_counts_from_when_it_was_witnessed(session, vn):
    """Then, and not before, an older one is a rollback."""
    publish_next(vn)
    await state(session)
    vn.log.witnesses = made.WITNESSES
    session.coordinators.shown = vn.note(vn.places[:1])
    assert 3 == version_of(await state(session))
    session.coordinators.shown = b""
    vn.log.add(b"more")
    assert 4 == version_of(await state(session))
    vn.log.add(b"and more")
    session.coordinators.shown = vn.note(vn.places[:1])
    assert Distrusted("rolled-back", alarm=True) == await state(session)


async def test_a_retired_version_is_asked_again_once_its_successor_is_witnessed(session, vn):
    """Witnesses have seen it between the question and its refusal."""
    await state(session)
    publish_next(vn)
    answers = iter([GONE])

    def head(honest):
        vn.log.witnesses = made.WITNESSES
        return next(answers, honest)

    vn.lies.head = head
    (outcome,) = await look(session, made.KNOWN)
    assert ("hit", 4) == (outcome.word, outcome.version)
    assert 2 == len(session.coordinators.sent)


async def test_a_retired_version_is_not_asked_again_while_its_successor_waits(session, vn):
    """It would be refused again; what is wrong is that witnesses are missing."""
    await state(session)
    publish_next(vn)
    vn.lies.head = lambda _honest: GONE
    (outcome,) = await look(session, made.KNOWN)
    assert ("unavailable", "not-witnessed") == (outcome.word, outcome.why)
    assert Witnesses(cosigned=1, of=3, needed=2) == outcome.witnesses
    assert 1 == len(session.coordinators.sent)


async def test_what_was_accepted_ends_at_its_stated_age(session, vn, restarted):
    """Past its due time an absent tag is stale; past the manifest's end nothing is asked."""
    holding = vn.holding
    await state(session)
    publish_next(vn)
    vn.holding = holding
    vn.created_ms = session.clock.now_ms = made.NOW_MS + 3_600_000 - 1
    assert 3 == version_of(await state(restarted()))
    session.clock.now_ms += 1
    vn.created_ms = session.clock.now_ms
    found = await state(restarted())
    assert ("not-witnessed", False) == (found.why, found.alarm)


async def test_a_newer_manifest_of_the_same_head_is_kept(session, vn, restarted):
    """Manifests are made anew each hour: the last one is used, not the first of its head."""
    holding = vn.holding
    await state(session)
    vn.created_ms = session.clock.now_ms = made.NOW_MS + 30 * MINUTE_MS
    await state(session)
    publish_next(vn)
    vn.holding = holding
    vn.created_ms = session.clock.now_ms = made.NOW_MS + 75 * MINUTE_MS
    assert 3 == version_of(await state(restarted()))


async def test_what_was_accepted_must_meet_the_policy_of_now(session, vn, restarted):
    """A stricter policy was installed, or a witness's key was replaced."""
    vn.log.witnesses = ("TH", "LA")
    await state(session)
    publish_next(vn)
    federation = session.federation
    renewed = replace(
        federation.nodes["LA"],
        witness_vkey=replace(world.cosigner("LA"), seed=world.seed("new")).verifier_key,
    )
    process = restarted()
    process.federation = replace(federation, nodes={**federation.nodes, "LA": renewed})
    assert "not-witnessed" == (await state(process)).why
    lines = [
        f"witness {code} {node.witness_vkey.format()}\n" for code, node in federation.nodes.items()
    ]
    trust = session.home.path / "trust.txt"
    trust.write_text("".join([*lines, "group others all KH LA TH\nquorum others\n"]))
    assert "not-witnessed" == (await state(restarted())).why
    # One that asks for less accepts what is newest.
    trust.write_text("".join([*lines, "quorum TH\n"]))
    assert 4 == version_of(await state(restarted()))


async def test_a_policy_that_names_other_logs_is_no_alarm(session, vn):
    """Nothing is wrong with this one; the policy may be older than its key."""
    text = f"log {world.log_signer('LA').verifier_key.format()}\nquorum none\n"
    (session.home.path / "trust.txt").write_text(text)
    found = await state(session)
    assert ("not-witnessed", False) == (found.why, found.alarm)
    (line,) = [one for one in await examine(session) if one.name == "witnesses VN"]
    assert "names other logs" in line.what


async def test_a_policy_that_was_damaged_ends_it(session, vn):
    """Nobody is believed by half of a file; the line is named."""
    (session.home.path / "trust.txt").write_text("quorum none\nquorum no")
    with pytest.raises(ConfigError, match=r"trust\.txt: malformed trust policy: line 2: "):
        await state(session)


async def test_a_false_line_of_a_witness_is_an_alarm(session, vn, monkeypatch):
    """signed-note: somebody changed something. That is not the same as a line that is missing."""
    checkpoint = world.Log.checkpoint
    key = world.cosigner("KH").verifier_key
    line = signature_line(key.name, key.key_id, bytes(72))
    vn.log.witnesses = ("TH", "LA")
    monkeypatch.setattr(world.Log, "checkpoint", lambda log: checkpoint(log) + line)
    assert Distrusted("signature-invalid", alarm=True) == await state(session)


async def test_a_rolled_back_log_is_an_alarm_without_witnesses_too(session, vn):
    """That nobody has cosigned it does not excuse it."""
    vn.log.witnesses = ()
    smaller = vn.note()
    vn.log.witnesses = made.WITNESSES
    vn.log.add(b"more")
    await state(session)
    session.coordinators.shown = smaller
    # Nor that it has no tiles any more of what it lost.
    session.coordinators.tile = no_tile
    assert Distrusted("rolled-back", alarm=True) == await state(session)


async def test_a_log_that_lost_what_nobody_had_witnessed_is_used_and_found_out_later(session, vn):
    """It has no tiles of its own larger head; a nation is not unavailable for that."""
    await state(session)
    fork = made.Nation(vn.holding)
    fork.log.add(b"lost", b"lost too", b"and this")
    fork.log.witnesses = ("TH",)
    session.coordinators.nation = fork
    assert (await state(session)).waiting
    vn.log.add(b"after the loss")
    session.coordinators.nation = vn
    session.coordinators.tile = lambda nation, tile: tile_of(vn, tile)
    found = await state(session)
    assert isinstance(found, Trusted)
    assert found.waiting is None
    vn.log.add(b"1", b"2", b"3")
    assert (await state(session)).alarm


@pytest.mark.parametrize("more", [0, 3])
async def test_a_fork_that_nobody_witnessed_is_found_out_and_kept(session, vn, restarted, more):
    """What the log signed for this asker alone must be part of what witnesses have seen."""
    await state(session)
    fork = made.Nation(vn.holding)
    fork.log.witnesses = ("TH",)
    for nation, first in ((fork, b"shown to one"), (vn, b"shown to the others")):
        nation.log.add(first)
    session.coordinators.nation = fork
    found = await state(session)
    assert isinstance(found, Trusted)
    assert found.waiting
    vn.log.add(*(b"later" for _ in range(more)))
    session.coordinators.nation = vn
    process = restarted()
    assert (await state(process)).alarm
    assert {fork.note(), vn.note()} < evidence_of(session)


async def test_a_publication_that_waited_must_be_the_one_that_is_witnessed(session, vn, restarted):
    """Equivocation inside one log: two leaves for one version, the first never witnessed."""
    await state(session)
    publish_next(vn)
    await state(session)
    vn.log.witnesses = made.WITNESSES
    vn.publish(made.current(publish(made.rows(), version=4, seed=8)))
    assert Distrusted("equivocation", alarm=True) == await state(restarted())


async def test_versions_that_wait_do_not_fill_the_disk(session, vn, monkeypatch):
    """The newest are kept; what witnesses have seen is not touched."""
    await state(session)
    monkeypatch.setattr(shown, "MOST_WAITING", 3)
    for version in range(4, 12):
        vn.log.witnesses = ()
        vn.places.clear()
        vn.publish(made.current(publish(made.rows(), version=version)))
        await state(session)
    rows = session.connection.execute(
        "SELECT version, witnessed FROM version_seen WHERE nation = 'VN' ORDER BY version"
    ).fetchall()
    assert [(3, 1), (9, 0), (10, 0), (11, 0)] == rows


async def test_versions_that_witnesses_saw_do_not_fill_the_disk_either(session, vn, monkeypatch):
    """The newest are kept, and the last of a dataset that is offered, so that none can go back."""
    monkeypatch.setattr(shown, "MOST_WITNESSED", 2)
    for version in range(4, 8):
        vn.places.clear()
        publish_next(vn, version, witnesses=made.WITNESSES)
        assert isinstance(await state(session), Trusted)
    connection = session.connection
    versions = "SELECT dataset, version FROM version_seen WHERE nation = 'VN' ORDER BY rowid"
    offered = connection.execute(versions).fetchall()
    assert [6, 7] == [version for _, version in offered]
    # Three datasets that were seen later and are not offered any more, with a bucket each.
    for name in ("gone-a", "gone-b", "gone-c"):
        connection.execute("INSERT INTO version_seen VALUES ('VN', ?, 1, x'00', 1)", (name,))
        connection.execute("INSERT INTO bucket VALUES ('VN', ?, 1, 0, x'00')", (name,))
    vn.log.add(b"a new head")
    assert isinstance(await state(session), Trusted)
    assert [offered[1], ("gone-b", 1), ("gone-c", 1)] == connection.execute(versions).fetchall()
    buckets = connection.execute("SELECT dataset FROM bucket WHERE dataset LIKE 'gone%'").fetchall()
    assert [("gone-b",), ("gone-c",)] == buckets


async def test_a_head_that_waited_may_be_larger_than_the_one_that_is_witnessed_next(session, vn):
    """A node goes back to the newest head that has a quorum; that is no rollback."""
    await state(session)
    vn.log.add(b"a")
    between = vn.note()
    vn.log.witnesses = ("TH",)
    unwitnessed = vn.note()
    vn.log.add(b"b", b"c")
    larger = vn.note()
    assert (await state(session)).waiting
    # The larger one is kept, whichever comes last.
    session.coordinators.shown = unwitnessed
    assert (await state(session)).waiting
    assert larger == shown.manifests(session.connection, "VN")[1]
    session.coordinators.shown = between
    found = await state(session)
    assert (None, vn.log.size - 2) == (found.waiting, found.cosigned.opened.checkpoint.size)
    assert larger == shown.manifests(session.connection, "VN")[1]


async def test_an_older_copy_of_another_coordinator_is_no_rollback(session, vn, restarted):
    """It is what the nation offered before; what was accepted since is used."""
    older = vn.note()
    vn.created_ms = made.NOW_MS + 1
    publish_next(vn, witnesses=made.WITNESSES)
    await state(session)
    session.coordinators.shown = older
    for process in (session, restarted()):
        found = await state(process)
        assert (4, None) == (version_of(found), found.waiting)
    # Its twin is newer by its date: the node itself went back.
    session.coordinators.shown = vn.note(vn.places[:1])
    assert Distrusted("rolled-back", alarm=True) == await state(session)


async def test_a_new_log_key_needs_witnesses_of_its_own(session, vn, restarted, monkeypatch):
    """What was accepted of the lost log does not vouch for the new one, and is not used."""
    lost, smaller, log_signer = vn, vn.note(), world.log_signer
    vn.log.add(b"more")
    await state(session)
    signer = Signer(names.node_log_origin(world.FEDERATION, "VN"), world.seed("another log"))
    monkeypatch.setattr(world, "log_signer", lambda _code: signer)
    federation = session.federation
    node = replace(federation.nodes["VN"], log_vkey=signer.verifier_key)
    renewed = replace(federation, nodes={**federation.nodes, "VN": node})
    session.coordinators.nation = new = made.Nation(made.current(publish(made.rows(), seed=9)))
    new.log.witnesses = ("TH",)
    process = restarted()
    process.federation = renewed
    assert "not-witnessed" == (await state(process)).why
    # By the list of before, the lost log is still held to what it showed.
    before = restarted()
    before.coordinators = made.Coordinators(lost, smaller)
    monkeypatch.setattr(world, "log_signer", log_signer)
    assert Distrusted("rolled-back", alarm=True) == await state(before)
    monkeypatch.setattr(world, "log_signer", lambda _code: signer)
    new.log.witnesses = made.WITNESSES
    process = restarted()
    process.federation = renewed
    assert isinstance(await state(process), Trusted)


async def test_a_log_key_that_was_replaced_before_anything_was_accepted(
    session, vn, restarted, monkeypatch
):
    """What waited under the first key is not held against the second."""
    vn.log.witnesses = ()
    vn.log.add(*(b"%d" % number for number in range(20)))
    assert "not-witnessed" == (await state(session)).why
    signer = Signer(names.node_log_origin(world.FEDERATION, "VN"), world.seed("another log"))
    monkeypatch.setattr(world, "log_signer", lambda _code: signer)
    federation = session.federation
    node = replace(federation.nodes["VN"], log_vkey=signer.verifier_key)
    process = restarted()
    process.federation = replace(federation, nodes={**federation.nodes, "VN": node})
    session.coordinators.nation = made.Nation(made.current(publish(made.rows(), seed=9)))
    assert isinstance(await state(process), Trusted)


@pytest.mark.parametrize(("late_s", "ends"), [(120, False), (121, True)])
async def test_witnesses_that_sign_in_the_future_show_a_clock_that_is_behind(
    session, vn, late_s, ends
):
    """protocol.md 4: nothing is sent, and doctor names the clock."""
    vn.log.cosigned_s = made.NOW_MS // 1000 + late_s
    if not ends:
        assert isinstance(await state(session), Trusted)
        return
    with pytest.raises(ClockError):
        await look(session, made.KNOWN)
    assert [] == session.coordinators.sent
    assert "clock" == (await examine(session))[-1].name


async def test_a_wrong_clock_ends_every_question_and_not_the_first_alone(session, vn):
    """Known-bad: the manifests that showed it were fresh, so that the next one was sent."""
    vn.log.witnesses = ("TH", "LA")
    await state(session)
    vn.log.add(b"more")
    vn.log.cosigned_s = made.NOW_MS // 1000 + 121
    session.clock.now_ms += 60_000
    vn.log.cosigned_s += 60
    for _ in range(3):
        with pytest.raises(ClockError):
            await look(session, made.KNOWN)
    assert [] == session.coordinators.sent


async def test_one_witness_with_a_wrong_clock_stops_nobody(session, vn, monkeypatch):
    """A quorum is there without it; and a nation that shows no other quorum stops itself alone."""
    checkpoint = world.Log.checkpoint
    vn.log.witnesses = ("TH", "LA")

    def with_one_ahead(log):
        ahead = world.cosigner("KH").at(made.NOW_MS // 1000 + 3600)
        return checkpoint(log) + sign_line(log.head.format(), ahead)

    monkeypatch.setattr(world.Log, "checkpoint", with_one_ahead)
    assert 3 == (await state(session)).cosigned.count
    # One of the two that are needed is ahead: what was accepted before is used, and it is named.
    vn.log.add(b"more")
    vn.log.witnesses = ("TH",)
    found = await state(session)
    assert isinstance(found, Trusted)
    assert (("LA", "KH"), ("KH",), 1) == (
        found.waiting.missing,
        found.waiting.ahead,
        found.waiting.cosigned,
    )
    (line,) = [one for one in await examine(session) if one.name == "witnesses VN"]
    said = "3 of 3 of what is used; 1 of something newer, which waits; missing: LA, KH"
    assert f"{said}; by this clock in the future: KH" == line.what
    assert "clocks are ahead" in line.do
    # The twin: two are ahead, which may be the clock of this machine.
    two = [world.cosigner(code).at(made.NOW_MS // 1000 + 3600) for code in ("KH", "LA")]
    monkeypatch.setattr(
        world.Log,
        "checkpoint",
        lambda log: checkpoint(log) + b"".join(sign_line(log.head.format(), one) for one in two),
    )
    vn.log.add(b"and more")
    with pytest.raises(ClockError):
        await state(session)
    assert [] == session.coordinators.sent


async def test_a_nation_and_a_witness_do_not_stop_questions_to_others(session, vn):
    """Known-bad: VN shows a quorum of which one is ahead; LA can be asked all the same."""
    trusted = await state(session)
    error = QuorumError("ahead", missing=("KH",), cosigned=1, needed=2, ahead=("KH",))
    session.nations = {"LA": trusted, "VN": Distrusted(error.slug, waiting=error)}
    session._require_clock()
    session.nations["LA"] = Distrusted("node-down")
    with pytest.raises(ClockError):
        session._require_clock()


async def test_a_claim_goes_by_what_was_accepted(session, vn):
    """A hit can be claimed while the next publication waits, and not where nothing is accepted."""
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    found = await looking.run([decode(made.KNOWN)], CASE, ["VN"], 2000)
    hit = store.find_hit(session.connection, found.outcomes[0].claim_id)
    publish_next(vn)
    assert (await state(session)).waiting
    sent = []

    async def query(envelopes, _deadline_ms):
        sent.extend(envelopes)
        for nation in envelopes:
            yield NotAnswered(nation, b"", "node-down", made.NOW_MS)

    session.coordinators.query = query
    for why, asked in (("node-down", ["VN"]), ("not-witnessed", ["VN"])):
        claimed = await claim_hit(session, hit, "reference", 2000, secrets.token_bytes)
        assert ("unavailable", why) == (claimed.word, claimed.why)
        assert asked == sent
        session.nations["VN"] = Distrusted("not-witnessed")


async def test_a_waiting_nation_is_looked_at_again_soon(session, vn):
    """In five seconds, not in a minute: witnesses are asked within seconds."""
    vn.log.witnesses = ()
    await session.freshen()
    vn.log.witnesses = made.WITNESSES
    await session.freshen()
    assert isinstance(session.nations["VN"], Distrusted)
    session.clock.now_ms += 5_000
    await session.freshen()
    assert isinstance(session.nations["VN"], Trusted)


async def test_the_same_manifest_is_not_written_again(session, vn):
    """A lookup from the command line is a process of its own: no disk is waited for."""
    await state(session)
    statements = []
    session.connection.set_trace_callback(statements.append)
    await state(session)
    assert statements
    assert all(statement.startswith("SELECT") for statement in statements)


async def test_two_clients_of_a_home_never_go_back(session, vn, restarted, monkeypatch):
    """One accepts an older manifest while another has accepted a newer: no alarm, and no loss."""
    older = vn.note()
    slow, quick = session, restarted()
    fetch = Session._fetch_tile

    await state(quick)
    vn.created_ms = made.NOW_MS + 1
    vn.log.add(b"more")
    between = vn.note()
    vn.created_ms = made.NOW_MS + 2
    publish_next(vn, witnesses=made.WITNESSES)

    async def meanwhile(one, nation, tile):
        monkeypatch.setattr(Session, "_fetch_tile", fetch)
        session.coordinators.shown = b""
        assert 4 == version_of(await state(quick))
        return await fetch(one, nation, tile)

    monkeypatch.setattr(Session, "_fetch_tile", meanwhile)
    session.coordinators.shown = between
    assert 3 == version_of(await state(slow))
    session.coordinators.shown = older
    assert 4 == version_of(await state(restarted()))


async def test_a_lookup_is_read_again_with_its_witnesses(session, vn):
    """From the database, as `fedquery status` does."""
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    lookup = await looking.run([decode(made.KNOWN)], CASE, ["VN"], 2000)
    found, finished = store.read_lookup(session.connection, lookup.lookup_id)
    assert finished
    assert lookup.outcomes == found.outcomes
    assert 3 == found.outcomes[0].witnesses.cosigned


async def test_doctor_names_the_witnesses_that_are_missing(session, vn):
    """One line a nation; a quorum that is there is in order, also where some are missing."""

    async def line():
        (found,) = [one for one in await examine(session) if one.name == "witnesses VN"]
        return found.ok, found.what

    vn.log.witnesses = ()
    assert (False, "0 of 3; missing: KH, LA, TH") == await line()
    vn.log.witnesses = made.WITNESSES
    assert (True, "3 of 3") == await line()
    vn.log.add(b"more")
    vn.log.witnesses = ("TH", "LA")
    assert (True, "2 of 3; missing: KH") == await line()
    publish_next(vn)
    said = "2 of 3 of what is used; 1 of something newer, which waits; missing: KH, LA"
    assert (False, said) == await line()

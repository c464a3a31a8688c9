"""A history that a log shows to one asker, or loses, is found out by what witnesses have seen."""

from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask.published import no_tile, publish_next, tile_of, version_of
from unit.ask.test_trust import evidence_of, state
from unit.federation import conftest as world
from unit.psi.holding import publish

from fedquery.ask import shown, versions_seen
from fedquery.ask.session import Distrusted
from fedquery.ask.trust import Trusted
from fedquery.federation import names
from fedquery.tlog.note import Signer, signature_line

MINUTE_MS = 60_000


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
    monkeypatch.setattr(versions_seen, "MOST_WAITING", 3)
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
    monkeypatch.setattr(versions_seen, "MOST_WITNESSED", 2)
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

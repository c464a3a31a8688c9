"""A nation that shows something older or other than before is not asked, and that is an alarm."""

from dataclasses import replace

import pytest
from unit.ask.nation import KNOWN, NOW_MS, Nation, current, rows
from unit.ask.test_concluding import look
from unit.federation import conftest as world
from unit.psi.holding import publish

from fedquery.ask import evidence, held_buckets
from fedquery.ask.clock import ClockError
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Trusted
from fedquery.errors import RollbackError
from fedquery.federation import names
from fedquery.tlog.note import Signer


async def state(session):
    """Look at VN's manifest."""
    await session.freshen(force=True)
    return session.nations["VN"]


async def test_an_honest_nation_is_trusted(session, vn):
    """At first sight, and after its log grew."""
    assert isinstance(await state(session), Trusted)
    vn.log.add(*(b"later %d" % number for number in range(300)))
    vn.publish(current(publish(rows(), version=4)))
    found = await state(session)
    assert isinstance(found, Trusted)
    assert 4 == found.datasets["phones"].publication.version


async def test_a_version_that_goes_back_is_an_alarm(session, vn):
    """K4: the old publication is still in the log, and not believed."""
    await state(session)
    vn.publish(current(publish(rows(), version=4)))
    await state(session)
    session.coordinators.shown = vn.note(vn.places[:1])
    assert Distrusted("rolled-back", alarm=True) == await state(session)


async def test_another_publication_of_one_version_is_an_alarm(session, vn):
    """Both leaves are in the log: the nation shows two things under one name."""
    await state(session)
    vn.publish(current(publish(rows(), seed=8)))
    assert Distrusted("equivocation", alarm=True) == await state(session)


async def test_a_log_that_shrank_is_an_alarm(session, vn):
    """A node that was set back from a backup."""
    smaller = vn.note()
    vn.log.add(b"more")
    await state(session)
    session.coordinators.shown = smaller
    assert Distrusted("rolled-back", alarm=True) == await state(session)


async def test_another_log_of_the_same_size_is_an_alarm(session, vn):
    """A fork."""
    await state(session)
    fork = Nation(current(publish(rows(), seed=9)))
    session.coordinators.nation = fork
    found = await state(session)
    assert found.alarm
    assert "equivocation" == found.why


async def test_another_history_is_an_alarm(session, vn):
    """A longer log that does not begin with the one that was kept."""
    await state(session)
    fork = Nation(current(publish(rows(), seed=9)))
    fork.log.add(b"more", b"and more")
    session.coordinators.nation = fork
    assert Distrusted("consistency-proof", alarm=True) == await state(session)


def evidence_of(session):
    """Read what was kept."""
    return {path.read_bytes() for path in (session.home.path / "evidence").glob("*.note")}


async def test_both_manifests_of_an_equivocation_are_kept(session, vn):
    """protocol.md 4: with their signatures, so that others can be shown both."""
    before = vn.note()
    await state(session)
    vn.publish(current(publish(rows(), seed=8)))
    assert (await state(session)).alarm
    assert {before, vn.note()} == evidence_of(session)
    modes = {path.stat().st_mode & 0o777 for path in (session.home.path / "evidence").iterdir()}
    assert {0o600} == modes


async def test_both_heads_of_a_fork_are_kept(session, vn):
    """The root that was seen first is signed in the manifest that is kept of it."""
    before = vn.note()
    await state(session)
    session.coordinators.nation = fork = Nation(current(publish(rows(), seed=9)))
    assert (await state(session)).alarm
    assert {before, fork.note()} == evidence_of(session)


async def test_what_the_node_did_not_sign_is_not_kept(session, vn):
    """A coordinator could fill the disk with it, and it would show nothing."""
    await state(session)
    session.coordinators.shown = vn.note().replace(b"desk of the node", b"desk of the mode")
    assert (await state(session)).alarm
    assert set() == evidence_of(session)


async def test_evidence_has_an_end(session, vn, monkeypatch):
    """More of the same shows nothing more."""
    monkeypatch.setattr(evidence, "_MOST", 2)
    await state(session)
    for seed in range(20, 24):
        session.coordinators.nation = Nation(current(publish(rows(), seed=seed)))
        assert (await state(session)).alarm
    assert 2 == len(evidence_of(session))
    # That is VN's room alone; and what lies there is whole.
    kept = evidence.keep(session.home.path, "LA", RollbackError("LA's"), b"one", b"two", b"three")
    assert 2 == len(kept)
    assert {b"one", b"two"} < evidence_of(session)
    assert [] == list((session.home.path / "evidence").glob(".*"))


@pytest.fixture
def rekeyed(session, monkeypatch):
    """Give what enrols another log key for VN, as after a restore from a backup."""

    def enrol():
        signer = Signer(names.node_log_origin(world.FEDERATION, "VN"), world.seed("another log"))
        monkeypatch.setattr(world, "log_signer", lambda _code: signer)
        federation = session.federation
        node = replace(federation.nodes["VN"], log_vkey=signer.verifier_key)
        session.federation = replace(federation, nodes={**federation.nodes, "VN": node})

    return enrol


async def test_a_log_that_was_lost_begins_anew_under_an_enrolled_key(session, vn, rekeyed):
    """What docs/operating.md says to do after a restore; the quorum has signed the new key."""
    vn.log.add(*(b"later %d" % number for number in range(30)))
    vn.publish(current(publish(rows(), version=4)))
    assert isinstance(await state(session), Trusted)
    session.coordinators.nation = restored = Nation(current(publish(rows(), seed=9)))
    assert Distrusted("rolled-back", alarm=True) == await state(session)
    rekeyed()
    assert isinstance(await state(session), Trusted)
    # And from here on it is held to the new one.
    smaller = restored.note()
    restored.log.add(b"more")
    assert isinstance(await state(session), Trusted)
    session.coordinators.shown = smaller
    assert Distrusted("rolled-back", alarm=True) == await state(session)


async def test_a_bucket_of_the_lost_log_is_not_searched_again(session, vn, rekeyed):
    """The same version has another key now: in the old bucket its tags cannot be found."""
    assert ["hit"] == [outcome.word for outcome in await look(session, KNOWN)]
    publication = vn.holding.publication
    (held,) = session.connection.execute("SELECT count(*) FROM bucket").fetchone()
    assert held
    buckets = dict(session.connection.execute("SELECT number, tags FROM bucket").fetchall())
    rekeyed()
    session.coordinators.nation = Nation(current(publish(rows(), seed=9)))
    assert isinstance(await state(session), Trusted)
    # Nor where a lookup was under way meanwhile.
    held_buckets.hold(session.connection, publication, buckets)
    assert ["hit"] == [outcome.word for outcome in await look(session, KNOWN)]


async def test_a_log_under_another_key_that_nobody_enrolled_is_an_alarm(
    session, vn, rekeyed, monkeypatch
):
    """Only the member list begins a log anew."""
    await state(session)
    federation = session.federation
    rekeyed()
    session.federation = federation
    assert (await state(session)).alarm


async def test_a_publication_from_the_future_is_not_asked(session, vn):
    """Its time is what a "no hit" is said of; and it would never be overdue."""
    later = current(publish(rows(), version=4), published_ms=NOW_MS + 120_001,
                    next_due_ms=NOW_MS + 3_600_000)  # fmt: skip
    vn.publish(later)
    with pytest.raises(ClockError):
        await state(session)
    session.clock.now_ms += 1
    assert isinstance(await state(session), Trusted)


async def test_a_publication_of_another_nation_is_an_alarm(session, vn):
    """It stands in VN's log, and is not VN's."""
    vn.publish(replace(vn.holding, publication=replace(vn.holding.publication, nation="LA")))
    assert (await state(session)).alarm


async def test_a_changed_manifest_is_an_alarm(session, vn):
    """Its signature is its node's."""
    note = vn.note()
    session.coordinators.shown = note.replace(b"desk of the node", b"desk of the mode")
    assert Distrusted("signature-invalid", alarm=True) == await state(session)


@pytest.mark.parametrize("off_ms", [-120_001 - 1000, 3_600_000 + 1])
async def test_manifests_of_another_time_are_our_clock(session, off_ms):
    """Where every nation is from another time it is this machine that is wrong."""
    session.clock.now_ms = NOW_MS + off_ms
    with pytest.raises(ClockError):
        await session.freshen(force=True)


def test_the_session_is_the_real_one(session):
    """Nothing of what is tested was replaced."""
    assert Session is type(session)

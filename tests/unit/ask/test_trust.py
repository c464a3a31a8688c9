"""A nation that shows something older or other than before is not asked, and that is an alarm."""

from dataclasses import replace

import pytest
from unit.ask.nation import NOW_MS, Nation, current, rows
from unit.psi.holding import publish

from fedquery.ask.concluding import ClockError
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Trusted


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

"""The times that witnesses sign show whose clock is wrong: this one, or one witness's."""

import pytest
from unit.ask import nation as made
from unit.ask.test_concluding import look
from unit.ask.test_trust import state
from unit.federation import conftest as world

from fedquery.ask.clock import ClockError
from fedquery.ask.doctor import examine
from fedquery.ask.session import Distrusted
from fedquery.ask.trust import Trusted
from fedquery.errors import QuorumError
from fedquery.tlog.note import sign_line

MINUTE_MS = 60_000


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

"""What is kept of one log, dataset or home says nothing of another, and harms none."""

import contextlib
import shutil
import sqlite3

import pytest
from unit.ask import nation as made
from unit.ask_screening.charging import KilledError
from unit.ask_screening.test_asking import screening
from unit.ask_screening.test_changes import refusing, words
from unit.psi.holding import identifier, octets, publish

from fedquery.ask.screening import walking
from fedquery.ask.screening.files import erase, lines_path_of, path_of
from fedquery.ask.screening.kept import find_hit, kept_screenings
from fedquery.ask.screening.look import Look
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.screening import resumed
from fedquery.ask.session import Session
from fedquery.errors import NotFoundError, SealError
from fedquery.identifiers import decode

# The nation holds 0 to 39, and 40 to 59 after it has begun a new log.
_LIST = [decode(identifier(number)) for number in range(20, 60)]
_OLD = ["hit"] * 20 + ["no hit"] * 20
_NEW = _OLD[::-1]
_COPY = "0123456789abcdef"


def new_log(session):
    """Have the nation begin a new log, whose first version has the number of the old one's."""
    session.clock.now_ms += 20_000
    holding = publish([identifier(number) for number in range(40, 60)], seed=9)
    later = made.current(holding, published_ms=session.clock.now_ms)
    nation = made.Nation(later, created_ms=session.clock.now_ms)
    nation.lies.answered_ms = session.clock.now_ms
    # As `shown` does when the quorum has enrolled another log key.
    for table in ("shown", "version_seen", "bucket"):
        session.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of this tuple
    return Session(
        session.home,
        session.connection,
        session.clock,
        session.federation,
        made.Coordinators(nation),
    )


async def ran(one):
    """Run a screening and give its words and its id."""
    async with one:
        await one.run()
        return words(one), one.job_id


async def test_answers_of_an_old_log_are_not_those_of_a_new_one(session, case):
    """The same number of a version is another publication: all of the list is asked anew."""
    assert (await ran(screening(session, _LIST, case)))[0] == _OLD
    again = new_log(session)
    assert (await ran(screening(again, _LIST, case)))[0] == _NEW


async def test_evaluations_of_an_old_log_are_not_searched_in_a_new_one(
    session, vn, case, monkeypatch
):
    """Tags under another key are in no bucket, and would be a silent no hit."""
    monkeypatch.setattr(walking, "MOST_OCTETS", 1)
    vn.lies.head = refusing("quota", after=2, retry_after_s=60)
    wanted = _LIST[-4:]
    _, job_id = await ran(screening(session, wanted, case))
    found, _ = await ran(resumed(new_log(session), job_id, octets(5)))
    assert found == ["hit"] * 4


async def test_questions_in_flight_to_an_old_log_are_not_sent_to_a_new_one(session, case):
    """They are dropped, and asked anew: no alarm, and no answer of the wrong version."""

    async def query(_envelopes, _deadline_ms):
        raise KilledError
        yield

    session.coordinators.query = query
    one = screening(session, _LIST, case)
    with pytest.raises(KilledError):
        await one.run()
    await one.aclose()
    again = new_log(session)
    found, _ = await ran(resumed(again, one.job_id, octets(5)))
    assert found == _NEW


@pytest.mark.parametrize("column", ["nation = 'LA'", "dataset = 'cars'", "version = 4"])
async def test_an_answer_is_of_the_nation_dataset_and_version_that_gave_it(session, case, column):
    """Whoever writes to the disk moves no hit to another nation, dataset or version."""
    _, job_id = await ran(screening(session, _LIST, case))
    with contextlib.closing(sqlite3.connect(path_of(session.home, job_id))) as file, file:
        file.execute(f"UPDATE question SET {column}")  # noqa: S608 -- texts of this test
    with pytest.raises(SealError):
        Look.open(session.home, job_id, octets(3))
    with pytest.raises(SealError):
        find_hit(session.home, f"{job_id}-1-0", octets(3))


async def test_a_copied_screening_keeps_nobody_from_asking(session, case):
    """A file under another name opens for nothing; it is left out, and the others go on."""
    _, job_id = await ran(screening(session, _LIST, case))
    path = path_of(session.home, job_id)
    shutil.copy(path, path.with_name(f"{_COPY}.db"))
    assert [one.job_id for one in kept_screenings(session.home, octets(3))] == [job_id]
    assert (await ran(screening(session, _LIST, case)))[0] == _OLD
    with pytest.raises(SealError):
        Look.open(session.home, _COPY, octets(3))


async def test_a_screening_that_is_killed_while_it_takes_over_answers_can_be_resumed(
    session, case, monkeypatch
):
    """Whose datasets are asked is on the disk before any answer that was taken over."""
    async with screening(session, _LIST, case) as one:
        await one.prepare()
        job_id = one.job_id
    await ran(screening(session, _LIST, case))
    again = resumed(session, job_id, octets(4))
    with monkeypatch.context() as patched:
        patched.setattr(Planner, "cost", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await again.prepare()
    await again.aclose()
    assert (await ran(resumed(session, job_id, octets(5))))[0] == _OLD


async def test_an_erasure_leaves_nothing_of_a_screening(session, case):
    """Neither its list nor where it stood, whichever way it is erased; the rest stays."""
    _, job_id = await ran(screening(session, _LIST, case))
    _, other = await ran(screening(session, _LIST, case))
    for one in (job_id, other):
        lines_path_of(session.home, one).write_bytes(b"lines")
    erase(session.home, job_id)
    left = {path.name.partition(".")[0] for path in path_of(session.home, job_id).parent.iterdir()}
    assert left == {other}
    assert lines_path_of(session.home, other).exists()
    for wanted in (job_id, "../asker"):
        with pytest.raises(NotFoundError):
            erase(session.home, wanted)

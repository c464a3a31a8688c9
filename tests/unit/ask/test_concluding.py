"""Whatever a nation does, "no hit" is said only after all eight checks."""

import secrets
from dataclasses import replace

import pytest
from unit.ask.nation import KNOWN, NOW_MS, OTHER, current, rows
from unit.federation import conftest as world
from unit.psi.holding import publish

from fedquery.ask.case import Case
from fedquery.ask.looking import Looking
from fedquery.identifiers import decode
from fedquery.oprf.group import default_group
from fedquery.psi.answer import Slot
from fedquery.transport.head import Decision, Refusal

CASE = Case(number="C-1", purpose="fraud", maximum_penalty_years=10, opened_ms=NOW_MS - 1000)


async def look(session, *identifiers):
    """Look identifiers up at VN."""
    asked = [decode(one) for one in identifiers]
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    return (await looking.run(asked, CASE, ["VN"], 2000)).outcomes


async def test_an_honest_nation_gives_hit_and_no_hit(session):
    """So that every test below can fail."""
    hit, none = await look(session, KNOWN, OTHER)
    assert ("hit", "no hit") == (hit.word, none.word)
    assert hit.claim_id
    assert not none.claim_id


def _flip(octets_, at=0):
    return octets_[:at] + bytes([octets_[at] ^ 1]) + octets_[at + 1 :]


def _tags(change):
    """Change the tags of the first bucket of an answer."""

    def changed(body):
        slot = body.slots[0]
        return replace(
            body, slots=(Slot(slot.number, change(slot.tags), slot.path), *body.slots[1:])
        )

    return changed


def _without_row(tags):
    """Leave one tag out and put another in its place, in order."""
    kept = sorted({tags[at : at + 8] for at in range(0, len(tags), 8)})
    return b"".join([bytes(7) + b"\x01", *kept[1:]])


LIES = {
    "another key": {"holding": lambda h: replace(h, key=publish(rows(), seed=8).key)},
    "another publication's everything": {"holding": lambda _h: publish(rows(), seed=8)},
    "another opening": {
        "head": lambda head: replace(head, opening=replace(head.opening, salt=bytes(32)))
    },
    "another root": {
        "head": lambda head: replace(head, opening=replace(head.opening, root=bytes(32)))
    },
    "no opening": {"head": lambda head: replace(head, opening=None)},
    "another version": {"head": lambda head: replace(head, version=4)},
    "a false proof": {"body": lambda body: replace(body, proof=_flip(body.proof))},
    "an evaluation changed": {
        "body": lambda body: replace(body, evaluated=default_group().hash_to_group([b"x"]))
    },
    "a bucket changed": {"body": _tags(_flip)},
    "a row left out": {"body": _tags(_without_row)},
    "a bucket unsorted": {"body": _tags(lambda tags: tags[8:] + tags[:8])},
    "a bucket's number changed": {
        "body": lambda body: replace(
            body, slots=tuple(Slot(s.number ^ 1, s.tags, s.path) for s in body.slots[:1])
        )
    },
    "no bucket": {"body": lambda body: replace(body, slots=())},
    "another nation's signature": {"signing_key": world.node_key("LA")},
    "a changed octet": {"answer": lambda answer: _flip(answer, len(answer) // 2)},
    "a cut answer": {"answer": lambda answer: answer[:-1]},
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_is_an_alarm_and_never_a_word(session, vn, lie):
    """Whatever is false, nothing is said of the identifier but that there is no answer."""
    for name, change in LIES[lie].items():
        setattr(vn.lies, name, change)
    for outcome in await look(session, KNOWN, OTHER):
        assert ("unavailable", True) == (outcome.word, outcome.alarm)


@pytest.mark.parametrize(
    ("says_more", "word", "why"),
    [(False, "refused", "quota"), (True, "unavailable", "off-protocol")],
)
async def test_a_refusal_says_nothing_behind_its_head(session, vn, word, why, *, says_more):
    """What stands there is nobody's business, and no way to tell somebody something else."""
    vn.lies.says_more = says_more
    vn.lies.head = lambda head: replace(
        head, decision=Decision(), version=0, opening=None, refusal=Refusal("quota", "No more")
    )
    (outcome,) = await look(session, OTHER)
    assert (word, why, says_more) == (outcome.word, outcome.why, outcome.alarm)


@pytest.mark.parametrize("off_ms", [120_001, -120_001])
async def test_a_clock_that_is_off_ends_it(session, vn, off_ms):
    """Times that are signed are not ours: nothing is said, and it is no alarm."""
    vn.lies.answered_ms = NOW_MS + off_ms
    (outcome,) = await look(session, OTHER)
    assert ("unavailable", "clock", False) == (outcome.word, outcome.why, outcome.alarm)


@pytest.mark.parametrize("off_ms", [120_000, -120_000])
async def test_a_clock_within_the_slack_is_well(session, vn, off_ms):
    """Two minutes either way."""
    vn.lies.answered_ms = NOW_MS + off_ms
    (outcome,) = await look(session, OTHER)
    assert "no hit" == outcome.word


@pytest.mark.parametrize(
    ("late_ms", "words"),
    [(300_000, ("hit", "no hit")), (300_001, ("hit", "stale"))],
    ids=["within the slack", "past it"],
)
async def test_a_late_publication(session, vn, late_ms, words):
    """What is there is a hit, marked overdue; what is not is stale."""
    due_ms = NOW_MS - 1000
    vn.publish(current(publish(rows(), version=4), published_ms=due_ms - 5000, next_due_ms=due_ms))
    session.clock.now_ms = due_ms + late_ms
    vn.lies.answered_ms = session.clock.now_ms
    hit, other = await look(session, KNOWN, OTHER)
    assert words == (hit.word, other.word)
    assert hit.overdue is (late_ms > 300_000)


async def test_other_spelling_rules_are_stale(session, vn):
    """Under other rules an absent row may be there under another form."""
    vn.publish(current(publish(rows(), version=4), vectors_digest=bytes(32)))
    (outcome,) = await look(session, OTHER)
    assert ("stale", "rules-differ") == (outcome.word, outcome.why)
    assert [] == session.coordinators.sent


async def test_a_nation_that_does_not_answer_is_unavailable(session):
    """By the asker's own word where no coordinator says it."""

    async def nobody(_envelopes, _deadline_ms):
        return
        yield

    session.coordinators.query = nobody
    (outcome,) = await look(session, OTHER)
    assert ("unavailable", "coordinator-down") == (outcome.word, outcome.why)


async def test_the_forms_of_a_case_are_counted_once(session):
    """The more identifiers a case has asked of a holder, the fewer bits each tells."""

    def counted():
        return session.connection.execute("SELECT count(*) FROM asked").fetchone()[0]

    counts = []
    for identifier in (KNOWN, OTHER, OTHER):
        await look(session, identifier)
        counts.append(counted())
    assert [1, 2, 2] == counts

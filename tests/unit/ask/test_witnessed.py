"""A manifest counts once a quorum has seen it; until then the one before it does, and says so."""

import secrets
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.ask.published import publish_next, version_of
from unit.ask.test_concluding import CASE, look
from unit.ask.test_replaced import GONE
from unit.ask.test_trust import evidence_of, state
from unit.federation import conftest as world

from fedquery.ask import shown, store
from fedquery.ask.claiming import claim_hit
from fedquery.ask.doctor import examine
from fedquery.ask.looking import Looking
from fedquery.ask.outcome import Witnesses
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Trusted
from fedquery.errors import ConfigError
from fedquery.identifiers import decode
from fedquery.transport.query_outcome import NotAnswered

MINUTE_MS = 60_000


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

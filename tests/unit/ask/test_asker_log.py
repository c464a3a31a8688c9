"""The agency's own log: nothing leaves unlogged, and only the auditor can read what was asked."""

import contextlib
import hashlib
import json
import secrets
import sqlite3
from dataclasses import replace

import pytest
from unit.ask import nation as made
from unit.federation import conftest as world

from fedquery.ask import asker_log, auditor, schema, store
from fedquery.ask.asker_log import Looked
from fedquery.ask.case import Case
from fedquery.ask.claiming import claim_hit
from fedquery.ask.client import Client
from fedquery.ask.doctor import _auditor
from fedquery.ask.home import open_home
from fedquery.ask.looking import Looking
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.reading import decode_entry
from fedquery.encoding import canonical_json
from fedquery.errors import ConfigError, ConsistencyError, InputError, PeerError, StorageError
from fedquery.federation.names import agency_log_origin
from fedquery.identifiers import decode
from fedquery.seal.auditor import AuditorKey, open_as_auditor
from fedquery.seal.envelope import read_request
from fedquery.seal.kem import KemPrivateKey
from fedquery.storage import details
from fedquery.storage.log import LogStore
from fedquery.storage.log_check import verify
from fedquery.tlog.note import VerifierKey
from fedquery.transport.head import AnswerHead, Decision, Refusal
from fedquery.transport.query_outcome import NotAnswered

CASE = Case(
    number="2026/117",
    purpose="fraud",
    offence="telecom fraud",
    maximum_penalty_years=10,
    opened_ms=made.NOW_MS - 1000,
    officer="officer 7",
    justification="two victims named it",
)
AUDITOR = KemPrivateKey(b"\x09" * 32)
REFUSED = AnswerHead(decision=Decision(), refusal=Refusal("policy-denied", "Art. 3"))
GONE = AnswerHead(decision=Decision(), refusal=Refusal("epoch-unknown", "replaced"))


@pytest.fixture
def session(tmp_path, vn):
    """Make the session of an agency that has an auditor's key."""
    opened = made.asker(tmp_path / "asker", vn)
    opened.home = replace(opened.home, auditor=AuditorKey("TH", AUDITOR.public_key))
    with contextlib.closing(opened.connection):
        yield opened


async def look(session, *identifiers, case=CASE):
    """Look identifiers up at VN."""
    looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
    return await looking.run([decode(one) for one in identifiers], case, ["VN"], 2000)


async def claim(session, outcome):
    """Claim the hit of an outcome."""
    hit = store.find_hit(session.connection, outcome.claim_id)
    looked = Looked("", "officer 8")
    return await claim_hit(session, hit, "reference", 2000, secrets.token_bytes, looked=looked)


def entries(session, kind=object):
    """Read the log of the session."""
    log = session.home.log
    size = log.size(session.connection)
    found = [decode_entry(one) for one in log.entries(session.connection, 0, size)]
    return [one for one in found if isinstance(one, kind)]


def digests(session):
    """Give the digests of everything that was sent."""
    return [hashlib.sha256(one).digest() for one in session.coordinators.sent]


def opened_detail(session, index, entry, key=AUDITOR):
    """Open what was sealed to the auditor."""
    found = {one.name: one for one in details.read(session.connection, index)}
    octets = found["identifiers"].octets
    place = {"origin": session.home.log.origin, "request_digest": entry.request_digest}
    return json.loads(open_as_auditor(key, octets, **place))


def watched(session, seen):
    """Note, whenever something leaves, which requests are committed to the log by then."""
    answered = session.coordinators.query

    async def query(envelopes, deadline_ms):
        with contextlib.closing(schema.connect(session.home.path)) as other:
            size = session.home.log.size(other)
            logged = [decode_entry(one) for one in session.home.log.entries(other, 0, size)]
        seen.append([one.request_digest for one in logged if isinstance(one, AskedEntry)])
        async for outcome in answered(envelopes, deadline_ms):
            yield outcome

    session.coordinators.query = query


async def test_a_question_is_in_the_log_before_it_leaves(session):
    """By its digest, as the coordinator and the node log it; another process can read it there."""
    seen = []
    watched(session, seen)
    await look(session, made.KNOWN)
    assert [digests(session)] == seen


async def test_a_claim_is_in_the_log_before_it_leaves(session, vn):
    """It names the question that it follows."""
    lookup = await look(session, made.KNOWN)
    seen = []
    watched(session, seen)
    await claim(session, lookup.outcomes[0])
    question, own = digests(session)
    assert [[question, own]] == seen
    asked = entries(session, AskedEntry)
    assert [("question", b""), ("claim", question)] == [(one.asking, one.follows) for one in asked]


async def test_an_entry_says_what_was_asked_and_no_identifier(session):
    """Everything that law wants to know of a question, and nobody's number."""
    await look(session, made.KNOWN)
    (entry,) = entries(session, AskedEntry)
    fields = read_request(session.coordinators.sent[0]).header.fields
    assert ("TH/cyber-police", "VN", "phones") == (entry.agency, entry.nation, entry.dataset)
    assert (fields.size_class, fields.created_ms) == (entry.size_class, entry.asked_ms)
    assert ("hit", "fraud", "suspect", "identify") == (
        entry.level,
        entry.purpose,
        entry.person_role,
        entry.aim,
    )
    assert entry.retain_until_ms == entry.asked_ms + 3 * details.YEAR_MS
    kept = {one.name: one for one in details.read(session.connection, 0)}
    assert {"case", "officer", "justification", "identifiers"} == kept.keys()
    assert entry.commitments() == {name: one.commit() for name, one in kept.items()}
    # The plain ones are what the holder was told, so that the two logs can be compared.
    assert CASE.pseudonym("VN", session.home.pseudonym_key).encode() == kept["case"].octets


async def test_the_auditor_alone_reads_what_was_looked_up(session):
    """Identifiers, the agency's own number of the case, and the officer."""
    identifiers = [decode(one) for one in (made.KNOWN, made.OTHER)]
    await look(session, made.KNOWN, made.OTHER)
    told = []
    for index, entry in enumerate(entries(session, AskedEntry)):
        assert AUDITOR.key_id == entry.auditor_key_id
        opened = opened_detail(session, index, entry)
        assert ("2026/117", "officer 7") == (opened["case"], opened["officer"])
        told += opened["identifiers"]
    assert [{"kind": one.kind, "text": one.canonical} for one in identifiers] == told


async def test_no_identifier_case_or_officer_is_in_a_file_of_the_home(session):
    """Not in the database, nor beside it, nor in receipts; the search finds what is planted."""
    await look(session, made.KNOWN, made.OTHER)
    secret = [decode(one).canonical for one in (made.KNOWN, made.OTHER)]
    needles = [text.lstrip("+").encode() for text in (*secret, "2026/117", "officer 7")]
    files = [path for path in session.home.path.rglob("*") if path.is_file()]
    assert {"asker.db", "asker.db-wal"} <= {path.name for path in files}

    def found():
        return [path.name for path in files for one in needles if one in path.read_bytes()]

    assert [] == found()
    session.connection.execute("INSERT INTO remembered VALUES (?, x'')", (secret[0],))
    assert ["asker.db-wal"] == found()


async def test_without_an_auditor_a_question_goes_out_and_the_entry_says_so(session):
    """And the doctor complains."""
    session.home = replace(session.home, auditor=None)
    await look(session, made.KNOWN)
    (entry,) = entries(session, AskedEntry)
    assert (b"", b"") == (entry.auditor_key_id, entry.identifiers_commit)
    assert not _auditor(session).ok


def test_the_doctor_names_the_auditors_key(session):
    """Where there is one."""
    assert (True, True) == (
        _auditor(session).ok,
        AUDITOR.key_id.hex() in _auditor(session).what,
    )


def full(*_arguments):
    """Fail as a full disk does."""
    raise sqlite3.OperationalError("database or disk is full")


async def test_nothing_leaves_where_the_log_cannot_be_written(session, monkeypatch):
    """Neither a question nor a claim; and no lookup stands that was never asked."""
    lookup = await look(session, made.KNOWN)
    sent = len(session.coordinators.sent)
    monkeypatch.setattr(LogStore, "append", full)
    with pytest.raises(sqlite3.OperationalError):
        await look(session, made.KNOWN)
    with pytest.raises(sqlite3.OperationalError):
        await claim(session, lookup.outcomes[0])
    assert sent == len(session.coordinators.sent)
    assert 1 == len(store.recent(session.connection, 10))


@pytest.mark.parametrize(
    ("identifiers", "hits"), [([made.KNOWN], 1), ([made.OTHER], 0), ([made.KNOWN, made.OTHER], 1)]
)
async def test_what_came_of_a_question_is_logged_with_its_hits(session, vn, identifiers, hits):
    """With the digest of the reply and the place in the holder's log."""
    vn.log_answers()
    places = vn.log.size
    await look(session, *identifiers)
    found = entries(session, ConcludedEntry)
    assert hits == sum(one.hits for one in found)
    assert digests(session) == [one.request_digest for one in found]
    for number, one in enumerate(found):
        assert ("answered", "", made.NOW_MS) == (one.outcome, one.reason, one.replied_ms)
        assert (world.log_signer("VN").name, places + number) == (
            one.receipt_origin,
            one.receipt_index,
        )
        assert one.reply_digest != bytes(32)


@pytest.mark.parametrize(
    ("head", "outcome", "reason"),
    [
        (REFUSED, "refused", "policy-denied"),
        (replace(REFUSED, refusal=Refusal("busy", "")), "unavailable", "busy"),
    ],
)
async def test_a_refusal_is_a_conclusion(session, vn, head, outcome, reason):
    """Hits of it are not known, and are not zero."""
    vn.lies.head = lambda _head: head
    await look(session, made.KNOWN)
    (found,) = entries(session, ConcludedEntry)
    assert (outcome, reason, None) == (found.outcome, found.reason, found.hits)
    assert found.reply_digest


@pytest.mark.parametrize("lie", ["body", "answer"])
async def test_an_answer_that_fails_a_check_is_unavailable(session, vn, lie):
    """The reply that failed is named by its digest."""
    if lie == "body":
        vn.lies.body = lambda body: replace(body, proof=bytes(64))
    else:
        vn.lies.answer = lambda answer: answer[:-1] + bytes([answer[-1] ^ 1])
    lookup = await look(session, made.KNOWN)
    (found,) = entries(session, ConcludedEntry)
    assert ("unavailable", lookup.outcomes[0].why) == (found.outcome, found.reason)
    assert found.hits is None
    assert found.reply_digest


async def test_no_answer_is_a_conclusion_without_a_reply(session):
    """Of a node that is down, and of a coordinator that is."""

    async def silent(envelopes, _deadline_ms):
        for nation in envelopes:
            yield NotAnswered(nation, bytes(32), "refused-by-node(unavailable)", made.NOW_MS)

    async def down(_envelopes, _deadline_ms):
        raise PeerError("no coordinator carried the query", why="hub: refused")
        yield

    session.coordinators.query = silent
    lookup = await look(session, made.KNOWN)
    session.coordinators.query = down
    await look(session, made.KNOWN)
    assert "unavailable" == lookup.outcomes[0].word
    found = entries(session, ConcludedEntry)
    assert ["refused-by-node(unavailable)", "coordinator-down"] == [one.reason for one in found]
    assert [b"", b""] == [one.reply_digest for one in found]


async def test_a_replaced_version_is_two_questions_with_two_ends(session, vn):
    """The second has octets of its own, and so an entry; the first ended unanswered."""
    heads = [GONE]
    vn.lies.head = lambda honest: heads.pop() if heads else honest
    await look(session, made.KNOWN)
    asked, found = entries(session, AskedEntry), entries(session, ConcludedEntry)
    assert digests(session) == [one.request_digest for one in asked]
    assert digests(session) == [one.request_digest for one in found]
    assert [("unavailable", "epoch-unknown", None), ("answered", "", 1)] == [
        (one.outcome, one.reason, one.hits) for one in found
    ]


async def test_a_place_in_a_log_of_another_name_is_no_receipt(session, vn):
    """Nobody could be held to it."""
    vn.log_answers(lambda receipt: replace(receipt, log_origin="fedquery.log/mekong/LA"))
    await look(session, made.KNOWN)
    (found,) = entries(session, ConcludedEntry)
    assert ("", None, b"") == (
        found.receipt_origin,
        found.receipt_index,
        found.receipt_leaf_hash,
    )


async def test_a_claim_is_concluded(session, vn):
    """Without a number of hits; and who claimed is for the auditor alone."""
    lookup = await look(session, made.KNOWN)
    outcome = await claim(session, lookup.outcomes[0])
    assert ("released", True) == (outcome.word, outcome.kept)
    assert ("released", "", None) == (
        entries(session)[-1].outcome,
        entries(session)[-1].reason,
        entries(session)[-1].hits,
    )
    assert {"case": "", "identifiers": [], "officer": "officer 8"} == opened_detail(
        session, 2, entries(session)[2]
    )


async def test_a_claim_that_nobody_carried_is_concluded_too(session):
    """The error is shown as before."""
    lookup = await look(session, made.KNOWN)

    async def down(_envelopes, _deadline_ms):
        raise PeerError("no coordinator carried the query", why="hub: refused")
        yield

    session.coordinators.query = down
    with pytest.raises(PeerError):
        await claim(session, lookup.outcomes[0])
    assert ("unavailable", "coordinator-down") == (
        entries(session)[-1].outcome,
        entries(session)[-1].reason,
    )


async def test_a_claims_answer_is_shown_though_its_end_cannot_be_logged(session, vn, monkeypatch):
    """The nation has told and logged it; that it is not kept here is said."""
    lookup = await look(session, made.KNOWN)
    monkeypatch.setattr(asker_log, "write_concluded", full)
    outcome = await claim(session, lookup.outcomes[0])
    assert ("released", "VN-1", False) == (outcome.word, outcome.reference, outcome.kept)


async def test_logging_a_lookup_is_no_commit_of_its_own(session, vn):
    """As many as without a log: what begins a lookup and what ends it. A claim has two."""
    await look(session, made.KNOWN)
    commits = []
    session.connection.set_trace_callback(
        lambda statement: commits.append(statement) if statement == "COMMIT" else None
    )
    lookup = await look(session, made.KNOWN)
    assert 2 == len(commits)
    await claim(session, lookup.outcomes[0])
    assert 4 == len(commits)
    asker_log.sign_checkpoint(session.connection, session.home, made.NOW_MS)
    assert 5 == len(commits)
    asker_log.sign_checkpoint(session.connection, session.home, made.NOW_MS)
    assert 5 == len(commits)


async def test_two_clients_of_one_home_have_one_log(session, vn):
    """Each appends behind the other, and the log verifies, signed by both in turn."""
    other = replace(session, connection=schema.connect(session.home.path))
    with contextlib.closing(other.connection):
        for one in (session, other, session, other):
            await look(one, made.KNOWN)
            asker_log.sign_checkpoint(one.connection, one.home, made.NOW_MS)
        key = session.home.log_signer.verifier_key
        assert 8 == verify(session.home.log, other.connection, key)
        assert session.home.log.head(session.connection).size == 8


async def test_what_a_killed_client_left_is_signed_by_the_next(session):
    """The question stands in the log without an end, which is what is known of it."""
    await look(session, made.KNOWN)
    assert 0 == session.home.log.head(session.connection).size
    # The session was never closed; a client of this home comes.
    client = Client(session.home, lambda: made.NOW_MS, secrets.token_bytes)
    with pytest.raises(ConfigError, match="missing"):
        # No member list was installed here, so it is not opened; the log was signed before.
        await client.__aenter__()
    assert 2 == session.home.log.head(session.connection).size


async def test_on_a_full_disk_what_was_asked_can_still_be_read(session, monkeypatch):
    """What is left to be signed waits; the client goes on to the member list."""
    await look(session, made.KNOWN)
    monkeypatch.setattr(LogStore, "sign_checkpoint", full)
    client = Client(session.home, lambda: made.NOW_MS, secrets.token_bytes)
    with pytest.raises(ConfigError, match="missing"):
        await client.__aenter__()


@pytest.mark.parametrize("error", [sqlite3.OperationalError("full"), StorageError("no tile")])
async def test_answers_are_shown_though_their_end_cannot_be_logged(session, monkeypatch, error):
    """The nation has counted them; a hit that is not kept cannot be claimed, and that is said."""

    def fail(*_arguments):
        raise error

    monkeypatch.setattr(asker_log, "write_concluded", fail)
    lookup = await look(session, made.KNOWN)
    assert ("hit", "", False) == (
        lookup.outcomes[0].word,
        lookup.outcomes[0].claim_id,
        lookup.kept,
    )
    assert [] == entries(session, ConcludedEntry)
    assert 1 == len(entries(session, AskedEntry))


async def test_a_log_that_went_back_asks_nothing_more(session):
    """An older copy of the tables behind a newer signed head: a client does not open."""
    await look(session, made.KNOWN)
    asker_log.sign_checkpoint(session.connection, session.home, made.NOW_MS)
    session.connection.execute("DROP TRIGGER log_entry_delete")
    session.connection.execute("DELETE FROM log_entry WHERE position = 1")
    client = Client(session.home, lambda: made.NOW_MS, secrets.token_bytes)
    with pytest.raises(ConsistencyError):
        await client.__aenter__()


def test_a_home_has_a_log_key_of_its_own(session):
    """Named after the agency; the public half lies in the home for its auditor."""
    home = session.home
    assert agency_log_origin("mekong", "TH/cyber-police") == home.log.origin
    line = (home.path / "log.vkey").read_text().strip()
    assert VerifierKey.parse(line) == home.log_signer.verifier_key
    assert 0o600 == (home.path / "keys" / "log.key").stat().st_mode & 0o777


def install(session, key):
    """Install an auditor's key into the home."""
    home = session.home
    auditor.install_auditor(home.path, "TH", key, home.log, session.connection, now_ms=made.NOW_MS)


def test_an_auditors_key_is_logged_and_read_when_the_home_is_opened(session):
    """A later one takes its place."""
    for seed in (1, 2):
        key = AuditorKey("TH", KemPrivateKey(bytes([seed]) * 32).public_key)
        install(session, key)
        assert key == open_home(session.home.path).auditor
        entry = entries(session)[-1]
        assert ("auditor", key.key_id) == (entry.use, entry.key_id)


def test_another_nations_auditor_is_not_taken(session):
    """Neither installed nor read: it would be strangers who read what officers look up."""
    key = AuditorKey("VN", AUDITOR.public_key)
    with pytest.raises(InputError, match="another nation"):
        install(session, key)
    assert [] == entries(session)
    (session.home.path / "auditor.pub").write_text(key.format())
    with pytest.raises(ConfigError, match="another nation"):
        open_home(session.home.path)


@pytest.mark.parametrize("damage", ["mode", "content"])
def test_a_key_that_others_may_swap_is_not_sealed_to(session, damage):
    """Whoever swaps the file reads what is looked up from then on."""
    install(session, AuditorKey("TH", AUDITOR.public_key))
    path = session.home.path / "auditor.pub"
    if damage == "mode":
        path.chmod(0o666)
    else:
        path.write_text("auditor/TH+00+AAAA")
    with pytest.raises(ConfigError):
        open_home(session.home.path)


@pytest.mark.parametrize(
    "text", ["plain", 'a "mark" and a \\', "\u1e2e \U0001f600 \x00 \x1f \x7f", ""]
)
def test_what_the_auditor_reads_is_canonical_json(text):
    """Put together by hand, it is what one would write of the whole value."""
    spelled = decode(b"phone:v1:+66812345678")
    looked = Looked(text, text, (spelled,), (f"handle:v1:{text}:{text}".encode(),))
    identifiers = [
        {"kind": "phone", "text": "+66812345678"},
        {"kind": "handle", "text": f"{text}:{text}"},
    ]
    whole = {"case": text, "identifiers": identifiers, "officer": text}
    assert looked.encode() == canonical_json.dump(whole)
    assert Looked(text, text).encode() == canonical_json.dump(whole | {"identifiers": []})

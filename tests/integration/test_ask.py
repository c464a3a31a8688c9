"""The SDK against real processes: every word of an outcome, claims, receipts."""

import sqlite3
import time

import pytest
import pytest_asyncio
from integration.conftest import ABSENT, CONNECTION, HOST, PHONES, REFERENCE

from fedquery.ask import Case, Client, quota_told, receipts, store
from fedquery.errors import InputError, ProofError, StorageError
from fedquery.identifiers import parse
from fedquery.seal.envelope import read_answer


def case(number="2026/117", **facts):
    """Make a case that VN and LA answer."""
    opened_ms = time.time_ns() // 1_000_000 - 72 * 3_600_000
    known = {"purpose": "fraud", "maximum_penalty_years": 10, "offence": "telecom fraud"}
    return Case(number=number, opened_ms=opened_ms, **{**known, **facts})


def phones(*texts):
    """Parse phones."""
    return [parse("phone", text).identifier for text in texts]


@pytest_asyncio.fixture
async def client(federation):
    """Open the client of the asking agency."""
    async with Client.open(federation.asker) as opened:
        yield opened


async def test_a_lookup_has_an_outcome_for_each_identifier_and_nation(client):
    """Hit and no hit of VN, a refusal by name of MM."""
    came = []
    lookup = await client.lookup(phones(PHONES[0], ABSENT), case(), on_outcome=came.append)
    words = {(one.place, one.nation): one.word for one in lookup.nations()}
    assert {
        (0, "MM"): "refused",
        (0, "VN"): "hit",
        (1, "MM"): "refused",
        (1, "VN"): "no hit",
    } == words
    assert sorted(came, key=str) == sorted(lookup.outcomes, key=str)
    refused = next(one for one in lookup.outcomes if one.nation == "MM")
    assert "policy-denied" == refused.why
    assert "MM-90" in refused.policy_ids


async def test_a_hit_is_claimed_once_and_again(client):
    """The reference comes with the contact of the manifest."""
    lookup = await client.lookup(phones(PHONES[3]), case(), nations=["VN"])
    (outcome,) = lookup.outcomes
    claimed = await client.claim(outcome.claim_id)
    assert ("released", REFERENCE.format(3)) == (claimed.word, claimed.reference)
    assert "desk" == claimed.contact
    again = await client.claim(outcome.claim_id)
    assert again.reference == claimed.reference


async def test_what_a_nation_told_of_its_quota_is_kept(client):
    """By lookups and claims: the next list is compared with it before it is sent."""
    asked = case("2026/119")
    pseudonym = asked.pseudonym("VN", client.home.pseudonym_key)

    def known():
        connection, now_ms = client.session.connection, client.session.clock()
        manifest = client.session.nations["VN"].manifest
        return quota_told.known(connection, "VN", pseudonym, manifest.ceilings, now_ms)

    lookup = await client.lookup(phones(PHONES[3]), asked, nations=["VN"])
    first = known()
    await client.claim(lookup.outcomes[0].claim_id)
    second = known()
    assert (1, 1) == (first.year - second.year, first.case - second.case)
    assert 0 <= first.hour_ends_ms <= first.day_ends_ms < first.year_ends_ms
    ceilings = client.session.nations["VN"].manifest.ceilings
    assert second.case == ceilings.case - 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CONNECTION, "exact"),
        ("203.0.113.5/2026-11-25T13Z/51234", "exact"),
        ("203.0.113.5:4 2026-11-25T13:59Z", "weak"),
        ("203.0.113.5 2026-11-25", "weak"),
        ("203.0.113.5:51234 2026-11-26T13:15Z", "weak"),
        ("203.0.113.5", "weak"),
        ("203.0.113.6:51234 2026-11-25T13:15Z", "none"),
    ],
)
async def test_an_address_is_found_by_who_knows_less_of_it(client, text, found):
    """The record has hour and port; only who names both has more than a possible hit."""
    asked = parse("ip", text).identifier
    lookup = await client.lookup([asked], case(), nations=["VN"])
    (outcome,) = lookup.outcomes
    if found == "none":
        assert "no hit" == outcome.word
        return
    assert ("hit", found == "weak") == (outcome.word, outcome.weak)
    claimed = await client.claim(outcome.claim_id)
    assert ("released", "VN-addresses") == (claimed.word, claimed.reference)


@pytest.mark.parametrize(
    ("text", "weak"), [(HOST, False), (HOST.partition(".")[2], True), (f"www.{HOST}", True)]
)
async def test_a_domain_is_found_by_its_other_hosts(client, text, weak):
    """Whoever asks about another host of what was registered has a possible hit."""
    asked = parse("domain", text).identifier
    lookup = await client.lookup([asked], case(), nations=["VN"])
    (outcome,) = lookup.outcomes
    assert ("hit", weak) == (outcome.word, outcome.weak)


async def test_a_page_is_looked_for_among_domains(client):
    """VN has no pages, which is said; its domains are asked, and one is a possible hit."""
    asked = parse("url", f"https://{HOST}/account?id=1").identifier
    lookup = await client.lookup([asked], case(), nations=["VN"])
    said = {(one.dataset, one.word, one.why, one.weak) for one in lookup.outcomes}
    assert {("", "unavailable", "no-such-dataset", False), ("domains", "hit", "", True)} == said


async def test_more_than_the_policy_gives_is_not_given(client):
    """A summary needs a judge's signature, which does not travel yet; the reference is given."""
    lookup = await client.lookup(phones(PHONES[3]), case(), nations=["VN"])
    claimed = await client.claim(lookup.outcomes[0].claim_id, level="summary")
    assert "released" == claimed.word
    assert claimed.summary is None


async def test_a_held_bucket_is_not_fetched_again(client, federation):
    """The second question about the same identifier brings no bucket."""
    await client.lookup(phones(PHONES[5]), case("held 1"), nations=["VN"])
    seen = {path.name: path.stat().st_size for path in federation.seen.glob("*.answer")}
    lookup = await client.lookup(phones(PHONES[5]), case("held 2"), nations=["VN"])
    (new,) = [
        path.stat().st_size for path in federation.seen.glob("*.answer") if path.name not in seen
    ]
    assert "hit" == lookup.outcomes[0].word
    assert new < max(seen.values())


async def test_receipts_verify_and_a_changed_one_does_not(client):
    """What was answered can be shown later; one changed octet shows nothing."""
    lookup = await client.lookup(phones(ABSENT), case("receipts", sensitive=True), nations=["VN"])
    name = lookup.outcomes[0].receipt
    shown = client.verify_receipt(name)
    assert ("VN", "TH/cyber-police") == (shown.nation, shown.agency)
    path = client.home.receipts / name
    octets = path.read_bytes()
    at = octets.index(b'"answer"') + 4000
    path.write_bytes(
        octets[:at] + (b"A" if octets[at : at + 1] != b"A" else b"B") + octets[at + 1 :]
    )
    with pytest.raises((ProofError, InputError)):
        client.verify_receipt(name)
    assert ABSENT[1:].encode() not in octets


async def test_answers_are_shown_though_their_receipts_cannot_be_kept(client, monkeypatch):
    """On a full disk: of a lookup and of a claim; and it is said that they are missing."""

    def full(*_arguments):
        raise StorageError("receipts: No space left on device")

    whole = await client.lookup(phones(PHONES[1]), case(), nations=["VN"])
    assert whole.kept
    monkeypatch.setattr(receipts, "keep", full)
    lookup = await client.lookup(phones(PHONES[1]), case(), nations=["VN"])
    (outcome,) = lookup.outcomes
    assert ("hit", "", False) == (outcome.word, outcome.receipt, lookup.kept)
    claimed = await client.claim(outcome.claim_id)
    assert ("released", "") == (claimed.word, claimed.receipt)


async def test_answers_are_shown_though_the_lookup_cannot_be_kept(client, monkeypatch):
    """The last change of the database fails; what was answered is there, and cannot be claimed."""

    def full(*_arguments):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, "finish_lookup", full)
    lookup = await client.lookup(phones(PHONES[1]), case(), nations=["VN"])
    (outcome,) = lookup.outcomes
    assert ("hit", "", False) == (outcome.word, outcome.claim_id, lookup.kept)
    assert outcome.receipt


async def test_a_lookup_is_kept(client):
    """It can be shown again, and is finished."""
    lookup = await client.lookup(phones(PHONES[1]), case(), nations=["VN"])
    again, finished = client.status(lookup.lookup_id)
    assert finished
    assert again.outcomes == lookup.outcomes
    assert client.history()[0][0].lookup_id == lookup.lookup_id


@pytest.mark.parametrize("nations", [["TH"], ["XX"], ["VN", "XX"]])
async def test_ones_own_nation_and_strangers_are_not_asked(client, nations):
    """It is an error of the caller, before anything is sent."""
    with pytest.raises(InputError):
        await client.lookup(phones(ABSENT), case(), nations=nations)


async def test_everything_is_in_order(client):
    """The doctor finds nothing."""
    checks = await client.doctor()
    assert [] == [check for check in checks if not check.ok]
    assert {"clock", "coordinators", "node VN", "node MM"} <= {check.name for check in checks}


async def test_the_relay_sees_equal_numbers_of_octets(client, federation):
    """Hit, no hit and refusal are as long, up and down."""
    before = set(federation.seen.iterdir())
    await client.lookup(phones(PHONES[2]), case("equal 1", sensitive=True))
    await client.lookup(phones(ABSENT), case("equal 2", sensitive=True))
    new = [path for path in federation.seen.iterdir() if path not in before]
    requests = {path.stat().st_size for path in new if path.suffix == ".request"}
    assert 1 == len(requests)
    answers: dict[str, set[int]] = {}
    for path in new:
        if path.suffix == ".answer":
            octets = path.read_bytes()
            answers.setdefault(read_answer(octets).header.nation, set()).add(len(octets))
    # VN said hit and no hit; what a refusal and a spent quota add is in test_node and
    # test_durability.
    assert {"VN": 1, "MM": 1} == {nation: len(sizes) for nation, sizes in answers.items()}


async def test_the_coordinator_saw_no_identifier(client, federation):
    """Nothing it relayed, logged or stored holds one; its own agency's name it does hold."""
    await client.lookup(phones(PHONES[6], ABSENT), case("blind"))
    octets = b"".join(
        path.read_bytes()
        for path in (*federation.seen.iterdir(), *federation.coordinator.rglob("*"))
        if path.is_file()
    )
    assert b"TH/cyber-police" in octets
    for text in (PHONES[6], ABSENT):
        assert text[3:].encode() not in octets


def test_the_names_of_receipts_are_listed(federation):
    """What `receipts --verify` takes is what `receipts` shows; another name is said to be none."""
    facts = {"case": "receipts 2", "purpose": "fraud", "offence": "telecom fraud"}
    facts |= {"max-penalty": "10", "opened": "2026-01-02", "nations": "vn, MM"}
    options = [part for name, value in facts.items() for part in (f"--{name}", value)]
    asked = federation.run_asker("lookup", *options, "-", stdin=f"{ABSENT}\n")
    assert asked.out, asked.err
    listed = federation.run_asker("receipts")
    names = [line.split()[-1] for line in listed.out.splitlines() if line.startswith("  ")]
    assert names
    assert 0 == federation.run_asker("receipts", "--verify", names[0]).code
    missing = federation.run_asker("receipts", "--verify", "0" * 24 + ".receipt.json")
    assert "there is no receipt of this name" in missing.err


def test_an_unknown_nation_is_a_wrong_option(federation):
    """Exit code 2, and nothing was asked."""
    facts = {"case": "nations", "purpose": "fraud", "max-penalty": "10", "opened": "2026-01-02"}
    options = [part for name, value in facts.items() for part in (f"--{name}", value)]
    asked = federation.run_asker("lookup", *options, "--nations", "XX", "-", stdin=f"{ABSENT}\n")
    assert (2, True) == (asked.code, "Name some of MM, VN" in asked.err)

"""Case cards at a real node: what a judge's signature opens, and what is no signature."""

import contextlib
import json
from dataclasses import replace

import pytest
from fedquery_node import schema
from fedquery_node.home import open_home
from integration.conftest import FOR_A_TEAM, PHONES, POLICIES, TEAM

from fedquery.audit.detail import join_situation, verify_detail
from fedquery.audit.node import QuestionEntry
from fedquery.cases.card import DAY_MS
from fedquery.cases.signed import SignedCard, countersign, issue
from fedquery.cli.notes import role_signer
from fedquery.errors import PublicationError
from fedquery.policy import decide
from fedquery.policy.load import load_rules
from fedquery.policy.recover import recover_situation
from fedquery.policy.vocabulary import Level
from fedquery.psi.commitment import Opening
from fedquery.seal.signing import SigningKey
from fedquery.tlog.note import Signer, sign_line


@pytest.fixture
def judge(federation):
    """Read the key of the judge whom VN knows."""
    return role_signer(federation.root / "root-keys" / "TH.judge.bkk-1.key")


@pytest.fixture
def entry(federation):
    """Give what reads the log entry of an answer, and its details, from VN's database."""

    def read(got):
        home, index = open_home(federation.node("VN")), got.head.receipt.index
        with contextlib.closing(schema.connect(home.path)) as connection:
            (leaf,) = home.log.entries(connection, index, index + 1)
            details = connection.execute(
                "SELECT field, salt, octets FROM detail WHERE log_index = ?", (index,)
            ).fetchall()
        found = {name: (salt, octets.decode()) for name, salt, octets in details}
        return QuestionEntry.decode(leaf), found

    return read


async def _hit(asker, vn, text, **options):
    sent = asker.ask("VN", [text], **options)
    (finding,) = asker.conclude(sent, await asker.send(sent, vn)).findings
    return finding


async def test_a_judges_signature_opens_what_is_shut_without(asker, vn, judge, entry):
    """VN-91: a record whose source is at risk is spoken of only where a judge has signed."""
    finding = await _hit(asker, vn, PHONES[8])
    alone = await asker.send(asker.claim("VN", finding), vn)
    assert "policy-denied" == alone.slug
    assert "VN-91" in alone.head.decision.policy_ids

    def countersigned(card):
        return countersign(issue(card, asker.key), judge)

    signed = await asker.send(asker.claim("VN", finding, sign=countersigned), vn)
    assert "" == signed.slug
    assert signed.head.claim.contact_us
    assert len(alone.envelope) == len(signed.envelope)
    assert [] == _roles(entry(alone)[0])
    assert ["judge"] == _roles(entry(signed)[0])


def _roles(entry):
    signed_by = json.loads(entry.situation)["context"]["case"]["signedBy"]
    return [role["id"] for role in signed_by]


async def test_a_decision_with_signatures_is_replayed_exactly(asker, vn, judge, entry):
    """From the leaf, the pseudonym beside it and the policy file; and the card opens to whom."""
    finding = await _hit(asker, vn, PHONES[0])
    sent = asker.claim(
        "VN", finding, level="summary", sign=lambda card: countersign(issue(card, asker.key), judge)
    )
    got = await asker.send(sent, vn)
    logged, details = entry(got)
    situation = recover_situation(join_situation(logged.situation, details["case"][1]))
    rules = load_rules(
        (POLICIES / "VN.cedar").read_bytes(),
        (POLICIES / "schema.cedarschema").read_bytes(),
        "VN",
    )
    again = decide.decide_claim(rules, situation, Level.SUMMARY)
    assert again.level.word == logged.granted_level
    assert again.policy_ids == logged.policies
    salt, note = details["card"]
    verify_detail(logged.card_commit, salt, note)
    assert ("TH/cyber-police", judge.name) == SignedCard.read(note.encode()).signed_by


def self_declared(asker, card, judge):
    """Sign with a made-up key under the judge's name."""
    return countersign(issue(card, asker.key), Signer(judge.name, bytes(31) + b"\x05"))


def unlisted(asker, card, _judge):
    """Sign with a key that no roster has."""
    return countersign(
        issue(card, asker.key), Signer("fedquery/TH/judge/other", bytes(31) + b"\x05")
    )


def foreign(asker, card, _judge):
    """Sign with a key that is named for another nation."""
    return countersign(issue(card, asker.key), Signer("fedquery/MM/judge/one", bytes(31) + b"\x05"))


@pytest.mark.parametrize("sign", [self_declared, unlisted, foreign])
async def test_what_nobody_vouches_for_does_not_count(asker, vn, judge, entry, sign):
    """The question is answered as if the line were not there."""
    sent = asker.ask("VN", [PHONES[0]], sign=lambda card: sign(asker, card, judge))
    got = await asker.send(sent, vn)
    assert "" == got.slug
    assert [] == _roles(entry(got)[0])


def other_case(asker, card, judge):
    """Take the judge's line from another case."""
    return _with_line_of(asker, card, judge, replace(card, pseudonym="other"))


def other_holder(asker, card, judge):
    """Take the judge's line from the card for another nation."""
    return _with_line_of(asker, card, judge, replace(card, holder="MM"))


def other_federation(asker, card, judge):
    """Take the judge's line from a card of an exercise."""
    return _with_line_of(asker, card, judge, replace(card, federation="exercise"))


def _with_line_of(asker, card, judge, other):
    stolen = sign_line(other.render(), judge)
    return SignedCard.read(issue(card, asker.key).note + stolen)


def anothers_card(asker, card, _judge):
    """Show a card of another agency."""
    return issue(replace(card, agency="TH/tax"), asker.key)


def card_for_another_holder(asker, card, _judge):
    """Show the card for another nation."""
    return issue(replace(card, holder="MM"), asker.key)


def card_of_another_federation(asker, card, _judge):
    """Show a card of an exercise."""
    return issue(replace(card, federation="exercise"), asker.key)


def another_agencys_key(_asker, card, _judge):
    """Sign the card with a key that the member list does not have."""
    return issue(card, SigningKey(bytes(31) + b"\x06"))


@pytest.mark.parametrize(
    "sign",
    [
        other_case,
        other_holder,
        other_federation,
        anothers_card,
        card_for_another_holder,
        card_of_another_federation,
        another_agencys_key,
    ],
)
async def test_a_card_that_was_bent_is_refused(asker, vn, judge, sign):
    """Inside the seal, uncharged, with the length of any other answer."""
    good = await asker.send(asker.ask("VN", [PHONES[0]]), vn)
    sent = asker.ask("VN", [PHONES[0]], sign=lambda card: sign(asker, card, judge))
    got = await asker.send(sent, vn)
    assert "case-card-invalid" == got.slug
    assert got.head.quota_left is None
    assert len(good.envelope) == len(got.envelope)


@pytest.mark.parametrize("days", [-3, 1], ids=["ended", "from the future"])
async def test_a_card_is_refused_outside_its_time(asker, vn, days):
    """The agency's clock and the node's agree within two minutes."""

    def moved(card):
        shift = days * DAY_MS
        return issue(
            replace(card, issued_ms=card.issued_ms + shift, ends_ms=card.ends_ms + shift),
            asker.key,
        )

    got = await asker.send(asker.ask("VN", [PHONES[0]], sign=moved), vn)
    assert "case-card-expired" == got.slug


async def test_an_agency_of_a_team_is_answered_from_a_view_of_its_own(asker, vn, entry):
    """It sees and claims what is released to the team, and the policy knows its team."""
    sent = asker.ask("VN", [FOR_A_TEAM])
    assert {"MM", "TH", "TH/cyber-police"} == set(sent.publication.commitments)
    got = await asker.send(sent, vn)
    (finding,) = asker.conclude(sent, got).findings
    assert finding.present
    parents = json.loads(entry(got)[0].situation)["principal"]["parents"]
    assert {"type": "Team", "id": TEAM} in parents
    released = await asker.send(asker.claim("VN", finding), vn)
    assert "VN-T-000001" == released.head.claim.reference


async def test_an_answer_from_the_nations_view_does_not_pass_for_the_teams(asker, vn, federation):
    """An asker whose agency has a commitment takes no other: rows would be missing unnoticed."""
    sent = asker.ask("VN", [FOR_A_TEAM])
    got = await asker.send(sent, vn)
    with contextlib.closing(schema.connect(federation.node("VN"))) as connection:
        rows = connection.execute(
            "SELECT salt, public_key, root FROM view"
            " WHERE viewer = 'TH' AND dataset = ? AND version = ?",
            (sent.publication.dataset, sent.publication.version),
        ).fetchall()
    ((salt, public_key, root),) = rows
    nations = Opening(
        salt, sent.publication.prefix_bits, sent.publication.capacity, public_key, root
    )
    sent.publication.verify_opening("TH", nations)
    with pytest.raises(PublicationError):
        asker.conclude(sent, replace(got, head=replace(got.head, opening=nations)))

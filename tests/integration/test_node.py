"""A real node: hit, no hit, refusal and claim, and what a dishonest asker gets."""

import asyncio
import contextlib
import json
import secrets
from dataclasses import replace

import pytest
from fedquery_node import schema
from fedquery_node.__main__ import main as node_command
from fedquery_node.config import load_settings
from integration.conftest import ABSENT, PHONES, REFERENCE, WITHDRAWN
from support.raw_asker import csv_of, other_octets

from fedquery.errors import PeerError

MORE = ("+84855508888", "VN-M-1", "*", "open")


async def _find(asker, vn, text, **options):
    sent = asker.ask("VN", [text], **options)
    got = await asker.send(sent, vn)
    assert "" == got.slug
    (finding,) = asker.conclude(sent, got).findings
    return finding


@pytest.mark.parametrize(
    ("text", "present"),
    [(PHONES[0], True), (PHONES[7], True), (ABSENT, False), (PHONES[9], False)],
    ids=["recorded", "recorded too", "not recorded", "released to another nation"],
)
async def test_a_question_is_answered(asker, vn, text, present):
    """A hit for what was released to TH, and no hit for everything else."""
    assert present is (await _find(asker, vn, text)).present


async def test_four_identifiers_go_in_one_question(asker, vn):
    """Each finding belongs to its identifier."""
    texts = [PHONES[1], ABSENT, PHONES[2]]
    sent = asker.ask("VN", texts, size_class=4)
    found = asker.conclude(sent, await asker.send(sent, vn)).findings
    assert [True, False, True] == [finding.present for finding in found]


async def test_a_hit_is_claimed(asker, vn):
    """Policy VN-02 gives the reference of an open record."""
    finding = await _find(asker, vn, PHONES[3])
    got = await asker.send(asker.claim("VN", finding), vn)
    assert "reference" == got.head.decision.granted
    assert REFERENCE.format(3) == got.head.claim.reference
    assert "desk" == got.head.claim.contact_id


async def test_policies_see_how_many_questions_were_answered(federation, asker, vn):
    """Each question counts one before the next, in the log that decisions are replayed from.

    A claim counts none; identifiers of the whole nation count by size class.
    """
    home = federation.node("VN")
    with contextlib.closing(schema.connect(home)) as connection:
        begun = schema.log_of(load_settings(home)).size(connection)
    finding = await _find(asker, vn, PHONES[5])
    await asker.send(asker.claim("VN", finding), vn)
    await _find(asker, vn, PHONES[6])
    with contextlib.closing(schema.connect(home)) as connection:
        log = schema.log_of(load_settings(home))
        entries = log.entries(connection, begun, log.size(connection))
    used = [json.loads(entry)["situation"]["context"]["used"] for entry in entries]
    first = used[0]
    asked = [one["questionsToday"] - first["questionsToday"] for one in used]
    of_case = [one["questionsThisCase"] - first["questionsThisCase"] for one in used]
    elements = [one["elementsOfNationToday"] - first["elementsOfNationToday"] for one in used]
    assert ([0, 1, 1], [0, 1, 1], [0, 1, 2]) == (asked, of_case, elements)


async def test_a_source_at_risk_is_not_shown(asker, vn):
    """The holder wants to be spoken to, or refuses; the reference does not leave."""
    finding = await _find(asker, vn, PHONES[8])
    got = await asker.send(asker.claim("VN", finding), vn)
    assert got.head.claim is None or (got.head.claim.contact_us and not got.head.claim.reference)


async def test_a_forged_token_claims_nothing(asker, vn):
    """Who guessed a tag from the bucket has no token of it."""
    finding = await _find(asker, vn, PHONES[4])
    got = await asker.send(asker.claim("VN", other_octets(finding)), vn)
    assert got.slug
    assert got.head.claim is None
    assert "" == got.head.decision.granted
    # The same claim with its own token is granted: the forged one was refused for the token.
    granted = await asker.send(asker.claim("VN", finding), vn)
    assert "" == granted.slug


async def test_a_tag_that_is_nowhere_claims_nothing(asker, vn):
    """It is refused in the same words as a forged token."""
    finding = await _find(asker, vn, PHONES[4])
    nowhere = replace(finding, tag=secrets.token_bytes(8))
    forged = await asker.send(asker.claim("VN", other_octets(finding)), vn)
    missing = await asker.send(asker.claim("VN", nowhere), vn)
    assert forged.head.refusal == missing.head.refusal


async def test_a_withdrawn_record_claims_nothing_and_the_next_version_leaves_it_out(
    asker, vn, federation, tmp_path
):
    """Its hit in the version still served is refused as a forged token is, also after new rows."""
    finding = await _find(asker, vn, WITHDRAWN)
    assert finding.present
    home = str(federation.node("VN"))
    listed = tmp_path / "list"
    listed.write_text("VN-W-1\n")
    assert 0 == node_command(["--home", home, "withdraw", "--dataset", "phones", str(listed)])
    federation.import_csv("VN", "phones", csv_of(tmp_path, "more.csv", [MORE]))
    withdrawn = await asker.send(asker.claim("VN", finding), vn)
    forged = await asker.send(asker.claim("VN", other_octets(finding)), vn)
    assert ("claim-unknown", None) == (withdrawn.slug, withdrawn.head.claim)
    assert forged.head.refusal == withdrawn.head.refusal
    published = json.loads(federation.publish("VN").out)
    (version,) = [one["version"] for one in published if "phones" == one["dataset"]]
    await _until_served(version, asker, vn)
    assert not (await _find(asker, vn, WITHDRAWN)).present


async def _until_served(version, asker, vn):
    """Learn the manifest until this version is served.

    Not any newer one: what another test published may come into force only now.
    """
    for _ in range(200):
        await asker.learn("VN", vn)
        if asker.publication("VN", "phones").version >= version:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the version did not come into force")


async def test_a_claim_is_as_long_as_a_question(asker, vn):
    """The relay cannot tell them apart by their sizes (ADR 0007)."""
    sent = asker.ask("VN", [PHONES[5]])
    got = await asker.send(sent, vn)
    (finding,) = asker.conclude(sent, got).findings
    claim = asker.claim("VN", finding)
    granted = await asker.send(claim, vn)
    assert len(sent.envelope) == len(claim.envelope)
    assert len(got.envelope) == len(granted.envelope)


async def test_the_same_octets_again_are_not_charged(asker, vn):
    """Q5: a retry has one leaf and one charge, and a fresh proof."""
    sent = asker.ask("VN", [PHONES[0]], case="Q5")
    first = await asker.send(sent, vn)
    again = await asker.send(sent, vn)
    assert first.head.receipt == again.head.receipt
    assert asker.body(sent, first).proof != asker.body(sent, again).proof
    following = await asker.send(asker.ask("VN", [PHONES[0]], case="Q5"), vn)
    assert first.head.quota_left.case - 1 == following.head.quota_left.case
    assert first.head.receipt.index < following.head.receipt.index


async def test_the_same_octets_are_answered_a_few_times_only(asker, vn):
    """The first answer and four more; each is an evaluation."""
    sent = asker.ask("VN", [PHONES[0]])
    answered = [await asker.send(sent, vn) for _ in range(7)]
    granted = [got for got in answered if not got.slug]
    assert 5 == len(granted)


async def test_the_same_id_with_other_octets_is_refused(asker, vn):
    """An id belongs to one question."""
    request_id = secrets.token_bytes(16)
    await asker.send(asker.ask("VN", [PHONES[0]], request_id=request_id), vn)
    got = await asker.send(asker.ask("VN", [PHONES[1]], request_id=request_id), vn)
    assert "id-reused" == got.slug


async def test_an_element_twice_is_refused_inside_the_seal(asker, vn):
    """The answer has the length of any other."""

    def twice(question):
        return replace(question, elements=question.elements[:32] * 4)

    whole = await asker.send(asker.ask("VN", [PHONES[0]], size_class=4), vn)
    got = await asker.send(asker.ask("VN", [PHONES[0]], size_class=4, change=twice), vn)
    assert "duplicate-point" == got.slug
    assert len(whole.envelope) == len(got.envelope)


@pytest.mark.parametrize(
    "element",
    [bytes(32), b"\xff" * 32, bytes(31) + b"\x80"],
    ids=["identity", "not canonical", "bit 255"],
)
async def test_what_is_no_element_is_refused(asker, vn, element):
    """All three checks of an element hold at the wire."""
    got = await asker.send(
        asker.ask("VN", [PHONES[0]], change=lambda question: replace(question, elements=element)),
        vn,
    )
    assert "bad-point" == got.slug
    assert bytes(len(got.body)) == got.body


async def test_an_unknown_version_is_named_with_the_current_one(asker, vn):
    """So that the asker can ask again."""
    got = await asker.send(
        asker.ask("VN", [PHONES[0]], change=lambda question: replace(question, version=999)), vn
    )
    assert "epoch-unknown" == got.slug
    assert asker.publication("VN", "phones").version == got.head.refusal.current_version


async def test_an_envelope_of_another_nation_is_refused(asker, vn):
    """What was sealed for MM is not opened by VN."""
    mm = asker.link("MM")
    try:
        await asker.learn("MM", mm)
    finally:
        await mm.close()
    sent = asker.ask("MM", [PHONES[0]])
    with pytest.raises(PeerError) as caught:
        await vn.ask(sent.envelope, 10)
    assert "refused-by-node(seal-invalid)" == caught.value.why


async def test_any_changed_octet_is_refused(asker, vn):
    """Whatever is changed, the node opens nothing and says one thing."""
    envelope = asker.ask("VN", [PHONES[0]]).envelope
    said = set()
    for place in (5, 40, len(envelope) // 2, len(envelope) - 1):
        changed = envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :]
        with pytest.raises(PeerError) as caught:
            await vn.ask(changed, 10)
        said.add(caught.value.why)
    assert said <= {"refused-by-node(seal-invalid)", "refused-by-node(message-malformed)"}


async def test_myanmar_refuses_police_by_name(asker):
    """The refusal is signed, names its rule, and is as long as an answer."""
    mm = asker.link("MM")
    try:
        await asker.learn("MM", mm)
        sent = asker.ask("MM", [PHONES[0]])
        got = await asker.send(sent, mm)
    finally:
        await mm.close()
    assert "policy-denied" == got.slug
    assert "MM-90" in got.head.decision.policy_ids
    assert got.head.receipt is not None
    assert bytes(len(got.body)) == got.body

"""Whether entries make sense: what no honest party writes is a fault, at its own place."""

from dataclasses import replace

import pytest
from unit.audit.test_entries import ENTRIES, NOW, QUESTION

from fedquery.audit.acts import AuditorEntry
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.node import PolicyEntry
from fedquery.audit.reading import _CLASSES
from fedquery.audit.remarks import SenselessError
from fedquery.audit.sense import _KINDS, AGENCY, COORDINATOR, NODE, Sense
from fedquery.tlog.tree import leaf_hash

PUBLICATION = ("VN", "phones", 7)
PROPOSED = PolicyEntry(
    act="proposed",
    nation="VN",
    policy_digest=QUESTION.policy_digest,
    schema_digest=QUESTION.schema_digest,
    engine="x",
    at_ms=NOW,
)
ACTIVATED = replace(PROPOSED, act="activated")
BEGUN = (PROPOSED, ACTIVATED, PUBLICATION)
REFUSED = replace(QUESTION, type="refusal", granted_level="", reason="policy-denied")
UNDECIDED = replace(
    REFUSED,
    reason="suspended",
    policies=(),
    policy_digest=b"",
    schema_digest=b"",
    engine="",
    situation=b"",
)
FAULT = replace(UNDECIDED, type="fault", reason="bad-point")
RELAY, RELAYED = ENTRIES["relay"], ENTRIES["relayed"]
ASKED = AskedEntry(
    asking="question",
    agency="TH/cyber-police",
    nation="VN",
    dataset="phones",
    version=7,
    request_digest=QUESTION.request_digest,
    size_class=4,
    level="hit",
    purpose="fraud",
    person_role="suspect",
    aim="identify",
    asked_ms=NOW,
    case_commit=bytes(32),
    retain_until_ms=NOW,
)
CONCLUDED = ConcludedEntry(
    request_digest=QUESTION.request_digest, outcome="answered", replied_ms=NOW, hits=0
)


def look(entries, kind=NODE, owner="VN"):
    """Look at all entries of a log; give what looked."""
    leaves = [b"" if isinstance(one, tuple) else one.encode() for one in entries]
    sense = Sense(kind, owner, lambda index: leaf_hash(leaves[index]))
    for index, entry in enumerate(entries):
        if isinstance(entry, tuple):
            sense.publication(index, *entry)
        else:
            sense.entry(index, entry)
    sense.end()
    return sense


def review_of(entries, index, **other):
    """Write the review of an entry."""
    values = {"index": index, "leaf_hash": leaf_hash(entries[index].encode()), **other}
    return replace(ENTRIES["review"], **values)


GRANT = ENTRIES["grant"]
PAID = replace(QUESTION, grant=3)


def granting(grant=GRANT, index=3, **other):
    """Write that a grant holds."""
    values = {"index": index, "leaf_hash": leaf_hash(grant.encode()), **other}
    return replace(ENTRIES["granting"], **values)


GRANTED = (*BEGUN, GRANT, granting())
REVOKED = granting(act="revoked", approved_by=())

HONEST = {
    "empty": [],
    "a day": [*BEGUN, QUESTION, REFUSED, UNDECIDED, ENTRIES["key"], ENTRIES["member"]],
    "a fault after its question": [*BEGUN, QUESTION, FAULT, FAULT],
    "a claim granted and one refused": [
        *BEGUN,
        replace(QUESTION, type="claim", asked_level="summary", granted_level="reference"),
        replace(REFUSED, type="claim"),
    ],
    "the policy of before": [*BEGUN, replace(PROPOSED, policy_digest=bytes(32)), QUESTION],
    "an older version is still served": [*BEGUN, ("VN", "phones", 8), QUESTION],
    "numbers go up": [ENTRIES["team"], replace(ENTRIES["team"], number=2), ENTRIES["roster"]],
    "a review": [*BEGUN, QUESTION, review_of([*BEGUN, QUESTION], 3)],
    "a grant that is used up and revoked": [*GRANTED, PAID, QUESTION, PAID, REVOKED, QUESTION],
    "a refused claim that a grant pays": [*GRANTED, replace(REFUSED, type="claim", grant=3)],
    "a proposal that is withdrawn": [*BEGUN, GRANT, REVOKED],
}


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_nodes_write_makes_sense(name):
    """Nothing is said of it."""
    assert len(HONEST[name]) == sum(look(HONEST[name]).counts.values())


SENSELESS = {
    "another nation": ([*BEGUN, replace(QUESTION, nation="LA")], 3, "another party"),
    "another nation's key": ([replace(ENTRIES["key"], nation="LA")], 0, "another party"),
    "another nation's publication": ([("LA", "phones", 1)], 0, "another party"),
    "an entry of a coordinator": ([RELAY], 0, "not of this log"),
    "never activated": ([PROPOSED, PUBLICATION, QUESTION], 2, "never activated"),
    "activated later": ([PROPOSED, PUBLICATION, QUESTION, ACTIVATED], 2, "never activated"),
    "never proposed": ([ACTIVATED], 0, "never proposed"),
    "never published": ([PROPOSED, ACTIVATED, QUESTION], 2, "never published"),
    "not published yet": ([*BEGUN, replace(QUESTION, version=8)], 3, "never published"),
    "a version again": ([PUBLICATION, PUBLICATION], 1, "not above"),
    "an older version": ([PUBLICATION, ("VN", "phones", 6)], 1, "not above"),
    "granted and refused": ([*BEGUN, replace(QUESTION, reason="quota")], 3, "or neither"),
    "neither": ([*BEGUN, replace(QUESTION, granted_level="")], 3, "or neither"),
    "a refusal that grants": ([*BEGUN, replace(QUESTION, type="refusal")], 3, "or neither"),
    "an answer that refuses": ([*BEGUN, replace(REFUSED, type="answer")], 3, "or neither"),
    "more than asked": ([*BEGUN, replace(QUESTION, granted_level="summary")], 3, "more was"),
    "no situation": ([*BEGUN, replace(QUESTION, situation=b"")], 3, "in full"),
    "no engine": ([*BEGUN, replace(QUESTION, engine="")], 3, "in full"),
    "granted by nothing": (
        [*BEGUN, replace(UNDECIDED, type="answer", reason="", granted_level="hit")],
        3,
        "in full",
    ),
    "more than was granted": ([*GRANTED, PAID, PAID, PAID], 7, "more was asked than granted"),
    "a grant of nothing": ([*BEGUN, PAID], 3, "does not hold"),
    "a grant that nobody approved": ([*BEGUN, GRANT, PAID], 4, "does not hold"),
    "a grant that is approved later": ([*BEGUN, GRANT, PAID, granting()], 4, "does not hold"),
    "a grant that is revoked": ([*GRANTED, REVOKED, PAID], 6, "does not hold"),
    "a grant that has ended": (
        [*GRANTED, replace(PAID, decided_ms=GRANT.until_ms)],
        5,
        "had ended",
    ),
    "a grant for another agency": (
        [*GRANTED, replace(PAID, agency="TH/aml-office")],
        5,
        "another agency or dataset",
    ),
    "a grant for another dataset": (
        [*GRANTED, ("VN", "accounts", 7), replace(PAID, dataset="accounts")],
        6,
        "another agency or dataset",
    ),
    "a grant that pays for a refusal": ([*GRANTED, replace(REFUSED, grant=3)], 5, "not charged"),
    "a grant that is approved twice": ([*GRANTED, granting()], 5, "approved before"),
    "a grant that is approved again": ([*GRANTED, REVOKED, granting()], 6, "approved before"),
    "a grant that is revoked twice": ([*GRANTED, REVOKED, REVOKED], 6, "revoked before"),
    "an approval of no grant": (
        [*BEGUN, QUESTION, granting(QUESTION)],
        4,
        "is no grant",
    ),
    "an approval of another grant": (
        [*BEGUN, GRANT, granting(replace(GRANT, elements=9))],
        4,
        "another one",
    ),
    "another nation's grant": ([replace(GRANT, nation="LA")], 0, "another party"),
    "a fault of nothing": ([*BEGUN, FAULT], 3, "of a question that was not"),
    "a fault before its question": ([*BEGUN, FAULT, QUESTION], 3, "of a question that was not"),
    "the first of two faults": (
        [
            *BEGUN,
            QUESTION,
            FAULT,
            *(replace(FAULT, request_digest=bytes([n]) * 32) for n in (8, 9)),
        ],
        5,
        "of a question that was not",
    ),
    "a team's number again": ([ENTRIES["team"], ENTRIES["team"]], 1, "not above"),
    "a list's number again": ([ENTRIES["member"], ENTRIES["member"]], 1, "not above"),
    "a roster's number again": ([ENTRIES["roster"], ENTRIES["roster"]], 1, "not above"),
    "a review of itself": ([*BEGUN, review_of([*BEGUN, QUESTION], 3)], 3, "another one"),
    "a review of another": (
        [*BEGUN, QUESTION, review_of([*BEGUN, QUESTION], 3, leaf_hash=bytes(32))],
        4,
        "another one",
    ),
    "an opening of what is not there": (
        [
            AuditorEntry(
                act="opened",
                index=7,
                leaf_hash=bytes(32),
                by="home",
                at_ms=NOW,
                retain_until_ms=NOW,
            )
        ],
        0,
        "another one",
    ),
}


@pytest.mark.parametrize("name", SENSELESS)
def test_what_no_honest_node_writes_is_a_fault(name):
    """At its own place, in words that say what is wrong."""
    entries, index, what = SENSELESS[name]
    with pytest.raises(SenselessError, match=what) as caught:
        look(entries)
    assert index == caught.value.index


def test_an_outcome_follows_what_was_passed_on():
    """Of a coordinator: the same octets twice may have two outcomes, and never three."""
    hub = {"kind": COORDINATOR, "owner": "hub"}
    assert 0 == look([RELAY, RELAYED], **hub).remarks.without_outcome
    assert 1 == look([RELAY, RELAY, RELAYED], **hub).remarks.without_outcome
    assert 0 == look([RELAY, RELAY, RELAYED, RELAYED], **hub).remarks.without_outcome
    for entries in ([RELAYED], [RELAYED, RELAY], [RELAY, RELAYED, RELAYED]):
        with pytest.raises(SenselessError, match="an outcome"):
            look(entries, **hub)


def test_an_agency_concludes_what_it_asked():
    """Of an agency: its own questions alone; what stayed without an outcome is counted."""
    mine = {"kind": AGENCY, "owner": "TH/cyber-police"}
    assert 0 == look([ASKED, CONCLUDED], **mine).remarks.without_outcome
    assert 1 == look([ASKED], **mine).remarks.without_outcome
    with pytest.raises(SenselessError, match="an outcome"):
        look([CONCLUDED], **mine)
    auditor = replace(ENTRIES["key"], use="auditor", nation="TH")
    look([auditor], **mine)
    for entry in (replace(ASKED, agency="TH/tax"), replace(auditor, nation="VN")):
        with pytest.raises(SenselessError, match="another party"):
            look([entry], **mine)
    with pytest.raises(SenselessError, match="not of this log"):
        look([QUESTION], **mine)


CLAIM = replace(ASKED, asking="claim", request_digest=b"\x0c" * 32, follows=ASKED.request_digest)


@pytest.mark.parametrize(
    ("entries", "index", "what"),
    [
        ([CLAIM], 0, "a claim is logged of a question that was not"),
        ([CLAIM, ASKED, CLAIM], 0, "a claim is logged of a question that was not"),
        ([ASKED, replace(CLAIM, follows=CLAIM.request_digest)], 1, "a claim is logged"),
        ([ASKED, replace(CLAIM, follows=b"")], 1, "only a claim"),
        ([ASKED, replace(ASKED, follows=ASKED.request_digest)], 1, "only a claim"),
    ],
)
def test_an_agency_claims_what_it_has_asked(entries, index, what):
    """An agency that drops a question from its log keeps no claim of it."""
    mine = {"kind": AGENCY, "owner": "TH/cyber-police"}
    look([ASKED, CLAIM, replace(CLAIM, request_digest=b"\x0d" * 32)], **mine)
    with pytest.raises(SenselessError, match=what) as caught:
        look(entries, **mine)
    assert index == caught.value.index


def test_a_clock_that_went_back_is_a_remark():
    """Two minutes are within what clocks may differ by; more is told, with the first entry."""
    times = [0, 120_000, 0, 200_000, 79_999, 0, 200_001]
    entries = [*BEGUN, *(replace(QUESTION, decided_ms=NOW + ms) for ms in times)]
    remarks = look(entries).remarks
    assert (7, 200_000, 2) == (
        remarks.clock_back_at,
        remarks.clock_back_ms,
        remarks.clock_backs,
    )
    assert look(entries[:6]).remarks.clock_back_at is None


def test_a_question_dated_before_its_policy_is_a_remark():
    """The only entries before it that have a time are those of its policy."""
    dated = replace(QUESTION, received_ms=NOW - 120_001, decided_ms=NOW - 120_001)
    assert 3 == look([*BEGUN, dated]).remarks.clock_back_at


def test_every_type_of_entry_has_its_kind_of_log():
    """A new type of entry is not let through by being forgotten here."""
    assert set(_CLASSES.values()) == set(_KINDS)

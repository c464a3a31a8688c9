"""One question in several logs: honest histories fit, and each entry that is gone is missed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.audit.test_entries import NOW, QUESTION
from unit.audit.test_sense import ASKED, CONCLUDED, FAULT, REFUSED

from fedquery.audit.question_events import event_of
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.audit.sense import AGENCY, COORDINATOR, NODE
from fedquery.audit.twins import Party, Twins

LATER = NOW + 86_400_000
ASKER, HUB, VN, HUB2 = range(4)
PARTIES = [
    Party("asker", AGENCY, "TH/cyber-police", 1_000, LATER),
    Party("hub", COORDINATOR, "hub", 1_000, LATER),
    Party("VN", NODE, "VN", 1_000, LATER),
    Party("hub2", COORDINATOR, "hub2", 1_000, LATER),
]
RELAY = RelayEntry(
    request_digest=QUESTION.request_digest,
    from_agency="TH/cyber-police",
    to_nation="VN",
    size_class=4,
    received_ms=NOW,
)
RELAYED = RelayedEntry(request_digest=QUESTION.request_digest, outcome="answered", replied_ms=NOW)
LEAF = b"\x0a" * 32


def got(outcome="answered", reason="", place=2, leaf=LEAF, **other):
    """Write what an asker concluded, with a receipt."""
    return replace(
        CONCLUDED,
        outcome=outcome,
        reason=reason,
        receipt_origin="VN" if place is not None else "",
        receipt_index=place,
        receipt_leaf_hash=leaf if place is not None else b"",
        **other,
    )


ANSWERED = [(ASKER, ASKED), (HUB, RELAY), (VN, QUESTION), (HUB, RELAYED), (ASKER, got())]
NO_ANSWER = got("unavailable", "timeout", None)


def compare(entries, parties=PARTIES):
    """Compare the entries of one question; the index of each is its place, also behind gaps."""
    events = [event_of(pair[0], index, pair[1], LEAF) for index, pair in enumerate(entries) if pair]
    return Twins(parties).compare(events)


def without(gone):
    """Leave gaps where the entries of one log were."""
    return [pair if pair[0] != gone else None for pair in ANSWERED]


HONEST = {
    "answered": ("paired", ANSWERED),
    "answered, and the asker fell over": ("paired", ANSWERED[:-1]),
    "answered, and the coordinator fell over": ("paired", ANSWERED[:3] + ANSWERED[4:]),
    "refused by policy": (
        "paired",
        [*ANSWERED[:2], (VN, REFUSED), (HUB, RELAYED), (ASKER, got("refused", "policy-denied"))],
    ),
    "not evaluated": (
        "paired",
        [*ANSWERED[:4], (VN, FAULT), (ASKER, got("refused", "bad-point"))],
    ),
    "never left": ("unanswered", [(ASKER, ASKED), (ASKER, NO_ANSWER)]),
    "never left, and the asker fell over": ("unanswered", [(ASKER, ASKED)]),
    "the node was down": (
        "unanswered",
        [
            (ASKER, ASKED),
            (HUB, RELAY),
            (HUB, replace(RELAYED, outcome="node-down")),
            (ASKER, NO_ANSWER),
        ],
    ),
    "the answer was lost": (
        "paired",
        [*ANSWERED[:3], (HUB, replace(RELAYED, outcome="timeout")), (ASKER, NO_ANSWER)],
    ),
    "sent again by another way": (
        "paired",
        [
            (ASKER, ASKED),
            (HUB, RELAY),
            (VN, QUESTION),
            (HUB, replace(RELAYED, outcome="timeout")),
            (HUB2, RELAY),
            (HUB2, RELAYED),
            (ASKER, got()),
        ],
    ),
    "barred when it was sent again": (
        "paired",
        [*ANSWERED[:4], (ASKER, got("refused", "agency-blocked", None))],
    ),
    "an id that was used before": (
        "paired",
        [*ANSWERED, (VN, replace(REFUSED, reason="id-reused")), (HUB, RELAY), (HUB, RELAYED)],
    ),
    "a dataset that there is not": (
        "paired",
        [
            *ANSWERED[:2],
            (VN, replace(REFUSED, reason="dataset-unknown", dataset="unknown", version=0)),
            (HUB, RELAYED),
            (ASKER, got("refused", "dataset-unknown")),
        ],
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_happens_to_honest_parties_fits(name):
    """Whatever went wrong between them, nobody is blamed for it."""
    word, entries = HONEST[name]
    paired = compare(entries)
    assert ((), word) == (paired.findings, paired.word)


@pytest.mark.parametrize(
    ("gone", "lacking"),
    [(ASKER, (ASKER,)), (HUB, (HUB, HUB2)), (VN, (VN,))],
)
def test_whoever_drops_its_entries_is_named(gone, lacking):
    """The others' entries are named with their places, and the question with both its parties."""
    (finding,) = compare(without(gone)).findings
    assert ("lacks", lacking) == (finding.kind, finding.lacking)
    assert ("TH/cyber-police", "VN") == (finding.agency, finding.nation)
    assert {log for log, _ in finding.having} == {ASKER, HUB, VN} - {gone}


def test_a_question_at_a_node_alone_lacks_two_twins():
    """Somebody spoke to the node and to nobody else."""
    found = compare([(VN, QUESTION)]).findings
    assert [(ASKER,), (HUB, HUB2)] == [one.lacking for one in found]


def test_a_log_that_was_not_given_is_not_missed():
    """Without the agency's log, and of another nation's node, nothing is expected."""
    paired = compare([(VN, QUESTION)], PARTIES[2:3])
    assert ("alone", ()) == (paired.word, paired.findings)
    stranger = replace(ASKED, nation="LA")
    assert not compare([(ASKER, stranger), (ASKER, got(place=None))], PARTIES[:1]).findings


@pytest.mark.parametrize("gone", [ASKER, HUB, VN])
def test_what_is_newer_than_a_log_is_not_missed_there(gone):
    """The log may have it behind its checkpoint; two minutes are left for clocks that differ."""
    entries = without(gone)
    if gone == VN:
        # With a receipt, the node's own word says how far its log must reach.
        entries[-1] = (ASKER, NO_ANSWER)
    for until_ms, word in ((NOW + 119_999, "too new"), (NOW + 120_001, "paired")):
        parties = [
            replace(one, until_ms=until_ms if number == gone else LATER)
            for number, one in enumerate(PARTIES)
        ]
        paired = compare(entries, parties)
        assert (word, word == "too new") == (paired.word, not paired.findings)


def test_a_receipt_behind_the_end_of_the_log_is_too_new():
    """The node's export ends before the place that it gave."""
    entries = [(ASKER, ASKED), (HUB, RELAY), (HUB, RELAYED), (ASKER, got(place=1_000))]
    assert "too new" == compare(entries).word
    entries[-1] = (ASKER, got(place=999))
    assert (VN,) == compare(entries).findings[0].lacking
    # However new it is: the node gave it a place that this log has given to another entry.
    parties = [replace(one, until_ms=NOW) for one in PARTIES]
    assert (VN,) == compare(entries, parties).findings[0].lacking


def changed(log, **change):
    """Change the entry of one log that is not an outcome."""
    return [
        (one, replace(entry, **change) if one == log and entry is not RELAYED else entry)
        for one, entry in ANSWERED[:4]
    ]


CONTRADICTIONS = {
    "agency": (changed(HUB, from_agency="TH/tax"), "agency"),
    "nation": (changed(HUB, to_nation="LA"), "nation"),
    "size class of the coordinator": (changed(HUB, size_class=16), "size class"),
    "size class of the node": (changed(VN, size_class=16), "size class"),
    "dataset": (changed(VN, dataset="wallets"), "dataset"),
    "version": (changed(ASKER, version=3), "version"),
    "asking": (changed(ASKER, asking="claim"), "asking"),
    "level": (changed(ASKER, level="summary"), "level"),
    "an answer that the node refused": (
        [*ANSWERED[:2], (VN, REFUSED), (HUB, RELAYED), (ASKER, got())],
        "the node says that it refused",
    ),
    "a refusal that the node granted": (
        [*ANSWERED[:4], (ASKER, got("refused", "policy-denied"))],
        "the node says that it answered",
    ),
    "an answer that nobody carried": (
        [*ANSWERED[:3], (HUB, replace(RELAYED, outcome="node-down")), (ASKER, got())],
        "no coordinator passed on",
    ),
    "a receipt of another place": ([*ANSWERED[:4], (ASKER, got(place=1))], "another entry"),
    "a receipt of another entry": (
        [*ANSWERED[:4], (ASKER, got(leaf=b"\x0b" * 32))],
        "another entry",
    ),
    "a node that dates its answer back": (
        changed(VN, received_ms=NOW - 360_001),
        "when it was asked",
    ),
    "a coordinator that dates a question forward": (
        changed(HUB, received_ms=NOW + 360_001),
        "when it was asked",
    ),
    "an agency that dates its question back": (
        changed(ASKER, asked_ms=NOW - 86_400_000),
        "when it was asked",
    ),
    "answered twice": ([*ANSWERED, (VN, QUESTION)], "answered it twice"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_twins_that_contradict_are_named(name):
    """In words that say in what."""
    entries, what = CONTRADICTIONS[name]
    found = [one for one in compare(entries).findings if one.kind == "contradicts"]
    assert any(what in one.what for one in found), [one.what for one in found]


@pytest.mark.parametrize("log", [ASKER, HUB, VN])
@pytest.mark.parametrize("by_ms", [-240_000, 240_000])
def test_clocks_that_a_request_gets_past_are_no_contradiction(log, by_ms):
    """Two parties whose clocks are two minutes off to both sides, and a request of two minutes."""
    name = {ASKER: "asked_ms", HUB: "received_ms", VN: "received_ms"}[log]
    entries = [*changed(log, **{name: NOW + by_ms}), (ASKER, got())]
    assert () == compare(entries).findings


@given(st.permutations(range(len(ANSWERED))), st.integers(1, 4))
def test_the_order_of_entries_and_octets_sent_again_change_nothing(order, times):
    """Logs are read one after the other, and the same octets may be passed on several times."""
    entries = [ANSWERED[place] for place in order]
    more = [(HUB, RELAY), (HUB, RELAYED)] * times
    # The receipt names the place of the node's entry.
    place = next(i for i, (log, _) in enumerate(entries) if log == VN)
    entries = [
        (log, got(place=place)) if one.type == "concluded" else (log, one) for log, one in entries
    ]
    assert ("paired", ()) == (compare(entries + more).word, compare(entries + more).findings)

"""Log entries: one canonical leaf each, strict both ways, and nothing personal in it."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.audit.acts import AuditorEntry, ErasureEntry
from fedquery.audit.asker import OUTCOMES, AskedEntry, ConcludedEntry
from fedquery.audit.detail import (
    Detail,
    commit_detail,
    join_situation,
    salted,
    split_situation,
    verify_detail,
)
from fedquery.audit.entry import ENTRY_CAP, Entry, entry_type
from fedquery.audit.grants import GrantEntry, GrantingEntry
from fedquery.audit.node import (
    KeyEntry,
    MemberEntry,
    PolicyEntry,
    QuestionEntry,
    ReviewEntry,
    RosterEntry,
    TeamEntry,
)
from fedquery.audit.reading import decode_entry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError, InputError, ProofError
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used

NOW = 1_700_000_000_000
SITUATION = Situation(
    asker=Asker("TH/cyber-police", "TH", "police"),
    dataset=Dataset("VN", "phones", "phone", sensitive=False),
    case=CaseCard("case-7f3a", 10, transnational=True, opened_ms=NOW, signed_by=frozenset()),
    purpose="fraud",
    person_role="suspect",
    aim="identify",
    elements=4,
    used=Used(1, 2, 3, 4, 5),
    now_ms=NOW,
).to_context_json()
QUESTION = QuestionEntry(
    type="answer",
    nation="VN",
    dataset="phones",
    version=7,
    agency="TH/cyber-police",
    request_digest=b"\x01" * 32,
    size_class=4,
    columns="tags",
    prefix_len=5,
    received_ms=NOW,
    decided_ms=NOW + 3,
    asked_level="hit",
    granted_level="hit",
    policies=("VN-01", "VN-02"),
    policy_digest=b"\x02" * 32,
    schema_digest=b"\x03" * 32,
    engine="cedarpy 4.12.2",
    situation=split_situation(SITUATION)[0],
    case_commit=b"\x04" * 32,
    card_commit=b"\x07" * 32,
    officer_commit=b"\x05" * 32,
    justification_commit=b"\x06" * 32,
    twin="fedquery.log/demo/agency/TH/cyber-police",
    retain_until_ms=NOW + 10**11,
)
ASKED = AskedEntry(
    asking="claim",
    agency="TH/cyber-police",
    nation="VN",
    dataset="phones",
    version=7,
    request_digest=b"\x01" * 32,
    size_class=1,
    level="reference",
    purpose="threat to life",
    person_role="missing",
    aim="known",
    asked_ms=NOW,
    follows=b"\x02" * 32,
    case_commit=b"\x04" * 32,
    officer_commit=b"\x05" * 32,
    justification_commit=b"\x06" * 32,
    identifiers_commit=b"\x07" * 32,
    auditor_key_id=b"\x08" * 8,
    retain_until_ms=NOW + 10**11,
)
CONCLUDED = ConcludedEntry(
    request_digest=b"\x01" * 32,
    reply_digest=b"\x02" * 32,
    outcome="answered",
    hits=0,
    replied_ms=NOW,
    receipt_origin="fedquery.log/demo/VN",
    receipt_index=0,
    receipt_leaf_hash=b"\x03" * 32,
)
ENTRIES: dict[str, Entry] = {
    "answer": QUESTION,
    "refusal": replace(
        QUESTION, type="refusal", granted_level="", reason="policy-denied", situation=b""
    ),
    "fault": QuestionEntry(
        type="fault",
        nation="VN",
        dataset="phones",
        version=0,
        agency="TH/cyber-police",
        request_digest=b"\x01" * 32,
        size_class=1,
        columns="none",
        prefix_len=0,
        received_ms=NOW,
        decided_ms=NOW,
        asked_level="hit",
        reason="message-malformed",
        retain_until_ms=NOW,
    ),
    "claim": replace(QUESTION, type="claim", asked_level="summary", record_commit=b"\x07" * 32),
    "key": KeyEntry(
        nation="VN",
        key_id=bytes(8),
        public_digest=bytes(32),
        not_before_ms=NOW,
        not_after_ms=NOW + 86_400_000,
    ),
    "policy": PolicyEntry(
        act="activated",
        nation="VN",
        policy_digest=bytes(32),
        schema_digest=bytes(32),
        engine="x",
        approved_by=("operator/VN/linh+0a1b2c3d", "operator/VN/minh+0a1b2c3e"),
        at_ms=NOW,
    ),
    "review": ReviewEntry(
        nation="VN", index=7, leaf_hash=bytes(32), by="supervisor/VN/mai+0a1b2c3d", at_ms=NOW
    ),
    "grant": GrantEntry(
        nation="VN",
        agency="TH/cyber-police",
        dataset="phones",
        elements=8,
        until_ms=NOW + 86_400_000,
        case_commit=b"\x09" * 32,
        at_ms=NOW,
        retain_until_ms=NOW,
    ),
    "granting": GrantingEntry(
        act="approved",
        nation="VN",
        index=7,
        leaf_hash=bytes(32),
        approved_by=("operator/VN/linh+0a1b2c3d",),
        at_ms=NOW,
    ),
    "member": MemberEntry(federation="demo", number=3, note_digest=bytes(32), adopted_ms=NOW),
    "roster": RosterEntry(
        federation="demo", nation="TH", number=3, note_digest=bytes(32), adopted_ms=NOW
    ),
    "team": TeamEntry(
        federation="demo",
        team="Joint Team 2026-07",
        number=1,
        note_digest=bytes(32),
        adopted_ms=NOW,
    ),
    "relay": RelayEntry(
        request_digest=bytes(32),
        from_agency="TH/cyber-police",
        to_nation="VN",
        size_class=4,
        received_ms=NOW,
    ),
    "asked": ASKED,
    "concluded": CONCLUDED,
    "auditor": AuditorEntry(
        act="opened",
        index=7,
        leaf_hash=bytes(32),
        details=("case", "identifiers"),
        by="auditor+0011223344556677",
        why_commit=bytes(32),
        at_ms=NOW,
        retain_until_ms=NOW,
    ),
    "erasure": ErasureEntry(details=7, entries=3, held=1, until_ms=NOW, at_ms=NOW),
    "relayed": RelayedEntry(
        request_digest=bytes(32), outcome="refused-by-node(unavailable)", replied_ms=NOW
    ),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_decode_inverts_encode(name: str) -> None:
    """Each entry is read back from its leaf, by its own class and by its type."""
    entry = ENTRIES[name]
    leaf = entry.encode()
    assert name == entry_type(leaf)
    assert entry == type(entry).decode(leaf)
    assert entry == decode_entry(leaf)


@given(
    st.integers(min_value=0, max_value=2**53 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.from_regex(r"[A-Z]{2}-[0-9]{2}", fullmatch=True), unique=True, max_size=8),
    st.sampled_from([b"", b"\x07" * 32]),
)
def test_values_in_range_travel_unchanged(
    time_ms: int, digest: bytes, policies: list[str], record: bytes
) -> None:
    """Any times, digests and policy ids in range come back as they were."""
    entry = replace(
        QUESTION,
        decided_ms=time_ms,
        request_digest=digest,
        policies=tuple(sorted(policies)),
        record_commit=record,
    )
    assert entry == QuestionEntry.decode(entry.encode())


@pytest.mark.parametrize("name", ENTRIES)
def test_a_leaf_lacking_or_adding_a_field_is_refused(name: str) -> None:
    """Every field is needed, and there is no other."""
    entry = ENTRIES[name]
    value = json.loads(entry.encode())
    for field in value:
        fewer = {key: value[key] for key in value if key != field}
        with pytest.raises(EncodingError):
            type(entry).decode(canonical_json.dump(fewer))
    with pytest.raises(EncodingError):
        type(entry).decode(canonical_json.dump(value | {"remark": ""}))


FAULTS = {
    "other format version": {"v": 2},
    "format version true": {"v": True},
    "another entry's type": {"type": "key"},
    "unknown type": {"type": "snapshot"},
    "small nation": {"nation": "vn"},
    "agency without nation": {"agency": "cyber-police"},
    "agency with line": {"agency": "TH/cyber-police\n"},
    "digest short": {"request_digest": "00" * 31},
    "digest in capitals": {"request_digest": "AA" * 32},
    "digest with space": {"request_digest": " " + "00" * 32},
    "digest empty": {"request_digest": ""},
    "digest a number": {"request_digest": 0},
    "commitment half": {"case_commit": "00" * 16},
    "class zero": {"size_class": 0},
    "time negative": {"received_ms": -1},
    "time true": {"received_ms": True},
    "time as text": {"received_ms": "0"},
    "level unknown": {"asked_level": "count"},
    "level null": {"granted_level": None},
    "policies descending": {"policies": ["VN-02", "VN-01"]},
    "policy twice": {"policies": ["VN-01", "VN-01"]},
    "policies as text": {"policies": "VN-01"},
    "policy a number": {"policies": [1]},
    "too many policies": {"policies": [f"VN-{n:03d}" for n in range(65)]},
    "free text as reason": {"reason": "he said no"},
    "situation a list": {"situation": []},
    "situation too large": {"situation": {"a": "x" * 9_000}},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_leaf_with_a_fault_is_refused(fault: str) -> None:
    """Each field out of its form is refused, with one opaque error."""
    value = json.loads(QUESTION.encode()) | FAULTS[fault]
    with pytest.raises(EncodingError, match="malformed log entry"):
        QuestionEntry.decode(canonical_json.dump(value))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        b'{"v":1}',
        b'{"type":"nothing","v":1}',
        b'{"type":1}',
        QUESTION.encode() + b" ",
        b'{"a":"' + b"x" * ENTRY_CAP + b'"}',
    ],
    ids=["empty", "list", "no type", "unknown type", "type a number", "space after", "too large"],
)
def test_what_is_no_leaf_is_refused(octets: bytes) -> None:
    """Octets that are no canonical leaf of a known type are refused."""
    with pytest.raises(EncodingError):
        decode_entry(octets)


@pytest.mark.parametrize(
    "change",
    [
        {"agency": "+66855501990"},
        {"request_digest": b""},
        {"policies": ["VN-01"]},
        {"policies": ("VN-01", 2)},
        {"decided_ms": 2**53},
        {"decided_ms": True},
        {"situation": b"{ }"},
        {"situation": b"[]"},
        {"situation": "{}"},
        {"case_commit": "00"},
        {"columns": None},
        {"reason": "+66855501990"},
    ],
)
def test_an_entry_is_in_form(change: dict[str, object]) -> None:
    """An entry with a field out of its form is no value, and no error repeats the field."""
    with pytest.raises(InputError) as caught:
        replace(QUESTION, **change)
    assert "5550199" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "maybe"},
        {"reason": "he said no"},
        {"reason": "refused-by-node()"},
        {"hits": -1},
        {"hits": True},
        {"hits": "0"},
        {"receipt_index": 2**53},
        {"receipt_leaf_hash": b"\x03"},
    ],
)
def test_a_conclusion_is_in_form(change: dict[str, object]) -> None:
    """What came of a question is one of the words; a number is one, or nothing where unknown."""
    with pytest.raises(InputError):
        replace(CONCLUDED, **change)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("reason", ["", "policy-denied", "refused-by-node(rate-2)"])
def test_an_unknown_number_of_hits_is_no_number(outcome: str, reason: str) -> None:
    """Zero hits and hits that nobody knows are two things, in the leaf too."""
    unknown = replace(CONCLUDED, outcome=outcome, reason=reason, hits=None, receipt_index=None)
    assert unknown == decode_entry(unknown.encode())
    assert unknown.encode() != replace(unknown, hits=0).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"case_commit": b""},
        {"auditor_key_id": b"\x08" * 7},
        {"purpose": "Fraud"},
        {"purpose": "any text that somebody wrote"},
        {"asking": "look"},
        {"follows": b"\x02"},
    ],
)
def test_what_was_asked_is_in_form(change: dict[str, object]) -> None:
    """An entry of a question names a case and no free text."""
    with pytest.raises(InputError):
        replace(ASKED, **change)


def test_commitments_are_named_after_their_details() -> None:
    """Each that is there, by the name of the detail; what was never there is not named."""
    entry = replace(ASKED, officer_commit=b"")
    assert {
        "case": b"\x04" * 32,
        "justification": b"\x06" * 32,
        "identifiers": b"\x07" * 32,
    } == entry.commitments()
    assert {} == CONCLUDED.commitments()


def test_the_largest_question_entry_fits_a_leaf() -> None:
    """With every field at its longest an entry is still below the cap of a leaf."""
    largest = replace(
        QUESTION,
        policies=tuple(sorted(f"{n:02d}" + "p" * 62 for n in range(64))),
        situation=canonical_json.dump({"a": "x" * 8_184}),
        engine="e" * 64,
        twin="t" * 128,
        agency="TH/" + "a" * 40,
        dataset="d" * 40,
        reason="r" * 40,
        record_commit=bytes(32),
    )
    assert len(largest.encode()) < ENTRY_CAP
    assert largest == decode_entry(largest.encode())


def test_the_leaf_holds_no_pseudonym_and_the_decision_can_be_made_again() -> None:
    """The case's pseudonym stays beside the log; put back, the policy's context is as it was."""
    public, pseudonym = split_situation(SITUATION)
    assert pseudonym == "case-7f3a"
    leaf = QUESTION.encode()
    assert b"case-7f3a" in SITUATION
    assert b"case-7f3a" not in leaf
    assert public == QuestionEntry.decode(leaf).situation
    assert SITUATION == join_situation(public, pseudonym)


@pytest.mark.parametrize("octets", [b"{}", b'{"context":{}}', b'{"context":{"case":{}}}'])
def test_a_situation_without_a_pseudonym_is_not_split(octets: bytes) -> None:
    """Where no pseudonym is found, nothing is written to the leaf in the belief that it is out."""
    with pytest.raises(InputError):
        split_situation(octets)


def test_a_situation_with_a_pseudonym_is_not_joined() -> None:
    """A pseudonym is put where none is, never over another."""
    with pytest.raises(InputError):
        join_situation(SITUATION, "other")


@given(st.binary(min_size=32, max_size=32), st.text(max_size=40), st.text(max_size=40))
def test_a_commitment_opens_to_its_detail_alone(salt: bytes, text: str, other: str) -> None:
    """The detail verifies with its salt; another detail or salt does not."""
    commitment = commit_detail(salt, text)
    verify_detail(commitment, salt, text)
    if other != text:
        with pytest.raises(ProofError):
            verify_detail(commitment, salt, other)
    changed = bytes([salt[0] ^ 1]) + salt[1:]
    with pytest.raises(ProofError):
        verify_detail(commitment, changed, text)


@given(st.binary(min_size=32, max_size=32), st.text(max_size=40))
def test_a_text_is_committed_to_as_its_octets(salt: bytes, text: str) -> None:
    """Sealed octets and text have one kind of commitment, and that of text is as it was."""
    assert commit_detail(salt, text) == commit_detail(salt, text.encode())
    assert hashlib.sha256(salt + text.encode()).digest() == commit_detail(salt, text)


def test_each_detail_has_a_salt_of_its_own() -> None:
    """Two details of one text are not told to be one."""
    salts = iter([b"\x01" * 32, b"\x02" * 32])
    made = salted([("case", "x"), ("why", b"x")], lambda _length: next(salts))
    assert (Detail("case", b"\x01" * 32, b"x"), Detail("why", b"\x02" * 32, b"x")) == made
    assert made[0].commit() != made[1].commit()
    assert "x01" not in repr(made)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_has_32_octets(length: int) -> None:
    """Only with a fixed length do salt and detail not run into each other."""
    with pytest.raises(InputError):
        commit_detail(bytes(length), "detail")

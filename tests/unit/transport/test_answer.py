"""The codec of answer heads: one length, one encoding, and caps under which every head fits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, InputError
from fedquery.psi.answer import body_length
from fedquery.psi.commitment import Opening
from fedquery.seal.size import answer_length
from fedquery.transport.answer import HEAD_LENGTH, decode_head, encode_head
from fedquery.transport.claim_reply import ClaimReply, Summary
from fedquery.transport.head import (
    NO_LIMIT,
    AnswerHead,
    Decision,
    GrantLeft,
    QuotaLeft,
    Receipt,
    Refusal,
)
from fedquery.v1 import sealed_pb2 as pb

NUMBERS = st.integers(0, 2**53 - 1)
NAMES = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)
IDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)
SENTENCES = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=60)
DIGESTS = st.binary(min_size=32, max_size=32)
LIMITS = st.integers(NO_LIMIT, 2**53 - 1)

OPENINGS = st.builds(
    Opening,
    salt=DIGESTS,
    prefix_bits=st.integers(0, 24),
    capacity=st.integers(8, 2**20),
    public_key=DIGESTS,
    root=DIGESTS,
)
GRANTS = st.builds(GrantLeft, NUMBERS, NAMES, st.integers(1, 2**53 - 1), NUMBERS, st.booleans())
QUOTAS = st.builds(
    QuotaLeft, *[LIMITS] * 4, *[NUMBERS] * 3,
    st.lists(GRANTS, max_size=4, unique_by=lambda grant: grant.number).map(
        lambda grants: tuple(sorted(grants, key=lambda grant: grant.order))
    ),
)  # fmt: skip
RECEIPTS = st.builds(Receipt, st.just("fedquery.log/mekong/VN"), NUMBERS, DIGESTS)


@st.composite
def claim_replies(draw, *, summary):
    """Draw a reply to a claim."""
    contact = draw(NAMES)
    if draw(st.booleans()):
        return ClaimReply(contact, contact_us=True)
    first = draw(NUMBERS)
    told = Summary(first, draw(st.integers(first, 2**53 - 1)), 3, draw(SENTENCES))
    return ClaimReply(contact, draw(IDS), "scam", draw(NUMBERS), told if summary else None)


@st.composite
def heads(draw):
    """Draw a head of any sort."""
    granted = draw(st.sampled_from(["", "hit", "reference", "summary"]))
    decision = Decision(
        granted=granted,
        policy_ids=tuple(sorted(draw(st.sets(IDS, max_size=4)))),
        reasons=tuple(draw(st.lists(SENTENCES, max_size=3))),
        policy_digest=draw(st.one_of(st.just(b""), DIGESTS)),
    )
    refused = not granted or draw(st.booleans())
    refusal = Refusal(draw(NAMES), draw(SENTENCES), 60, draw(NUMBERS)) if refused else None
    claim = None
    if granted in {"reference", "summary"} and not refused:
        claim = draw(claim_replies(summary=granted == "summary"))
    return AnswerHead(
        decision=decision,
        version=draw(st.integers(1, 2**53 - 1)),
        opening=None if refused else draw(st.one_of(st.none(), OPENINGS)),
        quota_left=draw(st.one_of(st.none(), QUOTAS)),
        receipt=draw(st.one_of(st.none(), RECEIPTS)),
        checkpoint=draw(st.binary(max_size=300)),
        refusal=refusal,
        claim=claim,
    )


GRANTED = AnswerHead(
    decision=Decision("hit", ("TH-02", "TH-90"), ("In serious crime.",), bytes(32)),
    version=7,
    opening=Opening(bytes(32), 9, 1792, bytes(32), bytes(32)),
    quota_left=QuotaLeft(
        *(100, 2000, 50_000, NO_LIMIT, 5, 6, 7),
        (
            GrantLeft(31, "phones", 90_000, 8, this_case=False),
            GrantLeft(30, "phones", 7, 9, this_case=True),
        ),
    ),
    receipt=Receipt("fedquery.log/mekong/VN", 12, bytes(32)),
    checkpoint=b"a note",
)
CLAIMED = AnswerHead(
    decision=Decision("summary"),
    version=7,
    claim=ClaimReply("desk", "VN-2026-17", "scam", 5, Summary(1, 2, 3, "called victims")),
)
REFUSED = AnswerHead(decision=Decision(), refusal=Refusal("quota", "Spent.", 3600))


@given(heads(), st.binary(max_size=64))
def test_a_head_comes_back_with_its_body(head, body):
    """Decoding is the inverse of encoding, and the body is what follows."""
    assert (head, body) == decode_head(encode_head(head) + body)


@given(heads())
def test_every_head_has_one_length(head):
    """A grant, a refusal and a claim's reply have the same length."""
    assert HEAD_LENGTH == len(encode_head(head))


def test_head_and_body_fill_the_sealed_length():
    """Salt, prefix, head and body are exactly what the seal makes of such a question."""
    body = body_length(4, 4, 1792, 9)
    assert answer_length(4, 4, 1792, 9) == 32 + 4 + HEAD_LENGTH + body


def test_the_largest_head_fits():
    """With every cap reached at once there is still room: a holder can always answer."""
    wide = "\U00010400"
    largest = AnswerHead(
        decision=Decision(
            "summary",
            tuple(f"{n:064}" for n in range(16)),
            (wide * 60,) * 8,
            b"\xff" * 32,
        ),
        version=2**53 - 1,
        opening=Opening(b"\xff" * 32, 24, 2**20, b"\xff" * 32, b"\xff" * 32),
        quota_left=QuotaLeft(
            *[2**53 - 1] * 7,
            tuple(
                GrantLeft(2**53 - 9 + n, "x" * 40, 2**53 - 1, 2**53 - 1, this_case=True)
                for n in range(4)
            ),
        ),
        receipt=Receipt("x" * 200, 2**53 - 1, b"\xff" * 32),
        checkpoint=b"\xff" * 3072,
        claim=ClaimReply(
            "x" * 40, wide * 64, wide * 40, 2**53 - 1, Summary(0, 2**53 - 1, 2**32 - 1, wide * 160)
        ),
    )
    assert (largest, b"") == decode_head(encode_head(largest))
    refusal = Refusal("x" * 40, wide * 60, 400 * 86400, 2**53 - 1)
    refused = replace(largest, claim=None, opening=None, refusal=refusal)
    assert (refused, b"") == decode_head(encode_head(refused))


@given(heads(), st.data())
def test_a_changed_octet_is_another_head_or_none(head, data):
    """There is no second encoding of a head; its padding has to be zeros."""
    octets = bytearray(encode_head(head))
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    try:
        changed, _ = decode_head(bytes(octets))
    except EncodingError:
        return
    assert changed != head
    assert bytes(octets) == encode_head(changed)


def framed(message):
    """Frame a message as a head."""
    octets = message if isinstance(message, bytes) else message.SerializeToString()
    return (len(octets).to_bytes(4, "big") + octets).ljust(HEAD_LENGTH, b"\0")


def parsed(head):
    """Parse a head into its message."""
    octets = encode_head(head)
    return pb.AnswerHead.FromString(octets[4 : 4 + int.from_bytes(octets[:4], "big")])


def edited(head, edit):
    """Encode a head with its message changed."""
    message = parsed(head)
    edit(message)
    return framed(message)


def clear(name):
    """Make an edit that clears a field."""
    return lambda message: message.ClearField(name)


BAD = {
    "empty": b"",
    "cut": encode_head(GRANTED)[:-1],
    "padding-not-zero": encode_head(GRANTED)[:-1] + b"\x01",
    "prefix-too-long": b"\0\0\x20\x01" + bytes(HEAD_LENGTH - 4),
    "zeros": bytes(HEAD_LENGTH),
    "unknown-field": framed(parsed(GRANTED).SerializeToString() + b"\x48\x01"),
    "no-decision": edited(REFUSED, clear("decision")),
    "nothing-granted-nothing-refused": edited(REFUSED, clear("refusal")),
    "level-unknown": edited(GRANTED, lambda m: setattr(m.decision, "granted", 4)),
    "policy-ids-fall": edited(GRANTED, lambda m: m.decision.policy_ids.reverse()),
    "policy-id-twice": edited(GRANTED, lambda m: m.decision.policy_ids.append("TH-90")),
    "policy-id-with-space": edited(GRANTED, lambda m: m.decision.policy_ids.append("ZZ 1")),
    "policy-id-too-long": edited(GRANTED, lambda m: m.decision.policy_ids.append("Z" * 65)),
    "too-many-policies": edited(
        GRANTED, lambda m: m.decision.policy_ids.extend(f"Z{n:02}" for n in range(15))
    ),
    "too-many-reasons": edited(GRANTED, lambda m: m.decision.reasons.extend("abcdefgh")),
    "reason-empty": edited(GRANTED, lambda m: m.decision.reasons.append("")),
    "reason-too-long": edited(GRANTED, lambda m: m.decision.reasons.append("ก" * 81)),
    "reason-with-controls": edited(GRANTED, lambda m: m.decision.reasons.append("a\x1b[0m")),
    "digest-cut": edited(GRANTED, lambda m: setattr(m.decision, "policy_digest", b"x")),
    "opening-empty": edited(GRANTED, lambda m: (m.ClearField("opening"), m.opening.SetInParent())),
    "opening-capacity": edited(GRANTED, lambda m: setattr(m.opening, "capacity", 1)),
    "opening-without-version": edited(GRANTED, clear("version")),
    "version-too-large": edited(GRANTED, lambda m: setattr(m, "version", 2**53)),
    "quota-below-none": edited(GRANTED, lambda m: setattr(m.quota_left, "day", -2)),
    "five-grants": edited(
        GRANTED,
        lambda m: m.quota_left.grants.extend(
            pb.GrantLeft(number=40 + n, dataset="phones", left=1, until_ms=50) for n in range(3)
        ),
    ),
    "grants-out-of-order": edited(GRANTED, lambda m: m.quota_left.grants.reverse()),
    "a-grant-twice": edited(GRANTED, lambda m: m.quota_left.grants.append(m.quota_left.grants[-1])),
    "a-grant-with-nothing-left": edited(
        GRANTED, lambda m: setattr(m.quota_left.grants[0], "left", 0)
    ),
    "a-grant-of-no-dataset": edited(
        GRANTED, lambda m: m.quota_left.grants[0].ClearField("dataset")
    ),
    "origin-empty": edited(GRANTED, lambda m: setattr(m.receipt, "log_origin", "")),
    "origin-of-two-lines": edited(GRANTED, lambda m: setattr(m.receipt, "log_origin", "a\nb")),
    "leaf-hash-cut": edited(GRANTED, lambda m: setattr(m.receipt, "leaf_hash", bytes(31))),
    "checkpoint-too-long": edited(GRANTED, lambda m: setattr(m, "checkpoint", bytes(3073))),
    "slug-in-capitals": edited(REFUSED, lambda m: setattr(m.refusal, "slug", "Quota")),
    "retry-for-ever": edited(REFUSED, lambda m: setattr(m.refusal, "retry_after_s", 2**40)),
    "refusal-with-opening": edited(
        REFUSED, lambda m: (setattr(m, "version", 7), m.opening.CopyFrom(parsed(GRANTED).opening))
    ),
    "refusal-with-claim": edited(CLAIMED, lambda m: m.refusal.CopyFrom(parsed(REFUSED).refusal)),
    "claim-without-grant": edited(CLAIMED, lambda m: setattr(m.decision, "granted", 1)),
    "summary-without-grant": edited(CLAIMED, lambda m: setattr(m.decision, "granted", 2)),
    "claim-empty": edited(CLAIMED, lambda m: (m.ClearField("claim"), m.claim.SetInParent())),
    "no-contact": edited(CLAIMED, lambda m: m.claim.ClearField("contact_id")),
    "no-reference": edited(CLAIMED, lambda m: m.claim.ClearField("reference")),
    "contact-us-and-reference": edited(CLAIMED, lambda m: setattr(m.claim, "contact_us", True)),
    "summary-too-long": edited(CLAIMED, lambda m: setattr(m.claim.summary, "text", "x" * 161)),
    "summary-backwards": edited(CLAIMED, lambda m: setattr(m.claim.summary, "first_seen_ms", 9)),
    "no-records": edited(CLAIMED, lambda m: m.claim.summary.ClearField("records")),
}


@pytest.mark.parametrize("octets", BAD.values(), ids=BAD)
def test_a_bad_head_is_malformed(octets):
    """Each fault is refused with one opaque error, without a cause that could carry a value."""
    with pytest.raises(EncodingError, match=r"^malformed answer head$") as caught:
        decode_head(octets)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_samples_are_good():
    """The heads that the bad ones are made of decode."""
    for head in (GRANTED, CLAIMED, REFUSED):
        assert (head, b"body") == decode_head(encode_head(head) + b"body")


def test_a_lone_surrogate_is_no_text():
    """A text that has no UTF-8 is refused where the value is made."""
    with pytest.raises(InputError):
        Refusal("quota", "\ud800")


def test_records_are_not_in_a_repr():
    """Neither reference nor summary is printed with a reply."""
    shown = repr(CLAIMED)
    assert "VN-2026-17" not in shown
    assert "called victims" not in shown

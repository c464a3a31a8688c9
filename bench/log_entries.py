"""Entries as a node writes them, in an order that makes sense to an auditor's command."""

from collections.abc import Iterator

from fedquery.audit.detail import split_situation
from fedquery.audit.node import PolicyEntry, QuestionEntry
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used
from fedquery.psi.publication import Publication

_POLICY, _ENGINE = b"\x02" * 32, "cedarpy 4.12.2"
_NOW_MS = 1_700_000_000_000
_SITUATION = Situation(
    asker=Asker("TH/cyber-police", "TH", "police"),
    dataset=Dataset("VN", "phones", "phone", sensitive=False),
    case=CaseCard("case", 10, transnational=True, opened_ms=_NOW_MS, signed_by=frozenset()),
    purpose="fraud",
    person_role="suspect",
    aim="identify",
    elements=4,
    used=Used(1, 2, 3, 4, 5),
    now_ms=_NOW_MS,
).to_context_json()
_NOTHING = bytes(32).hex().encode()


def question() -> bytes:
    """Make the entry of a question of the usual length; its own digests are zeros."""
    return QuestionEntry(
        type="answer",
        nation="VN",
        dataset="phones",
        version=1,
        agency="TH/cyber-police",
        request_digest=bytes(32),
        size_class=4,
        columns="tags",
        prefix_len=5,
        received_ms=_NOW_MS,
        decided_ms=_NOW_MS + 3,
        asked_level="hit",
        granted_level="hit",
        policies=("VN-01", "VN-02"),
        policy_digest=_POLICY,
        schema_digest=_POLICY,
        engine=_ENGINE,
        situation=split_situation(_SITUATION)[0],
        case_commit=bytes(32),
        card_commit=bytes(32),
        officer_commit=bytes(32),
        justification_commit=bytes(32),
        retain_until_ms=_NOW_MS + 10**11,
    ).encode()


def beginning() -> list[bytes]:
    """Make what stands before the first question: a policy in force, and a publication."""
    acts = [
        PolicyEntry(
            act=act,
            nation="VN",
            policy_digest=_POLICY,
            schema_digest=_POLICY,
            engine=_ENGINE,
            at_ms=_NOW_MS,
        ).encode()
        for act in ("proposed", "activated")
    ]
    published = Publication(
        nation="VN",
        dataset="phones",
        kind="phone",
        vectors_digest=bytes(32),
        version=1,
        prefix_bits=10,
        capacity=64,
        commitments={"TH": bytes(32)},
        published_ms=_NOW_MS,
        next_due_ms=_NOW_MS + 1,
    )
    return [*acts, published.encode()]


def questions(count: int) -> Iterator[bytes]:
    """Make different entries: other digests in one form, for encoding each would take minutes."""
    form = question()
    return (form.replace(_NOTHING, b"%064x" % number) for number in range(1, count + 1))

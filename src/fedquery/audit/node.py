"""The entries of a node's log: questions and claims, keys, policies, and notes that name people."""

from dataclasses import dataclass
from typing import Annotated

from fedquery.audit.entry import Entry
from fedquery.audit.form import (
    Agency,
    Digest,
    Document,
    Integer,
    KeyId,
    LogOrigin,
    Mark,
    Milliseconds,
    Name,
    Nation,
    Number,
    OneOf,
    OptionalDigest,
    OptionalInteger,
    Pattern,
    SizeClass,
    Slug,
    SortedTexts,
)

_OPERATOR = r"operator/[A-Z]{2}/[a-z0-9-]{1,40}\+[0-9a-f]{8}"
BY_OPERATORS = SortedTexts(_OPERATOR, 16, narrow=_OPERATOR)
"""Names and key ids of operators."""
_FEDERATION = Pattern(r"[!-~]{1,64}", narrow=r"[!#-\[\]-~]{1,64}")

QUESTION_TYPES = ("answer", "refusal", "fault", "claim")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEntry(Entry):
    """One question or claim and what became of it; written before its answer leaves.

    A holder cannot know hits, so there is no number of them. What the policy decided from is here
    in full but for the case's pseudonym (`situation`), so the decision can be made again.

    Attributes:
        type: "answer", "refusal", "claim" (granted or not), or "fault" for what failed after the
            first entry of the same request_digest had been written.
        nation: the answering nation.
        dataset: the dataset asked.
        version: the version asked; 0 where the dataset is not known.
        agency: who asked.
        request_digest: SHA-256 of the request envelope; the twin entries of the coordinator and of
            the asker have the same.
        size_class: the elements of the question; 1 for a claim.
        columns: "tags" or "none".
        prefix_len: how many bits of each bucket number were told.
        received_ms: when the request came.
        decided_ms: when it was decided.
        asked_level: "hit", "reference" or "summary".
        granted_level: the same, or "" where nothing was granted.
        reason: the slug of a refusal or a fault; "" otherwise.
        policies: the ids of the policies that decided, ascending.
        policy_digest: SHA-256 of the policy file; empty where no policy was asked.
        schema_digest: SHA-256 of the policy schema; empty where no policy was asked.
        engine: name and version of the policy engine; "" where no policy was asked.
        situation: what the policy decided from, canonical JSON without the case's pseudonym; empty
            where no policy was asked.
        case_commit: commitment to the case's pseudonym.
        card_commit: commitment to the signed case card, with every signature below it.
        officer_commit: commitment to the officer's mark; empty for none.
        justification_commit: commitment to offence and justification; empty for none.
        record_commit: commitment to the record that was claimed; empty for none.
        grant: the place of the grant that paid for it; None where the ordinary quota did, or
            nothing was charged.
        twin: the origin of the log in which the asker has to keep its own entry.
        retain_until_ms: when the details beside the log are erased.
    """

    type: Annotated[str, OneOf(QUESTION_TYPES)]
    nation: Nation
    dataset: Name
    version: Number
    agency: Agency
    request_digest: Digest
    size_class: SizeClass
    columns: Annotated[str, OneOf(("tags", "none"))]
    prefix_len: Annotated[int, Integer(0, 32)]
    received_ms: Milliseconds
    decided_ms: Milliseconds
    asked_level: Annotated[str, OneOf(("hit", "reference", "summary"))]
    granted_level: Annotated[str, OneOf(("", "hit", "reference", "summary"))] = ""
    reason: Slug = ""
    policies: Annotated[
        tuple[str, ...], SortedTexts(r"[!-~]{1,64}", 64, narrow=r"[A-Za-z0-9._-]{1,64}")
    ] = ()
    policy_digest: OptionalDigest = b""
    schema_digest: OptionalDigest = b""
    engine: Mark = ""
    situation: Annotated[bytes, Document()] = b""
    case_commit: OptionalDigest = b""
    card_commit: OptionalDigest = b""
    officer_commit: OptionalDigest = b""
    justification_commit: OptionalDigest = b""
    record_commit: OptionalDigest = b""
    grant: Annotated[int | None, OptionalInteger()] = None
    twin: LogOrigin = ""
    retain_until_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry(Entry):
    """A key that others will seal to; it is logged before use.

    Attributes:
        type: "key".
        use: "kem": questions to a node are sealed to it; "auditor": an agency seals to it what it
            asked.
        nation: whose it is.
        key_id: its id, 8 octets.
        public_digest: SHA-256 of the public key.
        not_before_ms: from when it may be used.
        not_after_ms: until when it may be used; 2**53 - 1 where that is open.
    """

    type: Annotated[str, OneOf(("key",))] = "key"
    use: Annotated[str, OneOf(("kem", "auditor"))] = "kem"
    nation: Nation
    key_id: KeyId
    public_digest: Digest
    not_before_ms: Milliseconds
    not_after_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEntry(Entry):
    """A policy file that was proposed, or that came into force.

    Attributes:
        type: "policy".
        act: "proposed" or "activated".
        nation: whose it is.
        policy_digest: SHA-256 of the file.
        schema_digest: SHA-256 of the schema that it was validated against.
        engine: name and version of the engine.
        approved_by: name and key id of each operator's key that approved it; where the node's
            settings name no operators, nobody's.
        at_ms: when that was.
    """

    type: Annotated[str, OneOf(("policy",))] = "policy"
    act: Annotated[str, OneOf(("proposed", "activated"))]
    nation: Nation
    policy_digest: Digest
    schema_digest: Digest
    engine: Mark
    approved_by: Annotated[tuple[str, ...], BY_OPERATORS] = ()
    at_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEntry(Entry):
    """An answer under the break-glass purpose that a supervisor has looked at.

    Attributes:
        type: "review".
        nation: whose node has answered.
        index: the place of the answer's entry in this log.
        leaf_hash: the hash of that entry.
        by: name and key id of the supervisor's key.
        at_ms: when it was signed off.
    """

    type: Annotated[str, OneOf(("review",))] = "review"
    nation: Nation
    index: Number
    leaf_hash: Digest
    by: Annotated[str, Pattern(r"supervisor/[A-Z]{2}/[a-z0-9-]{1,40}\+[0-9a-f]{8}")]
    at_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEntry(Entry):
    """A member list that this party took over.

    Attributes:
        type: "member".
        federation: the federation's name.
        number: the list's number.
        note_digest: SHA-256 of the signed note.
        adopted_ms: when it was taken over.
    """

    type: Annotated[str, OneOf(("member",))] = "member"
    federation: Annotated[str, _FEDERATION]
    number: Number
    note_digest: Digest
    adopted_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry(Entry):
    """A nation's roster that this node took over: whose signatures count from now on.

    Attributes:
        type: "roster".
        federation: the federation's name.
        nation: whose roster it is.
        number: the roster's number.
        note_digest: SHA-256 of the roster without its signature.
        adopted_ms: when it was taken over.
    """

    type: Annotated[str, OneOf(("roster",))] = "roster"
    federation: Annotated[str, _FEDERATION]
    nation: Nation
    number: Number
    note_digest: Digest
    adopted_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamEntry(Entry):
    """A team note that this node took over.

    Attributes:
        type: "team".
        federation: the federation's name.
        team: the team's name.
        number: the note's number.
        note_digest: SHA-256 of the note without its signatures.
        adopted_ms: when it was taken over.
    """

    type: Annotated[str, OneOf(("team",))] = "team"
    federation: Annotated[str, _FEDERATION]
    team: Annotated[str, Pattern(r"[A-Za-z0-9 ./-]{3,40}")]
    number: Number
    note_digest: Digest
    adopted_ms: Milliseconds

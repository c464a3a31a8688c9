"""The entries of an asker's log: what it asked of whom and why, and what came of it.

They are the twins of the entries of the node and of the coordinator, by the same request digest.
Unlike a holder, the asker knows hits.
"""

from dataclasses import dataclass
from typing import Annotated

from fedquery.audit.entry import Entry
from fedquery.audit.form import (
    Agency,
    Digest,
    LogOrigin,
    Milliseconds,
    Name,
    Nation,
    Number,
    OneOf,
    OptionalDigest,
    OptionalKeyId,
    OptionalNumber,
    Pattern,
    SizeClass,
)

OUTCOMES = ("answered", "released", "contact us", "refused", "unavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEntry(Entry):
    """One question or claim; written before it leaves.

    The same octets that are sent again have this one entry.

    Attributes:
        type: "asked".
        asking: "question" or "claim".
        agency: who asks.
        nation: who is asked.
        dataset: the dataset.
        version: the version.
        request_digest: SHA-256 of the request envelope.
        size_class: the elements of the question; 1 for a claim.
        level: "hit", "reference" or "summary".
        purpose: what it is asked for.
        person_role: whom the identifier may belong to.
        aim: to identify a person, or to learn more of a known one.
        asked_ms: when it was sealed.
        follows: for a claim, the request digest of the question that found the hit; empty else.
        case_commit: commitment to the case's pseudonym, as the holder knows it.
        officer_commit: commitment to the officer's mark, as the holder knows it; empty for none.
        justification_commit: commitment to offence and justification; empty for none.
        identifiers_commit: commitment to the sealed identifiers, with the agency's own number of
            the case and the officer; empty where the agency has no auditor's key.
        auditor_key_id: the key that they are sealed to; empty where there is none.
        retain_until_ms: when the details beside the log are erased.
    """

    type: Annotated[str, OneOf(("asked",))] = "asked"
    asking: Annotated[str, OneOf(("question", "claim"))]
    agency: Agency
    nation: Nation
    dataset: Name
    version: Number
    request_digest: Digest
    size_class: SizeClass
    level: Annotated[str, OneOf(("hit", "reference", "summary"))]
    purpose: Annotated[str, Pattern(r"[a-z]{1,20}( [a-z]{1,20}){0,3}")]
    person_role: Annotated[str, Pattern(r"[a-z]{1,20}")]
    aim: Annotated[str, OneOf(("identify", "known"))]
    asked_ms: Milliseconds
    follows: OptionalDigest = b""
    case_commit: Digest
    officer_commit: OptionalDigest = b""
    justification_commit: OptionalDigest = b""
    identifiers_commit: OptionalDigest = b""
    auditor_key_id: OptionalKeyId = b""
    retain_until_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludedEntry(Entry):
    """What came of a question or claim. Without one, the outcome stayed unknown.

    Attributes:
        type: "concluded".
        request_digest: SHA-256 of the request envelope.
        reply_digest: SHA-256 of the answer envelope; empty where none came.
        outcome: a question was "answered"; a claim "released" or "contact us"; either "refused"
            by the nation, or "unavailable": no answer, or one that failed a check.
        reason: the slug of what stood against it; "" where nothing did.
        hits: how many of the question's identifiers were found, possible hits included; none
            where the question was not answered, and for a claim.
        replied_ms: when the answer was read, or given up.
        receipt_origin: the holder's log in which the answer has its place, by the answer's own
            word; "" where it names none, or another log than the nation's.
        receipt_index: the place.
        receipt_leaf_hash: the hash of the entry there.
    """

    type: Annotated[str, OneOf(("concluded",))] = "concluded"
    request_digest: Digest
    reply_digest: OptionalDigest = b""
    outcome: Annotated[str, OneOf(OUTCOMES)]
    # A node's own refusal to serve is followed by its status: refused-by-node(unavailable).
    reason: Annotated[str, Pattern(r"([a-z0-9-]{1,40}(\([a-z0-9-]{1,40}\))?)?")] = ""
    hits: OptionalNumber = None
    replied_ms: Milliseconds
    receipt_origin: LogOrigin = ""
    receipt_index: OptionalNumber = None
    receipt_leaf_hash: OptionalDigest = b""

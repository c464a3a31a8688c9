"""What auditors and retention did to the details beside a log; in the logs of nodes and askers."""

from dataclasses import dataclass
from typing import Annotated

from fedquery.audit.entry import Entry
from fedquery.audit.form import (
    Digest,
    Milliseconds,
    Number,
    OneOf,
    OptionalDigest,
    Pattern,
    SortedTexts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditorEntry(Entry):
    """Details of an entry were opened, or put under a legal hold, or released from it.

    It is written before anything is shown.

    Attributes:
        type: "auditor".
        act: "opened", "held" or "released".
        index: the place of the entry in this log.
        leaf_hash: the hash of that entry.
        details: the names of the details that were opened, ascending; none for a hold.
        by: "auditor+" and the id of the auditor's key, or "home" for whoever has the data
            directory and no such key.
        why_commit: commitment to the reason that was given; empty for none.
        at_ms: when that was.
        retain_until_ms: when the reason is erased.
    """

    type: Annotated[str, OneOf(("auditor",))] = "auditor"
    act: Annotated[str, OneOf(("opened", "held", "released"))]
    index: Number
    leaf_hash: Digest
    details: Annotated[tuple[str, ...], SortedTexts(r"[a-z]{1,20}", 16, narrow=r"[a-z]{1,20}")] = ()
    by: Annotated[str, Pattern(r"home|auditor\+[0-9a-f]{16}")]
    why_commit: OptionalDigest = b""
    at_ms: Milliseconds
    retain_until_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureEntry(Entry):
    """Details were erased because their time was over.

    Attributes:
        type: "erasure".
        details: how many details.
        entries: of how many entries.
        held: how many entries were past their time too, and are under a legal hold.
        until_ms: the bound: details that were to be kept until then or less.
        at_ms: when that was.
    """

    type: Annotated[str, OneOf(("erasure",))] = "erasure"
    details: Number
    entries: Number
    held: Number
    until_ms: Milliseconds
    at_ms: Milliseconds

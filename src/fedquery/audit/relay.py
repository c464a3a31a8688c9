"""The entries of a coordinator's log: what it passed on, and what became of it.

A coordinator is blind: it can log who asked whom, when and how much, and nothing else.
"""

from dataclasses import dataclass
from typing import Annotated

from fedquery.audit.entry import Entry
from fedquery.audit.form import Agency, Digest, Milliseconds, Nation, OneOf, Pattern, SizeClass


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayEntry(Entry):
    """A request that was passed on; the twin of the node's own entry.

    Attributes:
        type: "relay".
        request_digest: SHA-256 of the request envelope.
        from_agency: who asked.
        to_nation: who was asked.
        size_class: the size class of the envelope.
        received_ms: when it came.
    """

    type: Annotated[str, OneOf(("relay",))] = "relay"
    request_digest: Digest
    from_agency: Agency
    to_nation: Nation
    size_class: SizeClass
    received_ms: Milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayedEntry(Entry):
    """What came back for a request that was passed on.

    Attributes:
        type: "relayed".
        request_digest: SHA-256 of the request envelope.
        outcome: "answered", or why there was no answer.
        replied_ms: when it came back, or was given up.
    """

    type: Annotated[str, OneOf(("relayed",))] = "relayed"
    request_digest: Digest
    # A node's own refusal to serve is followed by its status: refused-by-node(unavailable).
    outcome: Annotated[str, Pattern(r"[a-z-]{1,40}(?:\([a-z-]{1,40}\))?")]
    replied_ms: Milliseconds

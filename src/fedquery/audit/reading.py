"""Reading of any entry of a log by its type."""

from typing import TypeAlias

from fedquery.audit.acts import AuditorEntry, ErasureEntry
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.entry import entry_type
from fedquery.audit.node import (
    QUESTION_TYPES,
    KeyEntry,
    MemberEntry,
    PolicyEntry,
    QuestionEntry,
    ReviewEntry,
    RosterEntry,
    TeamEntry,
)
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.errors import EncodingError

AnyEntry: TypeAlias = (
    QuestionEntry
    | KeyEntry
    | PolicyEntry
    | ReviewEntry
    | MemberEntry
    | RosterEntry
    | TeamEntry
    | RelayEntry
    | RelayedEntry
    | AskedEntry
    | ConcludedEntry
    | AuditorEntry
    | ErasureEntry
)

_CLASSES: dict[str, type[AnyEntry]] = {
    **dict.fromkeys(QUESTION_TYPES, QuestionEntry),
    "key": KeyEntry,
    "policy": PolicyEntry,
    "review": ReviewEntry,
    "member": MemberEntry,
    "roster": RosterEntry,
    "team": TeamEntry,
    "relay": RelayEntry,
    "relayed": RelayedEntry,
    "asked": AskedEntry,
    "concluded": ConcludedEntry,
    "auditor": AuditorEntry,
    "erasure": ErasureEntry,
}


def decode_entry(octets: bytes) -> AnyEntry:
    """Read a leaf of any type of this floor; publications have their own `decode`.

    Raises:
        EncodingError: if the type is not known, or the leaf is not as `encode` writes it.
    """
    entry_class = _CLASSES.get(entry_type(octets))
    if entry_class is None:
        raise EncodingError("malformed log entry")
    return entry_class.decode(octets)

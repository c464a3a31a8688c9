"""Reading of any entry of a log by its type."""

from typing import Final, TypeAlias

from fedquery.audit.acts import AuditorEntry, ErasureEntry
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.entry import entry_type
from fedquery.audit.grants import GrantEntry, GrantingEntry
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
    | GrantEntry
    | GrantingEntry
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
    "grant": GrantEntry,
    "granting": GrantingEntry,
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


_TYPE: Final = b'"type":"'


def _guess(octets: bytes) -> str:
    """Guess the type of a leaf from its last key of that name, which is seldom another's."""
    _, found, rest = octets.rpartition(_TYPE)
    return rest.partition(b'"')[0].decode("ascii", "replace") if found else ""


def decode_entry(octets: bytes) -> AnyEntry:
    """Read a leaf of any type of this floor; publications have their own `decode`.

    Raises:
        EncodingError: if the type is not known, or the leaf is not as `encode` writes it.
    """
    # A class refuses the leaves of another one, so a wrong guess takes longer and nothing else.
    guessed = _CLASSES.get(_guess(octets))
    entry = None if guessed is None else guessed.of_plain(octets)
    if entry is not None:
        return entry
    entry_class = _CLASSES.get(entry_type(octets))
    if entry_class is None:
        raise EncodingError("malformed log entry")
    return entry_class.decode(octets)

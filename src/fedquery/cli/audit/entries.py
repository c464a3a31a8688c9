"""Reading of any entry of any log: those of the audit floor, and publications."""

from typing import Any, Final

from fedquery.audit.acts import AuditorEntry, ErasureEntry
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.entry import entry_type
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
from fedquery.audit.reading import AnyEntry, decode_entry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError
from fedquery.psi.publication import PUBLICATION_CAP, Publication

_PUBLICATION: Final = b'"type":"publication"'
_VERSION: Final = 1
_TIMES: Final[dict[type, str]] = {
    QuestionEntry: "decided_ms",
    Publication: "published_ms",
    RelayEntry: "received_ms",
    RelayedEntry: "replied_ms",
    AskedEntry: "asked_ms",
    ConcludedEntry: "replied_ms",
    KeyEntry: "not_before_ms",
    MemberEntry: "adopted_ms",
    RosterEntry: "adopted_ms",
    TeamEntry: "adopted_ms",
    PolicyEntry: "at_ms",
    ReviewEntry: "at_ms",
    GrantEntry: "at_ms",
    GrantingEntry: "at_ms",
    AuditorEntry: "at_ms",
    ErasureEntry: "at_ms",
}


def decode_any(octets: bytes) -> AnyEntry | Publication:
    """Read an entry strictly, by its type.

    Raises:
        EncodingError: if it is none that this release reads; the text says whether a newer one may.
    """
    try:
        if _PUBLICATION in octets and entry_type(octets) == "publication":
            return Publication.decode(octets)
        return decode_entry(octets)
    except EncodingError:
        raise EncodingError(_why(octets)) from None


def time_of(entry: AnyEntry | Publication) -> int:
    """Say when an entry was written, in milliseconds since 1970, as it says itself."""
    at_ms: int = getattr(entry, _TIMES[type(entry)])
    return at_ms


def _why(octets: bytes) -> str:
    """Tell what another release may have written from what nobody writes."""
    try:
        value: Any = canonical_json.load(octets, cap=PUBLICATION_CAP)
    except EncodingError:
        return "this is no log entry: it is not canonical JSON"
    version = value.get("v") if isinstance(value, dict) else None
    if isinstance(version, int) and version > _VERSION:
        return "this is an entry of a newer form: verify it with a newer release"
    return "this is no log entry that this release knows"

"""Reading of any entry of any log: those of the audit floor, and publications."""

from typing import Any, Final

from fedquery.audit.entry import entry_type
from fedquery.audit.reading import AnyEntry, decode_entry
from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError
from fedquery.psi.publication import PUBLICATION_CAP, Publication

_PUBLICATION: Final = b'"type":"publication"'
_VERSION: Final = 1


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

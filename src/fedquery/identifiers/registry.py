"""The one table of kinds, and reading a text by kind or by looks.

A new kind is one module with `readings`, its vectors and its samples, and one row here. Settings,
options, bodies and completions are made from the table; the policies' schema and the documents
are held equal to it by tests. Nothing is imported for a kind until a text is read by it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from fedquery.errors import EncodingError, IdentifierError
from fedquery.identifiers.identifier import VERSION, Identifier, Parsed
from fedquery.identifiers.kind import Kind
from fedquery.identifiers.reasons import Reason, refuse

# The longest canonical form is the address of a page, of 2,048 characters.
MAX_OCTETS = 2_304

# In the order in which people are shown them; a new one goes to the end.
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("phone", "phone number", "phone"),
            Kind("account", "bank account", "account"),
            Kind("wallet", "wallet address", "wallet"),
            Kind("payment-card", "payment card", "payment_card"),
            Kind("national-id", "national identity number", "national_id"),
            Kind("passport", "passport", "passport"),
            Kind("imei", "mobile device (IMEI)", "imei"),
            Kind("imsi", "subscription (IMSI)", "imsi"),
            Kind("iccid", "SIM card (ICCID)", "iccid"),
            Kind("email", "e-mail address", "email"),
            Kind("domain", "domain", "domain"),
            Kind("url", "web page", "url"),
            Kind("ip", "IP address", "ip"),
            Kind("handle", "messenger name", "handle"),
            Kind("e-wallet", "electronic wallet", "e_wallet"),
        )
    }
)


def kinds() -> Mapping[str, Kind]:
    """List the kinds by name."""
    return _KINDS


def _kind(name: str) -> Kind:
    found = _KINDS.get(name)
    if found is None:
        raise refuse(Reason.UNKNOWN_KIND)
    return found


def parse(kind: str, text: str, region: str | None = None) -> Parsed:
    """Read a text as an identifier of one kind.

    Args:
        kind: the name of the kind.
        text: any spelling, up to 512 characters.
        region: the asker's nation, as `TH`, for spellings that leave it out.

    Raises:
        IdentifierError: if the kind is unknown, or the text is not of it or has several readings.
    """
    return _kind(kind).parse(text, region)


def recognise(text: str, region: str | None = None) -> tuple[Parsed, ...]:
    """List everything that a text can mean, best first; choosing is left to a person.

    Args:
        text: any spelling of any kind, up to 512 characters.
        region: the asker's nation, as `TH`, for spellings that leave it out.

    Returns:
        At least one reading: exact ones first, then those with the fewest doubts.

    Raises:
        IdentifierError: if no kind can read it.
    """
    found: list[Parsed] = []
    for kind in _KINDS.values():
        try:
            found.extend(kind.readings(text, region))
        except IdentifierError:
            continue
    if not found:
        raise refuse(Reason.UNRECOGNISED)
    return tuple(sorted(found, key=lambda read: (not read.identifier.exact, len(read.warnings))))


def decode(octets: bytes) -> Identifier:
    """Decode what `Identifier.encode` wrote, and nothing else.

    Args:
        octets: at most 2,304 octets.

    Raises:
        EncodingError: if the octets are not the encoding of a canonical form of a known kind.
    """
    malformed = EncodingError("malformed identifier")
    if len(octets) > MAX_OCTETS:
        raise malformed
    try:
        name, version, canonical = octets.decode("utf-8").split(":", 2)
        identifier = parse(name, canonical).identifier
    except (ValueError, IdentifierError):
        raise malformed from None
    # Reading a canonical form gives it again, so only a canonical form comes back unchanged.
    if version != VERSION or identifier.encode() != octets:
        raise malformed
    return identifier


def vectors_digest(kind: str) -> bytes:
    """Name the spelling rules of a kind by the SHA-256 of its vectors, 32 octets.

    Raises:
        IdentifierError: if there is no such kind.
    """
    return _kind(kind).vectors_digest

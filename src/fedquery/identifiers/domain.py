"""Domains: the name of a host, and less exactly everything below the name that was registered."""

from dataclasses import dataclass
from typing import ClassVar

from fedquery.identifiers import suffixes
from fedquery.identifiers.defanged import refanged
from fedquery.identifiers.hosts import host_name
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

# No host has an asterisk, so that this form can never be taken for the name itself.
_BELOW = "*."


@dataclass(frozen=True, slots=True, repr=False)
class Domain(Identifier):
    """A host as `login.example.com`, or `*.example.com`: some host of what was registered."""

    kind: ClassVar[str] = "domain"

    @property
    def exact(self) -> bool:
        """Whether one host is named."""
        return not self.canonical.startswith(_BELOW)

    def weaker(self) -> tuple[Identifier, ...]:
        """Give the form that all hosts below the registered name share."""
        below = below_registered(self.canonical) if self.exact else None
        return () if below is None else (below,)

    def masked(self) -> str:
        """Show the first character of each label, and the last label."""
        *labels, last = self.canonical.split(".")
        hidden = (label[0] + HIDDEN * min(len(label) - 1, 6) for label in labels)
        return ".".join((*hidden, last))


def below_registered(host: str) -> Domain | None:
    """Give the form of everything below the registered name of a canonical host, if it has one."""
    registered = suffixes.registrable(host)
    return None if registered is None else Domain(f"{_BELOW}{registered}")


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the domain that a text is.

    Args:
        text: a name in any script or in A-labels, `*.` before it for everything below it; dots may
            be in brackets.
        region: not used: a name is the same everywhere.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no name of a host on the Internet, or has more than a name.
    """
    del region
    cleaned = refanged(clean(text, keep_spaces=True, keep_digits=True))
    if "/" in cleaned or ":" in cleaned:
        raise refuse(Reason.PAGE)
    if "@" in cleaned:
        raise refuse(Reason.CHARACTERS)
    host = host_name(cleaned.removeprefix(_BELOW))
    listed = host.endswith(".onion") or suffixes.is_listed(host)
    warnings = () if listed else (Notice.ENDING_NOT_LISTED.value,)
    if not cleaned.startswith(_BELOW):
        return (Parsed(Domain(host), warnings),)
    below = below_registered(host)
    if below is None:
        raise refuse(Reason.NOT_REGISTERED)
    return (Parsed(below, (*warnings, Notice.BELOW.value)),)

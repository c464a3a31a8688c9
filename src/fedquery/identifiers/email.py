"""Mail addresses: lower case throughout, the domain in A-labels, and less exactly the mailbox.

A strict reading of RFC 5321's plain form, with the letters of all scripts (RFC 6531). Quoted local
parts and addresses in numbers are written by nobody but testers.
"""

import string
import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import unquote

from fedquery.identifiers.defanged import refanged
from fedquery.identifiers.hosts import host_name
from fedquery.identifiers.identifier import HIDDEN, Identifier, Parsed
from fedquery.identifiers.reasons import Notice, Reason, refuse
from fedquery.identifiers.spelling import clean

# RFC 5322 atext without the asterisk, which masks a part: no address can be taken for one.
_ATEXT: Final = frozenset(string.ascii_lowercase + string.digits + "!#$%&'+-/=?^_`{|}~.")
_MAX_LOCAL, _MAX_OCTETS = 64, 254
_ANY_TAG = "+*"
# One mailbox under two names, in which dots do not count (Google's help on its addresses).
_GOOGLE: Final = frozenset(("gmail.com", "googlemail.com"))


@dataclass(frozen=True, slots=True, repr=False)
class Email(Identifier):
    """A mail address as `ann+shop@example.org`, or `ann+*@example.org`: with some tag or none."""

    kind: ClassVar[str] = "email"

    def _parts(self) -> tuple[str, str]:
        local, _, host = self.canonical.rpartition("@")
        return local, host

    @property
    def exact(self) -> bool:
        """Whether the tag is known, be it none."""
        return not self._parts()[0].endswith(_ANY_TAG)

    def weaker(self) -> tuple[Identifier, ...]:
        """Give the form that all tags of a mailbox share; at Google's also all dots."""
        return (_mailbox(*self._parts()),) if self.exact else ()

    def masked(self) -> str:
        """Show the first character, and the domain but for its first label."""
        local, host = self._parts()
        label, _, rest = host.partition(".")
        return f"{local[0]}{HIDDEN * 4}@{label[0]}{HIDDEN * 4}.{rest}"


def _mailbox(local: str, host: str) -> Email:
    # RFC 5233: what follows the first plus is a tag; a name that begins with one has none.
    mailbox = local.partition("+")[0] or local
    if host in _GOOGLE:
        mailbox, host = mailbox.replace(".", ""), "gmail.com"
    return Email(f"{mailbox}{_ANY_TAG}@{host}")


def _local(text: str, *, any_tag: bool) -> str:
    local = unicodedata.normalize("NFKC", text.lower())
    if "*" in local or HIDDEN in local:
        raise refuse(Reason.MASKED)
    if len(local.encode()) > _MAX_LOCAL or not local:
        raise refuse(Reason.LENGTH)
    for character in local:
        # RFC 6531 allows all beyond ASCII; letters, marks and digits are what mailboxes have.
        if character not in _ATEXT and (
            character.isascii() or unicodedata.category(character)[0] not in "LMN"
        ):
            raise refuse(Reason.CHARACTERS)
    # A dot may stand last only before a tag.
    if local[0] == "." or (local[-1] == "." and not any_tag) or ".." in local:
        raise refuse(Reason.CHARACTERS)
    return local


def _clickable(text: str) -> str:
    """Put dots and the at sign back that stand in brackets."""
    before, at, behind = text.rpartition("@")
    # RFC 5322, 3.2.3: braces are characters of a local part like any other, and brackets are none.
    return f"{before if '{' in before else refanged(before)}{at}{refanged(behind)}"


def _bare(text: str) -> str:
    """Strip the brackets and the scheme in which an address is pasted."""
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    if text[:7].lower() == "mailto:":
        # RFC 6068, 2: what its characters are escaped as in a link is no part of the address.
        text = unquote(text[7:].partition("?")[0])
    return text


def readings(text: str, region: str | None) -> tuple[Parsed, ...]:
    """Read the mail address that a text is.

    Args:
        text: an address, with or without `mailto:` or angle brackets; the at sign and dots may be
            in brackets.
        region: not used: an address is the same everywhere.

    Returns:
        The one reading.

    Raises:
        IdentifierError: if it is no plain mail address with a domain.
    """
    del region
    bare = _bare(_clickable(clean(text, keep_spaces=True, keep_digits=True)))
    local, at, domain = bare.rpartition("@")
    if not at or "@" in local:
        raise refuse(Reason.NO_HOST)
    if " " in bare:
        raise refuse(Reason.CHARACTERS)
    host = host_name(domain)
    any_tag = local.endswith(_ANY_TAG)
    # Here local digits have no second spelling, as they have in a domain; so they are digits.
    local = _local(clean(local.removesuffix(_ANY_TAG) if any_tag else local), any_tag=any_tag)
    canonical = f"{local}@{host}"
    if len(canonical.encode()) > _MAX_OCTETS:
        raise refuse(Reason.TOO_LONG)
    if any_tag:
        return (Parsed(_mailbox(local, host), (Notice.ANY_TAG.value,)),)
    return (Parsed(Email(canonical)),)

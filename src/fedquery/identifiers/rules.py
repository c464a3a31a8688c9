"""The spelling rules of a kind by their digest, and what they know of the rules before them.

Two sides with different rules would never match and never notice. So each says its digest, and
they speak by rules that both have: the holder is found by former forms as well, or the asker
writes the former form. Where they have none in common the answer is `stale`, never `no hit`
(protocol.md, 1).
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fedquery.errors import InputError
from fedquery.identifiers.identifier import Identifier

# Both forms are kept until all nations have the new rules, not for ever (protocol.md, 3.3).
MOST_FORMER: Final = 2


@dataclass(frozen=True, slots=True)
class Spelled:
    """An identifier as some rules write it.

    Attributes:
        octets: the encoded form, which today's rules may refuse to decode.
        exact: whether nothing else that today's rules tell apart was written like it.
    """

    octets: bytes = field(repr=False)
    exact: bool


Spelling: TypeAlias = Callable[[Identifier], tuple[Spelled, ...]]


def as_today(identifier: Identifier) -> tuple[Spelled, ...]:
    """Write an identifier as today's rules do."""
    return (Spelled(identifier.encode(), identifier.exact),)


def extended(was_read: Callable[[Identifier], bool]) -> Spelling:
    """Give the spelling of former rules that today's only extend: what they read, they read alike.

    Args:
        was_read: whether the former rules could give this identifier at all.
    """

    def spelling(identifier: Identifier) -> tuple[Spelled, ...]:
        return as_today(identifier) if was_read(identifier) else ()

    return spelling


@dataclass(frozen=True, slots=True)
class Former:
    """Rules that were in force before.

    Attributes:
        digest: SHA-256 of their vectors, 32 octets.
        spelling: every form that any text of an identifier had under them; none where they refused
            all of its texts. A form is never one that today's rules give to another identifier.
    """

    digest: bytes
    spelling: Spelling


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a kind that this installation has.

    Attributes:
        digest: SHA-256 of their vectors, 32 octets.
        former: rules before them, newest first; at most two.
    """

    digest: bytes
    former: tuple[Former, ...] = ()

    def __post_init__(self) -> None:
        """Refuse more former rules than a publication can name, and the same rules twice."""
        if len(self.former) > MOST_FORMER:
            raise InputError("more former rules than are kept")
        if len(set(self.digests)) != len(self.digests):
            raise InputError("rules stand twice")

    @property
    def digests(self) -> tuple[bytes, ...]:
        """Give the digests of all rules that are known, today's first."""
        return (self.digest, *(former.digest for former in self.former))

    @property
    def name(self) -> str:
        """Name them together with those before them, 64 hexadecimal digits.

        What was asked under one name says nothing of what would be asked under another.
        """
        return hashlib.sha256(b"".join(self.digests)).hexdigest()

    def kept_under(self, identifier: Identifier) -> tuple[bytes, ...]:
        """List the encoded forms under which a record is kept, its own first.

        Those of today's rules, then what each of them was under the rules before.
        """
        today = identifier.kept_under()
        before = (
            spelled.octets
            for former in self.former
            for form in today
            for spelled in former.spelling(form)
        )
        return tuple(dict.fromkeys((*(form.encode() for form in today), *before)))

    def shared_with(self, digests: Collection[bytes]) -> Spelling | None:
        """Find how to write identifiers for a holder: by the newest rules that both have.

        Args:
            digests: those of the rules by which the holder can be asked.

        Returns:
            the spelling, or None where there are no such rules.
        """
        if self.digest in digests:
            return as_today
        return next((one.spelling for one in self.former if one.digest in digests), None)

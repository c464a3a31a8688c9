"""Change a roster or a team and gather its signatures, as pure functions.

A note that nobody has signed is a draft and keeps its number while it is changed. The first change
of a signed one makes the next draft: the number goes up by one and the signatures are dropped,
because they were given for other people.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from fedquery.errors import EncodingError, InputError
from fedquery.federation.roster import ROSTER_CAP, Roster
from fedquery.federation.team import Team
from fedquery.tlog.note import NoteSigner, sign_line, signature_line, split_note
from fedquery.tlog.vkey import KEY_ID_SIZE

N = TypeVar("N", Roster, Team)

DRAFT_CAP: Final = ROSTER_CAP


@dataclass(frozen=True, slots=True)
class Draft(Generic[N]):
    """A roster or team with the signature lines gathered so far, none of them verified.

    Attributes:
        note: what is signed.
        signatures: lines of a signed note, each with its newline.
    """

    note: N
    signatures: tuple[bytes, ...] = ()

    def render(self) -> bytes:
        """Write the file: a signed note, or the body alone while nobody has signed."""
        body = self.note.render()
        return body + b"\n" + b"".join(self.signatures) if self.signatures else body

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Give the names on the signature lines, not verified."""
        return tuple(line.decode().split(" ")[1] for line in self.signatures)

    def changed(self, note: N) -> "Draft[N]":
        """Put another text in its place; the next number, if this one was signed."""
        if note == self.note:
            return self
        if not self.signatures:
            return Draft(note)
        return Draft(replace(note, number=note.number + 1))

    def signed(self, signer: NoteSigner, names: tuple[str, ...]) -> "Draft[N]":
        """Add a signature; signing again changes nothing.

        Args:
            signer: a nation's root key.
            names: the names of those that sign this note.

        Raises:
            InputError: if it is not the key of one of them.
        """
        if signer.name not in names:
            raise InputError("this key is not the root key of a nation that signs this note")
        line = sign_line(self.note.render(), signer)
        if line in self.signatures:
            return self
        return replace(self, signatures=(*self.signatures, line))


def read_draft(octets: bytes, parse: Callable[[bytes], N]) -> Draft[N]:
    """Read a file, signed or not; no signature is verified.

    Args:
        octets: the file.
        parse: reads the body.

    Raises:
        EncodingError: if it is neither.
    """
    if b"\n\n" not in octets:
        if len(octets) > DRAFT_CAP:
            raise EncodingError("malformed note")
        return Draft(parse(octets))
    body, lines = split_note(octets, DRAFT_CAP)
    signatures = tuple(
        signature_line(name, signed[:KEY_ID_SIZE], signed[KEY_ID_SIZE:]) for name, signed in lines
    )
    return Draft(parse(body), signatures)

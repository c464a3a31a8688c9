"""A signed case card: a C2SP note whose lines are the agency's and those of who vouch for the case.

Reading a card verifies no signature. Who has signed only a holder can say, who knows the keys
(`fedquery.federation.vouching`).
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from fedquery.cases.card import CaseCard
from fedquery.errors import EncodingError
from fedquery.seal.signing import SigningKey
from fedquery.tlog.note import (
    NoteSigner,
    VerifierKey,
    sign,
    sign_line,
    signature_line,
    split_note,
)
from fedquery.tlog.vkey import KEY_ID_SIZE

CARD_CAP: Final = 2_048
"""Octets of a signed card with all of its signatures."""

MOST_SIGNATURES: Final = 8
_WHAT: Final = "case card"
_REMEMBERED: Final = 1_024


@dataclass(frozen=True, slots=True)
class SignedCard:
    """A card with the lines that stand below it, none of them verified; made by `read`.

    Attributes:
        note: the signed note, as it travels.
        card: what it says.
        lines: of each line the name of the key, and its key id with the signature.
    """

    note: bytes = field(repr=False)
    card: CaseCard
    lines: tuple[tuple[str, bytes], ...] = field(repr=False)

    @staticmethod
    def read(octets: bytes) -> "SignedCard":
        """Read a signed card strictly.

        Args:
            octets: the note, at most 2,048 octets.

        Raises:
            EncodingError: if it is no card, has more than 8 lines or two of one key, or is not in
                the one form that signing gives.
        """
        # Before the memory, which keeps its keys.
        if len(octets) > CARD_CAP:
            raise EncodingError(f"malformed {_WHAT}")
        return _read(octets)

    @property
    def digest(self) -> bytes:
        """Give SHA-256 of the note, signatures included: 32 octets."""
        return hashlib.sha256(self.note).digest()

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Give the names on the lines, not verified."""
        return tuple(name for name, _ in self.lines)


@lru_cache(maxsize=_REMEMBERED)
def _read(octets: bytes) -> SignedCard:
    """Read a card; all questions of a case have one, so it is remembered."""
    body, lines = split_note(octets, CARD_CAP)
    keys = {(name, signature[:KEY_ID_SIZE]) for name, signature in lines}
    if len(lines) > MOST_SIGNATURES or len(keys) != len(lines):
        raise EncodingError(f"malformed {_WHAT}")
    card = CaseCard.parse(body)
    if _join(body, lines) != octets:
        raise EncodingError(f"malformed {_WHAT}")
    return SignedCard(octets, card, tuple(lines))


def issue(card: CaseCard, key: SigningKey) -> SignedCard:
    """Sign a card as its agency does.

    Args:
        card: the card.
        key: the agency's signing key, as the member list names it.
    """
    return SignedCard.read(sign(card.render(), [AgencySigner(card.agency, key)]))


def countersign(signed: SignedCard, signer: NoteSigner) -> SignedCard:
    """Add the line of one who vouches for the case; signing again changes nothing.

    Raises:
        EncodingError: if there is no room for one line more.
    """
    line = sign_line(signed.card.render(), signer)
    if line in signed.note:
        return signed
    return SignedCard.read(signed.note + line)


def merge(one: SignedCard, other: SignedCard) -> SignedCard:
    """Put the lines of two copies of a card below one; those of the first come first.

    Raises:
        EncodingError: if they are not one card, or there is no room for all lines.
    """
    if one.card != other.card:
        raise EncodingError("these are two case cards")
    lines = dict.fromkeys([*one.lines, *other.lines])
    return SignedCard.read(_join(one.card.render(), list(lines)))


def _join(body: bytes, lines: list[tuple[str, bytes]]) -> bytes:
    written = [
        signature_line(name, octets[:KEY_ID_SIZE], octets[KEY_ID_SIZE:]) for name, octets in lines
    ]
    return body + b"\n" + b"".join(written)


class AgencySigner:
    """An agency's signing key as a signer of notes, under the agency's name."""

    def __init__(self, agency: str, key: SigningKey) -> None:
        self._key = key
        self._verifier = VerifierKey(agency, key.verify_key.public)

    @property
    def name(self) -> str:
        """Give the agency's name."""
        return self._verifier.name

    @property
    def key_id(self) -> bytes:
        """Compute the key id."""
        return self._verifier.key_id

    def sign_body(self, body: bytes) -> bytes:
        """Sign the body of a note.

        The title keeps a card apart from all else that this key signs: requests begin with a
        length, whose first octet no text has, and HTTP signature bases with a quotation mark.
        """
        return self._key.sign(body)

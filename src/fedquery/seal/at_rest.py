"""Seal what one party keeps on its own disk, under a key that is made from one of its keys.

AES-256-GCM with a random nonce: octets = nonce (12) || ciphertext || tag. The label binds them to
their place, so that nobody who can write to the disk can move them to another.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fedquery.encoding.octets import lp
from fedquery.errors import SealError

_NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class KeyAtRest:
    """A key for what is kept; made by `derive`.

    Attributes:
        octets: the key, 32 octets.
    """

    octets: bytes = field(repr=False)

    @staticmethod
    def derive(parent: bytes, label: bytes, salt: bytes) -> "KeyAtRest":
        """Make a key from another one.

        Args:
            parent: the key of the home, 32 octets.
            label: what it is for.
            salt: random octets that lie beside what is sealed; who erases them has erased it.
        """
        return KeyAtRest(hmac.digest(parent, lp(label) + lp(salt), "sha256"))

    def seal(self, label: bytes, octets: bytes, random: Callable[[int], bytes]) -> bytes:
        """Seal octets to their place.

        Args:
            label: the place, the same when they are opened.
            octets: what is sealed.
            random: the random source; 2^32 seals under one key are safe (NIST SP 800-38D, 8.3).
        """
        nonce = random(_NONCE)
        return nonce + AESGCM(self.octets).encrypt(nonce, octets, label)

    def open(self, label: bytes, sealed: bytes) -> bytes:
        """Open what was sealed to this place.

        Raises:
            SealError: if it was sealed elsewhere, or changed.
        """
        try:
            return AESGCM(self.octets).decrypt(sealed[:_NONCE], sealed[_NONCE:], label)
        except (InvalidTag, ValueError):
            raise SealError(
                "what is kept on this disk was changed, or is of another home",
                do="Erase it, and begin anew.",
            ) from None

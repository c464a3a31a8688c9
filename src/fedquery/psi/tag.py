"""Tags and claim tokens: what an OPRF output is turned into.

The tag is what a bucket holds. The claim token proves, later and only if a person chooses to, that
whoever shows it once had the output; the holder keeps nothing but its hash.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from fedquery.psi.bucket import TAG_LENGTH

CLAIM_TOKEN_LENGTH = 16

# RFC 5869, 2.3: T(1) = HMAC-Hash(PRK, info | 0x01); both lengths stay within the one block T(1).
_TAG_BLOCK = b"fedquery/v1/tag\x01"
_CLAIM_BLOCK = b"fedquery/v1/claim\x01"


def tag(output: bytes) -> bytes:
    """Derive the tag of an OPRF output (protocol.md 3).

    Args:
        output: F, 64 octets.

    Returns:
        HKDF-Expand-SHA512(F, "fedquery/v1/tag", 8).
    """
    return hmac.digest(output, _TAG_BLOCK, "sha512")[:TAG_LENGTH]


def claim_token(output: bytes) -> bytes:
    """Derive the claim token of an OPRF output (protocol.md 3); it is a secret.

    Args:
        output: F, 64 octets.

    Returns:
        HKDF-Expand-SHA512(F, "fedquery/v1/claim", 16).
    """
    return hmac.digest(output, _CLAIM_BLOCK, "sha512")[:CLAIM_TOKEN_LENGTH]


def claim_hash(token: bytes) -> bytes:
    """Hash a claim token into the 32 octets that the holder keeps beside the row."""
    return sha256(token).digest()


def tags_and_tokens(outputs: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Derive the tags and claim tokens of many OPRF outputs, for publishing.

    Args:
        outputs: F of each row, 64 octets each.

    Returns:
        The tags and the claim tokens, each in the order of the outputs.
    """
    digest = hmac.digest
    tags: list[bytes] = []
    tokens: list[bytes] = []
    for output in outputs:
        tags.append(digest(output, _TAG_BLOCK, "sha512")[:TAG_LENGTH])
        tokens.append(digest(output, _CLAIM_BLOCK, "sha512")[:CLAIM_TOKEN_LENGTH])
    return tags, tokens

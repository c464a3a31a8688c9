"""Tags and claim tokens: what an OPRF output is turned into.

The tag is what a bucket holds. The claim token proves, later and only if a person chooses to, that
whoever shows it once had the output; the holder keeps nothing but its hash.
"""

from hashlib import sha256
from struct import unpack
from typing import Final

from fedquery.oprf.group import Group, default_group
from fedquery.oprf.suite import Label, expand_output
from fedquery.psi.bucket import TAG_LENGTH

CLAIM_TOKEN_LENGTH = 16

_TAG: Final = Label(b"fedquery/v1/tag", TAG_LENGTH)
_CLAIM: Final = Label(b"fedquery/v1/claim", CLAIM_TOKEN_LENGTH)


def tag(output: bytes) -> bytes:
    """Derive the tag of an OPRF output (protocol.md 3).

    Args:
        output: F, 64 octets.

    Returns:
        HKDF-Expand-SHA512(F, "fedquery/v1/tag", 8).
    """
    return expand_output(output, _TAG)


def claim_token(output: bytes) -> bytes:
    """Derive the claim token of an OPRF output (protocol.md 3); it is a secret.

    Args:
        output: F, 64 octets.

    Returns:
        HKDF-Expand-SHA512(F, "fedquery/v1/claim", 16).
    """
    return expand_output(output, _CLAIM)


def claim_hash(token: bytes) -> bytes:
    """Hash a claim token into the 32 octets that the holder keeps beside the row."""
    return sha256(token).digest()


def claim_hashes(tokens: bytes, *, group: Group | None = None) -> bytes:
    """Hash many claim tokens, for publishing.

    Args:
        tokens: claim tokens of 16 octets, one after the other.
        group: the backend; the default one unless given.

    Returns:
        What `claim_hash` gives for each, one after the other.
    """
    each = unpack(len(tokens) // CLAIM_TOKEN_LENGTH * f"{CLAIM_TOKEN_LENGTH}s", tokens)
    return (group or default_group()).sha256_each(b"", each)


def tags_and_tokens(outputs: bytes, *, group: Group | None = None) -> tuple[bytes, bytes]:
    """Derive the tags and claim tokens of many OPRF outputs, for publishing.

    Args:
        outputs: F of each row, 64 octets each.
        group: the backend; the default one unless given.

    Returns:
        The tags, 8 octets each, and the claim tokens, 16 octets each, in the order of the outputs.
    """
    return (group or default_group()).derive(outputs, (_TAG, _CLAIM))

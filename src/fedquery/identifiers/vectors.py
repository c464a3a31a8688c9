"""Read the vectors that fix the spelling rules of each kind, and name the rules by their digest.

Two sides with different rules would never match and never notice. So both show the digest of the
file that each of them tests its rules against, and differing digests are `stale`, never `no hit`
(protocol.md, 1).
"""

import hashlib
from functools import cache
from importlib import resources


@cache
def load(kind: str) -> bytes:
    """Read the vector file of a kind, one of the names in the registry."""
    return resources.files(__package__).joinpath("vectors", f"{kind}.json").read_bytes()


@cache
def digest(kind: str) -> bytes:
    """Digest the vector file of a kind: 32 octets of SHA-256 over its bytes."""
    return hashlib.sha256(load(kind)).digest()

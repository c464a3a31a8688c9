"""Keys of the function: derivation from a seed, and values that do not show themselves.

Python cannot wipe a secret: `bytes` are immutable, and the interpreter copies at will. What is done
is that no secret is printed, compared, copied or pickled by accident, and that buffers outside
Python are overwritten. Processes that hold keys switch core dumps off.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final, NoReturn

from fedquery.encoding.octets import i2osp
from fedquery.errors import InputError
from fedquery.oprf import suite
from fedquery.oprf.group import Group, default_group

SEED_LENGTH: Final = 32

_ZERO: Final = bytes(suite.Ns)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SecretKey:
    """The secret scalar skS.

    Attributes:
        scalar: 32 octets, canonical and not zero.

    Raises:
        EncodingError: if the scalar is not canonical.
        InputError: if it is zero.
    """

    scalar: bytes

    def __post_init__(self) -> None:
        """Refuse what is no secret key."""
        if len(self.scalar) != suite.Ns:
            raise InputError("a secret key has 32 octets")
        default_group().check_scalars(self.scalar)
        if hmac.compare_digest(self.scalar, _ZERO):
            raise InputError("a secret key is not zero")

    def __repr__(self) -> str:
        """Show nothing of the key."""
        return "SecretKey(<redacted>)"

    def __reduce__(self) -> NoReturn:
        """Refuse, so that a key does not reach another process or a disk by accident."""
        raise TypeError("a secret key is neither copied nor pickled")


@dataclass(frozen=True, slots=True, eq=False)
class KeyPair:
    """A secret key and its public key.

    Attributes:
        secret: skS.
        public: pkS = skS * generator, 32 octets.
    """

    secret: SecretKey = field(repr=False)
    public: bytes


def derive_key_pair(seed: bytes, info: bytes, *, group: Group | None = None) -> KeyPair:
    """Derive a key pair (RFC 9497, 3.2.1, DeriveKeyPair).

    Args:
        seed: 32 secret, uniform octets.
        info: public octets that say what the key is for, at most 65,535.
        group: the backend; the default one unless given.

    Raises:
        InputError: if the seed or info has another length, or no counter gives a key, which
            happens with probability 2^-64512.
    """
    group = group or default_group()
    if len(seed) != SEED_LENGTH:
        raise InputError("a seed has 32 octets")
    if len(info) > suite.MAX_INPUT_LENGTH:
        raise InputError("the info of a key is longer than 65,535 octets")
    # deriveInput = seed || I2OSP(len(info), 2) || info
    derive_input = seed + i2osp(len(info), 2) + info
    for counter in range(256):
        # skS = G.HashToScalar(deriveInput || I2OSP(counter, 1),
        #                      DST = "DeriveKeyPair" || contextString)
        scalar = group.reduce(
            suite.expand_message_xmd(derive_input + i2osp(counter, 1), suite.DERIVE_KEY_PAIR_DST)
        )
        if not hmac.compare_digest(scalar, _ZERO):
            # RFC 9497, 3.2.1: pkS = G.ScalarMultGen(skS)
            return KeyPair(SecretKey(scalar), group.multiply_base(scalar))
    raise InputError("no key can be derived from this seed")

"""The ciphersuite ristretto255-SHA512 in mode VOPRF: its constants and its hashing (RFC 9497, 4.1).

Everything here is bytes to bytes. The group maps 64 uniform octets to an element or a scalar; what
those octets are is decided here, so that every backend hashes alike.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.encoding.octets import i2osp
from fedquery.errors import InputError

IDENTIFIER: Final = "ristretto255-SHA512"

MODE_OPRF: Final = 0x00
MODE_VOPRF: Final = 0x01

# RFC 9497, 4.1: octets of a serialized element, of a serialized scalar, and of the hash.
Ne: Final = 32
Ns: Final = 32
Nh: Final = 64

# RFC 9380, 5.3.1: 64 uniform octets make one element (RFC 9496, 4.3.4) or one scalar.
UNIFORM_LENGTH: Final = 64

# RFC 9497, 3.3: a private input is prefixed with two octets of length.
MAX_INPUT_LENGTH: Final = 2**16 - 1
# RFC 9497, 2.2.1: the index of an element in a batch is two octets.
MAX_BATCH: Final = 2**16
# An element in a transcript has its length in front.
ELEMENT_PREFIX: Final = i2osp(Ne, 2)


def context_string(mode: int) -> bytes:
    """Make the context string of a mode (RFC 9497, 3.1, CreateContextString)."""
    # contextString = "OPRFV1-" || I2OSP(mode, 1) || "-" || identifier
    return b"OPRFV1-" + i2osp(mode, 1) + b"-" + IDENTIFIER.encode("ascii")


CONTEXT_STRING: Final = context_string(MODE_VOPRF)
HASH_TO_GROUP_DST: Final = b"HashToGroup-" + CONTEXT_STRING
HASH_TO_SCALAR_DST: Final = b"HashToScalar-" + CONTEXT_STRING
DERIVE_KEY_PAIR_DST: Final = b"DeriveKeyPair" + CONTEXT_STRING
SEED_DST: Final = b"Seed-" + CONTEXT_STRING

# RFC 9380, 5.3.1: Z_pad is one block of SHA-512. Its compressed state is kept and copied.
_AFTER_Z_PAD: Final = hashlib.sha512(bytes(128))
# l_i_b_str = I2OSP(64, 2), followed by I2OSP(0, 1).
_LENGTH_AND_ZERO: Final = i2osp(UNIFORM_LENGTH, 2) + b"\x00"


@dataclass(frozen=True, slots=True)
class Label:
    """What an output is expanded for.

    Attributes:
        info: the label, at most 63 octets.
        length: octets of the result, 1 to 64.
    """

    info: bytes
    length: int

    @property
    def block(self) -> bytes:
        """What is hashed: RFC 5869, 2.3, T(1) = HMAC-Hash(PRK, info | 0x01)."""
        return self.info + b"\x01"


def expand_message_xmd(message: bytes, dst: bytes) -> bytes:
    """Expand a message to 64 uniform octets (RFC 9380, 5.3.1, with SHA-512 and ell = 1).

    Args:
        message: octets of any length.
        dst: the domain separation tag, at most 255 octets.

    Returns:
        64 octets, indistinguishable from random ones without the message.
    """
    # DST_prime = DST || I2OSP(len(DST), 1)
    dst_prime = dst + bytes((len(dst),))
    # b_0 = H(Z_pad || msg || l_i_b_str || I2OSP(0, 1) || DST_prime)
    b_0 = _AFTER_Z_PAD.copy()
    b_0.update(message + _LENGTH_AND_ZERO + dst_prime)
    # b_1 = H(b_0 || I2OSP(1, 1) || DST_prime), which is already all of the output.
    return hashlib.sha512(b_0.digest() + b"\x01" + dst_prime).digest()


def hash_to_group_octets(inputs: Sequence[bytes]) -> bytes:
    """Hash private inputs to the octets that the group maps to elements (HashToGroup).

    Args:
        inputs: private inputs, at most 65,535 octets each.

    Returns:
        64 octets for each input, in order.

    Raises:
        InputError: if an input is too long.
    """
    if any(len(private_input) > MAX_INPUT_LENGTH for private_input in inputs):
        raise InputError("a private input is longer than 65,535 octets")
    return b"".join([expand_message_xmd(each, HASH_TO_GROUP_DST) for each in inputs])


def finalize_each(inputs: Sequence[bytes], elements: bytes) -> list[bytes]:
    """Hash private inputs with their unblinded elements to the outputs F.

    Args:
        inputs: private inputs that `hash_to_group_octets` took.
        elements: one element of 32 octets for each input, in order.

    Returns:
        One output of 64 octets for each input. They are `bytes`, which Python cannot wipe.
    """
    # hashInput = I2OSP(len(input), 2) || input ||
    #             I2OSP(len(unblindedElement), 2) || unblindedElement || "Finalize"
    # (RFC 9497, 3.3.1 and 3.3.2)
    return [
        hashlib.sha512(
            len(each).to_bytes(2, "big") + each + b"\x00\x20" + elements[at : at + Ne] + b"Finalize"
        ).digest()
        for at, each in zip(range(0, len(elements), Ne), inputs, strict=True)
    ]


def pair_transcripts(prefix: bytes, left: bytes, right: bytes) -> Iterator[bytes]:
    """Give the transcript of each pair of elements of a proof (RFC 9497, 2.2.1).

    Args:
        prefix: I2OSP(len(seed), 2) || seed.
        left: elements of 32 octets, C of the RFC.
        right: as many, D of the RFC.
    """
    # I2OSP(i, 2) || I2OSP(len(Ci), 2) || Ci || I2OSP(len(Di), 2) || Di || "Composite"
    for index, at in enumerate(range(0, len(left), Ne)):
        yield (
            prefix
            + i2osp(index, 2)
            + ELEMENT_PREFIX
            + left[at : at + Ne]
            + ELEMENT_PREFIX
            + right[at : at + Ne]
            + b"Composite"
        )


def expand_output(output: bytes, label: Label) -> bytes:
    """Expand an output under a label (HKDF-Expand-SHA512, RFC 5869, 2.3)."""
    # One block is enough: no label asks for more than 64 octets.
    return hmac.digest(output, label.block, "sha512")[: label.length]

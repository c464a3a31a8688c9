"""What the protocol asks of a prime-order group, in batches, so that a backend may vectorise.

Elements and scalars are `bytes`: 32 octets each, one after the other, no header. A call takes and
gives whole batches; nothing of a backend's inner form leaves it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from fedquery.config.compute import compute
from fedquery.oprf.backends import choose
from fedquery.oprf.suite import Label


class Group(Protocol):
    """ristretto255 (RFC 9496) with the hashing of the suite (RFC 9497, 4.1).

    Every method that decodes elements raises `EncodingError("malformed group element")` where one
    is not canonical, has bit 255 set, or is cut. All but `add` refuse the identity too, which is
    never a lawful input (RFC 9497, 4.1, DeserializeElement), and a product that is the identity.
    Scalars are canonical; what comes from the wire goes through `check_scalars` first. A batch of
    scalars that does not fit its elements is a mistake of the caller: `ValueError`. So is one that
    is not canonical in a product, where the kernel computes; libsodium takes it modulo the order.
    """

    @property
    def name(self) -> str:
        """The back end's name, as FEDQUERY_BACKEND takes it."""

    def check(self, elements: bytes) -> None:
        """Require that elements are canonical and none is the identity.

        Raises:
            EncodingError: if one is not.
        """

    def from_uniform(self, uniform: bytes) -> bytes:
        """Map uniform octets to elements (RFC 9496, 4.3.4), 64 for each."""

    def hash_to_group(self, inputs: Sequence[bytes]) -> bytes:
        """Hash private inputs to elements (HashToGroup), one for each.

        Raises:
            InputError: if an input is longer than 65,535 octets.
        """

    def multiply_hashed(self, inputs: Sequence[bytes], scalars: bytes) -> bytes:
        """Hash private inputs to elements and multiply them in constant time.

        Args:
            inputs: the private inputs.
            scalars: one for each input, or a single one for all of them.

        Raises:
            InputError: if an input is longer than 65,535 octets.
            EncodingError: if a scalar is zero, or an input hashes to the identity.
        """

    def multiply(self, elements: bytes, scalar: bytes) -> bytes:
        """Multiply each element by one scalar in constant time.

        Raises:
            EncodingError: if an element does not decode, or the scalar is zero.
        """

    def multiply_each(self, elements: bytes, scalars: bytes) -> bytes:
        """Multiply each element by its own scalar in constant time.

        Raises:
            EncodingError: if an element does not decode, or a scalar is zero.
        """

    def multiply_base(self, scalar: bytes) -> bytes:
        """Multiply the generator by a scalar in constant time.

        Raises:
            EncodingError: if the scalar is zero.
        """

    def add(self, left: bytes, right: bytes) -> bytes:
        """Add elements pairwise; the identity may be a summand and a sum.

        Raises:
            EncodingError: if an element does not decode.
        """

    def combine(self, elements: bytes, scalars: bytes) -> bytes:
        """Sum the products of elements and scalars. For public values only: time may vary.

        Raises:
            EncodingError: if an element does not decode, or a scalar is zero.
        """

    def hash_pairs(self, prefix: bytes, left: bytes, right: bytes) -> bytes:
        """Hash the transcript of each pair of elements to a scalar (RFC 9497, 2.2.1, d_i).

        Args:
            prefix: what stands before the index of each.
            left: at most 65,536 elements of 32 octets.
            right: as many.
        """

    def finalize(self, inputs: Sequence[bytes], elements: bytes) -> bytes:
        """Hash private inputs with their elements to outputs (Finalize), 64 octets for each."""

    def derive(self, outputs: bytes, labels: tuple[Label, Label]) -> tuple[bytes, bytes]:
        """Expand each output under two labels (HKDF-Expand-SHA512, RFC 5869, 2.3).

        Args:
            outputs: 64 octets each.
            labels: two.

        Returns:
            For each label what it gives of all outputs, one after the other.
        """

    def sha256_each(self, prefix: bytes, inputs: Sequence[bytes]) -> bytes:
        """Hash the prefix and each input by SHA-256, 32 octets for each."""

    def check_scalars(self, octets: bytes) -> None:
        """Require that scalars are below the group order (RFC 9497, 4.1, DeserializeScalar).

        Raises:
            EncodingError: if one is not, or one is cut.
        """

    def reduce(self, wide: bytes) -> bytes:
        """Reduce little-endian integers of 64 octets to scalars in constant time."""

    def scalar_add(self, left: bytes, right: bytes) -> bytes:
        """Add two scalars in constant time."""

    def scalar_subtract(self, left: bytes, right: bytes) -> bytes:
        """Subtract the right scalar from the left one in constant time."""

    def scalar_multiply(self, left: bytes, right: bytes) -> bytes:
        """Multiply two scalars in constant time."""

    def invert_each(self, octets: bytes) -> bytes:
        """Invert each scalar in constant time.

        Raises:
            ValueError: if one is zero.
        """


@cache
def default_group() -> Group:
    """Return the group of the fastest back end that is there; it has no state and may be shared.

    Raises:
        ConfigError: if FEDQUERY_BACKEND or FEDQUERY_THREADS asks for what is not there.
    """
    return choose(compute())

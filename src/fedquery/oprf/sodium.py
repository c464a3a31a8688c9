"""The group on libsodium: one call for each element, no allocation and no wrapper in the loop.

libsodium 1.0.18 decodes less strictly than RFC 9496, 4.3.1 asks: it ignores bit 255 of an encoding.
That bit is therefore checked here, over the whole batch at once, before any element is decoded.
"""

import ctypes
from collections.abc import Sequence
from hashlib import sha256

from fedquery.errors import EncodingError
from fedquery.oprf import libsodium, suite
from fedquery.oprf import scalars as arithmetic
from fedquery.oprf.suite import UNIFORM_LENGTH, Ne, Ns, hash_to_group_octets

_IDENTITY = bytes(Ne)


def _malformed() -> EncodingError:
    return EncodingError("malformed group element")


def _require_elements(elements: bytes) -> None:
    if len(elements) % Ne:
        raise _malformed()
    # RFC 9496, 4.3.1, step 1: the integer must be below p, so bit 255 must be clear.
    if elements and max(elements[Ne - 1 :: Ne]) & 0x80:
        raise _malformed()


def _require_scalars(octets: bytes, length: int) -> None:
    if len(octets) != length:
        raise ValueError("scalars of another length were expected")


class SodiumGroup:
    """ristretto255 by libsodium, as `fedquery.oprf.group.Group` describes it."""

    name = "libsodium"

    def check(self, elements: bytes) -> None:
        """Require that elements are canonical and none is the identity."""
        _require_elements(elements)
        for at in range(0, len(elements), Ne):
            element = elements[at : at + Ne]
            # libsodium takes the identity as valid; RFC 9497, 4.1 (DeserializeElement) does not.
            if element == _IDENTITY or not libsodium.is_valid_point(element):
                raise _malformed()

    def from_uniform(self, uniform: bytes) -> bytes:
        """Map uniform octets to elements, 64 for each."""
        count, rest = divmod(len(uniform), UNIFORM_LENGTH)
        if rest:
            raise ValueError("64 uniform octets for each element were expected")
        out = ctypes.create_string_buffer(count * Ne)
        target, source = ctypes.addressof(out), libsodium.address(uniform)
        from_hash = libsodium.from_hash
        for at in range(count):
            from_hash(target + at * Ne, source + at * UNIFORM_LENGTH)
        return out.raw

    def hash_to_group(self, inputs: Sequence[bytes]) -> bytes:
        """Hash private inputs to elements."""
        return self.from_uniform(hash_to_group_octets(inputs))

    def multiply_hashed(self, inputs: Sequence[bytes], scalars: bytes) -> bytes:
        """Hash private inputs and multiply each by its own scalar, or all by one."""
        elements = self.hash_to_group(inputs)
        if len(scalars) == Ns:
            return self.multiply(elements, scalars)
        return self.multiply_each(elements, scalars)

    def multiply(self, elements: bytes, scalar: bytes) -> bytes:
        """Multiply each element by one scalar."""
        _require_elements(elements)
        _require_scalars(scalar, Ns)
        out = ctypes.create_string_buffer(len(elements))
        target, source = ctypes.addressof(out), libsodium.address(elements)
        scalarmult = libsodium.scalarmult
        for at in range(0, len(elements), Ne):
            # It decodes strictly but for bit 255, and fails where the product is the identity.
            if scalarmult(target + at, scalar, source + at):
                raise _malformed()
        return out.raw

    def multiply_each(self, elements: bytes, scalars: bytes) -> bytes:
        """Multiply each element by its own scalar."""
        _require_elements(elements)
        _require_scalars(scalars, len(elements))
        out = ctypes.create_string_buffer(len(elements))
        target, source = ctypes.addressof(out), libsodium.address(elements)
        factors = libsodium.address(scalars)
        scalarmult = libsodium.scalarmult
        for at in range(0, len(elements), Ne):
            if scalarmult(target + at, factors + at, source + at):
                raise _malformed()
        return out.raw

    def multiply_base(self, scalar: bytes) -> bytes:
        """Multiply the generator by a scalar."""
        _require_scalars(scalar, Ns)
        out = ctypes.create_string_buffer(Ne)
        if libsodium.scalarmult_base(out, scalar):
            raise _malformed()
        return out.raw

    def add(self, left: bytes, right: bytes) -> bytes:
        """Add elements pairwise."""
        _require_elements(left)
        _require_elements(right)
        if len(left) != len(right):
            raise ValueError("as many elements on the right as on the left were expected")
        out = ctypes.create_string_buffer(len(left))
        target = ctypes.addressof(out)
        first, second = libsodium.address(left), libsodium.address(right)
        for at in range(0, len(left), Ne):
            if libsodium.point_add(target + at, first + at, second + at):
                raise _malformed()
        return out.raw

    def combine(self, elements: bytes, scalars: bytes) -> bytes:
        """Sum the products of elements and scalars."""
        return libsodium.add_all(self.multiply_each(elements, scalars))

    def hash_pairs(self, prefix: bytes, left: bytes, right: bytes) -> bytes:
        """Hash the transcript of each pair of elements to a scalar."""
        transcripts = suite.pair_transcripts(prefix, left, right)
        dst = suite.HASH_TO_SCALAR_DST
        return self.reduce(b"".join([suite.expand_message_xmd(one, dst) for one in transcripts]))

    def finalize(self, inputs: Sequence[bytes], elements: bytes) -> bytes:
        """Hash private inputs with their elements to outputs."""
        return b"".join(suite.finalize_each(inputs, elements))

    def derive(
        self, outputs: bytes, labels: tuple[suite.Label, suite.Label]
    ) -> tuple[bytes, bytes]:
        """Expand each output under two labels."""
        each = [outputs[at : at + suite.Nh] for at in range(0, len(outputs), suite.Nh)]
        first, second = (
            b"".join([suite.expand_output(one, label) for one in each]) for label in labels
        )
        return first, second

    def sha256_each(self, prefix: bytes, inputs: Sequence[bytes]) -> bytes:
        """Hash the prefix and each input by SHA-256."""
        return b"".join([sha256(prefix + one).digest() for one in inputs])

    def check_scalars(self, octets: bytes) -> None:
        """Require that scalars are canonical."""
        arithmetic.check(octets)

    def reduce(self, wide: bytes) -> bytes:
        """Reduce integers of 64 octets to scalars."""
        return arithmetic.reduce_each(wide)

    def scalar_add(self, left: bytes, right: bytes) -> bytes:
        """Add two scalars."""
        return arithmetic.add(left, right)

    def scalar_subtract(self, left: bytes, right: bytes) -> bytes:
        """Subtract the right scalar from the left one."""
        return arithmetic.subtract(left, right)

    def scalar_multiply(self, left: bytes, right: bytes) -> bytes:
        """Multiply two scalars."""
        return arithmetic.multiply(left, right)

    def invert_each(self, octets: bytes) -> bytes:
        """Invert each scalar."""
        return arithmetic.invert_each(octets)

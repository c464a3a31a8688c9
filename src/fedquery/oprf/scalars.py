"""Scalars modulo the group order L, by libsodium's constant-time arithmetic.

A scalar is 32 octets, little-endian, below L (RFC 9497, 4.1). No function branches on a scalar's
value or reads memory at a place that depends on it; the one exception is zero, which has no
inverse.
"""

import ctypes
import hmac

from fedquery.errors import EncodingError
from fedquery.oprf import libsodium
from fedquery.oprf.suite import UNIFORM_LENGTH, Ns


def _require(scalars: bytes, length: int) -> None:
    if len(scalars) != length:
        raise ValueError("scalars of another length were expected")


def check(scalars: bytes) -> None:
    """Require that scalars are in their one canonical form (RFC 9497, 4.1, DeserializeScalar).

    Args:
        scalars: scalars of 32 octets, one after the other.

    Raises:
        EncodingError: if a scalar is not below the group order, or one is cut.
    """
    if len(scalars) % Ns:
        raise EncodingError("malformed scalar")
    padding = bytes(UNIFORM_LENGTH - Ns)
    wide = b"".join([scalars[at : at + Ns] + padding for at in range(0, len(scalars), Ns)])
    if not hmac.compare_digest(reduce_each(wide), scalars):
        raise EncodingError("malformed scalar")


def reduce_each(wide: bytes) -> bytes:
    """Reduce integers of 64 octets modulo the group order.

    Args:
        wide: little-endian integers of 64 octets, one after the other.

    Returns:
        One scalar of 32 octets for each.
    """
    count, rest = divmod(len(wide), UNIFORM_LENGTH)
    if rest:
        raise ValueError("integers of 64 octets were expected")
    out = ctypes.create_string_buffer(count * Ns)
    target, source = ctypes.addressof(out), libsodium.address(wide)
    for at in range(count):
        libsodium.scalar_reduce(target + at * Ns, source + at * UNIFORM_LENGTH)
    return libsodium.drain(out)


def add(left: bytes, right: bytes) -> bytes:
    """Add two scalars."""
    _require(left, Ns)
    _require(right, Ns)
    out = ctypes.create_string_buffer(Ns)
    libsodium.scalar_add(out, left, right)
    return libsodium.drain(out)


def subtract(left: bytes, right: bytes) -> bytes:
    """Subtract the right scalar from the left one."""
    _require(left, Ns)
    _require(right, Ns)
    out = ctypes.create_string_buffer(Ns)
    libsodium.scalar_sub(out, left, right)
    return libsodium.drain(out)


def multiply(left: bytes, right: bytes) -> bytes:
    """Multiply two scalars."""
    _require(left, Ns)
    _require(right, Ns)
    out = ctypes.create_string_buffer(Ns)
    libsodium.scalar_mul(out, left, right)
    return libsodium.drain(out)


def invert_each(scalars: bytes) -> bytes:
    """Invert scalars together: one inversion and three products for each (Montgomery's trick).

    Args:
        scalars: scalars of 32 octets, one after the other, none of them zero.

    Returns:
        The inverse of each, in order.

    Raises:
        ValueError: if one is zero; which one is not said.
    """
    length = len(scalars)
    _require(scalars, length // Ns * Ns)
    if not length:
        return b""
    products, out = ctypes.create_string_buffer(length), ctypes.create_string_buffer(length)
    running = ctypes.create_string_buffer(Ns)
    source, product, target = (
        libsodium.address(scalars),
        ctypes.addressof(products),
        ctypes.addressof(out),
    )
    inverse = ctypes.addressof(running)
    try:
        # First the running products: p_0 = x_0, p_i = p_(i-1) * x_i.
        ctypes.memmove(product, source, Ns)
        for at in range(Ns, length, Ns):
            libsodium.scalar_mul(product + at, product + at - Ns, source + at)
        # The product of all is zero where, and only where, one of them is: L is prime.
        if libsodium.scalar_invert(inverse, product + length - Ns):
            raise ValueError("zero has no inverse")
        # With u = 1 / p_i: 1 / x_i = u * p_(i-1), and u * x_i = 1 / p_(i-1).
        for at in range(length - Ns, 0, -Ns):
            libsodium.scalar_mul(target + at, inverse, product + at - Ns)
            libsodium.scalar_mul(inverse, inverse, source + at)
        ctypes.memmove(target, inverse, Ns)
        return libsodium.drain(out)
    finally:
        libsodium.wipe(products)
        libsodium.wipe(running)

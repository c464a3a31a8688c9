"""Octet strings as RFC 8017 and RFC 9497 write them, and a strict reader.

LP(x) = I2OSP(len(x), 4) || x is the only framing of variable parts in fedquery (protocol.md, 0).
"""

from fedquery.errors import EncodingError


def i2osp(value: int, length: int) -> bytes:
    """Encode a non-negative integer as exactly `length` octets, big-endian (RFC 8017, 4.1).

    Raises:
        ValueError: if the value is negative or does not fit.
    """
    if value < 0 or value >> (8 * length):
        raise ValueError("integer too large for its field")
    return value.to_bytes(length, "big")


def os2ip(octets: bytes) -> int:
    """Decode octets as a non-negative big-endian integer (RFC 8017, 4.2)."""
    return int.from_bytes(octets, "big")


def lp(octets: bytes) -> bytes:
    """Prefix octets with their length in four octets."""
    return i2osp(len(octets), 4) + octets


class Reader:
    """Read fixed and prefixed fields from octets, each with a cap; leftovers are an error.

    Args:
        octets: all of the message.
        what: the name of the format, for the one opaque error.
    """

    def __init__(self, octets: bytes, what: str) -> None:
        self._view = memoryview(octets)
        self._at = 0
        self._what = what

    def fail(self) -> EncodingError:
        """Make the one error of this format."""
        return EncodingError(f"malformed {self._what}")

    def take(self, length: int) -> bytes:
        """Read exactly `length` octets.

        Raises:
            EncodingError: if fewer are left.
        """
        end = self._at + length
        if length < 0 or end > len(self._view):
            raise self.fail()
        part = bytes(self._view[self._at : end])
        self._at = end
        return part

    def uint(self, length: int) -> int:
        """Read a big-endian integer of `length` octets."""
        return os2ip(self.take(length))

    def lp(self, cap: int) -> bytes:
        """Read a prefixed field of at most `cap` octets.

        Raises:
            EncodingError: if the prefix exceeds the cap or the octets that are left.
        """
        length = self.uint(4)
        if length > cap:
            raise self.fail()
        return self.take(length)

    def rest_is_zero(self) -> None:
        """Require that only padding is left, and read it.

        Raises:
            EncodingError: if any octet of the rest is not zero.
        """
        rest = self._view[self._at :]
        if any(rest):
            raise self.fail()
        self._at = len(self._view)

    def end(self) -> None:
        """Require that nothing is left.

        Raises:
            EncodingError: on leftovers.
        """
        if self._at != len(self._view):
            raise self.fail()

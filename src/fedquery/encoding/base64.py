"""Standard base64 with padding (RFC 4648, 4), decoded strictly."""

import base64
import binascii

from fedquery.errors import EncodingError


def b64encode(octets: bytes) -> str:
    """Encode octets as base64 text with padding."""
    return base64.b64encode(octets).decode("ascii")


def b64decode(text: str, *, cap: int, what: str = "base64") -> bytes:
    """Decode base64 text that is exactly what `b64encode` would have written.

    Args:
        text: the text.
        cap: the largest number of octets that it may decode to.
        what: the name of the field, for the error.

    Raises:
        EncodingError: if it is too long, has other characters, or is not canonical.
    """
    if len(text) > 4 * ((cap + 2) // 3):
        raise EncodingError(f"malformed {what}")
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise EncodingError(f"malformed {what}") from None
    # Re-encoding refuses set trailing bits, which the decoder drops (RFC 4648, 3.5).
    if len(octets) > cap or b64encode(octets) != text:
        raise EncodingError(f"malformed {what}")
    return octets

"""Strict protobuf: what parses but is not what a deterministic serialiser writes is refused.

Protobuf keeps unknown fields (a hidden channel), takes fields in any order and the last of several:
many byte strings for one message. Here it is one byte string for one message.
"""

from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from fedquery.errors import EncodingError

M = TypeVar("M", bound=Message)


def parse(kind: type[M], octets: bytes, *, cap: int, what: str) -> M:
    """Parse a message that is in its one form.

    Args:
        kind: the generated class.
        octets: the message.
        cap: the largest size in octets.
        what: the name of the message, for the one opaque error.

    Raises:
        EncodingError: if it is over the cap, does not parse, has fields that the class does not
            know, or is not what `serialize` gives for it.
    """
    if len(octets) > cap:
        raise EncodingError(f"malformed {what}")
    try:
        message = kind.FromString(octets)
    except DecodeError:
        raise EncodingError(f"malformed {what}") from None
    # Unknown fields would survive the round trip; without them the comparison sees them.
    message.DiscardUnknownFields()
    if serialize(message) != octets:
        raise EncodingError(f"malformed {what}")
    return message


def serialize(message: Message) -> bytes:
    """Write a message in its one form."""
    return message.SerializeToString(deterministic=True)

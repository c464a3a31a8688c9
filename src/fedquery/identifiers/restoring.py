"""Make identifiers again from octets that this installation wrote and has kept sealed.

Reading a text takes tens of microseconds, and a list has a million of them. What comes from
anywhere else goes through `decode`.
"""

from functools import cache
from importlib import import_module

from fedquery.errors import EncodingError
from fedquery.identifiers.identifier import VERSION, Identifier
from fedquery.identifiers.registry import kinds

# No name of a kind has a colon. Of another version, or none, what is before it names no kind.
_BETWEEN = f":{VERSION}:".encode()


@cache
def _class_of(octets: bytes) -> type[Identifier]:
    name = octets.decode("utf-8")
    kind = kinds().get(name)
    if kind is None:
        raise EncodingError("malformed identifier")
    module = import_module(f"{__package__}.{kind.module}")
    return next(
        found
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, Identifier)
        and getattr(found, "kind", None) == name
    )


def restore(octets: bytes) -> Identifier:
    """Make an identifier from what `encode` wrote; that its form is canonical is not looked at.

    Args:
        octets: written by this installation, and kept so that nobody else could change them.

    Raises:
        EncodingError: if they are of no known kind.
    """
    kind, _, canonical = octets.partition(_BETWEEN)
    return _class_of(kind)(canonical.decode("utf-8"))

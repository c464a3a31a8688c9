"""Work on many elements, done step by step, so that whoever computes may turn to others between.

A step is a generator's way to its next `yield`; the result is what the generator returns. What one
step can do is done in one.
"""

from collections.abc import Generator
from typing import Final, TypeAlias, TypeVar

from fedquery.oprf.group import Group
from fedquery.oprf.suite import Ne

T = TypeVar("T")

Steps: TypeAlias = Generator[None, None, T]

# Elements. With libsodium the one takes some 20 ms and the other 60; sums by the kernel lose a
# tenth of their speed at half of that, and products nothing.
MULTIPLIED: Final = 512
COMBINED: Final = 1_024


def finish(steps: Steps[T]) -> T:
    """Do all steps one after the other, and give the result."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: T = done.value
            return result


def multiply(group: Group, elements: bytes, scalar: bytes) -> Steps[bytes]:
    """Multiply each element by one scalar, as `Group.multiply` does, `MULTIPLIED` in a step.

    Args:
        group: the backend.
        elements: 32 octets each; what is cut or does not decode raises in the step that meets it.
        scalar: the scalar.
    """
    length = MULTIPLIED * Ne
    if len(elements) <= length:
        return group.multiply(elements, scalar)
    products = []
    for at in range(0, len(elements), length):
        products.append(group.multiply(elements[at : at + length], scalar))
        yield
    return b"".join(products)


def combine(group: Group, elements: bytes, scalars: bytes) -> Steps[bytes]:
    """Sum the products of elements and scalars, as `Group.combine` does, `COMBINED` in a step.

    Args:
        group: the backend.
        elements: 32 octets each, at least one.
        scalars: one for each.
    """
    length = COMBINED * Ne
    whole = group.combine(elements[:length], scalars[:length])
    for at in range(length, len(elements), length):
        yield
        part = group.combine(elements[at : at + length], scalars[at : at + length])
        whole = group.add(whole, part)
    return whole

"""A random check of a log that neither side chooses: its seed is the signed tree itself.

Whoever has the same checkpoint draws the same entries. The log cannot choose them, because every
entry changes the root; once others have cosigned the checkpoint it cannot try again with another.
The auditor cannot choose them either, if it said before which checkpoint it would take.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

_LABEL: Final = b"fedquery.sample/v1\n"
_WORD: Final = 8


def seed_of(body: bytes) -> bytes:
    """Make the seed of a sample.

    Args:
        body: the text of a checkpoint that its log signs: origin, size and root.

    Returns:
        32 octets. They are the same with any cosignatures, so that all who have the checkpoint
        draw alike.
    """
    return sha256(_LABEL + body).digest()


def draw(seed: bytes, population: int, count: int) -> tuple[int, ...]:
    """Draw different numbers, each as likely as any other.

    Args:
        seed: 32 octets.
        population: numbers are drawn from 0 up to, and without, this one; at most 2**63.
        count: how many.

    Returns:
        The numbers in the order in which they were drawn, all of the population if it has no more.
        A larger sample of the same seed begins with the smaller one.
    """
    words = _words(seed)
    # The first steps of a Fisher-Yates shuffle; only places that differ from their number are kept.
    moved: dict[int, int] = {}
    drawn = []
    for place in range(min(count, population)):
        other = place + _below(population - place, words)
        drawn.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return tuple(drawn)


def _words(seed: bytes) -> Iterator[int]:
    """Expand a seed: SHA-256(seed || counter), four words of 64 bits each."""
    counter = 0
    while True:
        block = sha256(seed + counter.to_bytes(_WORD, "big")).digest()
        for at in range(0, len(block), _WORD):
            yield int.from_bytes(block[at : at + _WORD], "big")
        counter += 1


def _below(limit: int, words: Iterator[int]) -> int:
    # A remainder alone would favour small numbers: words of the last, cut stretch are thrown away.
    most = (1 << 8 * _WORD) // limit * limit
    return next(word for word in words if word < most) % limit

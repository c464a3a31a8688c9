"""Padding of a question: prefixes for elements that want no bucket, and the order of elements.

A pad that told a fresh random prefix each time would stand out against real ones, which stay the
same from question to question. So pads have sticky prefixes of their own.
"""

import hmac
from collections.abc import Callable
from struct import unpack

from fedquery.encoding.octets import i2osp, lp

PAD_KEY_LENGTH = 32
_SORT_KEY_LENGTH = 16


def sticky_prefix(pad_key: bytes, holder: str, dataset: str, index: int, prefix_len: int) -> int:
    """Derive the prefix that one pad always tells one dataset.

    Args:
        pad_key: the agency's 32 octets; a secret.
        holder: the code of the nation that is asked.
        dataset: the dataset that is asked.
        index: which pad of the question, from 0.
        prefix_len: how many bits the prefix has, at most 32.

    Returns:
        A number below 2^prefix_len. A shorter prefix is the beginning of a longer one.
    """
    # protocol.md 6: HMAC-SHA256(pad key, LP(holder) || LP(dataset) || I2OSP(i, 4)).
    message = lp(holder.encode("ascii")) + lp(dataset.encode("ascii")) + i2osp(index, 4)
    digest = hmac.digest(pad_key, message, "sha256")
    return int.from_bytes(digest[:4], "big") >> (32 - prefix_len)


def random_order(count: int, random: Callable[[int], bytes]) -> tuple[int, ...]:
    """Draw a uniform permutation of 0 to count - 1.

    Args:
        count: how many places there are.
        random: the random source; it is asked once, for 16 octets for each place.

    Returns:
        The places in their new order.
    """
    keys = unpack(count * f"{_SORT_KEY_LENGTH}s", random(_SORT_KEY_LENGTH * count))
    # Sorting by keys of 128 bits is uniform but for the chance, below 2^-109, that two are equal.
    return tuple(sorted(range(count), key=keys.__getitem__))

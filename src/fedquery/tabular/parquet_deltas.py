"""How many octets the texts of a page are that is written in one of Parquet's delta encodings.

There the lengths of texts, or what each has in common with the one before, are written as
differences (Encodings.md: DELTA_BINARY_PACKED), so that a few octets can stand for any length. They
are read here as strictly as they are few, before anybody takes memory for what they say.
"""

from array import array
from enum import IntEnum
from typing import Final

# Of one page: programs write some ten thousand.
VALUES_CAP: Final = 2**22
_LONGEST: Final = 2**31 - 1
_BLOCK_STEP: Final = 128
_PART_STEP: Final = 32
_WIDTH_CAP: Final = 32  # bits
_VARINT_CAP: Final = 63  # bits


class DeltaError(Exception):
    """The octets are not what these encodings write."""


class Delta(IntEnum):
    """The encodings (parquet.thrift, Encoding)."""

    LENGTHS = 6  # DELTA_LENGTH_BYTE_ARRAY: all lengths, then all octets
    PREFIXES = 7  # DELTA_BYTE_ARRAY: what is common with the text before, then the rest as above


def text_octets(encoding: Delta, octets: bytes, most: int) -> int:
    """Add up the octets of the texts of a page.

    Args:
        encoding: how they are written.
        octets: the page behind its levels.
        most: how many texts it may have, those that are missing included.

    Returns:
        the sum of the lengths of all texts, as they are once they are put together.

    Raises:
        DeltaError: if it is written otherwise, has more texts, or octets that are of none.
    """
    at = 0
    prefixes = array("i")
    if encoding is Delta.PREFIXES:
        prefixes, at = _numbers(octets, at, most)
    suffixes, at = _numbers(octets, at, most)
    if at + sum(suffixes) != len(octets) or min(suffixes, default=0) < 0:
        raise DeltaError
    if encoding is Delta.LENGTHS:
        return sum(suffixes)
    if len(prefixes) != len(suffixes):
        raise DeltaError
    total = length = 0
    for prefix, suffix in zip(prefixes, suffixes, strict=True):
        if not 0 <= prefix <= length:
            raise DeltaError
        length = prefix + suffix
        total += length
    return total


def _numbers(octets: bytes, at: int, most: int) -> "tuple[array[int], int]":
    """Read numbers that are written by their differences, and say where they end."""
    try:
        block, at = _unsigned(octets, at)
        parts, at = _unsigned(octets, at)
        count, at = _unsigned(octets, at)
        first, at = _signed(octets, at)
    except IndexError:
        raise DeltaError from None
    if count > min(most, VALUES_CAP) or not 0 < parts <= block or block % _BLOCK_STEP:
        raise DeltaError
    part = block // parts
    if part * parts != block or part % _PART_STEP:
        raise DeltaError
    differences, at = _differences(octets, at, count - 1, parts, part)
    found = array("i", (first,)) if count and -1 < first <= _LONGEST else array("i")
    if count and not found:
        raise DeltaError
    for difference in differences:
        number = found[-1] + difference
        if not 0 <= number <= _LONGEST:
            raise DeltaError
        found.append(number)
    return found, at


def _differences(
    octets: bytes, at: int, count: int, parts: int, part: int
) -> "tuple[array[int], int]":
    found = array("q")
    while len(found) < count:
        try:
            least, at = _signed(octets, at)
        except IndexError:
            raise DeltaError from None
        widths, at = octets[at : at + parts], at + parts
        if len(widths) < parts:
            raise DeltaError
        for width in widths:
            if len(found) >= count:
                # What stands for parts without numbers is no part of the page.
                break
            size = width * part // 8
            if width > _WIDTH_CAP or at + size > len(octets):
                raise DeltaError
            here = min(part, count - len(found))
            found.extend(_unpacked(octets[at : at + size], width, least, here))
            at += size
    return found, at


def _unpacked(octets: bytes, width: int, least: int, count: int) -> "array[int]":
    if not -_LONGEST <= least <= _LONGEST:
        raise DeltaError
    if not width:
        return array("q", (least,)) * count
    found = array("q")
    mask = (1 << width) - 1
    # 32 numbers of any width end with an octet.
    for first in range(0, count, _PART_STEP):
        start = first * width // 8
        packed = int.from_bytes(octets[start : start + _PART_STEP * width // 8], "little")
        for place in range(min(_PART_STEP, count - first)):
            found.append(least + (packed >> place * width & mask))
    return found


def _unsigned(octets: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, _VARINT_CAP, 7):
        octet = octets[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:  # noqa: PLR2004 - the bit that says that another one follows
            return value, at
    raise DeltaError


def _signed(octets: bytes, at: int) -> tuple[int, int]:
    value, at = _unsigned(octets, at)
    return (value >> 1) ^ -(value & 1), at

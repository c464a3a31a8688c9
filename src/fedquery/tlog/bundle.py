"""Entry bundles: the entries of one tile of level 0, with their lengths (c2sp.org/tlog-tiles)."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedquery.encoding.octets import Reader, i2osp
from fedquery.tlog.tile import TILE_WIDTH

# The length is a big-endian u16.
MAX_ENTRY_SIZE = 2**16 - 1


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Write the entries of a bundle.

    Args:
        entries: 1 to 256 entries of at most 65,535 bytes.

    Raises:
        ValueError: if there are too many or too few, or one is too long.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise ValueError("a bundle has 1 to 256 entries")
    # tlog-tiles, Log Entries: uint16 length || entry.
    return b"".join(i2osp(len(entry), 2) + entry for entry in entries)


def decode_bundle(octets: bytes, width: int) -> list[bytes]:
    """Read a bundle that must have exactly `width` entries.

    Args:
        octets: the bundle.
        width: the number of entries that its name gives, 1 to 256.

    Raises:
        EncodingError: if it has fewer or more, or is cut.
        ValueError: if the width is out of range.
    """
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError("a bundle has 1 to 256 entries")
    reader = Reader(octets, "entry bundle")
    entries = [reader.take(reader.uint(2)) for _ in range(width)]
    reader.end()
    return entries


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was read of a bundle.

    Attributes:
        entries: those that are there in full, from the first on, no more than were asked for.
        whole: whether these are all that were asked for, with nothing behind them.
    """

    entries: list[bytes]
    whole: bool


def split_bundle(octets: bytes, width: int) -> Bundle:
    """Read as much of a bundle as there is, where `decode_bundle` would only refuse it.

    Args:
        octets: the bundle.
        width: the number of entries that its name gives.
    """
    entries: list[bytes] = []
    at, length = 0, len(octets)
    while len(entries) < width and at + 2 <= length:
        end = at + 2 + int.from_bytes(octets[at : at + 2], "big")
        if end > length:
            break
        entries.append(octets[at + 2 : end])
        at = end
    return Bundle(entries, whole=len(entries) == width and at == length)

"""Segregated-witness addresses: bech32 for version 0 (BIP 173), bech32m from 1 on (BIP 350)."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from fedquery.identifiers.reasons import Reason, refuse

CHARSET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Mapping[str, int] = MappingProxyType(
    {character: value for value, character in enumerate(CHARSET)}
)
_BECH32, _BECH32M = 1, 0x2BC830A3
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6
_MAX_CHARACTERS = 90
_MAX_VERSION = 16
_VERSION_0_LENGTHS = (20, 32)
_PROGRAM_LENGTHS = range(2, 41)


def _feedback(top: int) -> int:
    """Sum the generators of the bits that leave the register."""
    total = 0
    for bit, generator in enumerate(_GENERATOR):
        if top >> bit & 1:
            total ^= generator
    return total


_TABLE = tuple(map(_feedback, range(32)))


def _polymod(values: Iterable[int]) -> int:
    # BIP 173, "Checksum": the remainder of the BCH code over GF(32).
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _TABLE[check >> 25]
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _regroup(values: Iterable[int], width: int, new_width: int) -> tuple[list[int], int, int]:
    """Regroup bits; give the groups, the bits that are left, and how many they are."""
    groups: list[int] = []
    accumulator = bits = 0
    for value in values:
        accumulator = accumulator << width | value
        bits += width
        while bits >= new_width:
            bits -= new_width
            groups.append(accumulator >> bits)
            accumulator &= (1 << bits) - 1
    return groups, accumulator, bits


def encode(prefix: str, version: int, program: bytes) -> str:
    """Encode a witness program; the inverse of `decode`."""
    groups, left, bits = _regroup(program, 8, 5)
    data = [version, *groups, *([left << (5 - bits)] if bits else [])]
    constant = _BECH32M if version else _BECH32
    check = _polymod([*_expanded(prefix), *data, *bytes(_CHECKSUM_LENGTH)]) ^ constant
    checksum = [check >> 5 * (5 - i) & 31 for i in range(_CHECKSUM_LENGTH)]
    return f"{prefix}1" + "".join(CHARSET[value] for value in [*data, *checksum])


def _program(data: Sequence[int]) -> bytes:
    groups, left, bits = _regroup(data, 5, 8)
    # BIP 173: at most four bits of padding, all zero; otherwise two texts would name one program.
    if bits > 4 or left:  # noqa: PLR2004 - said in the line above
        raise refuse(Reason.ADDRESS_FORM)
    return bytes(groups)


def decode(prefix: str, text: str) -> tuple[int, bytes]:
    """Decode an address with a prefix that is known to stand before its `1`.

    Args:
        prefix: the human-readable part, lower case.
        text: the address, in one case.

    Returns:
        The witness version and program.

    Raises:
        IdentifierError: on mixed case, other characters, a wrong checksum or a wrong length.
    """
    lower = text.lower()
    if len(text) > _MAX_CHARACTERS or text not in (lower, text.upper()):
        raise refuse(Reason.ADDRESS_FORM)
    values = [_VALUES.get(character, -1) for character in lower[len(prefix) + 1 :]]
    if len(values) <= _CHECKSUM_LENGTH or min(values) < 0:
        raise refuse(Reason.ADDRESS_FORM)
    version = values[0]
    # BIP 350: the checksum differs by version, so that taproot typed as bech32 is refused.
    if _polymod([*_expanded(prefix), *values]) != (_BECH32M if version else _BECH32):
        raise refuse(Reason.CHECKSUM)
    program = _program(values[1:-_CHECKSUM_LENGTH])
    lengths = _PROGRAM_LENGTHS if version else _VERSION_0_LENGTHS
    if version > _MAX_VERSION or len(program) not in lengths:
        raise refuse(Reason.ADDRESS_FORM)
    return version, program

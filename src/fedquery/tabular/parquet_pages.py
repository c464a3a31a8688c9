"""What the pages of a Parquet file say of themselves, before one of them is unpacked.

The description at the end of a file may say one thing and its pages another, and it is by the pages
that memory is taken. Each begins with a header (parquet.thrift, PageHeader) in Thrift's compact
protocol; of it a few numbers are needed, and the rest is stepped over.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import accumulate
from typing import BinaryIO, Final, TypeAlias

_PAGES_CAP: Final = 2**18  # pages of one column in one row group
_HEADER_CAPS: Final = (512, 2**14, 2**18)  # octets: longer ones are read only where they are there
_DEPTH_CAP: Final = 8  # structs in structs
_VARINT_CAP: Final = 70  # bits
_FIELD_CAP: Final = 2**15 - 1  # the number of a field is of 16 bits

_Struct: TypeAlias = dict[int, "int | bool | _Struct | None"]


class PageError(Exception):
    """The pages are not what a Parquet file has."""


class PageKind(IntEnum):
    """The kinds of pages (parquet.thrift, PageType)."""

    DATA = 0
    INDEX = 1
    DICTIONARY = 2
    DATA_V2 = 3


_RUN_LENGTHS: Final = 3  # parquet.thrift, Encoding: RLE
# Where the header of a kind has its own numbers, and where among these its encoding.
_OWN: Final = {PageKind.DATA: (5, 2), PageKind.DICTIONARY: (7, 2), PageKind.DATA_V2: (8, 4)}


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        kind: its kind.
        packed_size: its octets in the file.
        size: its octets once they are unpacked; what unpacks to more is refused when it is read.
        values: how many values it says to have; of an index 0.
        encoding: how they are written (parquet.thrift, Encoding); of an index -1.
        start: where its octets begin in the file, behind the header.
        levels: how many octets before the values are not packed with them; of DATA_V2 alone.
        packed: whether its values are packed, where the column is.
        run_lengths: whether levels that are packed with the values say how long they are.
    """

    kind: PageKind
    packed_size: int
    size: int
    values: int
    encoding: int
    start: int = 0
    levels: int = 0
    packed: bool = True
    run_lengths: bool = True


def pages(file: BinaryIO, start: int, end: int) -> list[Page]:
    """List the pages of one column in one row group.

    Args:
        file: the octets of the file.
        start: where the first page begins.
        end: where the last one has ended.

    Raises:
        PageError: if something else is there, or more pages than a file of a list has.
        OSError: if the file cannot be read.
    """
    found = []
    while start < end:
        page, header_size = _page(file, start, end)
        found.append(replace(page, start=start + header_size))
        start += header_size + page.packed_size
        if start > end or len(found) > _PAGES_CAP:
            raise PageError
    return found


def octets_of_rows(found: list[Page], rows: int) -> int:
    """Say how many octets the pages have together on which so many rows in sequence may stand.

    Args:
        found: pages in their order.
        rows: how many rows, 1 or more.
    """
    values_before = list(accumulate((page.values for page in found), initial=0))
    octets_before = list(accumulate((page.size for page in found), initial=0))
    most = first = 0
    for last in range(len(found)):
        # The first page and the last have one of the rows each; those between have all of theirs.
        while first < last and values_before[last] - values_before[first + 1] > rows - 2:
            first += 1
        most = max(most, octets_before[last + 1] - octets_before[first])
    return most


def _page(file: BinaryIO, start: int, end: int) -> tuple[Page, int]:
    for cap in _HEADER_CAPS:
        file.seek(start)
        window = file.read(min(cap, end - start))
        try:
            fields, size = _struct(window, 0, 0)
        except IndexError:
            if len(window) < cap:
                break
        else:
            return _described(fields), size
    raise PageError


def _described(fields: _Struct) -> Page:
    try:
        kind = PageKind(_number(fields, 1))
    except ValueError:
        raise PageError from None
    values, encoding, levels = 0, -1, 0
    packed = run_lengths = True
    if kind in _OWN:
        at, encoding_at = _OWN[kind]
        own = fields.get(at)
        if not isinstance(own, dict):
            raise PageError
        values, encoding = _number(own, 1), _number(own, encoding_at)
        if kind is PageKind.DATA:
            run_lengths = own.get(3) == _RUN_LENGTHS
        if kind is PageKind.DATA_V2:
            levels = _number(own, 5) + _number(own, 6)
            if levels > min(_number(fields, 3), _number(fields, 2)):
                raise PageError
            # Where it is not said, it is.
            packed = own.get(7) is not False
    return Page(
        kind,
        _number(fields, 3),
        _number(fields, 2),
        values,
        encoding,
        levels=levels,
        packed=packed,
        run_lengths=run_lengths,
    )


def _number(fields: _Struct, at: int) -> int:
    value = fields.get(at)
    # Readers keep 32 bits of a number: one that has more would be another number to them.
    if type(value) is not int or not 0 <= value < 2**31:
        raise PageError
    return value


def _struct(octets: bytes, at: int, depth: int) -> tuple[_Struct, int]:
    """Read one struct, and say where it ends.

    Raises:
        IndexError: if it goes on behind the octets.
        PageError: if it is none, or names a field twice: of two, another reader might take the
            other one.
    """
    if depth > _DEPTH_CAP:
        raise PageError
    fields: _Struct = {}
    number = 0
    while octets[at]:
        step, kind = divmod(octets[at], 16)
        at += 1
        if step:
            number += step
        else:
            number, at = _signed(octets, at)
        if not 0 <= number <= _FIELD_CAP or number in fields:
            raise PageError
        # The truth of a field stands in its kind.
        if kind in _TRUTHS:
            fields[number] = _TRUTHS[kind]
        else:
            fields[number], at = _value(octets, at, kind, depth)
    return fields, at + 1


_TRUTHS: Final = {1: True, 2: False}
_NUMBERS: Final = (4, 5, 6)
_SIZES: Final = {1: 1, 2: 1, 3: 1, 7: 8}  # octets: truths in a list, an octet, a double
_BINARY: Final = 8
_LISTS: Final = (9, 10)
_MAP: Final = 11
_STRUCT: Final = 12
_LONG: Final = 15  # the length of a list that is written behind


def _value(octets: bytes, at: int, kind: int, depth: int) -> tuple["int | _Struct | None", int]:
    if kind in _NUMBERS:
        return _signed(octets, at)
    if kind == _STRUCT:
        return _struct(octets, at, depth + 1)
    if kind in _SIZES:
        return None, at + _SIZES[kind]
    if kind == _BINARY:
        size, at = _unsigned(octets, at)
        return None, at + size
    if kind in _LISTS or kind == _MAP:
        return None, _past(octets, at, kind, depth + 1)
    raise PageError


def _past(octets: bytes, at: int, kind: int, depth: int) -> int:
    """Step over a list, a set or a map."""
    if depth > _DEPTH_CAP:
        raise PageError
    if kind == _MAP:
        count, at = _unsigned(octets, at)
        if not count:
            return at
        kinds: tuple[int, ...] = divmod(octets[at], 16)
        at += 1
    else:
        count, inner = divmod(octets[at], 16)
        at += 1
        if count == _LONG:
            count, at = _unsigned(octets, at)
        kinds = (inner,)
    for _ in range(count):
        for inner in kinds:
            if at >= len(octets):
                raise IndexError
            _, at = _value(octets, at, inner, depth)
    return at


def _unsigned(octets: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, _VARINT_CAP, 7):
        octet = octets[at]
        at += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:  # noqa: PLR2004 - the bit that says that another one follows
            return value, at
    raise PageError


def _signed(octets: bytes, at: int) -> tuple[int, int]:
    value, at = _unsigned(octets, at)
    return (value >> 1) ^ -(value & 1), at

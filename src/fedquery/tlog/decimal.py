"""Decimal numbers as C2SP formats write them: ASCII digits without leading zeros."""

from fedquery.errors import EncodingError


def parse_decimal(text: str, most: int, what: str) -> int:
    """Read a decimal number.

    Args:
        text: the digits.
        most: the largest number that is taken.
        what: the name of the format, for the error.

    Raises:
        EncodingError: if it has anything but digits, leading zeros, or is too large.
    """
    # The length is capped before int() sees it: conversion takes time that grows with its square.
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        raise EncodingError(f"malformed {what}")
    number = int(text)
    if number > most or str(number) != text:
        raise EncodingError(f"malformed {what}")
    return number

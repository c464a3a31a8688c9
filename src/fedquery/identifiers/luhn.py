"""The check digit of cards and devices (ISO/IEC 7812-1, annex B: the Luhn formula)."""

from typing import Final

from fedquery.identifiers.reasons import Reason, refuse

# Twice a digit, its own digits summed.
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")


def check_digit(body: str) -> str:
    """Compute the digit that goes behind a body of digits."""
    odd, even = body[-1::-2].translate(_DOUBLED), body[-2::-2]
    return str(-sum(map(int, odd + even)) % 10)


def verify(digits: str) -> None:
    """Verify digits whose last one is their check digit.

    Raises:
        IdentifierError: if a digit is wrong, or two neighbours are swapped, except 0 and 9.
    """
    if check_digit(digits[:-1]) != digits[-1]:
        raise refuse(Reason.CHECKSUM)

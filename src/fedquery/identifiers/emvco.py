"""Payment QR codes: the text of a picture, by EMVCo's Merchant-Presented Mode (EMV QRCPS MPM 1.1).

A payload is fields of two digits of id, two digits of length and a value; templates hold fields of
their own. Its last field is a checksum over all that stands before. What a scheme puts into its
template is in `payment_qr`; here nothing is known of banks.
"""

import binascii
from dataclasses import dataclass, field
from typing import Final

from fedquery.identifiers.reasons import Reason, refuse

# EMV QRCPS MPM, 3.2: a payload has at most 512 characters, a field at most 99.
MAX_CHARACTERS: Final = 512
_HEAD: Final = 4
_FORMAT_INDICATOR: Final = ("00", "01")
_CRC: Final = "63"
_CRC_FIELD: Final = 8

BEGINNING: Final = "000201"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload whose checksum is right.

    Attributes:
        fields: (id, value) in the order of the payload, without the checksum.
    """

    fields: Fields = field(repr=False)

    def value(self, wanted: str) -> str:
        """Give the value of a field, or "" where it is not there."""
        return next((value for name, value in self.fields if name == wanted), "")

    @property
    def nation(self) -> str:
        """Give the country code (id 58) in upper case, or "" where there is none."""
        return self.value("58").upper()


def fields_of(text: str) -> Fields:
    """Split a text into fields, to its last character.

    Raises:
        IdentifierError: if it is not fields, or an id stands twice.
    """
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + _HEAD]
        if len(head) != _HEAD or not (head.isascii() and head.isdecimal()):
            raise refuse(Reason.PAYMENT_CODE)
        name, length = head[:2], int(head[2:])
        value = text[at + _HEAD : at + _HEAD + length]
        if not length or len(value) != length or name in found:
            raise refuse(Reason.PAYMENT_CODE)
        found[name] = value
        at += _HEAD + length
    return tuple(found.items())


def read_payload(text: str) -> Payload:
    """Read the text of a payment QR code.

    Args:
        text: the payload, up to 512 characters, blanks around it aside.

    Raises:
        IdentifierError: if it is no payload, or its checksum is wrong.
    """
    payload = text.strip()
    if len(payload) > MAX_CHARACTERS:
        raise refuse(Reason.TOO_LONG)
    if not payload.startswith(BEGINNING):
        raise refuse(Reason.PAYMENT_CODE)
    fields = fields_of(payload)
    if fields[0] != _FORMAT_INDICATOR or fields[-1][0] != _CRC:
        raise refuse(Reason.PAYMENT_CODE)
    # EMV QRCPS MPM, 4.7.3: over everything up to and with the id and length of the checksum itself.
    covered = payload[: -_CRC_FIELD + _HEAD]
    if f"{crc16(covered.encode()):04X}" != fields[-1][1].upper():
        raise refuse(Reason.CHECKSUM)
    return Payload(fields[:-1])


def crc16(octets: bytes) -> int:
    """Compute the checksum of ISO/IEC 13239 with polynomial 0x1021 and beginning 0xFFFF."""
    return binascii.crc_hqx(octets, 0xFFFF)

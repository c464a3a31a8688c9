"""What an agency seals to its nation's auditor: what an officer looked up, for nobody else to read.

    detail = key id (8) || enc (1120) || sealed      protocol.md, 11

The plaintext is padded to a length that follows from the size class, which the log entry says
anyway; only a text that is longer than that takes another step.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.encoding.octets import Reader, lp
from fedquery.errors import EncodingError
from fedquery.seal.hpke import open_once, seal_once
from fedquery.seal.kem import KEY_ID_LENGTH, PUBLIC_LENGTH, KemPrivateKey, KemPublicKey
from fedquery.seal.size import AEAD_TAG_LENGTH, ENC_LENGTH

_LABEL: Final = b"fedquery/v1/auditor"
# The case's number and the officer; then each identifier with its kind, quotes and escapes.
_HEAD_LENGTH: Final = 1024
_EACH_LENGTH: Final = 128
# Octets: the largest question with the longest texts there are, 512 characters of four octets each.
CAP: Final = 16 * 2**20
_WHAT: Final = "sealed detail"
_TEXT = re.compile(r"auditor/([A-Z]{2})\+([0-9a-f]{16})\+([0-9A-Za-z+/=]{1,2000})\n?")


@dataclass(frozen=True, slots=True)
class AuditorKey:
    """The public key of a nation's auditor.

    Attributes:
        nation: whose auditor has the other half.
        key: the key.
    """

    nation: str
    key: KemPublicKey = field(repr=False)

    @property
    def key_id(self) -> bytes:
        """Name the key by 8 octets."""
        return self.key.key_id

    def format(self) -> str:
        """Write it as one line of text."""
        return f"auditor/{self.nation}+{self.key_id.hex()}+{b64encode(self.key.public)}\n"

    @staticmethod
    def parse(octets: bytes) -> "AuditorKey":
        """Read the line strictly.

        Raises:
            EncodingError: if it is not the public key of an auditor.
        """
        try:
            match = _TEXT.fullmatch(octets.decode("ascii"))
        except UnicodeDecodeError:
            match = None
        if match is None:
            raise EncodingError("malformed auditor's key")
        public = b64decode(match[3], cap=PUBLIC_LENGTH, what="auditor's key")
        key = KemPublicKey.decode(public)
        if key.key_id.hex() != match[2]:
            raise EncodingError("malformed auditor's key")
        return AuditorKey(match[1], key)


def seal_to_auditor(
    auditor: AuditorKey, message: bytes, *, origin: str, request_digest: bytes, size_class: int
) -> bytes:
    """Seal what is for the auditor alone.

    Args:
        auditor: the auditor's key.
        message: what is sealed.
        origin: the log that will commit to it.
        request_digest: the request that it is of, so that it opens beside that entry alone.
        size_class: the size class of the request.
    """
    step = _HEAD_LENGTH + size_class * _EACH_LENGTH
    framed = lp(message)
    padded = framed + bytes(-len(framed) % step)
    enc, sealed = seal_once(auditor.key, _info(origin, request_digest), padded)
    return auditor.key_id + enc + sealed


def auditor_of(sealed: bytes) -> bytes:
    """Say to which key something is sealed: its 8 octets.

    Raises:
        EncodingError: if it is not such a detail.
    """
    return _split(sealed)[0]


def open_as_auditor(
    key: KemPrivateKey, sealed: bytes, *, origin: str, request_digest: bytes
) -> bytes:
    """Open what was sealed to an auditor.

    Args:
        key: the auditor's key.
        sealed: the detail.
        origin: the log whose entry commits to it.
        request_digest: the request of that entry.

    Raises:
        EncodingError: if it is not such a detail.
        SealError: if it is sealed to another key, is of another entry, or was changed.
    """
    _key_id, enc, ciphertext = _split(sealed)
    reader = Reader(open_once(key, enc, _info(origin, request_digest), ciphertext), _WHAT)
    message = reader.lp(CAP)
    reader.rest_is_zero()
    return message


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    if not KEY_ID_LENGTH + ENC_LENGTH + AEAD_TAG_LENGTH <= len(sealed) <= CAP:
        raise EncodingError(f"malformed {_WHAT}")
    enc_end = KEY_ID_LENGTH + ENC_LENGTH
    return sealed[:KEY_ID_LENGTH], sealed[KEY_ID_LENGTH:enc_end], sealed[enc_end:]


def _info(origin: str, request_digest: bytes) -> bytes:
    return lp(_LABEL) + lp(origin.encode()) + lp(request_digest)

"""Headers: what a relay may read of a request and of an answer.

Both are signed, and both are bound into the seal: the request's as HPKE info, the answer's as AAD.
A header that exists is valid: its constructor checks every field.
"""

import re
from dataclasses import dataclass
from typing import Self

from fedquery.encoding.octets import Reader, i2osp, lp
from fedquery.errors import EncodingError
from fedquery.seal.signing import KEY_ID_LENGTH
from fedquery.seal.size import PREFIX_LENGTH, SIZE_CLASSES

VERSION = 1
REQUEST = 1
ANSWER = 2

REQUEST_ID_LENGTH = 16
DIGEST_LENGTH = 32
AGENCY_CAP = 43
LIFETIME_CAP_MS = 120_000
# protocol.md 4 and 5: clocks may differ by this much.
CLOCK_SLACK_MS = 120_000
_NATION_LENGTH = 2
_TIME_LENGTH = 8
_COMMON_LENGTH = (
    2  # version and direction
    + REQUEST_ID_LENGTH
    + (PREFIX_LENGTH + AGENCY_CAP)
    + KEY_ID_LENGTH
    + _NATION_LENGTH
    + 2  # size class
    + DIGEST_LENGTH
)
REQUEST_HEADER_CAP = _COMMON_LENGTH + KEY_ID_LENGTH + 2 * _TIME_LENGTH
ANSWER_HEADER_CAP = _COMMON_LENGTH + _TIME_LENGTH + DIGEST_LENGTH

_AGENCY = re.compile(r"[A-Z]{2}/[a-z0-9-]{1,40}")
_NATION = re.compile(r"[A-Z]{2}")
# The wire has 64 bits, but times go into canonical JSON, which ends at 2^53 - 1.
_TIME_CAP_MS = 2**53 - 1
_REQUEST_WHAT = "request header"
_ANSWER_WHAT = "answer header"


@dataclass(frozen=True, slots=True)
class RequestFields:
    """What the asker decides of a request's header; keys and content come from sealing.

    Attributes:
        request_id: 16 random octets, fresh for each recipient and each question.
        agency: who asks, such as `TH/cyber-police`.
        nation: who is asked, such as `VN`.
        size_class: one of `SIZE_CLASSES`.
        created_ms: when it was made, milliseconds since 1970.
        expires_ms: after when it is refused; 1 to 120,000 ms later.
    """

    request_id: bytes
    agency: str
    nation: str
    size_class: int
    created_ms: int
    expires_ms: int

    def __post_init__(self) -> None:
        """Refuse what has no encoding.

        Raises:
            EncodingError: if a field is out of its range.
        """
        _require(
            _common(self.request_id, self.agency, self.nation, self.size_class)
            and 0 <= self.created_ms <= _TIME_CAP_MS
            and self.expires_ms <= _TIME_CAP_MS
            and 0 < self.expires_ms - self.created_ms <= LIFETIME_CAP_MS,
            _REQUEST_WHAT,
        )


@dataclass(frozen=True, slots=True)
class RequestHeader:
    """The readable part of a request.

    Attributes:
        fields: what the asker decided.
        signing_key_id: 8 octets, the agency's key.
        kem_key_id: 8 octets, the node's key.
        content: 32 octets, the commitment to the sealed message.
    """

    fields: RequestFields
    signing_key_id: bytes
    kem_key_id: bytes
    content: bytes

    def __post_init__(self) -> None:
        """Refuse what has no encoding.

        Raises:
            EncodingError: if a field is out of its range.
        """
        _require(
            len(self.signing_key_id) == KEY_ID_LENGTH
            and len(self.kem_key_id) == KEY_ID_LENGTH
            and len(self.content) == DIGEST_LENGTH,
            _REQUEST_WHAT,
        )

    def encode(self) -> bytes:
        """Write the header (protocol.md, Envelope)."""
        fields = self.fields
        return b"".join(
            (
                bytes((VERSION, REQUEST)),
                fields.request_id,
                lp(fields.agency.encode("ascii")),
                self.signing_key_id,
                fields.nation.encode("ascii"),
                self.kem_key_id,
                i2osp(fields.size_class, 2),
                i2osp(fields.created_ms, _TIME_LENGTH),
                i2osp(fields.expires_ms, _TIME_LENGTH),
                self.content,
            )
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read a header strictly.

        Raises:
            EncodingError: if it is another version or direction, out of range, or lives too long.
        """
        reader = _start(octets, REQUEST, REQUEST_HEADER_CAP, _REQUEST_WHAT)
        request_id = reader.take(REQUEST_ID_LENGTH)
        agency = _text(reader.lp(AGENCY_CAP), _REQUEST_WHAT)
        signing_key_id = reader.take(KEY_ID_LENGTH)
        nation = _text(reader.take(_NATION_LENGTH), _REQUEST_WHAT)
        kem_key_id = reader.take(KEY_ID_LENGTH)
        fields = RequestFields(
            request_id=request_id,
            agency=agency,
            nation=nation,
            size_class=reader.uint(2),
            created_ms=reader.uint(_TIME_LENGTH),
            expires_ms=reader.uint(_TIME_LENGTH),
        )
        content = reader.take(DIGEST_LENGTH)
        reader.end()
        header = cls(fields, signing_key_id, kem_key_id, content)
        _require(header.encode() == octets, _REQUEST_WHAT)
        return header


@dataclass(frozen=True, slots=True)
class AnswerHeader:
    """The readable part of an answer.

    Attributes:
        request_id: 16 octets, the request's.
        nation: who answers.
        signing_key_id: 8 octets, the node's key.
        agency: whom it is for.
        size_class: the request's.
        answered_ms: when it was sealed, milliseconds since 1970, by the node's clock.
        request_digest: 32 octets, SHA-256 of the request envelope.
        content: 32 octets, the commitment to the sealed message.
    """

    request_id: bytes
    nation: str
    signing_key_id: bytes
    agency: str
    size_class: int
    answered_ms: int
    request_digest: bytes
    content: bytes

    def __post_init__(self) -> None:
        """Refuse what has no encoding.

        Raises:
            EncodingError: if a field is out of its range.
        """
        _require(
            _common(self.request_id, self.agency, self.nation, self.size_class)
            and len(self.signing_key_id) == KEY_ID_LENGTH
            and 0 <= self.answered_ms <= _TIME_CAP_MS
            and len(self.request_digest) == DIGEST_LENGTH
            and len(self.content) == DIGEST_LENGTH,
            _ANSWER_WHAT,
        )

    def encode(self) -> bytes:
        """Write the header (protocol.md, Envelope)."""
        return b"".join(
            (
                bytes((VERSION, ANSWER)),
                self.request_id,
                self.nation.encode("ascii"),
                self.signing_key_id,
                lp(self.agency.encode("ascii")),
                i2osp(self.size_class, 2),
                i2osp(self.answered_ms, _TIME_LENGTH),
                self.request_digest,
                self.content,
            )
        )

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read a header strictly.

        Raises:
            EncodingError: if it is another version or direction, or out of range.
        """
        reader = _start(octets, ANSWER, ANSWER_HEADER_CAP, _ANSWER_WHAT)
        header = cls(
            request_id=reader.take(REQUEST_ID_LENGTH),
            nation=_text(reader.take(_NATION_LENGTH), _ANSWER_WHAT),
            signing_key_id=reader.take(KEY_ID_LENGTH),
            agency=_text(reader.lp(AGENCY_CAP), _ANSWER_WHAT),
            size_class=reader.uint(2),
            answered_ms=reader.uint(_TIME_LENGTH),
            request_digest=reader.take(DIGEST_LENGTH),
            content=reader.take(DIGEST_LENGTH),
        )
        reader.end()
        _require(header.encode() == octets, _ANSWER_WHAT)
        return header


def _common(request_id: bytes, agency: str, nation: str, size_class: int) -> bool:
    return (
        len(request_id) == REQUEST_ID_LENGTH
        and _AGENCY.fullmatch(agency) is not None
        and _NATION.fullmatch(nation) is not None
        and size_class in SIZE_CLASSES
    )


def _start(octets: bytes, direction: int, cap: int, what: str) -> Reader:
    _require(len(octets) <= cap, what)
    reader = Reader(octets, what)
    _require(reader.take(2) == bytes((VERSION, direction)), what)
    return reader


def _text(octets: bytes, what: str) -> str:
    try:
        return octets.decode("ascii")
    except UnicodeDecodeError:
        raise EncodingError(f"malformed {what}") from None


def _require(condition: bool, what: str) -> None:  # noqa: FBT001 -- an assertion has one argument to read
    if not condition:
        raise EncodingError(f"malformed {what}")

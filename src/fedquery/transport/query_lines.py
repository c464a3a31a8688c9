"""The lines in which a coordinator tells what became of the envelopes of one query.

One JSON object is one line (application/x-ndjson), or one element of `answers` where the client
waits for all. An answer of a node travels in frames of at most 1 MiB; a nation without an answer is
named with the reason, and the coordinator signs that: it is its own word, not the nation's.
Pure: no network, no framework.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from fedquery.encoding import canonical_json
from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.encoding.octets import i2osp, lp
from fedquery.errors import EncodingError

FRAME_CAP: Final = 1024 * 1024
ANSWER_CAP: Final = 64 * 1024 * 1024
MOST_FRAMES: Final = ANSWER_CAP // FRAME_CAP
# Base64 of a frame, and the other members of its object.
LINE_CAP: Final = 4 * ((FRAME_CAP + 2) // 3) + 1024
REASONS: Final = frozenset(
    {
        "node-down",
        "timeout",
        "reset",
        "too-large",
        "tls",
        "off-protocol",
        "bad-signature",
        "unknown-nation",
        "busy",
    }
)
_REFUSED_BY_NODE = re.compile(r"refused-by-node\([a-z0-9-]{1,40}\)")
_NATION = re.compile(r"[A-Z]{2}")
_LABEL: Final = b"fedquery/v1/no-answer"
_ANSWERED_KEYS: Final = frozenset(
    {"nation", "request_digest", "outcome", "frame", "last", "answer"}
)
_NO_ANSWER_KEYS: Final = frozenset(
    {"nation", "request_digest", "outcome", "why", "at_ms", "signature"}
)


def is_reason(why: str) -> bool:
    """Tell whether a text is one of the reasons for no answer."""
    return why in REASONS or _REFUSED_BY_NODE.fullmatch(why) is not None


@dataclass(frozen=True, slots=True)
class AnswerFrame:
    """Carry a part of one node's answer envelope.

    Args:
        nation: the node's nation.
        request_digest: 32 octets of SHA-256 of the request envelope.
        frame: the number of this part, from 0.
        last: whether no part follows.
        answer: 1 octet to 1 MiB.
    """

    nation: str
    request_digest: bytes
    frame: int
    last: bool
    answer: bytes

    def encode(self) -> bytes:
        """Write the line without its newline."""
        # Canonical JSON, put together by hand: nothing in it can need an escape, and looking for
        # one in a long answer takes longer than all the rest.
        rest = canonical_json.dump(
            {
                "nation": self.nation,
                "request_digest": self.request_digest.hex(),
                "outcome": "answered",
                "frame": self.frame,
                "last": self.last,
            }
        )
        return b'{"answer":"' + base64.b64encode(self.answer) + b'",' + rest[1:]


@dataclass(frozen=True, slots=True)
class NoAnswerLine:
    """Name a nation of which no answer came, and why.

    Args:
        nation: the nation that was asked.
        request_digest: 32 octets of SHA-256 of the request envelope.
        why: one of the reasons.
        at_ms: when the coordinator gave up.
        signature: 64 octets of the coordinator's signing key over `signed_octets`.
    """

    nation: str
    request_digest: bytes
    why: str
    at_ms: int
    signature: bytes

    def encode(self) -> bytes:
        """Write the line without its newline."""
        return canonical_json.dump(
            {
                "nation": self.nation,
                "request_digest": self.request_digest.hex(),
                "outcome": "no-answer",
                "why": self.why,
                "at_ms": self.at_ms,
                "signature": b64encode(self.signature),
            }
        )


Line: TypeAlias = AnswerFrame | NoAnswerLine


def signed_octets(nation: str, why: str, request_digest: bytes, at_ms: int) -> bytes:
    """Write what a coordinator signs to say that no answer came (protocol.md 9)."""
    named = lp(_LABEL) + lp(nation.encode("ascii")) + lp(why.encode("ascii"))
    return named + request_digest + i2osp(at_ms, 8)


def frames_of(nation: str, request_digest: bytes, answer: bytes) -> list[AnswerFrame]:
    """Cut an answer envelope into frames.

    Args:
        nation: the node's nation.
        request_digest: 32 octets.
        answer: 1 octet to 64 MiB.

    Raises:
        ValueError: if the answer is empty or too long.
    """
    if not 0 < len(answer) <= ANSWER_CAP:
        raise ValueError("an answer has 1 octet to 64 MiB")
    parts = [answer[at : at + FRAME_CAP] for at in range(0, len(answer), FRAME_CAP)]
    last = len(parts) - 1
    return [
        AnswerFrame(nation, request_digest, number, number == last, part)
        for number, part in enumerate(parts)
    ]


def decode_line(octets: bytes) -> Line:
    """Read one line strictly.

    Args:
        octets: the line without its newline; members may stand in any order.

    Raises:
        EncodingError: on anything else than the two kinds of line.
    """
    value = canonical_json.load(octets, cap=LINE_CAP, what="query line", canonical=False)
    if not isinstance(value, dict):
        raise malformed_line()
    if value.keys() == _ANSWERED_KEYS and value["outcome"] == "answered":
        return _answer_frame(value)
    if value.keys() == _NO_ANSWER_KEYS and value["outcome"] == "no-answer":
        return _no_answer(value)
    raise malformed_line()


def _answer_frame(value: dict[str, canonical_json.Json]) -> AnswerFrame:
    frame, last, answer = value["frame"], value["last"], value["answer"]
    # A bool is an int to Python, not to this format.
    if type(frame) is not int or not isinstance(last, bool) or not isinstance(answer, str):
        raise malformed_line()
    part = b64decode(answer, cap=FRAME_CAP, what="query line")
    # Only the last part may be short, so that many tiny frames cannot be sent.
    if not 0 <= frame < MOST_FRAMES or not part or (not last and len(part) != FRAME_CAP):
        raise malformed_line()
    return AnswerFrame(_nation(value), _digest(value), frame, last, part)


def _no_answer(value: dict[str, canonical_json.Json]) -> NoAnswerLine:
    why, at_ms, signature = value["why"], value["at_ms"], value["signature"]
    if not isinstance(why, str) or not isinstance(signature, str) or type(at_ms) is not int:
        raise malformed_line()
    if not is_reason(why) or at_ms < 0:
        raise malformed_line()
    octets = b64decode(signature, cap=64, what="query line")
    return NoAnswerLine(_nation(value), _digest(value), why, at_ms, octets)


def _nation(value: dict[str, canonical_json.Json]) -> str:
    nation = value["nation"]
    if not isinstance(nation, str) or _NATION.fullmatch(nation) is None:
        raise malformed_line()
    return nation


def _digest(value: dict[str, canonical_json.Json]) -> bytes:
    text = value["request_digest"]
    if not isinstance(text, str) or re.fullmatch(r"[0-9a-f]{64}", text) is None:
        raise malformed_line()
    return bytes.fromhex(text)


def malformed_line() -> EncodingError:
    """Make the one error of a line, or an order of lines, that is not as it must be."""
    return EncodingError("malformed query line")


def request_digest(envelope: bytes) -> bytes:
    """Compute the digest by which a request envelope is named."""
    return hashlib.sha256(envelope).digest()

"""The lines of a query: round trips, frames in order, and every malformed line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError
from fedquery.transport.query_lines import (
    FRAME_CAP,
    LINE_CAP,
    AnswerFrame,
    NoAnswerLine,
    decode_line,
    frames_of,
    request_digest,
    signed_octets,
)
from fedquery.transport.query_stream import AnswerJoiner, LineReader

DIGEST = request_digest(b"an envelope")


@given(answer=st.binary(min_size=1, max_size=200), at_ms=st.integers(0, 2**53 - 1))
def test_lines_are_read_as_they_were_written(answer, at_ms):
    """Reading undoes writing, for both kinds."""
    frame = AnswerFrame("TH", DIGEST, 0, last=True, answer=answer)
    refusal = NoAnswerLine("TH", DIGEST, "refused-by-node(not-ready)", at_ms, bytes(64))
    assert [frame, refusal] == [decode_line(line.encode()) for line in (frame, refusal)]


@pytest.mark.parametrize("size", [1, FRAME_CAP, FRAME_CAP + 1, 3 * FRAME_CAP])
def test_frames_join_to_the_answer(size):
    """Cutting, writing, reading and joining gives the answer, whatever its size."""
    answer = bytes(size)
    joiner = AnswerJoiner({"TH": DIGEST})
    frames = frames_of("TH", DIGEST, answer)
    joined = [joiner.add(decode_line(frame.encode())) for frame in frames]
    assert ([None] * (len(frames) - 1), answer) == (joined[:-1], joined[-1])


@pytest.mark.parametrize("size", [0, 64 * 1024 * 1024 + 1])
def test_no_or_too_long_an_answer_is_not_cut(size):
    """An answer has 1 octet to 64 MiB."""
    with pytest.raises(ValueError, match="64 MiB"):
        frames_of("TH", DIGEST, bytes(size))


def test_the_joiner_takes_what_was_asked_alone():
    """Another nation, another envelope, a second outcome and a wrong order are refused."""
    good = AnswerFrame("TH", DIGEST, 0, last=True, answer=b"a")
    later = AnswerFrame("TH", DIGEST, 1, last=True, answer=b"a")
    for line in (
        AnswerFrame("VN", DIGEST, 0, last=True, answer=b"a"),
        AnswerFrame("TH", bytes(32), 0, last=True, answer=b"a"),
        NoAnswerLine("TH", bytes(32), "timeout", 0, bytes(64)),
        later,
    ):
        with pytest.raises(EncodingError):
            AnswerJoiner({"TH": DIGEST}).add(line)
    joiner = AnswerJoiner({"TH": DIGEST})
    assert b"a" == joiner.add(good)
    with pytest.raises(EncodingError):
        joiner.add(good)


def test_what_a_coordinator_signs_is_unambiguous():
    """Nation and reason cannot flow into each other."""
    texts = {
        signed_octets("TH", "timeout", DIGEST, 1),
        signed_octets("TH", "timeoutx", DIGEST, 1),
        signed_octets("VN", "timeout", DIGEST, 1),
        signed_octets("TH", "timeout", bytes(32), 1),
        signed_octets("TH", "timeout", DIGEST, 2),
    }
    assert 5 == len(texts)
    expected = b"\0\0\0\x15fedquery/v1/no-answer\0\0\0\x02TH\0\0\0\x07timeout"
    assert expected + DIGEST + bytes(7) + b"\x01" == signed_octets("TH", "timeout", DIGEST, 1)


def _answered(**changes):
    value = {
        "nation": "TH",
        "request_digest": DIGEST.hex(),
        "outcome": "answered",
        "frame": 0,
        "last": True,
        "answer": "YQ==",
    }
    return canonical_json.dump(value | changes)


def _refused(**changes):
    value = {
        "nation": "TH",
        "request_digest": DIGEST.hex(),
        "outcome": "no-answer",
        "why": "timeout",
        "at_ms": 1,
        "signature": "A" * 86 + "==",
    }
    return canonical_json.dump(value | changes)


def test_the_twins_of_the_faults_are_good():
    """Unchanged, both lines are read."""
    assert (b"a", "timeout") == (decode_line(_answered()).answer, decode_line(_refused()).why)


FAULTS = {
    "empty": b"",
    "not_an_object": b"[]",
    "not_json": b"{",
    "member_more": _answered(more=1),
    "member_less": b'{"nation":"TH"}',
    "members_of_the_other": _refused(outcome="answered"),
    "unknown_outcome": _answered(outcome="hit"),
    "nation_small": _answered(nation="th"),
    "nation_number": _answered(nation=1),
    "digest_short": _answered(request_digest="00"),
    "digest_capitals": _answered(request_digest=DIGEST.hex().upper()),
    "frame_true": _answered(frame=True),
    "frame_negative": _answered(frame=-1),
    "frame_64": _answered(frame=64),
    "last_number": _answered(last=1),
    "answer_empty": _answered(answer=""),
    "answer_not_base64": _answered(answer="*"),
    "answer_null": _answered(answer=None),
    "short_frame_that_is_not_last": _answered(last=False),
    "answer_over_the_cap": _answered(answer="A" * (4 * ((FRAME_CAP + 2) // 3) + 4)),
    "unknown_reason": _refused(why="because"),
    "reason_with_text": _refused(why="refused-by-node(+66855501990)"),
    "reason_null": _refused(why=None),
    "time_negative": _refused(at_ms=-1),
    "time_true": _refused(at_ms=True),
    "signature_number": _refused(signature=1),
    "doubled_key": _answered()[:-1] + b',"last":true}',
}


@pytest.mark.parametrize("fault", FAULTS)
def test_malformed(fault):
    """Each malformed line is refused."""
    with pytest.raises(EncodingError):
        decode_line(FAULTS[fault])


@given(
    lines=st.lists(st.binary(max_size=20).map(lambda o: o.replace(b"\n", b"")), max_size=6),
    cut=st.integers(1, 9),
)
def test_lines_survive_any_cutting(lines, cut):
    """However the stream is cut, the lines are the same."""
    stream = b"".join(line + b"\n" for line in lines)
    reader = LineReader()
    found = [
        line for at in range(0, len(stream), cut) for line in reader.feed(stream[at : at + cut])
    ]
    reader.end()
    assert lines == found


def test_a_line_without_end_is_refused():
    """Neither an endless line nor a cut one passes."""
    reader = LineReader()
    reader.feed(bytes(LINE_CAP))
    with pytest.raises(EncodingError):
        reader.feed(b"x")
    reader = LineReader()
    reader.feed(b"{}\n{")
    with pytest.raises(EncodingError):
        reader.end()

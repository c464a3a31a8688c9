"""The calls by which logs are witnessed: what is sent arrives, and only what the form allows."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, PeerError
from fedquery.tlog.add_checkpoint import NOTE_CAP, REQUEST_CAP
from fedquery.transport import witness_messages as messages
from fedquery.transport.limits import ENVELOPE_CAP
from fedquery.transport.witness_link import WitnessLink
from fedquery.transport.witness_messages import WitnessReply


@pytest.fixture
def calls(link):
    """Make the calls of a coordinator."""
    return WitnessLink(link, 5.0)


async def test_every_call_arrives_and_comes_back(calls, handlers):
    """Bytes in, bytes out, for each of the four."""
    assert b"a checkpoint" == await calls.checkpoint()
    assert WitnessReply(409, b"old 5\n\nnot") == await calls.add_checkpoint(b"old 5\n\nnote\n")
    assert (b"log", b"") == (await calls.witnessed("log"), await calls.witnessed("none"))
    assert await calls.cosigned(b"note") is None
    assert [b"note"] == handlers.witnessing.handed


async def test_the_largest_passes_and_more_does_not(calls, handlers):
    """The caps are those of the format, below what the channel takes."""
    assert 409 == (await calls.add_checkpoint(b"x" * REQUEST_CAP)).status
    await calls.cosigned(b"x" * NOTE_CAP)
    assert REQUEST_CAP < ENVELOPE_CAP
    for call in (
        calls.add_checkpoint(b"x" * (REQUEST_CAP + 1)),
        calls.add_checkpoint(b""),
        calls.cosigned(b"x" * (NOTE_CAP + 1)),
        calls.cosigned(b""),
        calls.witnessed("x y"),
        calls.witnessed(""),
    ):
        with pytest.raises(PeerError) as caught:
            await call
        assert "refused-by-node(message-malformed)" == caught.value.why
    assert [NOTE_CAP] == [len(note) for note in handlers.witnessing.handed]


@pytest.mark.parametrize("note", [b"", b"x" * (NOTE_CAP + 1)])
async def test_a_node_never_sends_what_the_form_forbids(calls, handlers, note):
    """A checkpoint that is none is a fault of the node or off protocol, and never read."""

    async def checkpoint():
        return note

    handlers.witnessing.checkpoint = checkpoint
    with pytest.raises(PeerError) as caught:
        await calls.checkpoint()
    assert caught.value.why in {"off-protocol", "refused-by-node(internal)"}


async def test_polls_that_go_well_leave_no_line(calls, handlers, log_lines):
    """The newest checkpoint is asked for every few seconds; what goes wrong is logged."""
    await calls.checkpoint()
    await calls.cosigned(b"note")
    assert ["cosigned"] == [line["event"] for line in log_lines() if "peer" in line]

    async def checkpoint():
        raise RuntimeError

    handlers.witnessing.checkpoint = checkpoint
    with pytest.raises(PeerError):
        await calls.checkpoint()
    last = [line for line in log_lines() if "peer" in line][-1]
    assert ("checkpoint", "INTERNAL") == (last["event"], last["code"])


_ONE_FIELD = (
    (messages.encode_checkpoint, messages.decode_checkpoint),
    (messages.encode_add_checkpoint, messages.decode_add_checkpoint),
    (messages.encode_witnessed, messages.decode_witnessed),
    (messages.encode_cosigned, messages.decode_cosigned),
)


@given(st.binary(min_size=1, max_size=400))
def test_messages_are_read_as_they_were_written(octets):
    """Reading undoes writing; and what is read at all is in its one form."""
    for encode, decode in _ONE_FIELD:
        assert octets == decode(encode(octets))
        with contextlib.suppress(EncodingError):
            assert encode(decode(octets)) == octets


@given(
    status=st.sampled_from([200, 400, 403, 404, 409, 422]),
    body=st.binary(max_size=messages.REPLY_CAP),
)
def test_replies_are_read_as_they_were_written(status, body):
    """Status and body come back."""
    reply = WitnessReply(status, body)
    assert reply == messages.decode_witness_reply(messages.encode_witness_reply(reply))


def test_other_statuses_and_longer_bodies_are_refused():
    """A witness has six things to say."""
    for status, body in ((0, b""), (201, b""), (500, b""), (200, b"x" * 4097)):
        with pytest.raises(EncodingError, match="malformed witness reply"):
            WitnessReply(status, body)

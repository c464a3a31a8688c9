"""The relay under nodes that misbehave, on a clock that only moves when nothing else can."""

import asyncio
import contextlib
import selectors

import pytest

from fedquery.errors import EncodingError, PeerError, SignatureError
from fedquery.federation.relay import Relayed, relay


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer instead of waiting for it."""

    def __init__(self):
        self.now_s = 0.0
        super().__init__(_Jump(self))

    def time(self):
        """Give the virtual time in seconds."""
        return self.now_s


class _Jump(selectors.SelectSelector):
    def __init__(self, loop):
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        found = super().select(0)
        if not found and timeout:
            self._loop.now_s += timeout
        return found


class Node:
    """A node that answers after some time, or fails."""

    def __init__(self, after_s=0.0, fails=None, answer=None):
        self.after_s, self.fails, self.answer = after_s, fails, answer
        self.cancelled = False

    async def ask(self, envelope, deadline_s):
        """Answer with the envelope itself unless told otherwise."""
        try:
            await asyncio.sleep(self.after_s)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self.fails is not None:
            raise self.fails
        return self.answer or b"answer to " + envelope


class Deaf:
    """A link that swallows its cancellation."""

    async def ask(self, envelope, deadline_s):
        """Wait on, whatever happens."""
        until_s = asyncio.get_running_loop().time() + 1000
        while asyncio.get_running_loop().time() < until_s:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(100)
        return b"too late"


def ask(links, deadline_s=8.0, extra=(), **options):
    """Relay one envelope to each link and give the outcomes with the time at which they came."""

    async def run():
        loop = asyncio.get_running_loop()
        envelopes = {nation: b"to " + nation.encode() for nation in (*links, *extra)}
        async with contextlib.aclosing(relay(envelopes, links, deadline_s, **options)) as outcomes:
            return [(loop.time(), outcome) async for outcome in outcomes]

    loop = VirtualLoop()
    try:
        return loop.run_until_complete(run())
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(1001))
        loop.close()


def test_outcomes_come_as_they_are_ready():
    """The fastest node is told first, at its own time."""
    came = ask({"TH": Node(3), "VN": Node(1), "LA": Node(2)})
    expected = [
        (1.0, Relayed("VN", b"answer to to VN", "", 1000)),
        (2.0, Relayed("LA", b"answer to to LA", "", 2000)),
        (3.0, Relayed("TH", b"answer to to TH", "", 3000)),
    ]
    assert expected == came


FAULTS = {
    "refused": (Node(fails=PeerError("x", why="refused")), "node-down"),
    "blackhole": (Node(after_s=10**6), "timeout"),
    "deaf": (Deaf(), "timeout"),
    "late_by_itself": (Node(1, fails=PeerError("x", why="timeout")), "timeout"),
    "python_timeout": (Node(1, fails=TimeoutError()), "timeout"),
    "reset": (Node(1, fails=PeerError("x", why="reset")), "reset"),
    "over_size": (Node(fails=PeerError("x", why="too-large")), "too-large"),
    "tls": (Node(fails=PeerError("x", why="tls")), "tls"),
    "status": (
        Node(fails=PeerError("x", why="refused-by-node(invalid-argument)")),
        "refused-by-node(invalid-argument)",
    ),
    "strange_reason": (Node(fails=PeerError("x", why="+66855501990")), "off-protocol"),
    "no_reason": (Node(fails=PeerError("x")), "off-protocol"),
    "bug": (Node(fails=ZeroDivisionError()), "off-protocol"),
    "garbage": (Node(answer=b"garbage"), "off-protocol"),
    "forged": (Node(answer=b"forged"), "bad-signature"),
}


def check(_nation, _envelope, answer):
    """Refuse what is not an answer."""
    if answer == b"garbage":
        raise EncodingError("malformed answer")
    if answer == b"forged":
        raise SignatureError("the signature does not verify")


@pytest.mark.parametrize("fault", FAULTS)
def test_one_bad_node_costs_the_others_nothing(fault):
    """The good answers come at their own time, the bad node is named, all within the deadline."""
    bad, why = FAULTS[fault]
    came = ask({"MM": bad, "TH": Node(0.5), "VN": Node(1)}, check=check)
    by_nation = {outcome.nation: (at_s, outcome) for at_s, outcome in came}
    assert (0.5, 1.0) == (by_nation["TH"][0], by_nation["VN"][0])
    assert (b"answer to to TH", b"answer to to VN") == (
        by_nation["TH"][1].answer,
        by_nation["VN"][1].answer,
    )
    assert (None, why) == (by_nation["MM"][1].answer, by_nation["MM"][1].why)
    assert max(at_s for at_s, _ in came) <= 8.0


def test_the_twin_without_a_check_takes_garbage():
    """The check is what finds garbage: without it the same answer is passed on."""
    came = ask({"MM": Node(answer=b"garbage")})
    assert b"garbage" == came[0][1].answer


def test_all_bad_is_one_deadline_not_many():
    """Six blackholes take one deadline together."""
    came = ask({nation: Node(10**6) for nation in ("CN", "KH", "LA", "MM", "TH", "VN")})
    assert ({8.0}, {"timeout"}) == ({at for at, _ in came}, {o.why for _, o in came})
    assert 6 == len(came)


def test_a_nation_without_a_link_is_named_at_once():
    """An unknown nation neither waits nor hides."""
    came = ask({"TH": Node(1)}, extra=["XX"])
    assert (0.0, Relayed("XX", None, "unknown-nation", 0)) == came[0]


def test_nothing_asked_is_nothing_told():
    """No envelope, no outcome."""
    assert [] == ask({})


def test_whoever_stops_listening_ends_the_rest():
    """Closing the generator cancels the nodes that are still asked."""
    slow = Node(1000)

    async def run():
        envelopes = {"TH": b"a", "VN": b"b"}
        async with contextlib.aclosing(relay(envelopes, {"TH": slow, "VN": Node(1)}, 8.0)) as rest:
            first = await anext(rest)
        await asyncio.sleep(0)
        return first

    loop = VirtualLoop()
    first = loop.run_until_complete(run())
    loop.close()
    assert ("VN", True) == (first.nation, slow.cancelled)


def test_answers_are_not_shown():
    """The repr of an outcome holds no envelope."""
    assert "secret" not in repr(Relayed("TH", b"secret", "", 1))

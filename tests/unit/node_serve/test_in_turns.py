"""A lookup beside a list waits for a step of it, and not for thousands of evaluations."""

import asyncio
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fedquery_node import answers
from fedquery_node.in_turns import in_turns
from fedquery_node.judge import Judged
from fedquery_node.publications import Served
from fedquery_node.service import NodeService
from unit.psi.holding import identifier, octets, publish, question

from fedquery.errors import BatchError
from fedquery.oprf import backends, server
from fedquery.transport.head import AnswerHead, Decision, Refusal

REFUSED = AnswerHead(decision=Decision(), refusal=Refusal("policy-denied", "no"))
GRANTED = AnswerHead(decision=Decision("hit"), version=3)


class Held:
    """Lets the first step of a large question begin, and end once the test says so."""

    def __init__(self):
        self.done = []
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def step(self, name):
        """Note a step; the first one waits."""
        self.done.append(name)
        if len(self.done) == 1:
            self.begun.set()
            assert self.go_on.wait(60)

    def work(self, name, steps):
        """Make work of some steps."""
        for _ in range(steps):
            self.step(name)
            yield
        return name

    async def beside(self, large, *others):
        """Begin the large one; the others come while its first step is done."""
        first = asyncio.create_task(large)
        await asyncio.to_thread(self.begun.wait)
        tasks = [asyncio.create_task(one) for one in others]
        # Until each of them stands in the line.
        for _ in range(10):
            await asyncio.sleep(0)
        self.go_on.set()
        return await asyncio.gather(first, *tasks)


async def test_what_comes_later_has_its_turn_after_one_step():
    """Work under way takes turns, and gives each what it came to."""
    held = Held()
    with ThreadPoolExecutor(1) as executor:
        found = await held.beside(
            in_turns(executor, held.work("large", 4)),
            in_turns(executor, held.work("small", 0)),
            in_turns(executor, held.work("other", 2)),
        )
    assert ["large", "small", "other"] == found
    assert ["large", "other", "large", "other", "large", "large"] == held.done


async def test_what_fails_raises_where_it_is_waited_for():
    """In whichever step."""

    def failing():
        yield
        raise BatchError("an element stands twice")

    with ThreadPoolExecutor(1) as executor, pytest.raises(BatchError):
        await in_turns(executor, failing())


async def test_what_nobody_waits_for_any_more_has_no_further_step():
    """A client that has gone away costs the step that is being done."""
    held = Held()
    with ThreadPoolExecutor(1) as executor:
        task = asyncio.create_task(in_turns(executor, held.work("large", 8)))
        await asyncio.to_thread(held.begun.wait)
        task.cancel()
        held.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await in_turns(executor, held.work("other", 1))
    assert ["large", "other"] == held.done


class Slow:
    """A back end whose products are steps of `Held`."""

    def __init__(self, group, held):
        self._group = group
        self._held = held

    def __getattr__(self, name):
        """Give any other method of the back end."""
        return getattr(self._group, name)

    def multiply(self, elements, scalar):
        """Multiply elements, and note how many."""
        self._held.step(len(elements) // 32)
        return self._group.multiply(elements, scalar)


@pytest.mark.parametrize("granted", [True, False], ids=["granted", "refused"])
@pytest.mark.parametrize("backend", sorted({backends.LIBSODIUM, backends.names()[0]}))
async def test_a_lookup_is_answered_before_a_list_that_came_before_it(
    monkeypatch, backend, granted
):
    """On one thread, by libsodium alone too, and where the list is refused and only covered."""
    held = Held()
    group = backends.make(backend, 1)
    holding = publish([identifier(number) for number in range(60)])
    publication = holding.publication
    view = SimpleNamespace(key=holding.key, buckets=holding.view, opening=holding.opening)
    served = Served(publication, b"", 0, newest=True, views={"TH": view})
    catalogue = {(publication.dataset, publication.version): served}
    small = question(holding.ask([identifier(1)], size_class=1, prefix_len=2))
    many = group.from_uniform(octets(5)(64 * 4096))
    large = replace(small, columns="none", prefixes=(), elements=many)
    monkeypatch.setattr(server, "default_group", lambda: Slow(group, held))
    over = []

    async def asked(one, head, *, granted):
        admitted = SimpleNamespace(
            asked=one,
            asking=SimpleNamespace(agency=SimpleNamespace(nation="TH", name="TH/police")),
            opened=SimpleNamespace(
                header=SimpleNamespace(fields=SimpleNamespace(size_class=one.size_class))
            ),
        )
        judged = Judged(head, granted=granted, version=publication.version)
        shape = answers.shape_of(admitted, catalogue)
        found = await service._evaluated(
            SimpleNamespace(catalogue=catalogue), admitted, judged, shape
        )
        over.append(one.size_class)
        return found

    with ThreadPoolExecutor(1) as executor:
        service = NodeService(None, None, None, executor, lambda: 0, secrets.token_bytes, None)
        head = GRANTED if granted else REFUSED
        (_, body), (_, found) = await held.beside(
            asked(large, head, granted=granted), asked(small, GRANTED, granted=True)
        )
    assert [1, 4096] == over
    # The lookup has the turn after the step that was being done.
    assert [512, 1] == held.done[:2]
    assert max(held.done) == 512
    assert found is not None
    assert (body is not None) == granted

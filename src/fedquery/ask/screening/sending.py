"""Questions of a list on their way: made some at a time, a few in flight, kept when they are back.

What comes back decides whether the next one leaves: a version that is over and a refusal stop it.
A refusal of a question that was large stops only this round, for a smaller one may be answered.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.answers import Read
from fedquery.ask.screening.board import UNSEARCHED
from fedquery.ask.screening.drawing import Source
from fedquery.ask.screening.means import Means
from fedquery.ask.screening.purse import Purse
from fedquery.ask.screening.questions import UnderWay
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.view import View
from fedquery.ask.screening.walking import Asks
from fedquery.seal.size import LARGEST, LARGEST_OF_LOOKUP
from fedquery.transport.head import QuotaLeft

# Questions to one nation that are in flight, and that are made at a time. Coordinators and nodes
# take 64 at once of all askers.
IN_FLIGHT: Final = 4
_BATCH: Final = 8
# Of the largest questions fewer, so that a node that computes slowly answers them in time; and as
# few at a time are made, so that the first ones leave early.
_LARGE_IN_FLIGHT: Final = 2
_BATCH_ELEMENTS: Final = _LARGE_IN_FLIGHT * LARGEST
# Questions whose answers are in memory until they are on the disk count too; one with buckets has
# some megabytes.
_UNDER_WAY: Final = 2 * IN_FLIGHT
# What was made and could not leave for so long is not sent: it could end on its way.
_STALE_MS: Final = 45_000
# How a nation says that a rule forbids a question, and that no quota has room for it.
_DENIED: Final = "policy-denied"
_SPENT: Final = "quota"


@dataclass(slots=True)
class Sending:
    """Sends the questions to one version of one dataset.

    Attributes:
        means: with what.
        target: the dataset, at this version.
        view: its buckets.
        replaced: whether the version is not served any more.
        largest: the largest size class that the nation's policy may permit.
        refusal: the refusal that ends this round, after which smaller questions may be answered.
    """

    means: Means
    target: Target
    view: View
    replaced: bool = False
    largest: int = LARGEST
    refusal: Outcome | None = None
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))
    _large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_LARGE_IN_FLIGHT))
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_UNDER_WAY))

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is to be sent."""
        return self.replaced or self.target.board.stopped is not None

    @property
    def goes_on(self) -> bool:
        """Tell whether more of this round is to be sent."""
        return not self.is_over and self.refusal is None

    async def send(self, asks: Sequence[Asks], source: Source) -> None:
        """Make questions and send them, a few at a time; the next are made meanwhile."""
        async with asyncio.TaskGroup() as group:
            coming: asyncio.Task[list[UnderWay]] | None = None
            for some in [*_batches(asks), []]:
                made = [] if coming is None else await coming
                coming = None
                if some and self.goes_on:
                    coming = group.create_task(self._made(some, source))
                # Those that were made before it was over are kept as ones that never left.
                for one in made:
                    await self._room.acquire()
                    task = group.create_task(self._ask(one))
                    task.add_done_callback(lambda _task: self._room.release())

    async def _made(self, asks: Sequence[Asks], source: Source) -> list[UnderWay]:
        means, target = self.means, self.target
        drawn = await means.at_desk(lambda: [source.draw(one) for one in asks])
        # Where the count is hidden, questions of pads alone are a part of it.
        padded = means.planner.padded
        wanted = [one for one in drawn if one.octets or one.asks.prefixes or padded]
        statement = means.maker.statement(target.board.nation)
        first = means.last_number + 1
        means.last_number += len(wanted)
        made = await asyncio.gather(
            *(
                means.computed(means.maker.seal, first + index, target, one, statement)
                for index, one in enumerate(wanted)
            )
        )
        await means.at_desk(means.keeper.keep_asked, made)
        return made

    async def _ask(self, one: UnderWay) -> None:
        """Send one question that was just made, when its turn has come."""
        made_ms = one.sealed.context.fields.created_ms
        async with self._slots_of(one):
            leaves = self.goes_on and self.means.session.clock() - made_ms <= _STALE_MS
            read = await self.read(one) if leaves else None
        # The next one may leave while what came of this one goes to the disk.
        if read is not None:
            await self.keep(one, read)
            return
        # It never left.
        read = self.means.reader.failed(one, "not-asked")
        await self.means.results.do(replace(read.result, dropped=True))

    async def read(self, one: UnderWay) -> Read:
        """Send one question until it is answered, and read what came of it."""
        means, board = self.means, self.target.board
        carried = await means.carrier.carry(one)
        if carried.answer:
            read = await means.computed(means.reader.read, one, carried.answer, self.view)
        else:
            read = means.reader.failed(one, carried.why, alarm=carried.alarm)
        # Before another one leaves, which it stops.
        if read.replaced:
            self.replaced = True
        elif read.stops is not None and self._may_be_smaller(one, read.stops, read.result.left):
            self.refusal = read.stops
        elif read.stops is not None and (board.stopped is None or read.stops.alarm):
            board.stopped = read.stops
        return read

    def _may_be_smaller(self, one: UnderWay, stops: Outcome, left: QuotaLeft | None) -> bool:
        """Tell whether a smaller question may be answered where one was refused, uncharged."""
        size_class, dataset = one.listed.size_class, self.target.board.dataset
        if stops.why == _DENIED and size_class > LARGEST_OF_LOOKUP:
            # A rule may count elements; a list in questions of 512 is what it would have been.
            self.largest = LARGEST_OF_LOOKUP
            return True
        if stops.why != _SPENT or left is None:
            return False
        return 0 < (Purse.of(left).room(dataset) or 0) < size_class

    async def keep(self, one: UnderWay, read: Read) -> None:
        """Keep what came of a question, and only then count it as had."""
        await self.means.results.do(read.result)
        board, result = self.target.board, read.result
        if read.stops is None or read.stops.word != "refused":
            # What was refused was not charged.
            self.means.elements[board.nation] += one.listed.size_class
        if result.came is not None:
            self.means.board.take(*board.name, one.number, result.came)
        if result.unsearched is not None:
            for form in result.unsearched.inputs.forms:
                board.states[form] = UNSEARCHED
        self.means.on_change()

    @contextlib.asynccontextmanager
    async def _slots_of(self, one: UnderWay) -> AsyncGenerator[None]:
        """Wait until a question of its size may be in flight."""
        large = one.listed.size_class == LARGEST
        async with self._large if large else contextlib.nullcontext(), self._slots:
            yield


def _batches(asks: Sequence[Asks]) -> Iterator[list[Asks]]:
    """Part questions into those that are made together."""
    some: list[Asks] = []
    for one in asks:
        elements = one.size_class + sum(other.size_class for other in some)
        if some and (len(some) == _BATCH or elements > _BATCH_ELEMENTS):
            yield some
            some = []
        some.append(one)
    if some:
        yield some

"""One version of one dataset being asked: first the buckets, then evaluations, a few in flight."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.ask.screening import recovering
from fedquery.ask.screening.answers import Read
from fedquery.ask.screening.board import NOT_ASKED, UNSEARCHED
from fedquery.ask.screening.drawing import Source, source_of
from fedquery.ask.screening.means import Means
from fedquery.ask.screening.packing import unpack_under_way
from fedquery.ask.screening.questions import Came, UnderWay
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.view import View
from fedquery.ask.screening.walking import Asks
from fedquery.ask.session import Distrusted
from fedquery.ask.unasked import not_asked

# Questions to one nation that are in flight, and that are made at a time. Coordinators and nodes
# take 64 at once of all askers.
IN_FLIGHT: Final = 4
_BATCH: Final = 8
# Questions whose answers are in memory until they are on the disk count too; one with buckets has
# some megabytes.
_UNDER_WAY: Final = 2 * IN_FLIGHT
# What was made and could not leave for so long is not sent: it could end on its way.
_STALE_MS: Final = 45_000
_MARGIN_MS: Final = 5_000


@dataclass(slots=True)
class VersionRun:
    """Asks what is open of one version.

    Attributes:
        means: with what.
        target: the dataset, at this version.
        view: its buckets.
        replaced: whether the version is not served any more.
    """

    means: Means
    target: Target
    view: View
    replaced: bool = False
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_UNDER_WAY))

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is to be sent."""
        return self.replaced or self.target.board.stopped is not None

    async def run(self) -> None:
        """Ask, until all is answered or nothing more is to be sent."""
        means, target = self.means, self.target
        await means.at_desk(self._load)
        await self._again()
        while not self.is_over:
            held = set(filter(self.view.__contains__, range(1 << target.publication.prefix_bits)))
            planned = await means.at_desk(means.planner.plan, target, held)
            if not planned.asks:
                break
            before = target.board.answered, len(held)
            await means.at_desk(self._note_asked)
            source = source_of(target, means.planner.listed)
            await self._send([asks for asks in planned.asks if asks.prefixes], source)
            await self._search()
            if not self.is_over:
                await self._send([asks for asks in planned.asks if not asks.prefixes], source)
            self._require_more_than(before)
        await self._search()

    def _require_more_than(self, before: tuple[int, int]) -> None:
        """Stop where a round has brought nothing: nothing could leave in its time."""
        board = self.target.board
        if not self.is_over and (board.answered, self.view.count) == before:
            board.stopped = not_asked(*board.name, board.kind, Distrusted("timeout"))

    def _load(self) -> None:
        """Take up what an earlier run has left, of this version; the rest is asked anew."""
        publication, board = self.target.publication, self.target.board
        keeper, gone = self.means.keeper, []
        for number, tags in recovering.buckets(keeper.log, publication):
            self.view.add(number, tags)
        board.states = board.states.replace(bytes((UNSEARCHED,)), bytes((NOT_ASKED,)))
        for number, _, one in recovering.unsearched(keeper.job, *board.name):
            if not one.said.of(publication):
                # Tags of one version are nothing in another.
                gone.append(number)
                continue
            for form in one.inputs.forms:
                board.states[form] = UNSEARCHED
        alive_ms = self.means.session.clock() + _MARGIN_MS
        for number, version, expires_ms in recovering.sent(keeper.job, *board.name):
            if version != publication.version or expires_ms <= alive_ms:
                gone.append(number)
        if gone:
            keeper.drop(gone)

    async def _again(self) -> None:
        """Send again what may be under way since before a kill: the same octets."""
        means, job = self.means, self.means.keeper.job
        for number, _, _ in await means.at_desk(recovering.sent, job, *self.target.board.name):
            octets = await means.at_desk(recovering.under_way, job, number)
            one = unpack_under_way(number, octets, self.target.trusted)
            if one.publication != self.target.publication:
                # Of a log before this one, or of another dataset than its row says.
                await means.at_desk(means.keeper.drop, [number])
            elif not self.is_over:
                await self._keep(one, await self._read(one))
        await self._search()

    async def _send(self, asks: Sequence[Asks], source: Source) -> None:
        """Make questions and send them, a few at a time; the next are made meanwhile."""
        batches = [asks[at : at + _BATCH] for at in range(0, len(asks), _BATCH)]
        async with asyncio.TaskGroup() as group:
            coming: asyncio.Task[list[UnderWay]] | None = None
            for some in [*batches, []]:
                made = [] if coming is None else await coming
                coming = None
                if some and not self.is_over:
                    coming = group.create_task(self._made(some, source))
                # Those that were made before it was over are kept as ones that never left.
                for one in made:
                    await self._room.acquire()
                    task = group.create_task(self._ask(one))
                    task.add_done_callback(lambda _task: self._room.release())

    async def _made(self, asks: Sequence[Asks], source: Source) -> list[UnderWay]:
        means, target = self.means, self.target
        drawn = await means.at_desk(lambda: [source.draw(one) for one in asks])
        wanted = [one for one in drawn if one.octets or one.asks.prefixes]
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
        async with self._slots:
            leaves = not self.is_over and self.means.session.clock() - made_ms <= _STALE_MS
            read = await self._read(one) if leaves else None
        # The next one may leave while what came of this one goes to the disk.
        if read is not None:
            await self._keep(one, read)
            return
        # It never left.
        read = self.means.reader.failed(one, "not-asked")
        await self.means.results.do(replace(read.result, dropped=True))

    async def _read(self, one: UnderWay) -> Read:
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
        elif read.stops is not None and (board.stopped is None or read.stops.alarm):
            board.stopped = read.stops
        return read

    async def _keep(self, one: UnderWay, read: Read) -> None:
        """Keep what came of a question, and only then count it as had."""
        await self.means.results.do(read.result)
        board, result = self.target.board, read.result
        self.means.elements[board.nation] += one.listed.size_class
        if result.came is not None:
            self.means.board.take(*board.name, one.number, result.came)
        if result.unsearched is not None:
            for form in result.unsearched.inputs.forms:
                board.states[form] = UNSEARCHED
        self.means.on_change()

    async def _search(self) -> None:
        """Search what was evaluated before its buckets were there."""
        board = self.target.board
        if UNSEARCHED not in board.states:
            return
        for number, came in await self.means.at_desk(self._searched):
            self.means.board.take(*board.name, number, came)
        self.means.on_change()

    def _searched(self) -> list[tuple[int, Came]]:
        keeper, found = self.means.keeper, []
        for number, _, one in recovering.unsearched(keeper.job, *self.target.board.name):
            searched = self.means.reader.search(one, self.view)
            if searched is not None:
                found.append((number, *searched))
        if found:
            keeper.keep_searched(found)
        return [(number, came) for number, came, _ in found]

    def _note_asked(self) -> None:
        with self.means.keeper.writing():
            self.means.planner.note_asked(self.target)

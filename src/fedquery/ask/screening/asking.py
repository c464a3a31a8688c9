"""A screening under way: each nation's datasets one after the other, all nations at once.

For each dataset first the buckets, then evaluations. A few questions are in flight; they are
blinded and read in threads, and what comes of them is kept in one.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from fedquery.ask.screening import recovering
from fedquery.ask.screening.answers import AnswerReader, Read
from fedquery.ask.screening.board import NOT_ASKED, UNSEARCHED, Board
from fedquery.ask.screening.carrying import Carrier
from fedquery.ask.screening.drawing import Source
from fedquery.ask.screening.keeping import Keeper, Result
from fedquery.ask.screening.making import Maker
from fedquery.ask.screening.packing import unpack_under_way
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.questions import Came, UnderWay
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.together import Together
from fedquery.ask.screening.view import View
from fedquery.ask.screening.walking import Asks
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.trust import Trusted
from fedquery.ask.unasked import not_asked, still_offered
from fedquery.errors import FedqueryError, PeerError

T = TypeVar("T")

# Questions to one nation that are in flight, and that are made at a time. Coordinators and nodes
# take 64 at once of all askers.
IN_FLIGHT: Final = 4
_BATCH: Final = 8
# What was made and could not leave for so long is not sent: it could end on its way.
_STALE_MS: Final = 45_000
# A hot list is published every quarter of an hour; a nation that publishes faster than it is asked
# would never be done.
_MOST_VERSIONS: Final = 50
_MARGIN_MS: Final = 5_000


@dataclass(slots=True)
class _Run:
    """One version of one dataset being asked."""

    target: Target
    view: View
    replaced: bool = False
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is to be sent."""
        return self.replaced or self.target.board.stopped is not None


@dataclass(slots=True)
class Asking:
    """Asks a list.

    Attributes:
        session: the open session.
        planner: plans it.
        keeper: keeps it, in the thread of `desk`.
        maker: makes questions, in the threads of `pool`.
        reader: reads answers, in the threads of `pool`.
        carrier: brings envelopes to nodes.
        desk: one thread.
        pool: the threads that compute.
        on_change: called when more is known.
    """

    session: Session
    planner: Planner
    keeper: Keeper
    maker: Maker
    reader: AnswerReader
    carrier: Carrier
    desk: Executor = field(repr=False)
    pool: Executor = field(repr=False)
    on_change: Callable[[], None] = field(repr=False)
    elements: dict[str, int] = field(default_factory=dict)
    _number: int = 0
    _kept: Together[Result] = field(init=False, repr=False)
    _freshening: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Keep results at the desk."""
        self._kept = Together(self.keeper.keep_results, self.desk)

    @property
    def board(self) -> Board:
        """Give what is known."""
        return self.planner.board

    async def run(self, targets: dict[str, list[Target]]) -> None:
        """Ask what is still to be asked.

        Args:
            targets: by nation, its datasets.

        Raises:
            StorageError: if a disk or database does not do what was asked.
        """
        await self._at_desk(self.keeper.log_again)
        self._number = await self._at_desk(partial(recovering.last_number, self.keeper.job))
        try:
            async with asyncio.TaskGroup() as group:
                for nation, some in targets.items():
                    group.create_task(self._nation(nation, some))
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        finally:
            await self._kept.idle()
        await self._at_desk(self.keeper.finish)

    async def _nation(self, nation: str, targets: Sequence[Target]) -> None:
        self.elements.setdefault(nation, 0)
        for index, target in enumerate(targets):
            await self._dataset(target)
            stopped = target.board.stopped
            if stopped is not None and stopped.word == "unavailable":
                # Whoever does not answer about one dataset is not waited for with each other one.
                for other in targets[index + 1 :]:
                    board = other.board
                    board.stopped = replace(stopped, dataset=board.dataset, kind=board.kind)
                break
        self.on_change()

    async def _dataset(self, target: Target) -> None:
        for _ in range(_MOST_VERSIONS):
            directory = self.session.home.path
            with View(target.publication, directory) as view:
                run = _Run(target, view)
                await self._version(run)
            if not run.replaced or not await self._renewed(target):
                return

    async def _renewed(self, target: Target) -> bool:
        """Turn to the version that took the place of one that is not served any more."""
        before, board = target.publication, target.board
        try:
            async with self._freshening:
                state = self.session.state(board.nation)
                newest = (
                    None if isinstance(state, Distrusted) else state.datasets.get(board.dataset)
                )
                if newest is None or newest.publication.version == before.version:
                    await self.session.freshen(force=True)
        except FedqueryError as error:
            why = "coordinator-down" if isinstance(error, PeerError) else error.slug
            board.stopped = not_asked(board.nation, board.dataset, board.kind, Distrusted(why))
            return False
        state = self.session.state(board.nation)
        if not isinstance(state, Distrusted):
            state = still_offered(state, before)
        if isinstance(state, Distrusted):
            board.stopped = not_asked(board.nation, board.dataset, board.kind, state)
            return False
        offered = state.datasets[board.dataset]
        if offered.publication.version == before.version:
            same = Distrusted("epoch-unknown")
            board.stopped = not_asked(board.nation, board.dataset, board.kind, same)
            return False
        renewed = await self._at_desk(lambda: self.planner.target(state, offered, board))
        target.trusted, target.offered, target.spelling = state, offered, renewed.spelling
        return True

    async def _version(self, run: _Run) -> None:
        await self._at_desk(lambda: self._load(run))
        await self._again(run)
        while not run.is_over:
            held = {
                number
                for number in range(1 << run.target.publication.prefix_bits)
                if number in run.view
            }
            planned = await self._at_desk(partial(self.planner.plan, run.target, held))
            if not planned.asks:
                break
            await self._at_desk(lambda: self._note_asked(run.target))
            source = Source(run.target.inputs(self.planner.listed))
            fetching = [asks for asks in planned.asks if asks.prefixes]
            await self._send(run, fetching, source)
            await self._search(run)
            if not run.is_over:
                rest = [asks for asks in planned.asks if not asks.prefixes]
                await self._send(run, rest, source)
        await self._search(run)

    def _load(self, run: _Run) -> None:
        """Take up what an earlier run has left, of this version; the rest is asked anew."""
        publication, board, job = run.target.publication, run.target.board, self.keeper.job
        for number, tags in recovering.buckets(self.keeper.log, publication):
            run.view.add(number, tags)
        gone = []
        board.states = board.states.replace(bytes((UNSEARCHED,)), bytes((NOT_ASKED,)))
        for number, version, one in recovering.unsearched(job, *board.name):
            if version != publication.version:
                # Tags of one version are nothing in another.
                gone.append(number)
                continue
            for form in one.inputs.forms:
                board.states[form] = UNSEARCHED
        alive_ms = self.session.clock() + _MARGIN_MS
        for number, version, expires_ms in recovering.sent(job, *board.name):
            if version != publication.version or expires_ms <= alive_ms:
                gone.append(number)
        if gone:
            self.keeper.drop(gone)

    async def _again(self, run: _Run) -> None:
        """Send again what may be under way since before a kill: the same octets."""
        board, job = run.target.board, self.keeper.job
        waiting = await self._at_desk(lambda: recovering.sent(job, *board.name))
        for number, _, _ in waiting:
            octets = await self._at_desk(partial(recovering.under_way, job, number))
            one = unpack_under_way(number, octets, run.target.trusted)
            if not run.is_over:
                await self._carried(run, one)
        await self._search(run)

    async def _send(self, run: _Run, asks: Sequence[Asks], source: Source) -> None:
        """Make questions and send them, a few at a time."""
        async with asyncio.TaskGroup() as group:
            for at in range(0, len(asks), _BATCH):
                if run.is_over:
                    break
                made = await self._made(run.target, asks[at : at + _BATCH], source)
                for one in made:
                    await run.slots.acquire()
                    task = group.create_task(self._ask(run, one))
                    task.add_done_callback(lambda _task: run.slots.release())

    async def _made(self, target: Target, asks: Sequence[Asks], source: Source) -> list[UnderWay]:
        drawn = await self._at_desk(lambda: [source.draw(one) for one in asks])
        wanted = [one for one in drawn if one.inputs or one.asks.prefixes]
        statement = self.maker.statement(target.board.nation)
        first = self._number + 1
        self._number += len(wanted)
        loop = asyncio.get_running_loop()
        made = await asyncio.gather(
            *(
                loop.run_in_executor(
                    self.pool, self.maker.seal, first + index, target, one, statement
                )
                for index, one in enumerate(wanted)
            )
        )
        await self._at_desk(lambda: self.keeper.keep_asked(made))
        return made

    async def _ask(self, run: _Run, one: UnderWay) -> None:
        """Send one question and keep what comes of it."""
        late = self.session.clock() - one.sealed.context.fields.created_ms > _STALE_MS
        if run.is_over or late:
            # It never left.
            read = self.reader.failed(one, "not-asked")
            await self._kept.do(replace(read.result, dropped=True))
            return
        await self._carried(run, one)

    async def _carried(self, run: _Run, one: UnderWay) -> None:
        carried = await self.carrier.carry(one)
        if carried.answer:
            loop = asyncio.get_running_loop()
            read = await loop.run_in_executor(
                self.pool, self.reader.read, one, carried.answer, run.view
            )
        else:
            read = self.reader.failed(one, carried.why, alarm=carried.alarm)
        await self._kept.do(read.result)
        self._take(run, one, read)

    def _take(self, run: _Run, one: UnderWay, read: Read) -> None:
        board, result = run.target.board, read.result
        self.elements[board.nation] += one.listed.size_class
        if read.replaced:
            run.replaced = True
        elif read.stops is not None and (board.stopped is None or read.stops.alarm):
            board.stopped = read.stops
        if result.came is not None:
            self.board.take(board.nation, board.dataset, one.number, result.came)
        if result.unsearched is not None:
            for form in result.unsearched.inputs.forms:
                board.states[form] = UNSEARCHED
        self.on_change()

    async def _search(self, run: _Run) -> None:
        """Search what was evaluated before its buckets were there."""
        board = run.target.board
        if UNSEARCHED not in board.states:
            return
        found = await self._at_desk(lambda: self._searched(run))
        for number, came in found:
            self.board.take(board.nation, board.dataset, number, came)
        self.on_change()

    def _searched(self, run: _Run) -> list[tuple[int, Came]]:
        board, job = run.target.board, self.keeper.job
        found = []
        for number, _, one in recovering.unsearched(job, *board.name):
            searched = self.reader.search(one, run.view)
            if searched is not None:
                found.append((number, *searched))
        if found:
            self.keeper.keep_searched(found)
        return [(number, came) for number, came, _ in found]

    def _note_asked(self, target: Target) -> None:
        with self.keeper.writing():
            self.planner.note_asked(target)

    async def _at_desk(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.desk, work)


def _version_of(state: Trusted | Distrusted, dataset: str) -> int | None:
    if isinstance(state, Distrusted) or dataset not in state.datasets:
        return None
    return state.datasets[dataset].publication.version


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Give the first error of a group: one disk that fails, fails everywhere."""
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found

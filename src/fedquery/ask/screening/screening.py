"""One screening, as a program uses it: what it costs, asking it, and what it came to."""

import asyncio
import os
import sqlite3
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterator,
)
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import Self, TypeVar

from fedquery.ask import schema
from fedquery.ask.cards import Cards
from fedquery.ask.case import Case
from fedquery.ask.outcome import Outcome
from fedquery.ask.screening import earlier, recovering
from fedquery.ask.screening.answers import AnswerReader
from fedquery.ask.screening.asking import Asking
from fedquery.ask.screening.board import Board
from fedquery.ask.screening.carrying import Carrier, Pause
from fedquery.ask.screening.files import erase
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.keeping import Keeper
from fedquery.ask.screening.kept import load_board
from fedquery.ask.screening.listed import Listed
from fedquery.ask.screening.look import rows_of
from fedquery.ask.screening.making import Maker
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.reading import ListReader, Source, batches
from fedquery.ask.screening.summing import Ready, progress_of, summary_of
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.values import (
    Cost,
    ListRefusedError,
    Progress,
    Row,
    Summary,
)
from fedquery.ask.session import Session
from fedquery.errors import InputError
from fedquery.identifiers import Identifier
from fedquery.storage.transaction import transaction

T = TypeVar("T")
OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a screening is asked to do.

    Attributes:
        case: what for.
        nations: whom to ask.
        deadline_ms: how long a node has for one answer.
        padded: whether counts are hidden in whole size classes.
    """

    case: Case
    nations: tuple[str, ...]
    deadline_ms: int
    padded: bool


class Screening:
    """A list that is asked of nations; `Client.screen` and `Client.resume_screening` make it.

    It is prepared when it is first needed: the list is read and the cost computed. Then it is run
    once; what is left over is asked by another one that resumes it.
    """

    def __init__(
        self,
        session: Session,
        source: Source | None,
        asked: Asked,
        random: Callable[[int], bytes],
        *,
        job: Job | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._session = session
        self._source = source
        self._asked = asked
        self._random = random
        self._job = job
        self._pause = pause
        self._cost: Cost | None = None
        self._log: sqlite3.Connection | None = None
        self._board: Board | None = None
        self._planner: Planner | None = None
        self._keeper: Keeper | None = None
        self._asking: Asking | None = None
        self._targets: dict[str, list[Target]] = {}
        self._waits: dict[str, int] = {}
        self._changed = asyncio.Event()
        self._desk = ThreadPoolExecutor(1, "screening-desk")
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "screening")

    @property
    def job_id(self) -> str:
        """Give its id, 16 hexadecimal digits; by it, it is resumed.

        Raises:
            InputError: before it is prepared.
        """
        return self._opened.job_id

    @property
    def _opened(self) -> Job:
        if self._job is None:
            raise InputError("the screening is not prepared yet")
        return self._job

    async def __aenter__(self) -> Self:
        """Hold it for a block."""
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Close its files."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close its files; it stays on the disk, and can be resumed."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._desk.shutdown()
        self._pool.shutdown()
        if self._job is not None:
            self._job.close()
        if self._log is not None:
            self._log.close()
            self._log = None

    async def prepare(self) -> Cost:
        """Read the list, and say what it costs; nothing of it is sent.

        Raises:
            InputError: if it is empty, or the case cannot be used.
            PeerError: if no coordinator answers.
            ClockError: if this machine's clock is wrong.
            StorageError: if the disk does not do what was asked.
        """
        if self._cost is not None:
            return self._cost
        Cards.of(self._session.home, self._asked.case, self._session.clock())
        await self._session.freshen()
        if self._job is None:
            await self._read()
        await self._at_desk(self._open)
        self._cost = await self._at_desk(self._plan)
        return self._cost

    async def run(
        self, on_progress: OnProgress = lambda _progress: None, *, anyway: bool = False
    ) -> Summary:
        """Ask all of it.

        Args:
            on_progress: told how far it is, whenever more is known.
            anyway: whether it is begun though a nation's ceilings are too low for all of it.

        Raises:
            ListRefusedError: if a nation's ceilings are too low for all of it; nothing was asked.
            InputError, PeerError, ClockError: as `prepare`.
            StorageError: if a disk or database does not do what was asked.
        """
        cost = await self.prepare()
        if cost.exceeding and not anyway:
            raise ListRefusedError(cost)
        asking = self._begun(lambda: on_progress(self.progress()))
        await self._at_desk(lambda: self._note("under way"))
        try:
            await asking.run(self._targets)
        finally:
            await self._at_desk(lambda: self._note("under way"))
        summary = await self._at_desk(self._summary)
        if summary.finished:
            await self._at_desk(lambda: self._note("finished"))
        return summary

    def __aiter__(self) -> AsyncIterator[Outcome]:
        """Ask all of it, and give outcomes as they come.

        Each different identifier has one of each nation and dataset; its place is the first one.

        Raises:
            ListRefusedError and others, as `run`.
        """
        return self._outcomes()

    async def _outcomes(self) -> AsyncGenerator[Outcome]:
        await self.prepare()
        board = self._known
        task = asyncio.create_task(self.run(lambda _progress: self._changed.set()))
        task.add_done_callback(lambda _task: self._changed.set())
        ready = {nation: Ready(board, nation) for nation in board.nations}
        try:
            while True:
                self._changed.clear()
                over = task.done()
                for one in ready.values():
                    while some := await self._at_desk(partial(one.take, all_of_it=over)):
                        for outcome in some:
                            yield outcome
                if over:
                    break
                await self._changed.wait()
        finally:
            task.cancel()
            await asyncio.wait([task])
            await self.aclose()
        await task

    def progress(self) -> Progress:
        """Say how far it is."""
        elements = self._asking.elements if self._asking is not None else {}
        return progress_of(self._known, elements, self._waits)

    def results(self) -> Iterator[Row]:
        """Give what there is to say of each place of the list, in its order, from the disk."""
        return rows_of(self._known)

    @property
    def _known(self) -> Board:
        if self._board is None:
            self._board = load_board(self._opened)
        return self._board

    async def _read(self) -> None:
        """Read the whole list into a new screening; what fails leaves nothing behind."""
        job = await self._at_desk(lambda: Job.begin(self._session.home, self._random))
        self._job = job
        try:
            await self._at_desk(lambda: self._note("reading"))
            reader = ListReader(job)
            async for some in batches(self._source, self._at_desk):
                await self._at_desk(partial(self._taken, reader, some))
            await self._at_desk(lambda: self._taken_all(reader))
        except BaseException:
            self._job = None
            job.close()
            erase(self._session.home, job.job_id)
            raise

    def _taken(self, reader: ListReader, some: list[Identifier]) -> None:
        with transaction(self._opened.connection):
            reader.take(some)

    def _taken_all(self, reader: ListReader) -> None:
        if not reader.places:
            raise InputError("a screening has one identifier at least")
        with transaction(self._opened.connection):
            reader.finish()
        self._note("ready", places=reader.places, subjects=reader.subjects)

    def _note(self, state: str, **counts: int) -> None:
        """Keep how far it is, and what was asked."""
        job, asked = self._opened, self._asked
        with transaction(job.connection):
            job.write_fact("state", state)
            if state == "reading":
                job.write_fact("created_ms", self._session.clock())
                job.write_fact(
                    "asked",
                    {
                        "case": asdict(asked.case),
                        "nations": asked.nations,
                        "deadline_ms": asked.deadline_ms,
                        "padded": asked.padded,
                    },
                )
            if counts:
                job.write_fact("counts", counts)
            if self._board is not None:
                self._board.keep(job)

    def _open(self) -> None:
        self._log = schema.connect(self._session.home.path, checked=False)
        self._board = load_board(self._opened)
        self._planner = Planner(
            self._session,
            self._log,
            self._asked.case,
            self._board.listed,
            self._board,
            self._asked.padded,
        )
        self._keeper = Keeper(
            self._session.home,
            self._opened,
            self._log,
            self._board.listed,
            self._asked.case,
            self._random,
        )

    def _plan(self) -> Cost:
        planner, keeper = self._planner, self._keeper
        if planner is None or keeper is None:
            raise TypeError("a screening is opened before it is planned")
        costs = []
        for nation in self._asked.nations:
            targets = planner.targets(nation)
            self._targets[nation] = targets
            held = {}
            for target in targets:
                earlier.adopt(planner, keeper, target)
                held[target.board.dataset] = recovering.held(keeper.log, target.publication)
            costs.append(planner.cost(nation, targets, held))
        with transaction(self._opened.connection):
            planner.board.keep(self._opened)
        return planner.whole(costs)

    def _begun(self, on_change: Callable[[], None]) -> Asking:
        planner, keeper = self._planner, self._keeper
        if planner is None or keeper is None or self._asking is not None:
            raise InputError("a screening is run once", do="Resume it by its id.")
        session = self._session
        self._asking = Asking(
            session,
            planner,
            keeper,
            Maker(session, self._asked.case, self._random),
            AnswerReader(session.home, session.clock, self._random),
            Carrier(session, self._asked.deadline_ms, self._pause, self._waits.__setitem__),
            self._desk,
            self._pool,
            on_change,
        )
        return self._asking

    def _summary(self) -> Summary:
        keeper = self._keeper
        elements = self._asking.elements if self._asking is not None else {}
        left = {} if keeper is None else keeper.left
        return summary_of(self._known, elements, left, kept=keeper is None or keeper.kept)

    async def _at_desk(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._desk, work)


def resumed(
    session: Session,
    job_id: str,
    random: Callable[[int], bytes],
    *,
    deadline_ms: int | None = None,
    pause: Pause = asyncio.sleep,
) -> Screening:
    """Open a screening that is kept.

    Args:
        session: the open session.
        job_id: its id.
        random: the random source.
        deadline_ms: how long a node has for one answer; as before by default.
        pause: waits for so many seconds.

    Raises:
        InputError: if there is none of this id, or its list was not read to its end.
        BusyError: if another program runs it.
    """
    job = Job.open(session.home, job_id, random)
    try:
        Listed.of(job)
        kept = job.read_fact("asked")
        asked = Asked(
            case=Case(**kept["case"]),
            nations=tuple(kept["nations"]),
            deadline_ms=deadline_ms or kept["deadline_ms"],
            padded=kept["padded"],
        )
    except BaseException:
        job.close()
        raise
    return Screening(session, None, asked, random, job=job, pause=pause)

"""One screening, as a program uses it: what it costs, asking it, and what it came to."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Self, TypeVar

from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.answers import AnswerReader
from fedquery.ask.screening.asked import Asked, note
from fedquery.ask.screening.asking import Asking
from fedquery.ask.screening.batches import Source
from fedquery.ask.screening.carrying import Carrier, Pause
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.listed import Listed
from fedquery.ask.screening.look import rows_of
from fedquery.ask.screening.making import Maker
from fedquery.ask.screening.means import Means
from fedquery.ask.screening.opened import Opened
from fedquery.ask.screening.prepared import Prepared
from fedquery.ask.screening.summing import Ready, progress_of, summary_of
from fedquery.ask.screening.values import Cost, ListRefusedError, Progress, Row, State, Summary
from fedquery.ask.session import Session
from fedquery.errors import InputError

T = TypeVar("T")
OnProgress = Callable[[Progress], None]


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
        self._asked = asked
        self._random = random
        self._pause = pause
        self._means: Means | None = None
        self._waits: dict[str, int] = {}
        self._changed = asyncio.Event()
        self._is_held = False
        self._desk = ThreadPoolExecutor(1, "screening-desk")
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "screening")
        self._prepared = Prepared(session, source, asked, random, self._desk, job)

    @property
    def job_id(self) -> str:
        """Give its id, 16 hexadecimal digits; by it, it is resumed.

        Raises:
            InputError: before it is prepared.
        """
        return self._prepared.kept.job_id

    @property
    def officer(self) -> str:
        """Say who asks, by what is told of the case; "" for nobody who is named."""
        return self._asked.case.officer

    @property
    def purpose(self) -> str:
        """Say what it is asked for."""
        return self._asked.case.purpose

    async def __aenter__(self) -> Self:
        """Hold it for a block."""
        self._is_held = True
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Close its files."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close its files; it stays on the disk, and can be resumed.

        A new list that was refused for its cost is erased: nothing of it was asked.
        """
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._desk.shutdown()
        self._pool.shutdown()
        self._prepared.close()

    async def prepare(self) -> Cost:
        """Read the list, and say what it costs; nothing of it is sent.

        A new list that cannot be prepared leaves nothing behind.

        Raises:
            InputError: if it is empty, or the case cannot be used.
            PeerError: if no coordinator answers.
            ClockError: if this machine's clock is wrong.
            StorageError: if the disk does not do what was asked.
        """
        return await self._prepared.prepare()

    async def run(
        self, on_progress: OnProgress = lambda _progress: None, *, anyway: bool = False
    ) -> Summary:
        """Ask all of it.

        Args:
            on_progress: told how far it is, whenever more is known.
            anyway: whether it is begun though a nation's ceilings are too low for all of it.

        Raises:
            ListRefusedError: if a nation's ceilings are too low for all of it; nothing was asked,
                and a new list is erased when the screening is closed.
            InputError, PeerError, ClockError: as `prepare`.
            StorageError: if a disk or database does not do what was asked.
        """
        cost = await self.prepare()
        refused = bool(cost.exceeding) and not anyway
        self._prepared.refuse(refused=refused)
        if refused:
            raise ListRefusedError(cost)
        opened, means = self._begun(lambda: on_progress(self.progress()))
        at_desk, kept = self._prepared.at_desk, self._prepared.kept
        await at_desk(partial(note, kept, "under way", opened.board))
        await Asking(means).run(opened.targets)
        keeper, elements = opened.keeper, means.elements
        summary = await at_desk(
            lambda: summary_of(opened.board, elements, keeper.left, kept=keeper.kept)
        )
        state: State = "finished" if summary.finished else "under way"
        await at_desk(partial(note, kept, state, opened.board))
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
        board = self._prepared.board
        task = asyncio.create_task(self.run(lambda _progress: self._changed.set()))
        task.add_done_callback(lambda _task: self._changed.set())
        ready = {nation: Ready(board, nation) for nation in board.nations}
        try:
            while True:
                self._changed.clear()
                over = task.done()
                for one in ready.values():
                    while some := await self._prepared.at_desk(partial(one.take, all_of_it=over)):
                        for outcome in some:
                            yield outcome
                if over:
                    break
                await self._changed.wait()
        finally:
            task.cancel()
            await asyncio.wait([task])
            if not self._is_held:
                await self.aclose()
        await task

    def progress(self) -> Progress:
        """Say how far it is."""
        elements = {} if self._means is None else self._means.elements
        return progress_of(self._prepared.board, elements, self._waits)

    def results(self) -> Iterator[Row]:
        """Give what there is to say of each place of the list, in its order, from the disk."""
        return rows_of(self._prepared.board)

    def _begun(self, on_change: Callable[[], None]) -> tuple[Opened, Means]:
        opened, session = self._prepared.opened, self._session
        if opened is None or self._means is not None:
            raise InputError("a screening is run once", do="Resume it by its id.")
        self._means = Means(
            session,
            opened.planner,
            Maker(session, self._asked.case, self._random),
            Carrier(session, self._asked.deadline_ms, self._pause, self._waits.__setitem__),
            AnswerReader(session.home, session.clock, self._random),
            opened.keeper,
            self._desk,
            self._pool,
            on_change,
        )
        return opened, self._means


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
        InputError: if there is none of this id, its list was not read to its end, or was read by
            spelling rules that have changed since.
        BusyError: if another program runs it.
    """
    job = Job.open(session.home, job_id, random)
    try:
        Listed.of(job).require_todays_rules()
        asked = Asked.of(job, deadline_ms)
    except BaseException:
        job.close()
        raise
    return Screening(session, None, asked, random, job=job, pause=pause)

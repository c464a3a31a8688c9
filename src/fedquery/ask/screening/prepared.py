"""From a list to a screening that can be asked: read, kept, and its cost computed; or nothing left.

Files are used in one thread, the desk. What fails or is stopped while a new list is prepared is
erased behind whatever that thread still does of it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from fedquery.ask.cards import Cards
from fedquery.ask.screening.asked import Asked
from fedquery.ask.screening.batches import Source, batches
from fedquery.ask.screening.board import Board
from fedquery.ask.screening.files import end_preparing, erase
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.kept import load_board
from fedquery.ask.screening.opened import Opened
from fedquery.ask.screening.reading import ListReader, take, take_all
from fedquery.ask.screening.values import Cost
from fedquery.ask.session import Session
from fedquery.errors import FedqueryError, InputError

T = TypeVar("T")


@dataclass(slots=True)
class Prepared:
    """A screening that is prepared when it is first needed.

    Attributes:
        session: the open session.
        source: the list; None of a screening that was kept before.
        asked: what is to be done with it.
        random: the random source.
        desk: the thread.
        job: its file; None of a new list that was not read yet.
        opened: its open files, once they are.
        cost: what it costs, once that is known.
    """

    session: Session
    source: Source | None = field(repr=False)
    asked: Asked
    random: Callable[[int], bytes] = field(repr=False)
    desk: Executor = field(repr=False)
    job: Job | None = None
    opened: Opened | None = field(default=None, init=False)
    cost: Cost | None = field(default=None, init=False)
    _board: Board | None = field(default=None, init=False)
    _is_new: bool = field(init=False)
    _is_refused: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Note whether it was kept before."""
        self._is_new = self.job is None

    @property
    def kept(self) -> Job:
        """Give its file.

        Raises:
            InputError: before there is one.
        """
        if self.job is None:
            raise InputError("the screening is not prepared yet")
        return self.job

    @property
    def board(self) -> Board:
        """Give what is known of it."""
        if self._board is None:
            self._board = load_board(self.kept)
        return self._board

    async def prepare(self) -> Cost:
        """Read the list where it is new, and say what it costs; what fails leaves no new list.

        Raises:
            InputError: if it is empty, or the case cannot be used.
            PeerError: if no coordinator answers.
            ClockError: if this machine's clock is wrong.
            StorageError: if the disk does not do what was asked.
        """
        if self.cost is not None:
            return self.cost
        Cards.of(self.session.home, self.asked.case, self.session.clock())
        await self.session.freshen()
        if not self._is_new:
            self.cost = await self._planned()
            return self.cost
        try:
            await self._read()
            cost = await self._planned()
            await self.at_desk(lambda: end_preparing(self.session.home, self.kept.job_id))
        except BaseException:
            # Also where whoever waits is stopped once more.
            await asyncio.shield(self.at_desk(self._forget))
            raise
        self.cost = cost
        return cost

    def refuse(self, *, refused: bool) -> None:
        """Note whether it is refused for its cost; a new list is not kept for that."""
        self._is_refused = refused

    def close(self) -> None:
        """Close its files, and erase it where it is new and was refused."""
        if self._is_new and self._is_refused:
            self._forget()
        if self.job is not None:
            self.job.close()
        if self.opened is not None:
            self.opened.close()

    async def at_desk(self, work: Callable[[], T]) -> T:
        """Do something in the one thread that uses the files."""
        return await asyncio.get_running_loop().run_in_executor(self.desk, work)

    async def _read(self) -> None:
        """Read the whole list into a new screening."""
        job = await self.at_desk(self._begin)
        reader = ListReader(job)
        async for some in batches(self.source, self.at_desk):
            await self.at_desk(partial(take, reader, some))
        await self.at_desk(partial(take_all, reader))

    def _begin(self) -> Job:
        # Noted at once, for the thread is not stopped with whoever waits for it.
        self.job = Job.begin(self.session.home, self.random)
        self.asked.keep(self.job, self.session.clock())
        return self.job

    async def _planned(self) -> Cost:
        opened = await self.at_desk(self._open)
        self._board = opened.board
        return await self.at_desk(opened.plan)

    def _open(self) -> Opened:
        self.opened = Opened.of(self.session, self.kept, self.asked, self.random)
        return self.opened

    def _forget(self) -> None:
        """Close and erase a list of which nothing was asked."""
        job, opened = self.job, self.opened
        self.job = self.opened = self._board = self.cost = None
        if opened is not None:
            opened.close()
        if job is not None:
            job.close()
            # What a disk keeps from being erased now is erased by whoever comes next.
            with contextlib.suppress(FedqueryError, OSError):
                erase(self.session.home, job.job_id)

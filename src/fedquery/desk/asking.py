"""Questions under way: each goes on when its page is closed, and any number of pages follow it.

Every outcome is written down as it comes, so that nothing which a nation has counted is lost with a
page, a session or a process.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from fedquery.ask.awaiting import awaited
from fedquery.ask.case import Case
from fedquery.ask.case_store import read_case
from fedquery.ask.looking import OnOutcome
from fedquery.ask.outcome import Outcome
from fedquery.ask.room import Room
from fedquery.config import logs
from fedquery.desk import case_changes, questions
from fedquery.desk.access import NotThereError
from fedquery.desk.asked import KeptQuestion, NewQuestion
from fedquery.desk.service import Desk
from fedquery.errors import DiskFullError, FedqueryError, PeerError, StorageError
from fedquery.identifiers import Identifier

# A disk that is full takes nothing from what was answered.
_FULL: Final = (sqlite3.OperationalError, StorageError)
# A case that is erased while it is asked in keeps nothing of what comes.
_UNKEPT: Final = (*_FULL, NotThereError)
LOOK_AGAIN_S: Final = 1.0
# Pages of desk.db, and of each cell what a few datasets say.
_PAGES: Final = 128 * 1024
_CELL: Final = 4 * 1024
_NO_COORDINATOR: Final = "coordinator-down"


@dataclass(slots=True)
class UnderWay:
    """One question under way.

    Attributes:
        identifiers: what is asked, by place.
        nations: whom.
        room: the room on the disk that was taken for what comes.
        outcomes: what has come so far.
        awaited: which datasets have to answer, as it was known when the first outcome came.
    """

    identifiers: tuple[Identifier, ...] = field(repr=False)
    nations: tuple[str, ...]
    room: Room = field(repr=False)
    outcomes: list[Outcome] = field(default_factory=list, repr=False)
    awaited: Mapping[tuple[int, str], frozenset[str]] = field(default_factory=dict)
    _written: int = field(default=0, repr=False)
    _has_ended: bool = field(default=False, repr=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def changes(self) -> AsyncGenerator[None, None]:
        """Give a sign at once, when something has come, and each second; end when all has come.

        Whoever follows looks each time whether they still may.
        """
        while True:
            # Both before the sign: what comes while it is looked at is told by the next one.
            changed, has_ended = self._changed, self._has_ended
            yield None
            if has_ended:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await changed.wait()

    def unwritten(self) -> list[Outcome]:
        """Give what has come and is not written yet."""
        return self.outcomes[self._written :]

    def wrote(self, count: int) -> None:
        """Note that so many more are written."""
        self._written += count

    def wake(self, *, has_ended: bool = False) -> None:
        """Tell all that follow."""
        self._has_ended = self._has_ended or has_ended
        self._changed.set()
        self._changed = asyncio.Event()


@dataclass(slots=True)
class Asking:
    """The questions of one desk that are under way.

    Attributes:
        desk: the desk.
    """

    desk: Desk
    _under_way: dict[str, UnderWay] = field(default_factory=dict, init=False, repr=False)

    def send(
        self, new: NewQuestion, number: str, officer: str, *, said_ms: int | None = None
    ) -> None:
        """Write a question down and ask it; one that was before is not asked again.

        Args:
            new: the question.
            number: the agency's own number of its case.
            officer: the name of who asks.
            said_ms: when its facts were confirmed, where it has waited since.

        Raises:
            IdReusedError: if another question has its id.
            DiskFullError: if there is no room for what would come; nothing was asked.
        """
        with contextlib.ExitStack() as stack:
            room = Room(self.desk.home.path)
            stack.callback(room.give_up)
            room.take(_octets_for(new))
            kept, is_new = questions.begin(self.desk.store, new, self.desk.clock())
            if is_new:
                stack.pop_all()
                self._begin(kept, room, new.facts.case_of(number, officer), said_ms)

    def _begin(self, kept: KeptQuestion, room: Room, case: Case, said_ms: int | None) -> None:
        new = kept.new
        identifiers = tuple(one.identifier for one in new.asked)
        one = UnderWay(identifiers, kept.nations, room)
        self._under_way[kept.question_id] = one
        self.desk.spawn(self._ask(kept.question_id, one, case))
        # What the next question of the case begins with; nothing is lost where it is not kept.
        with contextlib.suppress(*_FULL):
            case_changes.remember(
                self.desk.store,
                new.account_id,
                new.case_id,
                new.facts,
                kept.asked_ms,
                file=read_case(self.desk.home, case.number),
                said_ms=said_ms,
            )

    def find(self, question_id: str) -> UnderWay | None:
        """Find a question that is under way; None where nothing more comes of it."""
        return self._under_way.get(question_id)

    async def _ask(self, question_id: str, one: UnderWay, case: Case) -> None:
        loop = asyncio.get_running_loop()

        def came(outcome: Outcome) -> None:
            if not one.outcomes:
                one.awaited = awaited(self.desk.client.session, one.identifiers, one.nations)
            one.outcomes.append(outcome)
            # An answer brings all of its outcomes in one turn of the loop: they are written in one
            # transaction, and shown together.
            loop.call_soon(self._write, question_id, one)

        try:
            with logs.request("desk-question"):
                await self._look_up(question_id, one, case, came)
        finally:
            one.room.give_up()
            del self._under_way[question_id]
            one.wake(has_ended=True)

    async def _look_up(self, question_id: str, one: UnderWay, case: Case, came: OnOutcome) -> None:
        try:
            lookup = await self.desk.client.lookup(
                one.identifiers, case, nations=one.nations, on_outcome=came
            )
        except FedqueryError as error:
            why = _NO_COORDINATOR if isinstance(error, PeerError) else error.slug
            logs.annotate(why=why)
            self._settle(question_id, one, partial(questions.end, why=why, came=one.outcomes))
        except Exception as error:  # noqa: BLE001 -- nobody awaits this task, who would be told of it
            logs.fault("desk-question", error)
            # Whether it was counted is not known; whoever looks at the page must not wait.
            self._settle(question_id, one, partial(questions.end, why="", came=one.outcomes))
        else:
            self._settle(question_id, one, partial(questions.finish, lookup=lookup))

    def _write(self, question_id: str, one: UnderWay) -> None:
        new = one.unwritten()
        if new:
            # Where there is no room, they are written with what comes next, or at the end.
            with contextlib.suppress(*_UNKEPT):
                store = self.desk.store
                one.room.write(lambda: questions.add_outcomes(store, question_id, new))
                one.wrote(len(new))
            one.wake()

    def _settle(self, question_id: str, one: UnderWay, settle: Callable[..., None]) -> None:
        store = self.desk.store
        # A case that was erased while it was asked in keeps nothing.
        with contextlib.suppress(NotThereError):
            settle(store, question_id)
        if question_id in store.unwritten:
            one.room.give_up()
            questions.write_held(store)
        if question_id in store.unwritten:
            logs.annotate(why=DiskFullError.slug)


def _octets_for(new: NewQuestion) -> int:
    """Say how much room what comes of a question takes in desk.db, in octets, and no less."""
    # Each dataset's outcome is written as it comes, and once more at the end.
    return _PAGES + _CELL * len(new.asked) * len(new.nations)

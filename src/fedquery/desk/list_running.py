"""The lists of one desk that are being asked: begun, followed by any number of pages, stopped.

A list goes on when its page is closed. What ends it is kept with it; where the desk itself ends it
stays as it is on the disk, and is asked further by whoever made it. Nothing is asked twice.
"""

import asyncio
import contextlib
import sqlite3
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.ask.case_store import read_case
from fedquery.ask.screening.screening import Screening
from fedquery.ask.screening.values import Cost, ListRefusedError, Progress
from fedquery.config import logs
from fedquery.desk import case_changes, cases, lists
from fedquery.desk.access import NotThereError
from fedquery.desk.kept_list import BY_OFFICER, CASE_CLOSED, INTERRUPTED, KeptList, ListError
from fedquery.desk.language import N_
from fedquery.desk.list_digest import digest_of_kept
from fedquery.desk.running_list import LOOK_AGAIN_S, RunningList
from fedquery.desk.service import Desk
from fedquery.errors import BusyError, FedqueryError, StorageError

# Each holds threads, files and the states of its list.
MOST_RUNNING: Final = 2
_DESK_ENDS: Final = "desk-ends"
_MOST_COSTS: Final = 64
_ENOUGH: Final = N_("Enough lists are asked at this desk now.")
_WAIT: Final = N_("Wait until one of them has ended.")
_OTHER: Final = N_("What lies on the disk is not the list that was confirmed.")
_MAKE_ANEW: Final = N_("Make the list again.")
_CLOSED: Final = N_("It stopped: its case is closed, or its officer no longer acts in it.")


@dataclass(slots=True)
class Lists:
    """The lists of one desk that are being asked.

    Attributes:
        desk: the desk.
    """

    desk: Desk
    _running: dict[str, RunningList] = field(default_factory=dict, init=False, repr=False)
    _beginning: set[str] = field(default_factory=set, init=False, repr=False)
    _ending: set[str] = field(default_factory=set, init=False, repr=False)
    _unnoted: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _costs: "OrderedDict[str, Cost]" = field(default_factory=OrderedDict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Ask nothing further in a case from the moment at which it is closed."""
        self.desk.case_closed = self._stop_of_case

    def find(self, list_id: str) -> RunningList | None:
        """Find a list that is being asked; None where nothing more comes of it by itself."""
        return self._running.get(list_id)

    def as_it_is(self, kept: KeptList) -> KeptList:
        """Give a list as it is: on a full disk nobody wrote down that it stopped."""
        at_work = (self._running, self._beginning, self._ending)
        if kept.state != "asking" or any(kept.list_id in some for some in at_work):
            return kept
        why = self._unnoted.get(kept.list_id, INTERRUPTED)
        return replace(kept, state="stopped" if why else "ended", why=why)

    def catch_up(self, kept: KeptList) -> KeptList:
        """Give a list as it is, and write down what could not be written when it stopped."""
        found = self.as_it_is(kept)
        if found is not kept:
            lists.stop(self.desk.store, kept, found.why, self.desk.clock())
            self._unnoted.pop(kept.list_id, None)
        return found

    def remember_cost(self, list_id: str, cost: Cost) -> None:
        """Remember what a list costs, so that a page does not compute it each time."""
        self._costs[list_id] = cost
        while len(self._costs) > _MOST_COSTS:
            self._costs.popitem(last=False)

    async def cost_of(self, kept: KeptList) -> Cost:
        """Say what is left of a list costs; nothing is sent.

        Args:
            kept: the list.

        Raises:
            FedqueryError: as `Screening.prepare`.
        """
        cost = self._costs.get(kept.list_id)
        # A nation that could not be asked then may be back by now.
        if cost is None or any(one.why for one in cost.nations):
            async with await self._opened(kept) as screening:
                cost = await screening.prepare()
            self.remember_cost(kept.list_id, cost)
        return cost

    async def begin(self, kept: KeptList, *, anyway: bool) -> None:
        """Ask a list, or what is left of it; one that is being asked already is left alone.

        Whoever calls has looked whether it may be asked by one person.

        Args:
            kept: the list.
            anyway: whether it is asked though a nation's ceilings are too low for all of it.

        Raises:
            ListRefusedError: if they are; nothing was asked.
            ListError: if it is not what was confirmed, or it or its case is in another state.
            BusyError: if enough lists are asked here, or another program asks this one.
            FedqueryError: as `Screening.prepare`.
        """
        list_id = kept.list_id
        if list_id in self._running or list_id in self._beginning:
            return
        if len(self._running) + len(self._beginning) >= MOST_RUNNING:
            raise BusyError(_ENOUGH, do=_WAIT)
        self._beginning.add(list_id)
        try:
            await self._begin(kept, anyway=anyway)
        finally:
            self._beginning.discard(list_id)

    async def stop(self, list_id: str, why: str = BY_OFFICER) -> None:
        """Stop a list, and wait until it has; what was asked is kept."""
        one = self._running.get(list_id)
        if one is not None and one.task is not None:
            one.cancel(why)
            await asyncio.wait([one.task])

    async def _begin(self, kept: KeptList, *, anyway: bool) -> None:
        screening = await self._opened(kept)
        begun = False
        try:
            cost = await screening.prepare()
            self.remember_cost(kept.list_id, cost)
            if cost.exceeding and not anyway:
                raise ListRefusedError(cost)
            await self._require_confirmed(kept)
            # What was computed took time, in which others may have closed the case.
            if not self._may_go_on(kept):
                raise ListError(_CLOSED)
            lists.begin(self.desk.store, kept, self.desk.clock())
            self._remember(kept)
            before = {one.nation: one.answered for one in screening.progress().nations}
            running = RunningList(screening, kept.case_id, self.desk.clock(), before)
            self._running[kept.list_id] = running
            running.task = self.desk.spawn(self._run(kept, running, anyway=anyway))
            begun = True
            # A task that is cancelled before its first step would close nothing.
            await asyncio.sleep(0)
        finally:
            if not begun:
                await screening.aclose()

    def _remember(self, kept: KeptList) -> None:
        store = self.desk.store
        if kept.asked_ms or case_changes.since(store, kept.case_id, kept.begun_ms):
            # It goes out with what was confirmed; what the case says by now is newer.
            return
        file = read_case(self.desk.home, cases.read_any(store, kept.case_id).number)
        facts, now_ms = kept.new.facts, self.desk.clock()
        # What the next question of the case begins with; nothing is lost where it is not kept.
        with contextlib.suppress(sqlite3.OperationalError):
            case_changes.remember(store, kept.account_id, kept.case_id, facts, now_ms, file=file)

    async def _opened(self, kept: KeptList) -> Screening:
        return await asyncio.to_thread(self.desk.client.resume_screening, kept.list_id)

    async def _require_confirmed(self, kept: KeptList) -> None:
        look = await asyncio.to_thread(self.desk.client.look_at_screening, kept.list_id)
        with contextlib.closing(look):
            digest = await asyncio.to_thread(digest_of_kept, look.board.listed)
        if digest != kept.new.digest:
            raise ListError(_OTHER, do=_MAKE_ANEW)

    async def _run(self, kept: KeptList, one: RunningList, *, anyway: bool) -> None:
        why = ""
        try:
            with logs.request("desk-list"):
                why = await self._asked(kept, one, anyway=anyway)
        except asyncio.CancelledError as error:
            # Of the desk's own end nothing is written: the next start says that it was interrupted.
            why = str(error.args[0]) if error.args else _DESK_ENDS
        finally:
            self._ending.add(kept.list_id)
            del self._running[kept.list_id]
            self._costs.pop(kept.list_id, None)
            try:
                await one.screening.aclose()
                if why != _DESK_ENDS:
                    self._note(kept, why)
            finally:
                self._ending.discard(kept.list_id)
                one.wake(is_over=True)

    async def _asked(self, kept: KeptList, one: RunningList, *, anyway: bool) -> str:
        """Ask, and say what stopped it; "" where it came to its end."""

        def more_is_known(_progress: Progress) -> None:
            one.wake()
            self._stop_if_over(kept, one)

        async def watch() -> None:
            # A nation whose quota renews is waited for, and meanwhile nothing comes.
            while True:
                await asyncio.sleep(LOOK_AGAIN_S)
                self._stop_if_over(kept, one)

        watching = asyncio.create_task(watch())
        try:
            await one.screening.run(more_is_known, anyway=anyway)
        except FedqueryError as error:
            logs.annotate(why=error.slug)
            return error.slug
        except Exception as error:  # noqa: BLE001 -- nobody awaits this task, who would be told of it
            logs.fault("desk-list", error)
            return "fault"
        finally:
            watching.cancel()
        return ""

    def _stop_if_over(self, kept: KeptList, one: RunningList) -> None:
        if not self._may_go_on(kept):
            one.cancel(CASE_CLOSED)

    def _stop_of_case(self, case_id: str) -> None:
        for one in self._running.values():
            if one.case_id == case_id:
                one.cancel(CASE_CLOSED)

    def _may_go_on(self, kept: KeptList) -> bool:
        """Tell whether the case is open, and its officer in it and no disabled account."""
        row = self.desk.connection.execute(
            "SELECT 1 FROM kept_case JOIN case_member USING (case_id)"
            " JOIN account USING (account_id)"
            " WHERE case_id = ? AND kept_case.state = 'open' AND account_id = ? AND enabled",
            (kept.case_id, kept.account_id),
        ).fetchone()
        return row is not None

    def _note(self, kept: KeptList, why: str) -> None:
        # A case that is erased, or a full disk, takes nothing from what lies in the screening.
        try:
            lists.stop(self.desk.store, kept, why, self.desk.clock())
        except (sqlite3.OperationalError, StorageError):
            self._unnoted[kept.list_id] = why
        except (NotThereError, sqlite3.IntegrityError):
            pass

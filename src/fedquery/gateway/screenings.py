"""The screenings that this gateway runs: begun, looked at, gone on with, erased.

They lie in the agency's home. A gateway that ends leaves them as they stand; whoever wants the rest
asked runs them again, and nothing that was answered is asked anew.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask.case import Case
from fedquery.ask.client import Client
from fedquery.ask.screening.screening import Screening
from fedquery.ask.screening.values import Cost, ListRefusedError
from fedquery.config import logs
from fedquery.errors import BusyError, FedqueryError, InputError, NotFoundError
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import ScreeningBody
from fedquery.gateway.repeats import ErasedError, Repeats
from fedquery.gateway.screening_answers import answer_of
from fedquery.gateway.seeing import seen
from fedquery.identifiers import Identifier

# Each holds threads, files and the states of its list.
MOST_RUNNING: Final = 4
_MOST_REMEMBERED: Final = 256


@dataclass(slots=True)
class _Known:
    """What this process knows of a screening beside what is on the disk."""

    cost: Cost | None = None
    error: FedqueryError | None = None


@dataclass(frozen=True, slots=True)
class _Running:
    screening: Screening
    task: "asyncio.Task[None]" = field(repr=False)


@dataclass(slots=True)
class Screenings:
    """Runs screenings for officers.

    Attributes:
        client: the agency's open client.
        clock: the time in ms.
    """

    client: Client
    clock: Callable[[], int]
    _running: dict[str, _Running] = field(default_factory=dict, init=False)
    _preparing: int = field(default=0, init=False)
    _known: OrderedDict[str, _Known] = field(default_factory=OrderedDict, init=False)
    _repeats: Repeats[str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin without anything under way."""
        self._repeats = Repeats(self.clock)

    async def begin_once(
        self, identifiers: list[Identifier], case: Case, body: ScreeningBody, key: str
    ) -> str:
        """Begin a screening, or give the one that was begun by the same request.

        Args:
            identifiers: the list.
            case: what for.
            body: the request.
            key: the idempotency key, or "".

        Raises:
            KeyReusedError: if the key was used with another body.
            ErasedError: if what was begun under the key was erased since. A request that comes late
                must not ask again what an officer has ended.
            FedqueryError: as `begin`.
        """
        task = self._repeats.find(case.officer, key, body)
        is_new = task is None
        if task is None:
            task = asyncio.create_task(self.begin(identifiers, case, body))
            self._repeats.keep(case.officer, key, body, task)
        # Waiting, other than awaiting, does not end it where this client goes away.
        await asyncio.wait([task])
        screening_id = task.result()
        if not is_new:
            try:
                await asyncio.to_thread(self.client.kept_screening, screening_id)
            except NotFoundError:
                raise ErasedError("the screening of this idempotency key was erased") from None
        return screening_id

    async def begin(self, identifiers: list[Identifier], case: Case, body: ScreeningBody) -> str:
        """Keep a list, say what it costs, and begin to ask it where that is wanted.

        Args:
            identifiers: the list.
            case: what for.
            body: the request.

        Returns:
            The id.

        Raises:
            ListRefusedError: if a nation's quota has no room for it; nothing was asked or kept.
            BusyError: if enough are under way.
            InputError, PeerError, ClockError, StorageError: as `Screening.prepare`.
        """
        self._require_room()
        screening = self.client.screen(
            identifiers,
            case,
            nations=body.nations,
            deadline_s=None if body.deadline_ms is None else body.deadline_ms / 1000,
            padded=body.padded,
        )
        try:
            await self._prepared(screening, run=body.begin, anyway=body.anyway)
        except ListRefusedError:
            self.client.erase_screening(screening.job_id)
            raise
        return screening.job_id

    async def run(self, screening_id: str, bearer: Bearer, *, anyway: bool) -> None:
        """Begin or go on with a screening that is kept; one that runs already is left alone.

        Args:
            screening_id: the screening.
            bearer: who wants it: nobody's questions but one's own are asked.
            anyway: whether it is begun though a nation's ceilings are too low for all of it.

        Raises:
            ListRefusedError: if a nation's quota has no room for what is left; nothing was asked.
            BusyError: if enough are under way, or another program runs it.
            NotFoundError: as `answer`.
            InputError: if it is another officer's, or cannot be resumed.
            PeerError, ClockError, StorageError: as `Screening.prepare`.
        """
        kept = await seen(self.client, screening_id, bearer)
        # Holders and the agency's log are told of whoever began it, and must not be told a lie.
        if kept.officer != bearer.officer:
            raise InputError(
                "another officer has begun this screening",
                do="Have it run by whoever began it, or begin one of your own.",
            )
        if screening_id in self._running:
            return
        self._require_room()
        screening = self.client.resume_screening(screening_id)
        await self._prepared(screening, run=True, anyway=anyway)

    async def erase(self, screening_id: str, bearer: Bearer) -> None:
        """Stop a screening where it runs, and erase it; what was asked stays in the logs.

        Args:
            screening_id: the screening.
            bearer: who wants it.

        Raises:
            NotFoundError: as `answer`.
            BusyError: if another program runs it.
        """
        # A supervisor may erase one that cannot be read any more, too.
        if not bearer.is_supervisor:
            await seen(self.client, screening_id, bearer)
        running = self._running.get(screening_id)
        if running is not None:
            running.task.cancel()
            await asyncio.wait([running.task])
        await asyncio.to_thread(self.client.erase_screening, screening_id)
        self._known.pop(screening_id, None)

    async def answer(self, screening_id: str, bearer: Bearer) -> bytes:
        """Write how far a screening is.

        Args:
            screening_id: the screening.
            bearer: who looks at it.

        Raises:
            NotFoundError: if there is none of this id, or it is another officer's and the bearer no
                supervisor: which of them is not told.
        """
        await seen(self.client, screening_id, bearer)
        look = await asyncio.to_thread(self.client.look_at_screening, screening_id)
        with contextlib.closing(look):
            running = self._running.get(screening_id)
            known = self._known.get(screening_id, _Known())
            progress = running.screening.progress() if running else look.progress()
            return answer_of(
                look.kept, progress, known.cost, known.error, running=running is not None
            )

    async def aclose(self) -> None:
        """End what runs; it stays on the disk."""
        tasks = [one.task for one in self._running.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _prepared(self, screening: Screening, *, run: bool, anyway: bool) -> None:
        begun = False
        self._preparing += 1
        try:
            cost = await screening.prepare()
            self._remember(screening.job_id, _Known(cost))
            if run and cost.exceeding and not anyway:
                raise ListRefusedError(cost)
            if run:
                task = asyncio.create_task(self._run(screening, anyway=anyway))
                self._running[screening.job_id] = _Running(screening, task)
                begun = True
                # A task that is cancelled before its first step would close nothing.
                await asyncio.sleep(0)
        finally:
            self._preparing -= 1
            if not begun:
                await screening.aclose()

    async def _run(self, screening: Screening, *, anyway: bool) -> None:
        known = self._known[screening.job_id]
        try:
            await screening.run(anyway=anyway)
        except FedqueryError as error:
            known.error = error
        except Exception as error:  # noqa: BLE001 -- nobody awaits this task: it is logged, and told
            reference = logs.fault("screening-fault", error)
            known.error = FedqueryError(f"the screening ended by a fault here, {reference}")
        finally:
            with contextlib.suppress(KeyError):
                del self._running[screening.job_id]
            await screening.aclose()

    def _remember(self, screening_id: str, known: _Known) -> None:
        self._known[screening_id] = known
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)

    def _require_room(self) -> None:
        if len(self._running) + self._preparing >= MOST_RUNNING:
            raise BusyError(
                "enough screenings are under way here", do="Wait until one of them has ended."
            )

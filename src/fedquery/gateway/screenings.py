"""The screenings that this gateway runs: begun, looked at, gone on with, erased.

They lie in the agency's home. A gateway that ends leaves them as they stand; whoever wants the rest
asked runs them again, and nothing that was answered is asked anew.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from fedquery.ask.case import Case
from fedquery.ask.client import Client
from fedquery.ask.screening.approval import ListApproval
from fedquery.ask.screening.values import KeptScreening, ListRefusedError
from fedquery.errors import FedqueryError, InputError, NotFoundError
from fedquery.gateway.approving import Approving
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import DecisionBody, ScreeningBody
from fedquery.gateway.repeats import ErasedError, Repeats
from fedquery.gateway.reviewing import Reviewing
from fedquery.gateway.runs import Known, Runs
from fedquery.gateway.screening_answers import answer_of, listing_of, shown_state
from fedquery.gateway.seeing import is_seen, seen
from fedquery.identifiers import Identifier


@dataclass(slots=True)
class Screenings:
    """Runs screenings for officers.

    Attributes:
        client: the agency's open client.
        clock: the time in ms.
    """

    client: Client
    clock: Callable[[], int]
    approving: Approving = field(init=False)
    runs: Runs = field(init=False)
    _repeats: Repeats[str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin without anything under way."""
        self._repeats = Repeats(self.clock)
        self.approving = Approving(self.client, self.clock)
        self.runs = Runs(self.approving, Reviewing(self.client, self.clock))

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

        A long one waits for a second person.

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
        self.runs.require_room()
        screening = self.client.screen(
            identifiers,
            case,
            nations=body.nations,
            deadline_s=None if body.deadline_ms is None else body.deadline_ms / 1000,
            padded=body.padded,
        )
        try:
            begun = await self.runs.prepared(
                screening, run=body.begin, anyway=body.anyway, approved=False
            )
        except ListRefusedError:
            self.client.erase_screening(screening.job_id)
            raise
        if body.begin and not begun:
            await self._want(screening.job_id, anyway=body.anyway)
        return screening.job_id

    async def listing(self, bearer: Bearer, *, waiting_alone: bool) -> bytes:
        """Write which screenings are kept: an officer's own, to a supervisor all.

        Args:
            bearer: who looks.
            waiting_alone: whether only those are told that wait for a second person.
        """
        return await asyncio.to_thread(self._listing, bearer, waiting_alone=waiting_alone)

    def _listing(self, bearer: Bearer, *, waiting_alone: bool) -> bytes:
        found = []
        for kept in self.client.screenings():
            if not is_seen(kept, bearer):
                continue
            # One may be erased meanwhile, or be damaged: the others are told.
            with contextlib.suppress(FedqueryError):
                approval = self.approving.read(kept.job_id)
                if not waiting_alone or shown_state(kept, approval) == "waiting-approval":
                    found.append((kept, approval))
        return listing_of(found)

    async def run(self, screening_id: str, bearer: Bearer, *, anyway: bool) -> None:
        """Begin or go on with a screening that is kept; one that runs already is left alone.

        A long list that nobody has approved within the day waits for a second person.

        Args:
            screening_id: the screening.
            bearer: who wants it: nobody's questions but one's own are asked.
            anyway: whether it is begun though a nation's ceilings are too low for all of it.

        Raises:
            ListRefusedError: if a nation's quota has no room for what is left; nothing was asked.
            BusyError: if enough are under way, or another program runs it.
            NotFoundError: as `answer`.
            ApprovalError: if a second person has declined it.
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
        if screening_id in self.runs.running:
            return
        if not await self._begun(kept, anyway=anyway):
            await self._want(screening_id, anyway=anyway)

    async def decide(self, screening_id: str, bearer: Bearer, body: DecisionBody) -> None:
        """Approve or decline a list that waits; one that is approved is begun.

        Args:
            screening_id: the screening.
            bearer: who decides.
            body: what, and why.

        Raises:
            NotFoundError, ApprovalError, BusyError: as `Approving.decide`.
        """
        decided = await self.approving.decide(screening_id, bearer, body)
        if decided.state == "declined":
            return
        kept = await asyncio.to_thread(self.client.kept_screening, screening_id)
        try:
            await self._begun(kept, anyway=decided.anyway)
        except FedqueryError as error:
            # It is approved all the same: whoever sent it runs it within the day.
            self.runs.remember(screening_id, Known(error=error))

    async def _begun(self, kept: KeptScreening, *, anyway: bool) -> bool:
        """Begin or go on with a screening, and tell whether it may be asked."""
        self.runs.require_room()
        approved = await asyncio.to_thread(self.approving.holds, kept.job_id)
        screening = self.client.resume_screening(kept.job_id)
        return await self.runs.prepared(screening, run=True, anyway=anyway, approved=approved)

    async def _want(self, screening_id: str, *, anyway: bool) -> None:
        await asyncio.to_thread(self.approving.want, screening_id, anyway=anyway)

    async def erase(self, screening_id: str, bearer: Bearer) -> None:
        """Stop a screening where it runs, and erase it; what was asked stays in the logs.

        Args:
            screening_id: the screening.
            bearer: who wants it.

        Raises:
            NotFoundError: as `answer`.
            BusyError: if another program runs it.
        """
        try:
            await seen(self.client, screening_id, bearer)
        except NotFoundError:
            raise
        except FedqueryError:
            # A supervisor may erase one that cannot be read any more, too.
            pass
        await self.runs.stop(screening_id)
        await asyncio.to_thread(self.client.erase_screening, screening_id)

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
            running = self.runs.running.get(screening_id)
            known = self.runs.known(screening_id)
            approval = ListApproval.of(look.board.listed.job)
            progress = running.screening.progress() if running else look.progress()
            return answer_of(
                look.kept,
                progress,
                known.cost,
                known.error,
                approval,
                running=running is not None,
            )

    async def aclose(self) -> None:
        """End what runs; it stays on the disk."""
        await self.runs.aclose()

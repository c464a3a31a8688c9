"""Long lists wait for a second person: wanted by who sends them, decided by another, a supervisor.

As at the desk: without a decision nothing is asked, nobody decides on their own list, and where a
life is in danger nobody waits.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fedquery.ask.client import Client
from fedquery.ask.screening.approval import ListApproval
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.values import KeptScreening
from fedquery.ask.second_person import is_needed
from fedquery.config import logs
from fedquery.errors import InputError
from fedquery.gateway.bearer import Bearer
from fedquery.gateway.bodies import DecisionBody
from fedquery.gateway.seeing import seen


class ApprovalError(InputError):
    """A list cannot be decided on, or asked, as it was tried.

    Args:
        what: what is wrong.
        do: what to do about it.
    """

    slug = "approval"
    default_do = "See `approval` in what GET says of the screening."


class ApprovalNeededError(InputError):
    """A question is too long for one person, and cannot wait for a second one."""

    slug = "approval-needed"
    default_do = (
        "Send it to /v1/screenings: it waits there until another officer's token that was made"
        " with --supervisor approves it."
    )


@dataclass(frozen=True, slots=True)
class Approving:
    """Keeps and gives the word of a second person.

    Attributes:
        client: the agency's open client.
        clock: the time in ms.
        random: the random source.
    """

    client: Client
    clock: Callable[[], int]
    random: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)

    def is_needed(self, count: int, purpose: str) -> bool:
        """Tell whether so many different identifiers need a second person.

        Args:
            count: how many.
            purpose: what they are asked for.
        """
        return is_needed(count, purpose, self.client.home.settings.desk.approve_above)

    def require_short(self, count: int, purpose: str) -> None:
        """Require that a question which is answered at once needs nobody else.

        Args:
            count: how many different identifiers it has.
            purpose: what they are asked for.

        Raises:
            ApprovalNeededError: if it does.
        """
        if self.is_needed(count, purpose):
            above = self.client.home.settings.desk.approve_above
            raise ApprovalNeededError(f"more than {above} identifiers need a second person")

    def read(self, screening_id: str) -> ListApproval | None:
        """Read what was decided of a list."""
        with self._opened(screening_id, alone=False) as job:
            return ListApproval.of(job)

    def holds(self, screening_id: str) -> bool:
        """Tell whether a long list may be asked now.

        Raises:
            ApprovalError: if it was declined: it is never asked.
        """
        approval = self.read(screening_id)
        if approval is not None and approval.state == "declined":
            raise ApprovalError("this list was declined", do="Begin another one.")
        return approval is not None and approval.holds(self.clock())

    def want(self, screening_id: str, *, anyway: bool) -> None:
        """Have a list wait for a second person; one that waits already goes on waiting.

        Args:
            screening_id: the screening.
            anyway: whether it is begun though a nation's ceilings are too low for all of it.

        Raises:
            BusyError: if another program runs it.
        """
        with self._opened(screening_id, alone=True) as job:
            before = ListApproval.of(job)
            # One that was approved since it was looked at is not made to wait again.
            if before is not None and (before.state != "approved" or before.holds(self.clock())):
                return
            wanted = ListApproval(
                state="waiting",
                wanted_ms=self.clock(),
                anyway=anyway,
                ended=() if before is None else before.and_it(),
            )
            wanted.keep(job)
        logs.event("approval-wanted")

    async def decide(self, screening_id: str, bearer: Bearer, body: DecisionBody) -> ListApproval:
        """Approve or decline a list, once.

        Args:
            screening_id: the screening.
            bearer: who decides.
            body: what, and why.

        Raises:
            NotFoundError: if there is none of this id that they may see.
            ApprovalError: if they may not decide, or nobody is to.
            BusyError: if another program runs it.
        """
        kept = await seen(self.client, screening_id, bearer)
        if not bearer.is_supervisor or bearer.officer == kept.officer:
            raise ApprovalError(
                "a supervisor decides, and never on their own list",
                do="Have another officer decide, whose token was made with --supervisor.",
            )
        return await asyncio.to_thread(self._decided, kept, bearer, body)

    def _decided(self, kept: KeptScreening, bearer: Bearer, body: DecisionBody) -> ListApproval:
        with self._opened(kept.job_id, alone=True) as job:
            before = ListApproval.of(job)
            if before is None or before.state != "waiting":
                raise ApprovalError("this list does not wait for anybody")
            decided = ListApproval(
                state="approved" if body.decision == "approve" else "declined",
                wanted_ms=before.wanted_ms,
                anyway=before.anyway,
                decided_by=bearer.officer,
                decided_ms=self.clock(),
                reason=body.reason,
                ended=before.ended,
            )
            decided.keep(job)
        logs.event("approval-decided", outcome=decided.state)
        return decided

    @contextlib.contextmanager
    def _opened(self, screening_id: str, *, alone: bool) -> Iterator[Job]:
        job = Job.open(self.client.home, screening_id, self.random, alone=alone)
        try:
            yield job
        finally:
            job.close()

"""Lookups: a few identifiers, asked of other nations at once; and those of before."""

from collections.abc import Collection, Sequence
from typing import Final

from fedquery.ask import store
from fedquery.ask.case import Case
from fedquery.ask.estimating import NationEstimate, estimate
from fedquery.ask.looking import Looking, OnBegun, OnOutcome
from fedquery.ask.opening import Opening
from fedquery.ask.outcome import Lookup
from fedquery.errors import InputError
from fedquery.identifiers import Identifier

_MOST_IDENTIFIERS: Final = 512
_HISTORY: Final = 100


def _check_count(identifiers: Sequence[Identifier]) -> None:
    if not 1 <= len(identifiers) <= _MOST_IDENTIFIERS:
        raise InputError(f"a lookup has 1 to {_MOST_IDENTIFIERS} identifiers")


def _nobody(_told: object) -> None:
    """Take no notice of what is told as it comes."""


class Lookups(Opening):
    """Looks identifiers up."""

    async def lookup(
        self,
        identifiers: Sequence[Identifier],
        case: Case,
        *,
        nations: Collection[str] | None = None,
        deadline_s: float | None = None,
        on_outcome: OnOutcome = _nobody,
        on_begun: OnBegun = _nobody,
    ) -> Lookup:
        """Ask other nations whether they hold records of identifiers.

        Args:
            identifiers: 1 to 512.
            case: what for.
            nations: whom to ask; every other nation with a node by default.
            deadline_s: how long the nodes have, 1 to 30 seconds; the setting by default.
            on_outcome: told of each outcome as it comes.
            on_begun: told the id of the lookup once it is logged, before anything is sent. What it
                raises is raised, and nothing is sent.

        Raises:
            InputError: if there are none or too many, a nation is unknown or one's own, or the case
                is to be opened later.
            PeerError: if no coordinator answers; nothing was asked.
            ClockError: if this machine's clock is wrong; nothing was asked.
        """
        _check_count(identifiers)
        case.check_opened(self.session.clock())
        looking = Looking(self.session, self._random, on_outcome, on_begun)
        chosen = self.choose(nations)
        return await looking.run(identifiers, case, chosen, self.deadline_ms(deadline_s))

    async def estimate(
        self,
        identifiers: Sequence[Identifier],
        case: Case,
        *,
        nations: Collection[str] | None = None,
    ) -> tuple[NationEstimate, ...]:
        """Say what a lookup would cost each nation's quota and tell it; nobody is asked.

        Args:
            identifiers: as `lookup` takes them.
            case: what for.
            nations: whom; every other nation with a node by default.

        Raises:
            InputError: as `lookup`.
            PeerError: if no coordinator answers.
            ClockError: if this machine's clock is wrong.
        """
        _check_count(identifiers)
        case.check_opened(self.session.clock())
        chosen = self.choose(nations)
        await self.session.freshen()
        return estimate(self.session, identifiers, case, chosen)

    def history(self) -> list[tuple[Lookup, bool]]:
        """Give the newest lookups, and of each whether it was finished."""
        return store.recent(self.session.connection, _HISTORY)

    def status(self, lookup_id: str, *, officer: str | None = None) -> tuple[Lookup, bool]:
        """Give a lookup again, and whether it was finished.

        What was under way when a process ended is `unavailable` with `outcome-unknown`: it may have
        been counted and logged by the nation.

        Args:
            lookup_id: its id.
            officer: who must have asked it; anybody by default.

        Raises:
            NotFoundError: if there is no such lookup, or another officer asked it.
        """
        mark = None if officer is None else self.home.mark_of(officer)
        return store.read_lookup(self.session.connection, lookup_id, mark)

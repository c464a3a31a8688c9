"""A screening under way: all nations at once, the datasets of each one after the other."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.ask.screening import recovering
from fedquery.ask.screening.means import Means
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.version import VersionRun
from fedquery.ask.screening.view import View
from fedquery.ask.session import Distrusted
from fedquery.ask.trust import Trusted
from fedquery.ask.unasked import not_asked, still_offered
from fedquery.errors import FedqueryError, PeerError

# A hot list is published every quarter of an hour; a nation that publishes faster than it is asked
# would never be done.
_MOST_VERSIONS: Final = 50


@dataclass(slots=True)
class Asking:
    """Asks a list.

    Attributes:
        means: with what.
    """

    means: Means
    _freshening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, targets: dict[str, list[Target]]) -> None:
        """Ask what is still to be asked.

        Args:
            targets: by nation, its datasets.

        Raises:
            StorageError: if a disk or database does not do what was asked.
        """
        means = self.means
        await means.at_desk(means.keeper.log_again)
        means.last_number = await means.at_desk(recovering.last_number, means.keeper.job)
        try:
            async with asyncio.TaskGroup() as group:
                for nation, some in targets.items():
                    group.create_task(self._nation(nation, some))
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        finally:
            await means.results.idle()
        await means.at_desk(means.keeper.finish)

    async def _nation(self, nation: str, targets: Sequence[Target]) -> None:
        self.means.elements.setdefault(nation, 0)
        for index, target in enumerate(targets):
            await self._dataset(target)
            stopped = target.board.stopped
            if stopped is not None and stopped.word == "unavailable":
                # Whoever does not answer about one dataset is not waited for with each other one.
                for other in targets[index + 1 :]:
                    board = other.board
                    board.stopped = replace(stopped, dataset=board.dataset, kind=board.kind)
                break
        self.means.on_change()

    async def _dataset(self, target: Target) -> None:
        for _ in range(_MOST_VERSIONS):
            with View(target.publication, self.means.session.home.path) as view:
                run = VersionRun(self.means, target, view)
                await run.run()
            stopped = target.board.stopped
            # Whoever has shown something false is not asked by another version either.
            alarmed = stopped is not None and stopped.alarm
            if not run.replaced or alarmed or not await self._renewed(target):
                return

    async def _renewed(self, target: Target) -> bool:
        """Turn to the version that took the place of one that is not served any more."""
        before, board, session = target.publication, target.board, self.means.session
        try:
            async with self._freshening:
                state = session.state(board.nation)
                if _version_of(state, board.dataset) in {None, before.version}:
                    await session.freshen(force=True)
        except FedqueryError as error:
            why = "coordinator-down" if isinstance(error, PeerError) else error.slug
            board.stopped = not_asked(*board.name, board.kind, Distrusted(why))
            return False
        state = session.state(board.nation)
        if not isinstance(state, Distrusted):
            state = still_offered(state, before)
        if not isinstance(state, Distrusted):
            offered = state.datasets[board.dataset]
            if offered.publication.version != before.version:
                planner = self.means.planner
                renewed = await self.means.at_desk(planner.target, state, offered, board)
                target.trusted, target.offered = state, offered
                target.spelling = renewed.spelling
                return board.stopped is None
            state = Distrusted("epoch-unknown")
        board.stopped = not_asked(*board.name, board.kind, state)
        return False


def _version_of(state: Trusted | Distrusted, dataset: str) -> int | None:
    if isinstance(state, Distrusted) or dataset not in state.datasets:
        return None
    return state.datasets[dataset].publication.version


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Give the first error of a group: one disk that fails, fails everywhere."""
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found

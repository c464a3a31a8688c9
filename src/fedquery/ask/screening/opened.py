"""An open screening: its files, what is known of it, and what it would cost to go on."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

from fedquery.ask import schema
from fedquery.ask.screening import earlier, recovering
from fedquery.ask.screening.asked import Asked
from fedquery.ask.screening.board import Board
from fedquery.ask.screening.costing import cost_of
from fedquery.ask.screening.job import Job
from fedquery.ask.screening.keeping import Keeper
from fedquery.ask.screening.kept import keep_board, load_board
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.values import Cost
from fedquery.ask.session import Session
from fedquery.storage.transaction import transaction


@dataclass(slots=True)
class Opened:
    """An open screening whose list is read; used by one thread at a time.

    Attributes:
        asked: what it is to do.
        board: what is known.
        planner: plans it.
        keeper: keeps it.
        targets: by nation, the datasets that are asked.
    """

    asked: Asked
    board: Board
    planner: Planner
    keeper: Keeper
    targets: dict[str, list[Target]] = field(default_factory=dict)

    @staticmethod
    def of(session: Session, job: Job, asked: Asked, random: Callable[[int], bytes]) -> "Opened":
        """Open a screening, with a connection of its own to the agency's database.

        Raises:
            InputError: if its list was not read to its end.
            ConfigError, StorageError: if a database cannot be used.
        """
        board = load_board(job)
        # The client has looked through the file for damage.
        log: sqlite3.Connection = schema.connect(session.home.path, checked=False)
        planner = Planner(session, log, asked.case, board.listed, board, asked.padded)
        keeper = Keeper(session.home, job, log, asked.case, random)
        return Opened(asked, board, planner, keeper)

    def plan(self) -> Cost:
        """Say what it costs to go on, from manifests that are fresh."""
        # Once: other questions of this session freshen manifests meanwhile, and a nation that came
        # to be distrusted between two readings would be asked at a cost of nothing.
        states = {nation: self.planner.session.state(nation) for nation in self.asked.nations}
        for nation, state in states.items():
            self.targets[nation] = self.planner.targets(nation, state)
        # Before any answer is taken over: without its dataset, it could not be read again.
        with transaction(self.keeper.job.connection):
            keep_board(self.keeper.job, self.board)
        held: dict[str, dict[str, set[int]]] = {}
        for nation, targets in self.targets.items():
            held[nation] = {}
            for target in targets:
                earlier.adopt(self.planner, self.keeper, target)
                publication = target.publication
                held[nation][publication.dataset] = recovering.held(self.keeper.log, publication)
        return cost_of(self.planner, states, self.targets, held)

    def close(self) -> None:
        """Close the connection to the agency's database."""
        self.keeper.log.close()

"""With what a screening is asked: planner, maker, carrier, reader, keeper, and the threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from fedquery.ask.screening.answers import AnswerReader
from fedquery.ask.screening.board import Board
from fedquery.ask.screening.carrying import Carrier
from fedquery.ask.screening.keeping import Keeper, Result
from fedquery.ask.screening.making import Maker
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.together import Together
from fedquery.ask.session import Session

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(slots=True)
class Means:
    """With what a screening is asked.

    Attributes:
        session: the open session.
        planner: plans it.
        maker: makes questions, in the threads of `pool`.
        carrier: brings envelopes to nodes.
        reader: reads answers, in the threads of `pool`.
        keeper: keeps it, in the thread of `desk`.
        desk: one thread.
        pool: the threads that compute.
        on_change: called when more is known.
        elements: by nation, elements that were sent.
        last_number: the highest number of a question.
        results: has results kept, those that wait together at once.
    """

    session: Session
    planner: Planner
    maker: Maker
    carrier: Carrier
    reader: AnswerReader
    keeper: Keeper
    desk: Executor = field(repr=False)
    pool: Executor = field(repr=False)
    on_change: Callable[[], None] = field(repr=False)
    elements: dict[str, int] = field(default_factory=dict)
    last_number: int = 0
    results: Together[Result] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep results at the desk."""
        self.results = Together(self.keeper.keep_results, self.desk)

    @property
    def board(self) -> Board:
        """Give what is known."""
        return self.planner.board

    async def at_desk(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in the one thread that uses the databases."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.desk, partial(work, *args, **kwargs))

    async def computed(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Compute something in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, partial(work, *args, **kwargs))

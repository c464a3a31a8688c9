"""Compute step by step in the node's threads: a small question waits for a step of a large one.

The threads take what is to be done in the order in which it comes. A question that is not done
after a step stands at the end again, so those under way take turns, and what comes meanwhile has
its turn once each of them has had one more.
"""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

from fedquery.oprf.steps import Steps

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Result(Generic[T]):
    value: T


async def in_turns(executor: Executor, steps: Steps[T]) -> T:
    """Do work in threads, in turns with all other work that is done so.

    Whoever is cancelled has no further step done.

    Args:
        executor: the threads; they begin what is to be done in the order in which it comes.
        steps: the work.

    Returns:
        What the work came to; it raises what the work raises.
    """
    loop = asyncio.get_running_loop()
    while True:
        done = await loop.run_in_executor(executor, _step, steps)
        if done is not None:
            return done.value


def _step(steps: Steps[T]) -> _Result[T] | None:
    # A `StopIteration` cannot leave a thread as an exception of a future.
    try:
        next(steps)
    except StopIteration as done:
        return _Result(done.value)
    return None

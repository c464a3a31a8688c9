"""A list as it comes, from a file or from elsewhere, in batches that memory holds."""

import itertools
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from typing import TypeAlias

from fedquery.ask.screening.reading import PART
from fedquery.identifiers import Identifier

Source: TypeAlias = Iterable[Identifier] | AsyncIterable[Identifier]
AtDesk: TypeAlias = Callable[[Callable[[], list[Identifier]]], Awaitable[list[Identifier]]]


async def batches(source: Source | None, at_desk: AtDesk) -> AsyncGenerator[list[Identifier]]:
    """Read a list in batches of at most `PART`.

    Args:
        source: the list; one that is not asynchronous is read in a thread, as it may be a file.
        at_desk: has something done in that thread.
    """
    some: list[Identifier] = []
    if isinstance(source, AsyncIterable):
        async for one in source:
            some.append(one)
            if len(some) == PART:
                yield some
                some = []
        if some:
            yield some
        return
    left = iter(source or ())
    while some := await at_desk(lambda: list(itertools.islice(left, PART))):
        yield some

"""Evaluate the rows of a dataset under the keys of its views, on all cores, chunk by chunk.

The batch kernel lets go of the interpreter lock, so threads are enough for it. Without it workers
are new processes (never forks of one that may hold threads or channels); the seed reaches them
through the pipe of the pool, never through an argument or the environment.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fedquery.oprf.backends import LIBSODIUM
from fedquery.oprf.group import default_group
from fedquery.oprf.server import outputs
from fedquery.psi.bucket import bucket_hashes
from fedquery.psi.key import view_key
from fedquery.psi.tag import tags_and_tokens
from fedquery_node.index_writer import claim_rows
from fedquery_node.rows import Chunk
from fedquery_node.spill import Numbers, Rows

CHUNK = 2_000
# Starting a worker process takes about a third of a second.
WORTH_A_POOL = 4_000
# Up to so many views rows are hashed for each of them.
_HASHED_AGAIN = 2
# Chunks that wait for each worker, so that none idles and what waits stays small.
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Epoch:
    """What the keys of a version are derived from.

    Attributes:
        seed: 32 octets, secret.
        nation: the holder.
        dataset: the dataset.
        version: the version.
    """

    seed: bytes
    nation: str
    dataset: str
    version: int

    def __repr__(self) -> str:
        """Say which version it is, without the seed."""
        return f"Epoch({self.nation}, {self.dataset}, {self.version})"


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A chunk of rows, and which of them each view has.

    Attributes:
        epoch: the version.
        chunk: the rows.
        wanted: for each view, the places of its rows in the chunk; None where it has all of them.
    """

    epoch: Epoch
    chunk: Chunk
    wanted: tuple[tuple[str, NDArray[np.intp] | None], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The rows of a chunk that one view has, evaluated.

    Attributes:
        view_id: the view.
        claims: their claim rows.
        leading: the first 32 bits of the hash that leads each to its bucket.
    """

    view_id: str
    claims: Rows = field(repr=False)
    leading: Numbers = field(repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """A chunk that was evaluated.

    Attributes:
        rows: how many rows it has.
        parts: what each view has of it.
    """

    rows: int
    parts: tuple[Part, ...]


def evaluate_chunk(work: Work) -> Done:
    """Hash rows, and multiply them once for each view that they are in."""
    inputs = work.chunk.inputs
    leading = np.frombuffer(bucket_hashes(inputs), ">u4")[::8].astype(np.uint32)
    # Two hashings cost about what it costs to encode an element and to decode it twice.
    often = len(work.wanted) > _HASHED_AGAIN
    hashed = default_group().hash_to_group(inputs) if often else None
    parts = []
    for view_id, places in work.wanted:
        chunk, elements, led = work.chunk, hashed, leading
        if places is not None:
            chunk, led = work.chunk.at(places), leading[places]
            if hashed is not None:
                elements = np.frombuffer(hashed, "V32")[places].tobytes()
        parts.append(Part(view_id, _evaluated(work.epoch, view_id, chunk, elements), led))
    return Done(len(inputs), tuple(parts))


def _evaluated(epoch: Epoch, view_id: str, chunk: Chunk, elements: bytes | None) -> Rows:
    key = view_key(epoch.seed, epoch.nation, epoch.dataset, epoch.version, view_id)
    evaluated = outputs(key, chunk.inputs, elements)
    return claim_rows(chunk.subjects, *tags_and_tokens(evaluated))


def evaluate_all(works: Iterable[Work], *, workers: int) -> Iterator[Done]:
    """Evaluate chunks, in order, while later ones are read; few of them are held at a time.

    Args:
        works: the chunks.
        workers: how many threads or processes; 1 does the work in this one.
    """
    if workers == 1:
        yield from map(evaluate_chunk, works)
        return
    with _pool(workers) as pool:
        waiting: deque[Future[Done]] = deque()
        try:
            for work in works:
                waiting.append(pool.submit(evaluate_chunk, work))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _pool(workers: int) -> Executor:
    if default_group().name != LIBSODIUM:
        return ThreadPoolExecutor(workers, "evaluate")
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

"""Evaluate all rows of a dataset under the keys of its views, on all cores.

The batch kernel lets go of the interpreter lock, so threads are enough for it. Without it workers
are new processes (never forks of one that may hold threads or channels); the seed reaches them
through the pipe of the pool, never through an argument or the environment.
"""

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

from fedquery.oprf.backends import LIBSODIUM
from fedquery.oprf.group import default_group
from fedquery.oprf.server import outputs
from fedquery.psi.key import view_key
from fedquery.psi.tag import tags_and_tokens
from fedquery_node.index_writer import claim_rows

CHUNK = 2_000
# Below this a pool costs more than it saves: starting a worker takes about a third of a second.
_ALONE = 4_000
# Up to so many views rows are hashed for each of them.
_HASHED_AGAIN = 2


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


@dataclass(frozen=True, slots=True)
class Work:
    """A chunk of rows.

    Attributes:
        epoch: the version.
        subjects: their numbers in the database.
        inputs: encoded identifiers.
        wanted: for each view, the places in `inputs` of its rows.
    """

    epoch: Epoch
    subjects: tuple[int, ...]
    inputs: tuple[bytes, ...]
    wanted: tuple[tuple[str, tuple[int, ...]], ...]

    def __repr__(self) -> str:
        """Say how many rows there are, and nothing of them."""
        return f"Work({len(self.inputs)} rows)"


# For each view its name, and the claim rows of its rows in the chunk.
Done = list[tuple[str, list[bytes]]]


def evaluate_chunk(work: Work) -> Done:
    """Hash rows and multiply them once for each view that they are in.

    Returns:
        For each view: its name, and the claim rows of its rows.
    """
    epoch = work.epoch
    # Two hashings cost about what it costs to encode an element and to decode it twice.
    often = len(work.wanted) > _HASHED_AGAIN
    hashed = default_group().hash_to_group(work.inputs) if often else None
    done: Done = []
    for view_id, places in work.wanted:
        key = view_key(epoch.seed, epoch.nation, epoch.dataset, epoch.version, view_id)
        whole = len(places) == len(work.inputs)
        elements = hashed
        if hashed is not None and not whole:
            elements = b"".join([hashed[32 * at : 32 * at + 32] for at in places])
        inputs = work.inputs if whole else [work.inputs[at] for at in places]
        subjects = work.subjects if whole else [work.subjects[at] for at in places]
        rows = claim_rows(subjects, *tags_and_tokens(outputs(key, inputs, elements)))
        done.append((view_id, rows))
    return done


def evaluate_all(works: Iterable[Work], count: int, *, workers: int) -> Iterator[Done]:
    """Evaluate chunks, in order, as they are done.

    Args:
        works: the chunks.
        count: how many rows are in all of them.
        workers: how many threads or processes; 1 does the work in this one.
    """
    if workers == 1 or count < _ALONE:
        yield from map(evaluate_chunk, works)
        return
    with _pool(workers) as pool:
        yield from pool.map(evaluate_chunk, works)


def _pool(workers: int) -> Executor:
    if default_group().name != LIBSODIUM:
        return ThreadPoolExecutor(workers, "evaluate")
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

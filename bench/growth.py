"""How publishing and one lookup grow with the rows: time, processor, memory, a hot list beside.

What a publication is held against is the bare arithmetic of the same back end, hashing to the group
and one multiplication a row, on all cores, before it and after it.
"""

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import rows as tables
from bench import scene
from bench.asking import case_of
from bench.figures import summary_ms
from fedquery.ask import Client
from fedquery.cli.demo.federation import Federation
from fedquery.identifiers import parse
from fedquery.oprf import backends
from fedquery.oprf.group import default_group
from fedquery.oprf.keys import derive_key_pair

NATION = scene.HOLDERS[0]
HOT, EMPTY = "hot", "empty"
HOT_ROWS = 50_000
_CHUNK = 2_000
_BARE_CHUNKS = 200
_HOT_RUNS = 3
_WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Spent:
    """What some rows took.

    Attributes:
        rows: how many.
        wall_s: by the clock.
        processor_s: of all cores together.
        peak_mib: the most memory that the process had.
    """

    rows: int
    wall_s: float
    processor_s: float
    peak_mib: float = 0.0


def bare(cores: int) -> Spent:
    """Hash to the group and multiply, on all cores, with the back end that publishing takes."""
    group = backends.make(default_group().name, 1)
    scalar = derive_key_pair(bytes(32), b"bench").secret.scalar
    chunks = [
        [b"phone:v1:+86139%08d" % number for number in range(at * _CHUNK, (at + 1) * _CHUNK)]
        for at in range(_BARE_CHUNKS)
    ]
    started_s, used_s = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(cores) as threads:
        list(threads.map(lambda inputs: group.multiply_hashed(inputs, scalar), chunks))
    wall_s, processor_s = time.perf_counter() - started_s, time.process_time() - used_s
    return Spent(_CHUNK * _BARE_CHUNKS, wall_s, processor_s)


def _command(home: Path, dataset: str) -> list[str]:
    return [sys.executable, "-m", "fedquery_node", "--home", str(home), "publish", dataset]


def publish(home: Path, dataset: str, rows: int) -> Spent:
    """Publish a dataset by the command, in a process of its own."""
    command = _command(home, dataset)
    started_s = time.perf_counter()
    # Its progress is shown as it is to an operator.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started_s
    if status:
        raise RuntimeError("the publication failed")
    return Spent(rows, wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


async def _lookups(
    federation: Federation,
    rows: int,
    runs: int,
    beside: "subprocess.Popen[bytes] | None" = None,
) -> list[float]:
    """Ask about one phone at a time, present and absent, as if no bucket were held.

    Args:
        federation: its nodes and coordinator run.
        rows: how many phones there are.
        runs: how many lookups at most.
        beside: asks no longer than this process runs, where there is one.
    """
    present = itertools.cycle(scene.phones(rows)[:: max(1, rows // 997)])
    absent = scene.absent_phones()
    samples = []
    async with Client.open(federation.asker) as client:
        for number in range(runs + _WARM_UP):
            if beside is not None and beside.poll() is not None:
                break
            client.session.connection.execute("DELETE FROM bucket")
            text, word = (next(present), "hit") if number % 2 else (next(absent), "no hit")
            identifier = parse("phone", text).identifier
            started_s = time.perf_counter()
            lookup = await client.lookup([identifier], case_of(number), nations=[NATION])
            samples.append(time.perf_counter() - started_s)
            if word not in {outcome.word for outcome in lookup.outcomes}:
                raise RuntimeError(f"the answer was not {word}")
    # Connections are made and caches filled by the first ones.
    return samples[_WARM_UP:]


def measure(root: Path, rows: int, runs: int) -> dict[str, object]:
    """Measure one size, in a federation of its own."""
    (root / "federation").mkdir(mode=0o700)
    federation = scene.make(root / "federation")
    home = federation.node(NATION)
    with (home / "node.toml").open("a", encoding="utf-8") as file:
        file.writelines(f'\n[datasets.{name}]\nkind = "email"\n' for name in (HOT, EMPTY))
    cores = len(os.sched_getaffinity(0))
    try:
        tables.write(home, scene.DATASET, rows)
        tables.write(home, HOT, HOT_ROWS)
        start = publish(home, EMPTY, 0)
        before = bare(cores)
        whole = publish(home, scene.DATASET, rows)
        after = bare(cores)
        hot = [publish(home, HOT, HOT_ROWS) for _ in range(_HOT_RUNS)]
        federation.start(without=("TH",))
        asked = asyncio.run(_lookups(federation, rows, runs))
        # As `schedule` publishes, which is this much nicer.
        command = ["nice", "-n", "19", *_command(home, scene.DATASET)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as beside:
            asked_beside = asyncio.run(_lookups(federation, rows, runs, beside))
    finally:
        federation.close()
    bare_rows = before.rows + after.rows
    bare_wall_s = (before.wall_s + after.wall_s) / bare_rows
    bare_processor_s = (before.processor_s + after.processor_s) / bare_rows
    return {
        "rows": rows,
        "publish_s": round(whole.wall_s, 2),
        "publish_rows_per_s": round(rows / whole.wall_s),
        "bare_rows_per_s": round(1 / bare_wall_s),
        "wall_over_bare": round(whole.wall_s / rows / bare_wall_s, 2),
        "processor_over_bare": round(whole.processor_s / rows / bare_processor_s, 2),
        "mib_above_start": round(whole.peak_mib - start.peak_mib),
        "start_s": round(start.wall_s, 2),
        "hot_rows": HOT_ROWS,
        "hot_s": round(statistics.median(one.wall_s for one in hot), 2),
        "hot_processor_s": round(statistics.median(one.processor_s for one in hot), 2),
        "lookup": summary_ms(asked),
        "lookup_beside_publishing": summary_ms(asked_beside) if asked_beside else None,
    }

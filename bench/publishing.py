"""Import and publish: rows per second, and as a ratio to bare libsodium on all cores.

python -m bench.publishing --rows 100000 1000000 10000000    how publishing and one lookup grow

Ten million rows need 5 GB of disk for the while, and some minutes.
"""

import argparse
import ctypes
import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench import growth, scene
from bench.machine import describe
from fedquery.cli.demo.federation import Federation
from fedquery.config.libsodium import load

_REFERENCE_ROWS = 20_000


def bare_rows(count: int) -> int:
    """Hash to the group and multiply, with nothing around the library's own calls.

    Args:
        count: how many rows.

    Returns:
        the same number.
    """
    sodium = load()
    wide = [hashlib.sha512(number.to_bytes(8, "big")).digest() for number in range(count)]
    scalar = ctypes.create_string_buffer(32)
    sodium.crypto_core_ristretto255_scalar_random(scalar)
    point = ctypes.create_string_buffer(32)
    for octets in wide:
        sodium.crypto_core_ristretto255_from_hash(point, octets)
        sodium.crypto_scalarmult_ristretto255(point, scalar, point)
    return count


def bare_per_s(cores: int) -> float:
    """Measure bare libsodium on all cores: rows per second."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        list(pool.map(bare_rows, [10] * cores))  # start the processes
        started_s = time.perf_counter()
        done = sum(pool.map(bare_rows, [_REFERENCE_ROWS] * cores))
        return done / (time.perf_counter() - started_s)


def measure(federation: Federation, nation: str, file: Path, rows: int) -> dict[str, float]:
    """Import and publish one file at one nation, between two measurements of the reference."""
    cores = len(os.sched_getaffinity(0))
    before = bare_per_s(cores)
    started_s = time.perf_counter()
    federation.import_csv(nation, scene.DATASET, file)
    imported_s = time.perf_counter()
    federation.publish(nation)
    published_s = time.perf_counter()
    bare = (before + bare_per_s(cores)) / 2
    publish_per_s = rows / (published_s - imported_s)
    whole_per_s = rows / (published_s - started_s)
    return {
        "rows": rows,
        "import_rows_per_s": round(rows / (imported_s - started_s)),
        "publish_rows_per_s": round(publish_per_s),
        "whole_rows_per_s": round(whole_per_s),
        "bare_libsodium_rows_per_s": round(bare),
        "publish_over_bare": round(publish_per_s / bare, 3),
        "whole_over_bare": round(whole_per_s / bare, 3),
    }


def main() -> int:
    """Measure how publishing and one lookup grow with the rows, in one run."""
    parser = argparse.ArgumentParser(prog="python -m bench.publishing")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=50, help="lookups at each size")
    chosen = parser.parse_args()
    results: dict[str, object] = {"machine": describe()}
    for rows in chosen.rows:
        print(f"... {rows} rows", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="fedquery-bench-") as name:
            results[f"rows {rows}"] = growth.measure(Path(name), rows, chosen.runs)
    print(json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

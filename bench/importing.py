"""How importing grows with the rows: time, processor, memory, and how long others wait meanwhile.

    python -m bench.importing --rows 100000 1000000 10000000

Three imports of each size: all rows for the first time, the same file again, and the file with each
hundredth record changed. Meanwhile another process begins to write again and again, as a serving
node does that logs a question; the longest that it waited is told. Ten million rows need 6 GB of
disk for the while.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Self

import psutil
from fedquery_node import schema

from bench import scene
from bench.machine import describe

NATION = scene.HOLDERS[0]
_PAUSE_S = 0.02
_CHANGED = 100


class Waiting:
    """Begin to write again and again while another process has the database.

    Attributes:
        longest_s: the longest that one beginning waited.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self.longest_s = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        """End, and wait for the one that is under way."""
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        with closing(schema.connect(self._home, checked=False)) as connection:
            connection.execute("PRAGMA busy_timeout = 1")
            while not self._over.wait(_PAUSE_S):
                begun_s = time.perf_counter()
                while not _begin(connection) and not self._over.is_set():
                    pass
                self.longest_s = max(self.longest_s, time.perf_counter() - begun_s)
                if connection.in_transaction:
                    connection.execute("ROLLBACK")


def _begin(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


def _held_mib(process: psutil.Process) -> float:
    """Add up what the import and its own processes hold; what they share counts once."""
    held = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            held += one.memory_full_info().pss
        except psutil.Error:
            continue
    return held / 2**20


def load(home: Path, file: Path, rows: int) -> dict[str, float]:
    """Import a file by the command, and measure it."""
    command = [sys.executable, "-m", "fedquery_node", "--home", str(home), "import", scene.DATASET]
    peak_mib = 0.0
    started_s = time.perf_counter()
    with Waiting(home) as waiting:
        # Its progress is shown as it is to an operator.
        process = subprocess.Popen([*command, str(file)], stdout=subprocess.DEVNULL)
        seen = psutil.Process(process.pid)
        over = threading.Event()

        def sample() -> None:
            nonlocal peak_mib
            while not over.wait(0.5):
                try:
                    peak_mib = max(peak_mib, _held_mib(seen))
                except psutil.Error:
                    return

        sampling = threading.Thread(target=sample)
        sampling.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started_s
        over.set()
        sampling.join()
    if status:
        raise RuntimeError("the import failed")
    return {
        "s": round(wall_s, 2),
        "rows_per_s": round(rows / wall_s),
        "processor_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mib": round(peak_mib),
        "longest_wait_s": round(waiting.longest_s, 2),
    }


def _change(file: Path, changed: Path) -> None:
    with file.open(encoding="utf-8") as before, changed.open("w", encoding="utf-8") as after:
        for number, line in enumerate(before):
            after.write(line.replace(",fraud,", ",mule,") if number % _CHANGED == 1 else line)


def measure(root: Path, rows: int, *, once: bool) -> dict[str, object]:
    """Measure one size, at a node of its own: the first import alone, or all three."""
    (root / "federation").mkdir(mode=0o700)
    federation = scene.make(root / "federation")
    home = federation.node(NATION)
    file, changed = root / "rows.csv", root / "changed.csv"
    try:
        scene.write_csv(file, rows)
        found: dict[str, object] = {"rows": rows, "file_mb": round(file.stat().st_size / 1e6)}
        found["first"] = load(home, file, rows)
        if not once:
            found["again"] = load(home, file, rows)
            _change(file, changed)
            found["hundredth_changed"] = load(home, changed, rows)
        octets = sum(one.stat().st_size for one in home.glob("*.db*"))
        found["database_mb"] = round(octets / 1e6)
        return found
    finally:
        federation.close()


def main() -> int:
    """Measure each size, and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.importing")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--once", action="store_true", help="measure the first import alone")
    chosen = parser.parse_args()
    results: dict[str, object] = {"machine": describe()}
    for rows in chosen.rows:
        print(f"... {rows} rows", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="fedquery-bench-") as name:
            results[f"rows {rows}"] = measure(Path(name), rows, once=chosen.once)
    print(json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

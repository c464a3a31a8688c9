"""The log: what durability costs beside the disk's own, what proofs and an audit of it take.

python -m bench.log                    as JSON, with a log of 1,000,000 entries (4 GB for a while)
python -m bench.log --entries 20000    a smaller one
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path

from bench import log_entries
from bench.figures import summary_ms
from bench.machine import describe
from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore
from fedquery.storage.log_export import export
from fedquery.storage.transaction import transaction
from fedquery.storage.writer import Writer
from fedquery.tlog.note import Signer
from fedquery.tlog.proofs import verify_consistency, verify_inclusion
from fedquery.tlog.tree import leaf_hash

_ORIGIN = "fedquery.log/bench/VN"
_SIGNER = Signer(_ORIGIN, b"\x01" * 32)
_COMMITS = 1_000
# SQLite writes its own log longer up to 1,000 pages, and then over itself: that is what lasts.
_WARM_UP = 400
_BLOCK = os.urandom(4_096)
_WRITERS = 64
_GROUP = 1_000
_SHORT = 300
_PROOFS = 200


def main() -> int:
    """Measure; contenders alternate, medians are given."""
    parser = argparse.ArgumentParser(prog="python -m bench.log")
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the large log")
    parser.add_argument("--folder", type=Path, help="on the disk that is measured")
    chosen = parser.parse_args()
    entry = log_entries.question()
    with tempfile.TemporaryDirectory(prefix="fedquery-bench-", dir=chosen.folder) as name:
        folder = Path(name)
        results: dict[str, object] = {
            "machine": describe(),
            "sqlite": sqlite3.sqlite_version,
            "octets_of_an_entry": len(entry),
            "durable": _durable(folder, entry),
            "under_load": asyncio.run(_under_load(folder, entry)),
            "bulk": {
                f"{octets}_octets": _bulk(folder, octets, min(100_000, chosen.entries))
                for octets in (_SHORT, len(entry))
            },
        }
        with _log(folder / "large.db") as (log, connection):
            _fill(log, connection, chosen.entries)
            results["proofs"] = _proofs(log, connection, chosen.entries)
            results["audit"] = _audit(folder, log, connection, chosen.entries)
    sys.stdout.write(json.dumps(results, indent=2) + "\n")
    return 0


@contextmanager
def _log(path: Path) -> Iterator[tuple[LogStore, sqlite3.Connection]]:
    """Open a new log, with the settings of a node's database."""
    log = LogStore(_ORIGIN)
    with closing(open_database(path, application_id=1, user_version=1, create=True)) as connection:
        with transaction(connection):
            log.install(connection)
        yield log, connection


def _took_s(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def _durable(folder: Path, entry: bytes) -> dict[str, object]:
    """Compare one durable entry with a block that is appended to a file of the disk and synced."""
    with _log(folder / "durable.db") as (log, connection):
        opened = open_database(
            folder / "durable.db", application_id=1, user_version=1, create=False
        )
        writer = Writer(opened)
        raw = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

        def commit() -> None:
            with transaction(connection):
                log.append(connection, [entry])

        def hand_over() -> None:
            writer.submit(lambda c: log.append(c, [entry])).result()

        def sync() -> None:
            os.write(raw, _BLOCK)
            os.fsync(raw)

        contenders = {"raw_fsync": sync, "entry": commit, "entry_by_the_writer": hand_over}
        for _ in range(_WARM_UP):
            commit()
        chance = random.Random(1)  # noqa: S311 -- an order, no secret
        spent: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(_COMMITS):
            # In another order each time: what comes behind a slow one may wait for the disk.
            for name in chance.sample(sorted(contenders), len(contenders)):
                spent[name].append(_took_s(contenders[name]))
        writer.close()
        os.close(raw)
    raw_s = statistics.median(spent["raw_fsync"])
    return {name: summary_ms(samples) for name, samples in spent.items()} | {
        f"{name}_over_raw": round(statistics.median(spent[name]) / raw_s, 2)
        for name in ("entry", "entry_by_the_writer")
    }


async def _under_load(folder: Path, entry: bytes) -> dict[str, float]:
    """Have 64 ask at once, each again as soon as its entry is durable."""
    with _log(folder / "load.db") as (log, connection):
        writer = Writer(
            open_database(folder / "load.db", application_id=1, user_version=1, create=False)
        )
        waited: list[float] = []

        async def ask() -> None:
            for _ in range(_COMMITS // 4):
                began_s = time.perf_counter()
                await writer.run(lambda c: log.append(c, [entry]))
                waited.append(time.perf_counter() - began_s)

        began_s = time.perf_counter()
        await asyncio.gather(*(ask() for _ in range(_WRITERS)))
        took_s = time.perf_counter() - began_s
        writer.close()
        if log.size(connection) != len(waited):
            raise RuntimeError("entries are missing")
    return summary_ms(waited) | {
        "writers": _WRITERS,
        "entries_per_s": round(len(waited) / took_s),
        "entries_per_commit": round(len(waited) / writer.commits, 1),
    }


def _bulk(folder: Path, octets: int, count: int) -> int:
    """Append many entries, a thousand to a commit, each commit with a signed checkpoint."""
    entries = [(b"%d " % number).ljust(octets, b"x") for number in range(count)]
    with _log(folder / f"bulk-{octets}.db") as (log, connection):
        began_s = time.perf_counter()
        for lo in range(0, count, _GROUP):
            with transaction(connection):
                log.append(connection, entries[lo : lo + _GROUP])
                log.sign_checkpoint(connection, _SIGNER, 0)
        return round(count / (time.perf_counter() - began_s))


def _fill(log: LogStore, connection: sqlite3.Connection, count: int) -> None:
    """Make a large log whose entries an auditor can read, a thousand to a commit."""
    first = log_entries.beginning()
    entries = chain(first, log_entries.questions(count - len(first)))
    while group := list(islice(entries, _GROUP)):
        with transaction(connection):
            log.append(connection, group)
            log.sign_checkpoint(connection, _SIGNER, 0)


def _proofs(log: LogStore, connection: sqlite3.Connection, size: int) -> dict[str, object]:
    """Make and verify proofs of entries and older sizes, anywhere in the log."""
    chance = random.Random(1)  # noqa: S311 -- a fixture, no secret
    root = log.root(connection, size)
    inclusion, consistency, verifying = [], [], []
    for _ in range(_PROOFS):
        index, old = chance.randrange(size), chance.randint(1, size)
        (entry,) = log.entries(connection, index, index + 1)
        began_s = time.perf_counter()
        proof = log.inclusion_proof(connection, index, size)
        inclusion.append(time.perf_counter() - began_s)
        verifying.append(
            _took_s(lambda: verify_inclusion(leaf_hash(entry), index, size, proof, root))  # noqa: B023 -- called at once
        )
        began_s = time.perf_counter()
        steps = log.consistency_proof(connection, old, size)
        consistency.append(time.perf_counter() - began_s)
        verify_consistency(old, size, log.root(connection, old), root, steps)
    return {
        "entries": size,
        "inclusion": summary_ms(inclusion),
        "consistency": summary_ms(consistency),
        "verify_us": round(statistics.median(verifying) * 1e6, 1),
    }


def _audit(
    folder: Path, log: LogStore, connection: sqlite3.Connection, size: int
) -> dict[str, object]:
    """Export the log, and have the auditor's command verify the directory."""
    exported_s = _took_s(lambda: export(log, connection, folder / "exported"))
    home = folder / "home"
    home.mkdir(mode=0o700)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    shutil.copy(folder / "large.db", home / "node.db")
    return {
        "entries": size,
        "export_s": round(exported_s, 2),
        "verify_directory": _verify(folder / "exported"),
        "verify_database": _verify(home),
    }


def _verify(log: Path) -> dict[str, float]:
    """Run `fedquery audit verify` as a process of its own; time and peak of its memory."""
    command = [sys.executable, "-m", "fedquery.cli", "audit", "verify", str(log)]
    command += ["--key", _SIGNER.verifier_key.format(), "--json"]
    began_s = time.perf_counter()
    pid = os.posix_spawn(
        sys.executable,
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(pid, 0)
    took_s = time.perf_counter() - began_s
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError("the log did not verify")
    return {"s": round(took_s, 2), "peak_mib": round(usage.ru_maxrss / 1024, 1)}


if __name__ == "__main__":
    sys.exit(main())

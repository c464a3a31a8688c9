"""A list against one nation, by real processes: identifiers a second, octets, memory.

    python -m bench.screening --rows 1000000 --identifiers 100000

Two references are measured before and after: bare multiplications of libsodium on one core, and all
arithmetic of a question by the back end in use (FEDQUERY_BACKEND), of which the rate that all cores
would have with nothing else to do follows. `--root` keeps the federation, so that the next run does
not import and publish again.
"""

import argparse
import asyncio
import gc
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from bench import machine, scene
from bench.asking import case_of
from bench.figures import cpu_s
from bench.kernel import element_us
from bench.publishing import bare_per_s
from fedquery.ask import Client
from fedquery.cli.demo.federation import COORDINATOR, Federation
from fedquery.identifiers import Identifier, parse
from fedquery.oprf import backends
from fedquery.oprf.group import Group, default_group

_NATIONS = ("TH", "VN")


def peak_mib(pid: int | str = "self") -> float:
    """Read the most memory that a process has held, shared file pages included."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def begin_peak() -> float:
    """Begin the peak of this process anew at what is held now (proc_pid_clear_refs(5))."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_mib()


def identifiers(rows: int, count: int) -> list[Identifier]:
    """Make a list of which every other one is in the dataset."""
    present = itertools.cycle(scene.phones(rows))
    absent = scene.absent_phones()
    texts = dict.fromkeys(next(present if number % 2 else absent) for number in range(count))
    return [parse("phone", text).identifier for text in texts]


async def ask(home: Path, rows: int, count: int) -> dict[str, Any]:
    """Ask a list, in this process, and measure it."""
    listed = identifiers(rows, count)
    # The list that was made here would be gone through again and again; a file is read as it goes.
    gc.freeze()
    async with Client.open(home) as client:
        await client.refresh()
        client.session.connection.execute("DELETE FROM bucket")
        begun_mib = begin_peak()
        used_s = cpu_s(psutil.Process().pid)
        started_s = time.perf_counter()
        async with client.screen(listed, case_of(int(time.time()))) as screening:
            cost = await screening.prepare()
            prepared_s = time.perf_counter()
            summary = await screening.run()
            asked_s = time.perf_counter()
            places = sum(1 for _ in screening.results())
            told_s = time.perf_counter()
    (nation,) = summary.nations
    if places != len(listed) or set(nation.words) != {"hit", "no hit"}:
        raise SystemExit("the list was not answered whole")
    (dataset,) = cost.nations[0].datasets
    return {
        "identifiers": len(listed),
        "hits": nation.words["hit"],
        "elements": nation.elements,
        "prepare_s": round(prepared_s - started_s, 3),
        "ask_s": round(asked_s - prepared_s, 3),
        "results_s": round(told_s - asked_s, 3),
        "identifiers_per_s": round(len(listed) / (asked_s - started_s)),
        "asker_cpu_s": round(cpu_s(psutil.Process().pid) - used_s, 3),
        "octets": cost.octets,
        "whole_view": dataset.whole_view,
        "asker_peak_mib_above_start": round(peak_mib() - begun_mib, 1),
    }


def _asked(federation: Federation, rows: int, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.screening", "--asker", str(federation.asker)]
    command += ["--rows", str(rows), "--identifiers", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def one_core() -> Group:
    """Give the back end that all parties use, on one thread."""
    return backends.make(default_group().name, 1)


def measure(federation: Federation, rows: int, count: int, runs: int) -> dict[str, Any]:
    """Measure some runs, each in an asker process of its own, between two of the reference."""
    pids = {name: federation.services[name].pid for name in ("VN", COORDINATOR)}
    begun_mib = {name: peak_mib(pid) for name, pid in pids.items()}
    before, arithmetic_us = bare_per_s(1), element_us(one_core())
    found = []
    for _ in range(runs):
        used = {name: cpu_s(pid) for name, pid in pids.items()}
        one = _asked(federation, rows, count)
        one["cpu_s"] = {name: round(cpu_s(pid) - used[name], 3) for name, pid in pids.items()}
        found.append(one)
    bare = (before + bare_per_s(1)) / 2
    arithmetic_us = (arithmetic_us + element_us(one_core())) / 2
    cores = len(os.sched_getaffinity(0))
    best = sorted(found, key=lambda one: one["identifiers_per_s"])[len(found) // 2]
    return {
        "rows": rows,
        "runs": [one["identifiers_per_s"] for one in found],
        "median": best,
        "bare_libsodium_per_s": round(bare),
        "identifiers_over_bare": round(best["identifiers_per_s"] / bare, 2),
        "backend": default_group().name,
        "arithmetic_us_an_element": round(arithmetic_us, 1),
        "of_what_arithmetic_allows": round(
            best["identifiers_per_s"] * arithmetic_us / 1e6 / cores, 2
        ),
        "peak_mib_above_start": {
            name: round(peak_mib(pid) - begun_mib[name], 1) for name, pid in pids.items()
        },
    }


def _federation(root: Path, rows: int) -> Federation:
    """Make the federation, or take the one that is kept."""
    kept = (root / "federation").exists()
    policies = root / "policies" if kept else scene.policies(root / "policies")
    made = Federation(root / "federation", _NATIONS, policies=policies)
    if not kept:
        (root / "federation").mkdir(mode=0o700)
        made.make({nation: {scene.DATASET: "phone"} for nation in _NATIONS})
        scene.without_quota(made.node("VN") / "node.toml")
        file = root / "rows.csv"
        scene.write_csv(file, rows)
        made.import_csv("VN", scene.DATASET, file)
        made.publish("VN")
    # What the demo shows of the coordinator, every envelope in a file, is no part of a screening.
    scene.record(made, on=False)
    made.start()
    return made


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--identifiers", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--asker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.asker is not None:
        print(json.dumps(asyncio.run(ask(options.asker, options.rows, options.identifiers))))
        return
    with tempfile.TemporaryDirectory() as directory:
        root = options.root or Path(directory)
        root.mkdir(mode=0o700, exist_ok=True)
        federation = _federation(root, options.rows)
        try:
            found = measure(federation, options.rows, options.identifiers, options.runs)
        finally:
            federation.close()
    print(json.dumps({"machine": machine.describe(), "screening": found}, indent=2))


if __name__ == "__main__":
    main()

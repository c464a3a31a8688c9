"""Measure everything, print a table, and write bench/results/<date>.json.

make bench                                  the figures of the README
python -m bench --rows 1000000 --runs 100   other sizes
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from bench import asking, echo, memory, publishing, scene, steps
from bench.figures import summary_ms
from bench.machine import describe

_RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Run the benches."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000], help="rows a nation")
    parser.add_argument("--runs", type=int, default=200, help="lookups of each sort")
    chosen = parser.parse_args()
    results: dict[str, object] = {"machine": describe()}
    for rows in chosen.rows:
        with tempfile.TemporaryDirectory(prefix="fedquery-bench-") as name:
            results[f"rows {rows}"] = _measure(Path(name), rows, chosen.runs)
    text = json.dumps(results, indent=2)
    print(text)
    day = str(describe()["date"]).replace(":", "")
    (_RESULTS / f"{day}.json").write_text(text + "\n", encoding="utf-8")
    return 0


def _measure(root: Path, rows: int, runs: int) -> dict[str, object]:
    (root / "federation").mkdir(mode=0o700)
    (root / "echo").mkdir()
    csv = root / "rows.csv"
    scene.write_csv(csv, rows)
    federation = scene.make(root / "federation")
    echoes = []
    try:
        published = publishing.measure(federation, scene.HOLDERS[0], csv, rows)
        for nation in scene.HOLDERS[1:]:
            _progress(f"publishing {nation}")
            federation.import_csv(nation, scene.DATASET, csv)
            federation.publish(nation)
        federation.start(without=("TH",))
        idle = memory.idle_mib(federation.services[scene.HOLDERS[0]].pid)
        _progress("asking")
        asked = asyncio.run(asking.measure(federation, rows, runs))
        echo.write_certificates(root / "echo")
        echoes = echo.start(root / "echo", len(scene.HOLDERS))
        ports = [service.start() for service in echoes]
        bare = asyncio.run(echo.measure(root / "echo", ports, up=1024, down=1024, runs=runs))
        _progress("octets and steps")
        octets = asyncio.run(asking.octets(federation, rows, 20))
        walked = asyncio.run(steps.measure(federation, rows, runs))
    finally:
        federation.close()
        for service in echoes:
            service.stop()
    return {
        "publishing": published,
        "idle_node": idle,
        "lookup": asked,
        "octets": octets,
        "steps_ms": walked,
        "bare_echo": summary_ms(bare),
    }


def _progress(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

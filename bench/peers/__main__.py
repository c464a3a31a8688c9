"""fedquery beside openmined-psi and spu: the same rows, the same lists, the same machine and hour.

make bench-peers                                     100,000 and 1,000,000 rows
make bench-peers ROWS="100000 1000000 10000000"      about two hours on two quiet cores
python -m bench.peers --rows 10000 --counts 1 1000   a small one
"""

import argparse
import contextlib
import json
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench.machine import describe
from bench.peers import measuring, plot, table
from bench.peers.contenders.contender import Contender
from bench.peers.contenders.fedquery import Fedquery
from bench.peers.contenders.openmined import OpenMined
from bench.peers.contenders.spu import Spu
from bench.peers.environments import UnavailableError, interpreter
from bench.peers.measuring import Plan
from bench.peers.party import PartyError
from bench.peers.sets import Sets
from fedquery.errors import FedqueryError

_RESULTS = Path(__file__).parents[1] / "results"
_NAMES = (Fedquery.name, Spu.name, OpenMined.name)
# 87 us a row on one thread: a quarter of an hour at 10^7, with nothing to be learnt from it.
_MOST_OF_OPENMINED = 2_000_000
_SINGLES = 30
_FEWEST_OF_SCREENINGS, _MOST_OF_LOOKUPS = 1_000, 10_000

Results = dict[str, dict[str, dict[str, object]]]


def main() -> int:
    """Measure all contenders and write what was found."""
    chosen = _arguments()
    signal.signal(signal.SIGALRM, _over)
    signal.signal(signal.SIGTERM, _ended)
    until_s = time.monotonic() + chosen.limit_min * 60
    plan = Plan(_SINGLES, chosen.runs, chosen.spend_s)
    document: dict[str, object] = {"machine": describe(), "plan": _asked_for(chosen)}
    results: Results = {}
    document["rows"] = results
    for rows in chosen.rows:
        for name in chosen.only:
            results.setdefault(str(rows), {})[name] = _one(name, rows, chosen, plan, until_s)
            _write(document, chosen.out)  # what comes later may fail
    print(table.markdown(document))
    return 0


def _asked_for(chosen: argparse.Namespace) -> dict[str, object]:
    """Keep the numbers; paths are those of this machine."""
    return {
        "counts": chosen.counts,
        "runs": chosen.runs,
        "spend_s": chosen.spend_s,
        "singles": _SINGLES,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.peers", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 10_000, 100_000])
    parser.add_argument("--only", nargs="+", choices=_NAMES, default=list(_NAMES))
    parser.add_argument("--runs", type=int, default=3, help="questions of each longer list")
    parser.add_argument("--spend-s", type=float, default=60, help="seconds for lists of a length")
    parser.add_argument("--limit-min", type=float, default=180, help="minutes, then it ends")
    parser.add_argument("--folder", help="where rows and databases are; 3 GB at 10,000,000 rows")
    parser.add_argument("--python", default=sys.executable, help="CPython 3.11, for the peers")
    parser.add_argument("--out", type=Path, default=_RESULTS, help="where results are written")
    return parser.parse_args()


def _one(
    name: str, rows: int, chosen: argparse.Namespace, plan: Plan, until_s: float
) -> dict[str, object]:
    started_s = time.monotonic()

    def say(what: str) -> None:
        took_s = time.monotonic() - started_s
        print(f"{name}, {rows:,} rows, {took_s:6.1f} s: {what}", file=sys.stderr, flush=True)

    if name == OpenMined.name and rows > _MOST_OF_OPENMINED:
        return {"skipped": f"set-up alone takes {rows * 87e-6 / 60:.0f} minutes on one thread"}
    if started_s > until_s:
        return {"skipped": "the time of the bench was over"}
    with (
        tempfile.TemporaryDirectory(prefix="fedquery-bench-", dir=chosen.folder) as folder,
        contextlib.ExitStack() as stack,
    ):
        try:
            signal.setitimer(signal.ITIMER_REAL, until_s - started_s)
            say("its environment")
            contender = _contender(name, Path(folder), chosen)
            stack.callback(contender.close)
            sets = Sets(Path(folder), rows)
            return measuring.measure(contender, sets, plan, say)
        except (UnavailableError, PartyError, FedqueryError) as error:
            # The others are worth measuring still; why there is no row stands in its place.
            say(str(error))
            return {"skipped": str(error)}
        finally:
            # Ending processes and removing folders is not cut short.
            signal.setitimer(signal.ITIMER_REAL, 0)


def _over(_number: int, _frame: object) -> None:
    raise PartyError("the time of the bench was over")


def _ended(_number: int, _frame: object) -> None:
    # As by Ctrl-C: every process is ended, and every folder removed.
    sys.exit(1)


def _contender(name: str, folder: Path, chosen: argparse.Namespace) -> Contender:
    counts = tuple(chosen.counts)
    if name == OpenMined.name:
        return OpenMined(interpreter(name, chosen.python), folder, counts)
    if name == Spu.name:
        return Spu(interpreter(name, chosen.python), folder, counts)
    return Fedquery(Path(sys.executable), folder, _ways(counts))


def _ways(counts: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Ask about few by lookups of at most 512 at once, and about many by screenings."""
    few = tuple(count for count in counts if count <= _MOST_OF_LOOKUPS)
    many = tuple(count for count in counts if count >= _FEWEST_OF_SCREENINGS)
    return {way: some for way, some in (("lookup", few), ("screen", many)) if some}


def _write(document: dict[str, object], out: Path) -> None:
    day = str(document["machine"]["date"]).replace(":", "")
    out.mkdir(parents=True, exist_ok=True)
    files = {
        "json": json.dumps(document, indent=1) + "\n",
        "md": table.markdown(document),
        "svg": plot.svg(document),
    }
    for suffix, text in files.items():
        (out / f"peers-{day}.{suffix}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

"""How well identifiers are found in pasted text, by sort, and how fast.

python -m bench.extraction              a table, in Markdown
python -m bench.extraction --speed      also the speed on text like a chat, in CPU time
"""

import argparse
import re
import sys
import time
from random import Random

from bench.excerpts import NATION_OF, Excerpt, Score, measure, read
from bench.machine import describe
from fedquery.identifiers import samples
from fedquery.identifiers.extraction import extract
from fedquery.identifiers.numbering import PLANS

_OCTETS = 2_000_000
_PIECE = 100_000
_MEGA = 1e6
# Plain lines for each line with a number; a phone number in 350 octets or so.
_PROSE_LINES = 3
_RUNS = 3
_FIGURE = re.compile(r"[0-9.,]{5}")


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.extraction", description=__doc__)
    parser.add_argument("--speed", action="store_true", help="measure the speed as well")
    chosen = parser.parse_args()
    excerpts = read()
    machine = describe()
    print(f"{machine['date']}, {machine['cpu']}, commit {machine['commit']}")
    print(_table(excerpts))
    if chosen.speed:
        print(_speed(excerpts))
    return 0


def _table(excerpts: list[Excerpt]) -> str:
    tuned = measure([one for one in excerpts if not one.is_held])
    held = measure([one for one in excerpts if one.is_held])
    lines = [
        f"{len(excerpts)} excerpts, {sum(one.is_held for one in excerpts)} of them held out",
        "",
        "| | there | precision | recall | held out: there | precision | recall |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {sort} | {_cells(tuned.get(sort, Score()))} | {_cells(held.get(sort, Score()))} |"
        for sort in sorted({*tuned, *held})
    ]
    return "\n".join(lines)


def _cells(score: Score) -> str:
    there = score.right + score.offered + score.missed
    if not there and not score.wrong:
        return "0 | - | -"
    return f"{there} | {score.precision:.3f} | {score.recall:.3f}"


def _speed(excerpts: list[Excerpt]) -> str:
    """Measure text like a chat: lines without identifiers, and each number another one."""
    random = Random(6)  # noqa: S311 - a text, no keys
    prose: dict[str, list[str]] = {}
    for one in excerpts:
        plain = [line for line in one.text.splitlines() if not _FIGURE.search(line)]
        if not one.marks:
            prose.setdefault(NATION_OF[one.name.split("-")[-2]], []).extend(plain)
    streams = {nation: samples.drawn("phone", nation, random.randrange) for nation in PLANS}
    nations, lines, octets = sorted(PLANS), list[str](), 0
    while octets < _OCTETS:
        nation = nations[random.randrange(len(nations))]
        told = prose[nation]
        more = [told[random.randrange(len(told))] for _ in range(_PROSE_LINES)]
        more.append(samples.spelled(next(streams[nation]), random.randrange))
        lines += more
        octets += sum(len(line.encode()) + 1 for line in more)
    text = "\n".join(lines)
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
    spent = min(_run(pieces) for _ in range(_RUNS))
    return f"{octets / _MEGA / spent:.2f} MB/s of CPU time on {octets / _MEGA:.1f} MB, one core"


def _run(pieces: list[str]) -> float:
    began = time.process_time()
    for piece in pieces:
        extract(piece, "TH")
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())

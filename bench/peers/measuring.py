"""One contender on one size of dataset: set-up, hand-over, questions of each length, octets."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from bench.figures import cpu_s
from bench.peers import reference
from bench.peers.contenders.contender import Contender
from bench.peers.party import PartyError, peak_mib
from bench.peers.sets import Sets

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is asked.

    Attributes:
        singles: how often one identifier is asked about.
        runs: how often each longer list is.
        spend_s: after so many seconds a list of a length is not asked again.
    """

    singles: int
    runs: int
    spend_s: float


def measure(contender: Contender, sets: Sets, plan: Plan, say: Say) -> dict[str, object]:
    """Measure a contender; set-up and each length stand between two measurements of the reference.

    Raises:
        PartyError: if a party fails, or finds anything else than what is there.
    """
    most = max(count for counts in contender.ways.values() for count in counts)
    say("set-up")
    before = reference.multiplications_per_s()
    steps = contender.prepare(sets, most)
    after = reference.multiplications_per_s()
    contender.connect()
    handed_s = contender.hand_over()
    asked = [
        _asked(contender, sets, (way, count), plan, say)
        for way, counts in contender.ways.items()
        for count in counts
    ]
    say("a new process")
    cold_s = [_cold(contender, sets) for _ in range(plan.runs)]
    peaks = {who: peak_mib(pid) for who, pid in contender.processes().items()}
    say("octets")
    contender.connect_counted()
    octets = _octets(contender, sets)
    setup_s = sum(step.wall_s for step in steps)
    return {
        "setup": [asdict(step) for step in steps],
        "setup_us_per_row": round(setup_s / sets.rows * 1e6, 2),
        "setup_cpu_us_per_row": round(sum(step.cpu_s for step in steps) / sets.rows * 1e6, 2),
        "reference_per_s": [before, after],
        "hand_over_s": handed_s if handed_s is None else round(handed_s, 3),
        "asked": asked,
        "cold_s": round(statistics.median(cold_s), 4),
        "octets": octets,
        "peak_mib": peaks,
    }


def _asked(
    contender: Contender, sets: Sets, which: tuple[str, int], plan: Plan, say: Say
) -> dict[str, object]:
    way, count = which
    say(f"{count} identifiers, {way}")
    samples_s, used_s, reference_before = [], [], reference.multiplications_per_s()
    until_s = time.monotonic() + plan.spend_s
    runs = plan.singles if count == 1 else plan.runs
    while len(samples_s) < runs and (not samples_s or time.monotonic() < until_s):
        asked, members = sets.asked(count)
        before = {who: cpu_s(pid) for who, pid in contender.processes().items()}
        took_s, hits = contender.ask(way, asked)
        used_s.append({who: cpu_s(pid) - before[who] for who, pid in contender.processes().items()})
        _require(contender, hits, members)
        samples_s.append(took_s)
        asked.unlink()
    wall_s = statistics.median(samples_s)
    return {
        "way": way,
        "count": count,
        "runs": len(samples_s),
        "wall_s": round(wall_s, 5),
        "best_s": round(min(samples_s), 5),
        "per_s": round(count / wall_s, 1),
        "cpu_us_each": {
            who: round(statistics.mean(one[who] for one in used_s) / count * 1e6, 1)
            for who in used_s[0]
        },
        "reference_per_s": [reference_before, reference.multiplications_per_s()],
    }


def _cold(contender: Contender, sets: Sets) -> float:
    asked, members = sets.asked(1)
    took_s, hits = contender.ask_cold(asked)
    _require(contender, hits, members)
    return took_s


def _octets(contender: Contender, sets: Sets) -> dict[str, object]:
    """Count what the hand-over and one question of each length take, apart from the timing."""
    start = contender.counted()
    handed = contender.hand_over()
    so_far = contender.counted()
    found: list[dict[str, object]] = []
    counted = {
        "hand_over": None if handed is None else _difference(start, so_far),
        "asked": found,
    }
    for way, counts in contender.ways.items():
        for count in counts:
            asked, members = sets.asked(count)
            _took_s, hits = contender.ask(way, asked)
            _require(contender, hits, members)
            now = contender.counted()
            found.append({"way": way, "count": count, **_difference(so_far, now)})
            so_far = now
    return counted


def _difference(before: tuple[int, int], after: tuple[int, int]) -> dict[str, int]:
    return {"up": after[0] - before[0], "down": after[1] - before[1]}


def _require(contender: Contender, hits: int, members: int) -> None:
    # A figure of wrong answers would be worth nothing.
    if hits != members:
        raise PartyError(f"{contender.name} found {hits} where {members} are")

"""One identifier to five nations: latency, octets, processor time; cold and with held buckets."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import scene
from bench.figures import cpu_s, summary_ms
from fedquery.ask import Case, Client
from fedquery.cli.demo.federation import COORDINATOR, Federation
from fedquery.identifiers import parse

_WARM_UP = 5


def case_of(number: int) -> Case:
    """Make a case of its own, so that prefixes do not shrink."""
    return Case(
        number=f"bench {number}",
        purpose="fraud",
        offence="telecom fraud",
        maximum_penalty_years=10,
        opened_ms=int(time.time() * 1000) - 3_600_000,
    )


async def measure(federation: Federation, rows: int, runs: int) -> dict[str, object]:
    """Measure lookups that alternate between what all nations have and what none has.

    Each is for a case of its own, so that prefixes do not shrink from one run to the next.
    """
    present = itertools.cycle(scene.phones(rows)[:: max(1, rows // 997)])
    absent = scene.absent_phones()
    processes = {name: federation.services[name].pid for name in (*scene.HOLDERS, COORDINATOR)} | {
        "asker": psutil.Process().pid
    }
    async with Client.open(federation.asker) as client:
        await _run(client, present, absent, _WARM_UP, start=0)
        used = {name: cpu_s(pid) for name, pid in processes.items()}
        cold = await _run(client, present, absent, runs, start=1000, forget=True)
        spent = {name: cpu_s(pid) - used[name] for name, pid in processes.items()}
        held = await _held(client, runs)
    return {
        "rows": rows,
        "cold": summary_ms(cold),
        "held": summary_ms(held),
        "cpu_ms_per_lookup": {name: round(s * 1000 / runs, 2) for name, s in spent.items()},
    }


async def octets(federation: Federation, rows: int, runs: int) -> dict[str, int]:
    """Count octets up and down, with a coordinator that records what it relays."""
    federation.stop(COORDINATOR)
    scene.record(federation, on=True)
    federation.start_coordinator()
    present, absent = itertools.cycle(scene.phones(rows)[:100]), scene.absent_phones()
    async with Client.open(federation.asker) as client:
        await _run(client, present, absent, runs, start=2 * 10**6, forget=True)
    up, down = _recorded(federation.seen)
    return {"up_per_lookup": round(up / runs), "down_per_lookup": round(down / runs)}


async def _run(
    client: Client,
    present: Iterator[str],
    absent: Iterator[str],
    runs: int,
    *,
    start: int,
    forget: bool = False,
) -> list[float]:
    samples = []
    for number in range(start, start + runs):
        if forget:
            # Cold: as if this home had never asked about an identifier of this bucket.
            client.session.connection.execute("DELETE FROM bucket")
        text, word = (next(present), "hit") if number % 2 else (next(absent), "no hit")
        samples.append(await _one(client, text, number, word))
    return samples


async def _held(client: Client, runs: int) -> list[float]:
    text = scene.phones(1)[0]
    await _one(client, text, 10**6, "hit")
    return [await _one(client, text, 10**6 + 1 + number, "hit") for number in range(runs)]


async def _one(client: Client, text: str, number: int, word: str) -> float:
    identifier = parse("phone", text).identifier
    started_s = time.perf_counter()
    lookup = await client.lookup([identifier], case_of(number), nations=scene.HOLDERS)
    took_s = time.perf_counter() - started_s
    words = {outcome.word for outcome in lookup.outcomes}
    # A figure of wrong answers would be worth nothing.
    if words != {word} or len(lookup.outcomes) != len(scene.HOLDERS):
        raise RuntimeError(f"the answers were {sorted(words)}, not {word}")
    return took_s


def _recorded(directory: Path) -> tuple[int, int]:
    """Sum the octets that were relayed up and down so far."""
    up, down = (
        sum(file.stat().st_size for file in directory.glob(f"*.{direction}"))
        for direction in ("request", "answer")
    )
    return up, down

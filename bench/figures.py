"""Turn samples into the few numbers that are reported."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence


def quantile(samples: Sequence[float], share: float) -> float:
    """Give the sample below which `share` of them lie."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def summary_ms(samples_s: Sequence[float]) -> dict[str, float]:
    """Summarise durations: p50, p95, how many."""
    return {
        "p50_ms": round(statistics.median(samples_s) * 1000, 2),
        "p95_ms": round(quantile(samples_s, 0.95) * 1000, 2),
        "runs": len(samples_s),
    }


async def timed(call: Callable[[], Awaitable[object]], runs: int) -> list[float]:
    """Time a call, several times, each in seconds."""
    samples = []
    for _ in range(runs):
        started_s = time.perf_counter()
        await call()
        samples.append(time.perf_counter() - started_s)
    return samples


def cpu_s(pid: int) -> float:
    """Read the processor time that a process has used, user and system."""
    import psutil  # noqa: PLC0415 -- the extra is only there where benches run

    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)

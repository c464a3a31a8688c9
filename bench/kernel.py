"""The batch kernel against libsodium: contenders alternate in one run, one core, medians.

python -m bench.kernel            the figures of the README, as JSON
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable

from bench.machine import describe
from fedquery.oprf import backends, suite
from fedquery.oprf.client import verify_evaluation
from fedquery.oprf.dleq import generate_proof
from fedquery.oprf.group import Group
from fedquery.oprf.keys import derive_key_pair
from fedquery.oprf.server import evaluate
from fedquery.seal.size import LARGEST

_COUNT = 4_096
_ROUNDS = 9
_SINGLES = 400

Work = Callable[[Group], object]


def main() -> int:
    """Measure every back end that this processor runs."""
    groups = {name: backends.make(name, 1) for name in backends.names()}
    results: dict[str, object] = {"machine": describe(), "batch": _COUNT}
    results["over_libsodium"] = _compare(groups, _works(_COUNT), _ROUNDS)
    results["single_over_libsodium"] = _compare(groups, _works(1), _SINGLES)
    fastest = backends.names()[0]
    cores = len(os.sched_getaffinity(0))
    if fastest != backends.LIBSODIUM and cores > 1:
        results["two_threads_over_one"] = _threads(fastest)
    for name in ("ifma", "avx2", "portable"):
        if name not in groups:
            sys.stderr.write(f"{name}: skipped, this processor cannot run it\n")
    print(json.dumps(results, indent=2))
    return 0


def element_us(group: Group, count: int = LARGEST) -> float:
    """Measure all arithmetic of a question of asker and holder, in microseconds of one core.

    Args:
        group: the back end.
        count: the elements of the question.

    Returns:
        what one element takes: blinded, evaluated with a proof, verified, unblinded, finalized.
    """
    works = _works(count)
    taken_s = 0.0
    for name in ("blind", "evaluate, prove", "verify, unblind, finalize"):
        times_s = []
        for _ in range(_ROUNDS):
            started_s = time.thread_time()
            works[name](group)
            times_s.append(time.thread_time() - started_s)
        taken_s += statistics.median(times_s)
    return taken_s / count * 1e6


def _works(count: int) -> dict[str, Work]:
    """Make what each contender does, over the same inputs."""
    sodium = backends.make(backends.LIBSODIUM, 1)
    uniform = os.urandom(suite.UNIFORM_LENGTH * count)
    inputs = [b"phone:v1:+6685550%05d" % number for number in range(count)]
    elements, blinds = sodium.from_uniform(uniform), sodium.reduce(uniform)
    key = derive_key_pair(bytes(32), b"bench")
    evaluated = sodium.multiply(elements, key.secret.scalar)
    proof = generate_proof(sodium, key, elements, evaluated, blinds[:32])
    nonce = os.urandom(32)
    return {
        "evaluate": lambda group: group.multiply(elements, key.secret.scalar),
        "unblind": lambda group: group.multiply_each(evaluated, group.invert_each(blinds)),
        "blind": lambda group: group.multiply_hashed(inputs, blinds),
        "evaluate, prove": lambda group: evaluate(key, elements, nonce, group=group),
        "verify, unblind, finalize": lambda group: _finish(
            group, (key.public, elements, evaluated, proof), (inputs, blinds)
        ),
    }


def _finish(
    group: Group,
    answer: tuple[bytes, bytes, bytes, bytes],
    blinding: tuple[list[bytes], bytes],
) -> None:
    inputs, blinds = blinding
    public, elements, evaluated, proof = answer
    verify_evaluation(public, elements, evaluated, proof, group=group)
    group.finalize(inputs, group.multiply_each(evaluated, group.invert_each(blinds)))


def _compare(
    groups: dict[str, Group], works: dict[str, Work], rounds: int
) -> dict[str, dict[str, float]]:
    """Give for each work and back end how many times faster than libsodium it is."""
    found: dict[str, dict[str, float]] = {}
    for name, work in works.items():
        taken: dict[str, list[float]] = {one: [] for one in groups}
        for _ in range(rounds):
            for one, group in groups.items():
                started_s = time.thread_time()
                work(group)
                taken[one].append(time.thread_time() - started_s)
        median = {one: statistics.median(times) for one, times in taken.items()}
        reference = median[backends.LIBSODIUM]
        found[name] = {one: round(reference / took, 2) for one, took in median.items()}
    return found


def _threads(name: str) -> float:
    """Give how many times faster two threads evaluate a large batch than one, by the clock."""
    one, two = backends.make(name, 1), backends.make(name, 2)
    elements = one.from_uniform(os.urandom(suite.UNIFORM_LENGTH * 16 * _COUNT))
    scalar = one.reduce(os.urandom(64))
    taken: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(_ROUNDS):
        for threads, group in ((1, one), (2, two)):
            started_s = time.perf_counter()
            group.multiply(elements, scalar)
            taken[threads].append(time.perf_counter() - started_s)
    return round(statistics.median(taken[1]) / statistics.median(taken[2]), 2)


if __name__ == "__main__":
    raise SystemExit(main())

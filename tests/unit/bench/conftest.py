"""A contender that computes nothing, and results as the bench writes them."""

import os

import pytest

from bench.peers.contenders.contender import Step


class Pretender:
    """Finds what it is told to be off by, in this process and without any cryptography."""

    name = "pretender"

    def __init__(self, *, missed=0):
        self.ways = {"guess": (1, 10)}
        self._missed = missed
        self._up = 0

    def prepare(self, sets, most):
        """Read the rows."""
        self._rows = set(sets.bare().read_text(encoding="utf-8").split())
        assert most == 10
        return [Step("encode", 0.5, 0.4, 7.0)]

    def connect(self):
        """Connect nothing."""

    def connect_counted(self):
        """Count from now on."""

    def hand_over(self):
        """Carry 3 octets over."""
        self._up += 3
        return 0.25

    def ask(self, _way, asked):
        """Find what is there, less what is missed."""
        lines = asked.read_text(encoding="utf-8").split()[1:]
        self._up += len(lines)
        return 0.1, max(0, len(self._rows & set(lines)) - self._missed)

    def ask_cold(self, asked):
        """Ask likewise."""
        return self.ask("", asked)

    def counted(self):
        """Give an octet for each line, and twice as many back."""
        return self._up, 2 * self._up

    def processes(self):
        """Give this process."""
        return {"asker": os.getpid()}

    def close(self):
        """End nothing."""


@pytest.fixture
def pretender():
    """Give the class, so that a test says how wrong it is."""
    return Pretender


def found(setup_us, count, per_s):
    """Make what is found of one contender."""
    return {
        "setup": [{"name": "encode", "wall_s": 1.0, "cpu_s": 1.0, "peak_mib": 20.0}],
        "setup_us_per_row": setup_us,
        "setup_cpu_us_per_row": setup_us,
        "hand_over_s": 0.5,
        "cold_s": 0.2,
        "reference_per_s": [20_000, 22_000],
        "peak_mib": {"asker": 1.0, "holder": 2.0},
        "asked": [
            {
                "way": "one way",
                "count": count,
                "runs": 3,
                "wall_s": count / per_s,
                "best_s": count / per_s,
                "per_s": per_s,
                "cpu_us_each": {"asker": 1_000 / per_s, "holder": 1.0},
                "reference_per_s": [10_000, 10_000],
            }
        ],
        "octets": {
            "hand_over": {"up": 1, "down": 1_200_000},
            "asked": [{"way": "one way", "count": count, "up": 45, "down": 320_000}],
        },
    }


@pytest.fixture
def document():
    """Give results: two contenders at one size, and one of them left out at the next."""
    machine = dict.fromkeys(("cpu", "cores", "memory_gib", "system", "python", "commit"), "x<&")
    return {
        "machine": {**machine, "date": "2026-11-25T20:00Z"},
        "rows": {
            "100000": {"fedquery": found(30.0, 1, 50.0), "spu": found(10.0, 1, 100.0)},
            "1000000": {"fedquery": found(30.0, 1, 50.0), "spu": {"skipped": "no wheel"}},
        },
    }

"""What is to compute, by the environment: FEDQUERY_BACKEND and FEDQUERY_THREADS."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fedquery.errors import ConfigError

BACKEND: Final = "FEDQUERY_BACKEND"
THREADS: Final = "FEDQUERY_THREADS"
_MOST_THREADS: Final = 256


@dataclass(frozen=True, slots=True)
class Compute:
    """What is to compute.

    Attributes:
        backend: the name of a back end; empty for the fastest that is there.
        threads: how many threads one large batch may use, 1 to 256.
    """

    backend: str
    threads: int


def compute(environ: Mapping[str, str] = os.environ) -> Compute:
    """Read from the environment what is to compute.

    Raises:
        ConfigError: if the number of threads is none.
    """
    return Compute(environ.get(BACKEND) or "", _threads(environ.get(THREADS) or ""))


def process() -> int:
    """Name the process that computes: a forked one has none of its parent's threads."""
    return os.getpid()


def _threads(text: str) -> int:
    if not text:
        # The cores that this process may use, which in a container are fewer than the machine has.
        affine = hasattr(os, "sched_getaffinity")
        usable = len(os.sched_getaffinity(0)) if affine else os.cpu_count()
        return min(usable or 1, _MOST_THREADS)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= _MOST_THREADS):
        raise ConfigError(
            f"{THREADS} is no number of threads", do=f"Set it to 1 to {_MOST_THREADS}, or unset it."
        )
    return int(text)

"""A process of its own for whatever reads other people's policy files.

Such a file is hostile input: nesting can overflow the engine's stack. The process limits itself,
and its crash, silence or lateness is an error of the file and never of the process that waits.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Final

from fedquery.policy.complaint import PolicyError

MEMORY_BYTES: Final = 1 << 30


def limit(*, cpu_s: int, answer_bytes: int) -> None:
    """Limit this process, before it reads anything.

    Args:
        cpu_s: how many seconds of processor time it may take.
        answer_bytes: how many octets it may write.
    """
    # Under a limit on file sizes Python would leave cut-off bytecode for others to import.
    sys.dont_write_bytecode = True
    # No core file either: a crash must leave nothing behind.
    for limited, amount in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, answer_bytes),
    ):
        resource.setrlimit(limited, (amount, amount))


def ask(
    program: Sequence[str], question: bytes, *, name: str, timeout_s: float, answer_bytes: int
) -> bytes:
    """Give a question to such a process, and wait for its answer.

    Args:
        program: what Python is to run, as its arguments.
        question: what it reads from its standard input.
        name: the file that is to blame for whatever goes wrong.
        timeout_s: how many seconds it may take.
        answer_bytes: how many octets of its answer are read; one more shows that it is too long.

    Raises:
        PolicyError: if it crashes, fails or takes too long.
    """
    # The answer goes to a file, which RLIMIT_FSIZE caps; a pipe would have no cap of its own.
    with tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(  # noqa: S603  our own interpreter and module, nothing of the file
                [sys.executable, "-I", *program],
                input=question,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PolicyError.of_file(name, "takes too long to read") from None
        answer.seek(0)
        octets = answer.read(answer_bytes + 1)
    if done.returncode < 0:
        raise PolicyError.of_file(name, "crashes the policy engine")
    if done.returncode > 0:
        raise PolicyError.of_file(name, "could not be tried")
    return octets

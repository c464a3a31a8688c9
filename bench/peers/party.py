"""A party of a protocol, seen from the bench: a process that is told what to do, and measured."""

import contextlib
import json
import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from bench.figures import cpu_s

# Nothing that is measured here takes so long; what does is broken, and the bench ends.
LONGEST_S = 2_400.0
_ANSWER_CAP = 1 << 16
PARTIES = Path(__file__).parent / "parties"

Answer = dict[str, object]


class PartyError(Exception):
    """A party ended, gave no answer in time, or gave a wrong one: there is no figure."""


class Party:
    """One process; its answers are awaited apart, since two may have to be told at once.

    Args:
        command: the interpreter, the program of `bench/peers/parties` and its arguments.
        log: what it writes beside its answers is appended here.
    """

    def __init__(self, command: Sequence[str | Path], log: Path) -> None:
        self.name = Path(command[1]).stem
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        self._unread = b""
        self.await_answer("start")

    def __enter__(self) -> Self:
        """Give the party."""
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """End the process."""
        self.stop()

    @property
    def pid(self) -> int:
        """Give the number of its process."""
        return self._process.pid

    def tell(self, do: str, **command: object) -> None:
        """Tell it what to do, without waiting."""
        line = json.dumps({"do": do, **command}, default=str) + "\n"
        if self._process.poll() is not None:
            raise PartyError(f"{self.name} has ended before it was told to {do}")
        try:
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise PartyError(f"{self.name} has ended before it was told to {do}") from None

    def await_answer(self, do: str, within_s: float = LONGEST_S) -> Answer:
        """Wait until it has done what it was told.

        Raises:
            PartyError: if it ends first, or is not done in time.
        """
        until_s = time.monotonic() + within_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._unread:
                if not selector.select(max(0.0, until_s - time.monotonic())):
                    self._process.kill()
                    raise PartyError(f"{self.name} did not {do} within {within_s:.0f} s")
                part = os.read(self._process.stdout.fileno(), _ANSWER_CAP)
                if not part:
                    raise PartyError(self._last_words(do))
                self._unread += part
        line, _, self._unread = self._unread.partition(b"\n")
        answer: Answer = json.loads(line)
        if answer["do"] != do:
            raise PartyError(f"{self.name} answered to {answer['do']}, not to {do}")
        return answer

    def ask(self, do: str, **command: object) -> Answer:
        """Tell it what to do, and wait until that is done."""
        self.tell(do, **command)
        return self.await_answer(do)

    def cpu_s(self) -> float:
        """Read the processor time it has used."""
        return cpu_s(self.pid)

    def peak_mib(self) -> float:
        """Read the most memory it has held."""
        return peak_mib(self.pid)

    def stop(self) -> None:
        """End it: it does so when its input ends; otherwise it is killed."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self, do: str) -> str:
        code = self._process.wait()
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        why = lines[-1] if lines else "it did not say why"
        return f"{self.name} ended with {code} at {do}: {why}"


def peak_mib(pid: int) -> float:
    """Read the most memory a process has held since it runs its program.

    Not `ru_maxrss`: that begins with what the process held from which it was forked.
    """
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise PartyError(f"process {pid} has ended, and with it what it held")

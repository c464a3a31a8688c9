"""Speak with a program of another implementation: a JSON line there, a JSON line back."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

# A conversation takes a fraction of a second; a program that hangs must not hang the suite.
_LIFE_S = 60


class Program:
    """A running program that answers each line with a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def call(self, name: str, /, **given: object) -> dict[str, object]:
        """Call one handler of the program.

        Returns:
            What it answered; {"error": message} where it refused.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"call": name} | given) + "\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "the program ended without an answer"
        answer: dict[str, object] = json.loads(line)
        return answer


@contextmanager
def running(*command: str) -> Iterator[Program]:
    """Run a program, and require that it ends well once its input ends."""
    pipe = subprocess.PIPE
    # No variable of this process can change what Node.js loads or does.
    environment = {"PATH": os.environ["PATH"]}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        alarm = Timer(_LIFE_S, process.kill)
        alarm.start()
        try:
            yield Program(process)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait() == 0
        finally:
            process.kill()
            alarm.cancel()

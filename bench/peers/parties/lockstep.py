"""One party of a protocol as a process: it takes a command a line, and answers each with a line.

The programs of this folder run in environments of their own, in which nothing of fedquery is
installed (but for its own); they import nothing but the standard library and the peer.
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Command = dict[str, object]


def serve(commands: dict[str, Callable[[Command], dict[str, object]]]) -> None:
    """Do commands from standard input until it ends.

    Each answer has the seconds that the command took by the clock; processor time and memory are
    read from outside.

    Args:
        commands: what does each, by its name.
    """
    # Libraries write what they like to standard output: only answers go where it led.
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as answers:
        os.dup2(2, 1)
        _write(answers, {"do": "start"})
        for line in sys.stdin:
            command = json.loads(line)
            started_s = time.perf_counter()
            answer = commands[command["do"]](command)
            took_s = time.perf_counter() - started_s
            _write(answers, {"do": command["do"], "wall_s": took_s, **answer})


def rows(path: object) -> Iterator[str]:
    """Read the one column of a file of identifiers."""
    with Path(str(path)).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for row in reader:
            yield row[0]


def _write(answers: object, answer: dict[str, object]) -> None:
    print(json.dumps(answer), file=answers, flush=True)

"""Kill imports at random moments, each in a process of its own, and look at what they left.

    python killed_imports.py HOME OLD NEW KILLS [FIRST]

OLD and NEW are two states of one whole dataset. Imports of the one that is not there are started
and killed; after each kill the records are read, and what claims are told. With FIRST they are
taken over in steps, of which the first has so many rows. Prints how often the records were the old
ones and the new ones, where the import was when it was killed, and every state that was neither.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from fedquery_node import pacing, records, schema, settling, stage
from fedquery_node.__main__ import main


def state(home):
    """Read what is recorded, by a connection of its own."""
    connection = schema.connect(home, checked=False)
    try:
        found = connection.execute(
            "SELECT reference, identifier, release_to FROM record"
            " JOIN subject ON subject.id = subject_id ORDER BY reference"
        ).fetchall()
        numbers = connection.execute("SELECT id FROM subject").fetchall()
        claimed = [
            record.reference
            for (number,) in numbers
            for record in records._of_subject(connection, number, {"*", "TH"})
        ]
        assert sorted(claimed) == [reference for reference, _, _ in found]
        rules = connection.execute("SELECT rules FROM spelling").fetchall()
    finally:
        connection.close()
    return found, rules


def is_cut(home):
    """Say whether rows were left that count for nobody."""
    with closing(schema.connect(home, checked=False)) as connection:
        (coming,) = connection.execute("SELECT coming FROM generation").fetchone()
        return coming is not None or settling.is_needed(connection)


def start(home, file):
    """Import in a process of its own; the clock starts with it."""
    child = os.fork()
    if not child:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        os._exit(main(["--home", str(home), "import", "phones", str(file), "--replace", "--yes"]))
    return child


def whole(home, file):
    """Import to the end, and say how long it took and what is recorded then."""
    began_s = time.monotonic()
    _, status = os.waitpid(start(home, file), 0)
    assert 0 == os.waitstatus_to_exitcode(status), "the import does not run"
    return time.monotonic() - began_s, state(home)


def kill_all(home, files, kills):
    """Kill imports, and count what they left."""
    draw = random.Random(20261125)  # noqa: S311 -- moments, not keys
    _, old = whole(home, files[0])
    took_s, new = whole(home, files[1])
    assert old[0] != new[0]
    states, there = [old, new], 1
    counts, neither = Counter(), []
    for number in range(kills):
        child = start(home, files[1 - there])
        time.sleep(draw.random() * took_s * 1.05)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        counts["killed" if os.WIFSIGNALED(status) else "ended before"] += 1
        counts["with a stage"] += bool(stage.unfinished(home))
        counts["while taking over"] += is_cut(home)
        found = state(home)
        if found == states[1 - there]:
            there = 1 - there
            counts["new"] += 1
        elif found == states[there]:
            counts["old"] += 1
        else:
            neither.append(number)
    # Whatever the kills left, the next import runs to its end.
    for at in (0, 1):
        assert states[at] == whole(home, files[at])[1]
    return {**counts, "neither": neither}


if __name__ == "__main__":
    for first in sys.argv[5:]:
        pacing.AT_ONCE, pacing._FIRST = 0, int(first)
    print(json.dumps(kill_all(Path(sys.argv[1]), sys.argv[2:4], int(sys.argv[4]))))  # noqa: T201 -- its result

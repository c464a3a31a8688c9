"""Rows are brought to canonical form alike by one process and by several, in their order."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from fedquery_node import normalise
from fedquery_node.config import load_settings
from fedquery_node.normalise import Spelling, normalise_all
from unit.node_data.test_importer import GOOD, NODE_TOML

from fedquery.tabular import Row, Typed


@pytest.fixture
def spelling(tmp_path):
    """Give how rows of `phones` and `addresses` are read."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    return lambda dataset: Spelling(load_settings(tmp_path), dataset, frozenset({"TH", "LA"}))


def batches(make):
    """Make more batches than one process does alone."""
    rows = [make(number) for number in range(2, 902)]
    return [rows[at : at + 50] for at in range(0, 900, 50)]


def a_phone(number):
    """Make a row; some of them bad, of each sort."""
    fields = {**GOOD, "identifier": f"+8485550{number:04}", "reference": f"R{number}"}
    match number % 9:
        case 1:
            return Row(number, None, "columns")
        case 2:
            return Row(number, {**fields, "identifier": "hello"})
        case 3:
            return Row(number, fields, typed={"reference": Typed.NUMBER})
        case 4:
            return Row(number, {**fields, "release_to": "XX"})
    return Row(number, fields)


def an_address(number):
    """Make a row that is found under less exact forms."""
    text = f"203.0.113.{number % 200 + 1}:443 2026-11-25T13:20Z"
    return Row(number, {**GOOD, "identifier": text, "reference": f"R{number}"})


@pytest.mark.parametrize(("dataset", "make"), [("phones", a_phone), ("addresses", an_address)])
def test_several_processes_do_what_one_does(spelling, dataset, make):
    """Rows, forms, refusals and warnings, batch by batch."""
    alone = list(normalise_all(spelling(dataset), batches(make), workers=1))
    together = list(normalise_all(spelling(dataset), batches(make), workers=2))
    assert 18 == len(alone)
    assert alone == together
    assert 900 == sum(batch.rows for batch in together)
    warned = sum((batch.warnings for batch in together), Counter())
    assert (100 if dataset == "phones" else 0) == warned["number-cell"]
    assert (dataset == "addresses") is bool(together[0].forms)


def test_few_batches_wait(spelling):
    """However many there are: memory does not grow with a file."""
    read = []

    def endless():
        for batch in batches(a_phone) * 5:
            read.append(len(batch))
            yield batch

    for done, _ in enumerate(normalise_all(spelling("phones"), endless(), workers=2), 1):
        assert len(read) - done <= 2 * normalise._AHEAD + 2
    assert 90 == done


def test_what_is_sent_to_a_worker_is_not_all_of_the_settings(spelling):
    """Of the datasets its own alone."""
    sent = spelling("phones").sendable()
    assert {"phones"} == set(sent.settings.datasets)


ORPHANING = """
import os, sys, time
from pathlib import Path
from fedquery_node import normalise
from fedquery_node.config import load_settings
from fedquery_node.normalise import Spelling, normalise_all
from fedquery.tabular import Row

def endless():
    while True:
        yield [Row(1, None, "columns")] * 10

def main():
    spelling = Spelling(load_settings(Path(sys.argv[1])), "phones", frozenset())
    for done, _ in enumerate(normalise_all(spelling, endless(), workers=2)):
        if done == 50:
            print("ready", flush=True)
            time.sleep(60)

if __name__ == "__main__":
    main()
"""


def children_of(pid):
    """List the processes that a process has started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.add(int(path.parent.name))
    return found


def test_workers_end_with_an_import_that_is_killed(spelling, tmp_path):
    """They wait on a pipe whose both ends they hold: nothing else would end them."""
    spelling("phones")
    program = tmp_path / "orphaning.py"
    program.write_text(ORPHANING)
    process = subprocess.Popen([sys.executable, program, tmp_path], stdout=subprocess.PIPE)
    with process.stdout:
        assert b"ready\n" == process.stdout.readline()
        workers = children_of(process.pid)
        assert len(workers) >= 2
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    until_s = time.monotonic() + 20
    while alive := {pid for pid in workers if Path(f"/proc/{pid}").exists()}:
        assert time.monotonic() < until_s, f"{len(alive)} workers are left"
        time.sleep(0.05)

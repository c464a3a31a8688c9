"""The one command: what fails is left out with its reason, and there is an end to it."""

import json
import signal
import sys
import time

import pytest

import bench.peers.__main__ as command
from bench.peers import reference
from bench.peers.party import PartyError


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command with contenders of a test, and give what it wrote."""
    monkeypatch.setattr(reference, "multiplications_per_s", lambda: 20_000)

    def run(made, *arguments):
        monkeypatch.setattr(command, "_contender", made)
        monkeypatch.setattr(
            sys,
            "argv",
            ["bench.peers", "--rows", "100", "--runs", "1", "--out", str(tmp_path), *arguments],
        )
        assert 0 == command.main()
        (written,) = tmp_path.glob("*.json")
        assert {"json", "md", "svg"} == {one.suffix[1:] for one in tmp_path.glob("peers-*")}
        return json.loads(written.read_text(encoding="utf-8"))["rows"]["100"]

    before = {number: signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGTERM)}
    yield run
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_others_are_measured_when_one_fails(run, pretender):
    """A wheel that is not there for this machine is no reason to have no figures."""

    def made(name, _folder, _chosen):
        if name == "spu":
            raise PartyError("no wheel")
        return pretender()

    found = run(made)

    assert {"skipped": "no wheel"} == found["spu"]
    assert all("asked" in found[name] for name in ("fedquery", "openmined-psi"))


def test_the_command_ends_in_its_time_even_inside_a_contender(run, pretender, tmp_path):
    """Whoever starts it before the night finds figures in the morning."""

    class Stuck(pretender):
        def prepare(self, _sets, _most):
            time.sleep(30)

    started_s = time.monotonic()
    found = run(lambda *_arguments: Stuck(), "--limit-min", "0.005", "--folder", str(tmp_path))

    assert time.monotonic() - started_s < 10
    assert {"the time of the bench was over"} == {one["skipped"] for one in found.values()}
    assert [] == list(tmp_path.glob("fedquery-bench-*"))

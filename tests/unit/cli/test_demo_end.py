"""A demo that ends, however it does, leaves nothing running."""

import os
import signal
import subprocess
import sys
import time

import click
import pytest

from fedquery.cli.demo import command
from fedquery.cli.demo.processes import Service, environment

# A service that says when it is ready, and notes how it was ended.
SERVICE = """
import json, pathlib, signal, sys
def end(*_): pathlib.Path(sys.argv[1]).write_text("asked to end"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(json.dumps({"event": "ready", "port": 1}), flush=True)
signal.pause()
"""
STARTER = """
import pathlib, sys, threading
from fedquery.cli.demo.processes import Service, environment
service = Service("s", "small_service", [sys.argv[1]], pathlib.Path(sys.argv[2]))
# In a thread that ends at once, as the demo starts its services.
thread = threading.Thread(target=service.start)
thread.start(); thread.join()
print(service.pid, flush=True)
threading.Event().wait()
"""


@pytest.fixture
def small_service(tmp_path, monkeypatch):
    """Put a module on the path of what is started, and give where it notes its end."""
    (tmp_path / "small_service.py").write_text(SERVICE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "end"


def ended(path):
    """Wait until a file says how a service ended."""
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.02)
    return "still running"


def test_services_end_when_their_starter_is_killed(tmp_path, small_service):
    """Nobody is there any more to end them; and the end of a thread is not the starter's."""
    command = [sys.executable, "-c", STARTER, str(small_service), str(tmp_path / "log")]
    starter = subprocess.Popen(command, stdout=subprocess.PIPE)
    pid = int(starter.stdout.readline())
    os.kill(pid, 0)
    assert not small_service.exists()
    starter.kill()
    starter.wait()
    starter.stdout.close()
    assert "asked to end" == ended(small_service)


def test_a_service_is_ended_by_its_starter_as_before(tmp_path, small_service):
    """Its exit code is its own."""
    service = Service("s", "small_service", [str(small_service)], tmp_path / "log")
    assert 1 == service.start()
    assert service.running()
    assert 0 == service.stop()


def test_a_hangup_ends_a_demo_as_ctrl_c_does(tmp_path, monkeypatch):
    """The terminal was closed: what it made is removed. Under nohup it stays."""
    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    # These tests may run under nohup themselves.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    monkeypatch.setattr(command, "NATIONS", ("TH", "VN"))
    monkeypatch.setattr(command.Walk, "prepare", lambda _walk: os.kill(os.getpid(), signal.SIGHUP))
    monkeypatch.setattr(command.tempfile, "mkdtemp", lambda prefix: _made(tmp_path / prefix))
    policies = tmp_path / "policies"
    policies.mkdir()
    try:
        with pytest.raises((KeyboardInterrupt, click.Abort)):
            command.demo.main(["--policies", str(policies)], standalone_mode=False)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert not (tmp_path / "fedquery-demo-").exists()


def _made(path):
    path.mkdir()
    return str(path)


def test_what_leads_elsewhere_is_not_inherited_and_what_computes_is(monkeypatch):
    """A demo in one back end has all of its parties in it; homes and proxies are the demo's own."""
    for name in ("FEDQUERY_HOME", "FEDQUERY_BACKEND", "FEDQUERY_THREADS", "https_proxy"):
        monkeypatch.setenv(name, "chosen")
    found = environment()
    assert {found.get("FEDQUERY_BACKEND"), found.get("FEDQUERY_THREADS")} == {"chosen"}
    assert not found.keys() & {"FEDQUERY_HOME", "https_proxy"}

"""Parties are told, awaited and ended; the relay counts what passes it and nothing else."""

import ast
import contextlib
import os
import socket
import sys
import threading

import pytest

from bench.peers.party import PARTIES, Party, PartyError, peak_mib
from bench.peers.relay import Relay

_PROGRAM = f"""
import sys, time
sys.path.insert(0, {str(PARTIES)!r})
import lockstep

def noisy(command):
    print("what a library writes to standard output")
    return {{"twice": 2 * command["number"]}}

def slow(_command):
    time.sleep(60)

def broken(_command):
    raise RuntimeError("the last words")

lockstep.serve({{"noisy": noisy, "slow": slow, "broken": broken}})
"""


@pytest.fixture
def start(tmp_path):
    """Say how a party is started."""
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM, encoding="utf-8")
    return lambda: Party([sys.executable, program], tmp_path / "log")


@pytest.fixture
def party(start):
    """Start a party."""
    with start() as party:
        yield party


def test_a_party_answers_whatever_its_libraries_print(party, tmp_path):
    """SPU logs to standard output: that must not be taken for an answer."""
    assert 42 == party.ask("noisy", number=21)["twice"]
    assert "what a library writes" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_party_that_ends_says_why(party):
    """A bench that only says that something failed cannot be repaired."""
    with pytest.raises(PartyError, match="RuntimeError: the last words"):
        party.ask("broken")


def test_a_party_that_is_not_done_in_time_is_ended(party):
    """The bench has an end even where a peer hangs."""
    party.tell("slow")
    with pytest.raises(PartyError, match="did not slow within"):
        party.await_answer("slow", within_s=0.05)
    with pytest.raises(PartyError):
        party.ask("noisy", number=1)


def test_memory_is_that_of_the_program_and_not_of_who_started_it(start):
    """The maximum that the system accounts to a child begins with what its parent held."""
    held = b"a" * (200 * 2**20)  # written, so that pages are there
    assert peak_mib(os.getpid()) >= len(held) / 2**20
    with start() as party:
        assert party.peak_mib() < 100


@pytest.fixture
def far_end():
    """Listen: answer what is asked with twice as much, until it ends."""

    def serve():
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                while octets := connection.recv(65_536):
                    connection.sendall(octets * 2)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _exchange(port, octets):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        back = b""
        while part := connection.recv(65_536):
            back += part
        return back


def test_the_relay_counts_each_direction_to_the_octet(far_end):
    """Both ends see what they would see without it."""
    with Relay(0, far_end) as relay:
        assert _exchange(relay.port, b"a" * 1_000) == b"a" * 2_000
        assert (1_000, 2_000) == relay.counted()
        _exchange(relay.port, b"b")
        assert (1_001, 2_002) == relay.counted()


def test_the_relay_ends_with_connections_that_are_open(far_end):
    """Those of gRPC and brpc are kept for long."""
    with Relay(0, far_end) as relay:
        connection = socket.create_connection(("127.0.0.1", relay.port), timeout=10)
        connection.sendall(b"a")
        assert b"aa" == connection.recv(10)
    with connection, contextlib.suppress(ConnectionResetError):
        assert b"" == connection.recv(10)


def test_whom_nobody_listens_for_is_told_so():
    """A peer that tries until the other one is up must not believe that it is."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]
    with Relay(0, nobody) as relay:
        connection = socket.create_connection(("127.0.0.1", relay.port), timeout=10)
        with connection, contextlib.suppress(ConnectionResetError):
            assert b"" == connection.recv(10)
        assert (0, 0) == relay.counted()


@pytest.mark.parametrize("program", ["lockstep", "openmined_psi", "spu_ub_psi"])
def test_programs_of_the_peers_need_nothing_of_ours(program):
    """Their environments have the standard library and the peer."""
    text = (PARTIES / f"{program}.py").read_text(encoding="utf-8")
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.partition(".")[0])

    peers = {"lockstep", "private_set_intersection", "spu"}
    assert names <= sys.stdlib_module_names | peers

"""Real processes on this machine: commands that end, and services that say when they are ready."""

import contextlib
import json
import os
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.config import compute
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import PeerError

READY_S: Final = 60.0
STOP_S: Final = 12.0
_LEASHED: Final = "fedquery.cli.demo.leashed"
_LINE_CAP: Final = 4096
_PORTS: Final = range(10_000, 32_000)
_COMPUTES: Final = frozenset({compute.BACKEND, compute.THREADS})


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left when it ended.

    Args:
        code: its exit code.
        out: what it wrote to standard output.
        err: what it wrote to standard error.
    """

    code: int
    out: str
    err: str


def free_ports(count: int) -> list[int]:
    """Find different ports of the loopback that nobody listens on now."""
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        # Held together until all are found, so that none is found twice.
        while len(found) < count:
            probe = stack.enter_context(socket.socket())
            # Below what systems give to outgoing connections: none of those can take it meanwhile.
            port = _PORTS.start + secrets.randbelow(len(_PORTS))
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
    return found


def environment() -> dict[str, str]:
    """Give the environment for a process of a demo: ours, without what could lead it elsewhere.

    What computes stays as it was chosen: a comparison of back ends is one of all parties.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().endswith("_PROXY")
        and (name in _COMPUTES or not name.startswith("FEDQUERY_"))
    }
    # A plain text without colours is what is read here.
    return {**kept, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}


def run(module: str, *arguments: str, stdin: str = "", directory: Path | None = None) -> Ended:
    """Run a command of fedquery to its end.

    Args:
        module: the package, such as `fedquery_node`.
        *arguments: its arguments; never an identifier.
        stdin: what it reads.
        directory: where it runs; here where it is not given.
    """
    done = subprocess.run(  # noqa: S603 -- our own program, with arguments of our own
        [sys.executable, "-m", module, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(),
        cwd=directory,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def require(module: str, *arguments: str, stdin: str = "") -> Ended:
    """Run a command that must succeed.

    Raises:
        PeerError: with what it said, if it did not.
    """
    ended = run(module, *arguments, stdin=stdin)
    if ended.code != ExitCode.OK:
        raise PeerError(
            f"{module} {' '.join(_words(arguments))} ended with {ended.code}",
            why=ended.err.strip()[-2000:],
        )
    return ended


def _words(arguments: Sequence[str]) -> list[str]:
    return [word for word in arguments if not word.startswith("/")]


@dataclass(slots=True)
class Service:
    """A service that runs in a process of its own, and ends when this process does.

    Args:
        name: what it is called here.
        module: its package.
        arguments: the arguments it is started with.
        log: the file that its log is appended to.
    """

    name: str
    module: str
    arguments: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self, ready_s: float = READY_S) -> int:
        """Start it and wait until it is ready.

        Returns:
            the port that it listens on.

        Raises:
            PeerError: if it ends, or is not ready in time.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 -- our own program
                [sys.executable, "-m", _LEASHED, self.module, *self.arguments],
                # Ours alone, and closed with us: then the service ends.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(),
            )
        try:
            return _port_of(_first_line(self.process, ready_s))
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """Give the number of its process.

        Raises:
            PeerError: if it was not started.
        """
        if self.process is None:
            raise PeerError(f"{self.name} was not started")
        return self.process.pid

    def running(self) -> bool:
        """Say whether it runs."""
        return self.process is not None and self.process.poll() is None

    def signal_end(self) -> None:
        """Ask it to end, without waiting."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, stop_s: float = STOP_S) -> int:
        """Ask it to end, wait, and kill it if it does not.

        Returns:
            its exit code; negative for a signal.
        """
        self.signal_end()
        if self.process is None:
            return 0
        try:
            return self.process.wait(stop_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.wait()
        finally:
            self._close()

    def kill(self) -> None:
        """Kill it at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()
            self._close()

    def _close(self) -> None:
        if self.process is not None:
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    pipe.close()


def _first_line(process: subprocess.Popen[bytes], ready_s: float) -> bytes:
    if process.stdout is None:
        raise PeerError("the service has no output")
    until_s = time.monotonic() + ready_s
    octets = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while b"\n" not in octets and len(octets) < _LINE_CAP:
            if not selector.select(max(0.0, until_s - time.monotonic())):
                raise PeerError("the service was not ready in time", why="timeout")
            part = os.read(process.stdout.fileno(), _LINE_CAP)
            if not part:
                code = process.wait()
                raise PeerError(f"the service ended with {code} before it was ready")
            octets += part
    return octets.partition(b"\n")[0]


def _port_of(line: bytes) -> int:
    try:
        said = json.loads(line)
        return int(said["port"])
    except (ValueError, KeyError, TypeError):
        raise PeerError("the service said something else than that it is ready") from None

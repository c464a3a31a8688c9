"""OpenMined PSI: P-256, one thread; the encoded set goes to the client once, as a GCS."""

import time
from contextlib import ExitStack
from pathlib import Path

from bench.peers.contenders.contender import Step, prepared
from bench.peers.party import PARTIES, Party
from bench.peers.relay import Relay
from bench.peers.sets import Sets
from fedquery.cli.demo.processes import free_ports

_PROGRAM = PARTIES / "openmined_psi.py"


class OpenMined:
    """A server and a client that are connected by a loopback connection of the bench's own."""

    name = "openmined-psi"

    def __init__(self, python: Path, folder: Path, counts: tuple[int, ...]) -> None:
        self.ways = {"GCS": counts}
        self._python = python
        self._cache = folder / "openmined.setup"
        self._log = folder / "openmined.log"
        (self._port,) = free_ports(1)
        self._stack = ExitStack()
        self._server, self._client = self._party("server"), self._party("client")
        self._relay: Relay | None = None

    def prepare(self, sets: Sets, most: int) -> list[Step]:
        """Encode the rows."""
        step = prepared(self._server, "encode", rows=sets.bare(), most=most)
        self._server.ask("listen", port=self._port)
        return [step]

    def connect(self) -> None:
        """Connect."""
        self._client.ask("connect", port=self._port)

    def connect_counted(self) -> None:
        """Connect by a relay."""
        self._relay = self._stack.enter_context(Relay(0, self._port))
        self._client.ask("connect", port=self._relay.port)

    def hand_over(self) -> float:
        """Carry the encoded rows over, and keep them on the disk for new processes."""
        wall_s = float(self._client.ask("fetch")["wall_s"])
        self._client.ask("keep", cache=self._cache)
        return wall_s

    def ask(self, _way: str, asked: Path) -> tuple[float, int]:
        """Ask."""
        answer = self._client.ask("ask", list=asked)
        return float(answer["wall_s"]), int(answer["hits"])

    def ask_cold(self, asked: Path) -> tuple[float, int]:
        """Ask from a new process, which reads the encoded rows from the disk."""
        started_s = time.perf_counter()
        with self._party("client") as client:
            client.ask("load", cache=self._cache)
            client.ask("connect", port=self._port)
            hits = int(client.ask("ask", list=asked)["hits"])
            return time.perf_counter() - started_s, hits

    def counted(self) -> tuple[int, int]:
        """Read the relay."""
        return self._relay.counted()

    def processes(self) -> dict[str, int]:
        """Give both."""
        return {"asker": self._client.pid, "holder": self._server.pid}

    def close(self) -> None:
        """End both and the relay."""
        self._stack.close()

    def _party(self, role: str) -> Party:
        return self._stack.enter_context(Party([self._python, _PROGRAM, role], self._log))

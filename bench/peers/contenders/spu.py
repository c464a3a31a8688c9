"""SPU's unbalanced PSI: an OPRF on FourQ on all cores; 12 octets a row go to the client once."""

import time
from contextlib import ExitStack
from pathlib import Path

from bench.peers.contenders.contender import Step, prepared
from bench.peers.party import PARTIES, Answer, Party
from bench.peers.relay import Relay
from bench.peers.sets import Sets
from fedquery.cli.demo.processes import free_ports

_PROGRAM = PARTIES / "spu_ub_psi.py"


class Spu:
    """A server and a client; each listens for the other, and both work through a step together.

    They are kept running with one link, which is friendlier than SPU's own way: there each question
    starts two processes and makes a new link. That is what a cold question measures.
    """

    name = "spu"

    def __init__(self, python: Path, folder: Path, counts: tuple[int, ...]) -> None:
        self.ways = {"ub_psi": counts}
        self._python, self._folder = python, folder
        self._stack = ExitStack()
        self._relays: tuple[Relay, Relay] | None = None
        self._server: Party | None = None
        self._client: Party | None = None
        self._sample: Path | None = None
        self._linked: Party | None = None

    def prepare(self, sets: Sets, _most: int) -> list[Step]:
        """Encode the rows, in a process that ends after it."""
        (port,) = free_ports(1)
        with self._party("server") as server:
            step = prepared(server, "encode", rows=sets.bare(), port=port)
        self._sample, _members = sets.asked(1)
        self._server = self._stack.enter_context(self._party("server"))
        self._client = self._stack.enter_context(self._party("client"))
        return [step]

    def connect(self) -> None:
        """Make a link."""
        self._linked = self._client
        self._link(self._client)

    def connect_counted(self) -> None:
        """Make a link of which each direction goes by a relay."""
        self._unlink()
        server, client = free_ports(2)
        to_server = self._stack.enter_context(Relay(0, server))
        to_client = self._stack.enter_context(Relay(0, client))
        self._relays = (to_server, to_client)
        self._linked = self._client
        self._together(
            self._client,
            "connect",
            {"ports": [server, to_client.port]},
            {"ports": [to_server.port, client]},
        )

    def hand_over(self) -> float:
        """Carry the encoded rows over."""
        arguments = {"list": str(self._sample)}
        return float(self._together(self._client, "fetch", arguments, arguments)["wall_s"])

    def ask(self, _way: str, asked: Path) -> tuple[float, int]:
        """Ask."""
        return self._ask(self._client, asked)

    def ask_cold(self, asked: Path) -> tuple[float, int]:
        """Ask from a new process, with a new link; the server is one that runs."""
        self._unlink()
        started_s = time.perf_counter()
        with self._party("client") as client:
            self._link(client)
            _wall_s, hits = self._ask(client, asked)
            took_s = time.perf_counter() - started_s
            self._together(client, "close", {}, {})
        return took_s, hits

    def counted(self) -> tuple[int, int]:
        """Read both relays: the client's octets go to the server, and back by the other one."""
        to_server, to_client = self._relays
        there, back = to_server.counted()
        there_too, back_too = to_client.counted()
        return there + back_too, back + there_too

    def processes(self) -> dict[str, int]:
        """Give both."""
        return {"asker": self._client.pid, "holder": self._server.pid}

    def close(self) -> None:
        """End both and the relays."""
        self._stack.close()

    def _party(self, role: str) -> Party:
        home = self._folder / f"spu-{role}"
        home.mkdir(mode=0o700, exist_ok=True)
        return Party([self._python, _PROGRAM, role, home], self._folder / f"spu-{role}.log")

    def _link(self, client: Party) -> None:
        ports = {"ports": free_ports(2)}
        self._together(client, "connect", ports, ports)

    def _unlink(self) -> None:
        if self._linked is not None:
            self._together(self._linked, "close", {}, {})
            self._linked = None

    def _ask(self, client: Party, asked: Path) -> tuple[float, int]:
        answer = self._together(client, "ask", {"list": str(asked)}, {"list": str(asked)})
        return float(answer["wall_s"]), int(answer["hits"])

    def _together(
        self, client: Party, do: str, of_server: dict[str, object], of_client: dict[str, object]
    ) -> Answer:
        self._server.tell(do, **of_server)
        client.tell(do, **of_client)
        answer = client.await_answer(do)
        self._server.await_answer(do)
        return answer

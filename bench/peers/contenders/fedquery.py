"""fedquery, everything on: a node, a coordinator between, an asker; policies, seals and logs."""

import contextlib
import json
import re
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil

from bench import scene
from bench.peers.contenders.contender import Step
from bench.peers.party import PARTIES, Party, PartyError
from bench.peers.relay import Relay
from bench.peers.sets import Sets
from fedquery.cli.demo.federation import COORDINATOR
from fedquery.cli.demo.processes import free_ports

_PROGRAM = PARTIES / "fedquery_asker.py"
_HOLDER = "VN"
_NATIONS = ("TH", _HOLDER)
_SAMPLE_S = 0.1


class Fedquery:
    """A federation of two nations, with the processes and commands that operators use."""

    name = "fedquery"

    def __init__(self, python: Path, folder: Path, ways: dict[str, tuple[int, ...]]) -> None:
        self.ways = ways
        self._python, self._folder = python, folder
        self._stack = ExitStack()
        root = folder / "federation"
        root.mkdir(mode=0o700)
        self._federation = scene.make(root, _NATIONS)
        self._stack.callback(self._federation.close)
        self._asker: Party | None = None
        self._relay: Relay | None = None

    def prepare(self, sets: Sets, _most: int) -> list[Step]:
        """Import the rows, and publish them; then start everybody."""
        records = sets.records()
        federation = self._federation
        steps = [
            _measured("import", lambda: federation.import_csv(_HOLDER, scene.DATASET, records)),
            _measured("publish", lambda: federation.publish(_HOLDER)),
        ]
        records.unlink()
        federation.start()
        command = [self._python, _PROGRAM, federation.asker, _HOLDER]
        self._asker = self._stack.enter_context(Party(command, self._folder / "asker.log"))
        return steps

    def connect(self) -> None:
        """Open the asker's client."""
        self._asker.ask("connect")

    def connect_counted(self) -> None:
        """Put a relay where the coordinator listened, whose place all have from the member list."""
        self._asker.ask("close")
        self._federation.stop(COORDINATOR)
        (moved,) = free_ports(1)
        settings = self._federation.coordinator / "coordinator.toml"
        text = settings.read_text(encoding="utf-8")
        listened = re.search(r'(?m)^listen = "127\.0\.0\.1:(\d+)"$', text)
        settings.write_text(
            text.replace(listened[0], f'listen = "127.0.0.1:{moved}"'), encoding="utf-8"
        )
        self._federation.start_coordinator()
        self._relay = self._stack.enter_context(Relay(int(listened[1]), moved))
        self._asker.ask("connect")

    def hand_over(self) -> None:
        """Carry nothing over: what a question needs of the dataset comes with its answer."""

    def ask(self, way: str, asked: Path) -> tuple[float, int]:
        """Ask."""
        answer = self._asker.ask(way, list=asked)
        return float(answer["wall_s"]), int(answer["hits"])

    def ask_cold(self, asked: Path) -> tuple[float, int]:
        """Ask with the command that an officer types."""
        _header, _, lines = asked.read_text(encoding="utf-8").partition("\n")
        started_s = time.perf_counter()
        ended = self._federation.run_asker(
            "lookup", "--case", f"bench {asked.stem}", "--purpose", "fraud", "--offence", "fraud",
            "--max-penalty", "10", "--opened", "2026-11-01", "--nations", _HOLDER, "--json", "-",
            stdin=lines,
        )  # fmt: skip
        took_s = time.perf_counter() - started_s
        if ended.code:
            raise PartyError(f"fedquery lookup ended with {ended.code}: {ended.err.strip()[-500:]}")
        words = [one["word"] for one in json.loads(ended.out)["nations"]]
        return took_s, words.count("hit")

    def counted(self) -> tuple[int, int]:
        """Read the relay between asker and coordinator."""
        return self._relay.counted()

    def processes(self) -> dict[str, int]:
        """Give those who work for an answer."""
        services = self._federation.services
        return {
            "asker": self._asker.pid,
            "holder": services[_HOLDER].pid,
            "coordinator": services[COORDINATOR].pid,
        }

    def close(self) -> None:
        """End all of them."""
        self._stack.close()


def _measured(name: str, command: Callable[[], object]) -> Step:
    """Run a command of several processes, and sample what they hold together."""
    with _sampled() as held:
        before, started_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command()
        wall_s, after = (
            time.perf_counter() - started_s,
            resource.getrusage(resource.RUSAGE_CHILDREN),
        )
    used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Step(name, wall_s, used_s, held[0])


@contextlib.contextmanager
def _sampled() -> Iterator[list[float]]:
    """Sample the memory of all processes that this one starts; pages they share count once."""
    most, over = [0.0], threading.Event()

    def sample() -> None:
        while not over.wait(_SAMPLE_S):
            held = sum(_own_mib(child) for child in psutil.Process().children(recursive=True))
            most[0] = max(most[0], round(held, 1))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def _own_mib(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return float(process.memory_full_info().pss) / 2**20
    return 0.0

"""What the bench wants of whoever is compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.peers.party import Party
from bench.peers.sets import Sets


@dataclass(frozen=True, slots=True)
class Step:
    """A part of setting a dataset up, before anybody can ask.

    Attributes:
        name: what is done.
        wall_s: how long it took, in seconds.
        cpu_s: of all its processes, in seconds.
        peak_mib: the most memory of all its processes.
    """

    name: str
    wall_s: float
    cpu_s: float
    peak_mib: float


class Contender(Protocol):
    """A holder with a dataset and somebody who asks, in processes of their own on this machine.

    Attributes:
        name: what the row is called.
        ways: how it can be asked, and about how many identifiers each way is measured.
    """

    name: str
    ways: Mapping[str, tuple[int, ...]]

    def prepare(self, sets: Sets, most: int) -> list[Step]:
        """Set the dataset up, for questions about at most so many identifiers."""

    def connect(self) -> None:
        """Connect who asks with who holds, directly."""

    def connect_counted(self) -> None:
        """Connect them anew, by relays that count."""

    def hand_over(self) -> float | None:
        """Carry over what who asks needs once for a dataset, in seconds; None if there is none."""

    def ask(self, way: str, asked: Path) -> tuple[float, int]:
        """Ask about a list, between processes that run; give the seconds and the hits."""

    def ask_cold(self, asked: Path) -> tuple[float, int]:
        """Ask from a new process: its start is in the seconds."""

    def counted(self) -> tuple[int, int]:
        """Give the octets up and down since `connect_counted`, from who asks and back."""

    def processes(self) -> Mapping[str, int]:
        """Give the processes that run now, each by what it is."""

    def close(self) -> None:
        """End all processes."""


def prepared(party: Party, name: str, **command: object) -> Step:
    """Have a party set the dataset up."""
    before_s = party.cpu_s()
    wall_s = party.ask("prepare", **command)["wall_s"]
    return Step(name, float(wall_s), party.cpu_s() - before_s, party.peak_mib())

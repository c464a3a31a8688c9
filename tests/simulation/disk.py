"""A disk that forgets what was not synced: what a power cut may leave of any run of writes.

A run is recorded once, operation by operation. Every cut is then an image that is made from the
beginning of the record: what was synced is there, and of what was not, a fate decides. Nothing of
the program runs again, because up to the cut it runs as it did.

The model is that of a file system that orders nothing: writes that are not synced survive or not,
each sector for itself, in any order. A file's name survives once its directory was synced.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

SECTOR = 512

Kind = Literal["make", "write", "truncate", "sync", "sync directory", "delete", "read"]
Image = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was asked of the disk.

    Attributes:
        kind: what.
        name: the file; of no meaning for "sync directory".
        offset: where, for a write; the new size, for a truncation; the file's number, for a name.
        octets: what is written.
    """

    kind: Kind
    name: str
    offset: int = 0
    octets: bytes = b""

    def apply(self, content: bytearray) -> None:
        """Change the content of a file."""
        if self.kind == "write":
            content.extend(bytes(max(0, self.offset - len(content))))
            content[self.offset : self.offset + len(self.octets)] = self.octets
        elif self.kind == "truncate":
            del content[self.offset :]

    def sectors(self) -> Iterator["Operation"]:
        """Split a write into what is written whole or not at all."""
        at = 0
        while at < len(self.octets):
            end = min(len(self.octets), at + SECTOR - (self.offset + at) % SECTOR)
            yield replace(self, offset=self.offset + at, octets=self.octets[at:end])
            at = end


Fate = Callable[[list[Operation]], list[Operation]]
"""Choose what survives of the operations on a file that were not synced, and in which order."""


def lost(_pending: list[Operation]) -> list[Operation]:
    """Let nothing survive."""
    return []


def kept(pending: list[Operation]) -> list[Operation]:
    """Let everything survive, as when only the process dies."""
    return pending


def _pieces(pending: list[Operation]) -> list[Operation]:
    return [
        piece
        for operation in pending
        for piece in (operation.sectors() if operation.octets else [operation])
    ]


def torn(chance: random.Random) -> Fate:
    """Let some sectors of some writes survive, in any order."""

    def choose(pending: list[Operation]) -> list[Operation]:
        share = chance.choice((0.1, 0.5, 0.9))
        pieces = [piece for piece in _pieces(pending) if chance.random() < share]
        chance.shuffle(pieces)
        return pieces

    return choose


def cut_short(chance: random.Random) -> Fate:
    """Let the beginning of what was asked survive, up to some sector."""

    def choose(pending: list[Operation]) -> list[Operation]:
        pieces = _pieces(pending)
        return pieces[: chance.randint(0, len(pieces))]

    return choose


class Platter:
    """What is safe on the disk, and what is on its way there.

    A file is known by a number; names stand in a directory, whose changes are on their way too.
    """

    def __init__(self, image: Image | None = None) -> None:
        self._numbers = itertools.count()
        self._safe: dict[int, bytearray] = {}
        self._pending: dict[int, list[Operation]] = {}
        self._names: dict[str, int] = {}
        self._safe_names: dict[str, int] = {}
        self._pending_names: list[Operation] = []
        for name, octets in (image or {}).items():
            self.do(Operation("make", name))
            self._safe[self._names[name]].extend(octets)
        self.do(Operation("sync directory", ""))

    def do(self, operation: Operation) -> None:
        """Let an operation happen."""
        match operation.kind:
            case "make":
                number = next(self._numbers)
                self._safe[number], self._pending[number] = bytearray(), []
                self._names[operation.name] = number
                self._pending_names.append(replace(operation, offset=number))
            case "delete":
                del self._names[operation.name]
                self._pending_names.append(operation)
            case "write" | "truncate":
                self._pending[self._names[operation.name]].append(operation)
            case "sync":
                number = self._names[operation.name]
                for one in self._pending[number]:
                    one.apply(self._safe[number])
                self._pending[number] = []
            case "sync directory":
                self._safe_names = dict(self._names)
                self._pending_names = []

    def forget(self, name: str) -> None:
        """Lose for ever what was not synced, as Linux may after a sync that failed."""
        self._pending[self._names[name]] = []

    def image(self, fate: Fate) -> Image:
        """Say what is found after a power cut at this moment."""
        names = dict(self._safe_names)
        for change in fate(list(self._pending_names)):
            if change.kind == "make":
                names[change.name] = change.offset
            else:
                names.pop(change.name, None)
        found = {}
        for name, number in names.items():
            content = bytearray(self._safe[number])
            for change in fate(list(self._pending[number])):
                change.apply(content)
            found[name] = bytes(content)
        return found


Fault: TypeAlias = "Callable[[Disk, int, Operation], None]"


class Disk:
    """A disk as a process sees it, and the record of what the process asked of it.

    Attributes:
        record: every operation so far, also those that failed.
        fault: is asked before each operation, with its number; what it raises, the process gets.

    Args:
        image: what is on it, safe.
    """

    def __init__(self, image: Image | None = None) -> None:
        self.record: list[Operation] = []
        self.fault: Fault | None = None
        self._seen = {name: bytearray(octets) for name, octets in (image or {}).items()}
        self.platter = Platter(image)

    def __contains__(self, name: object) -> bool:
        """Say whether the process sees a file of this name."""
        return name in self._seen

    def do(self, operation: Operation) -> None:
        """Do one operation, or fail as the fault says."""
        number = len(self.record)
        self.record.append(operation)
        if self.fault is not None:
            self.fault(self, number, operation)
        self.happen(operation)

    def happen(self, operation: Operation) -> None:
        """Let an operation happen, whatever the process is told of it."""
        self.platter.do(operation)
        if operation.kind == "make":
            self._seen[operation.name] = bytearray()
        elif operation.kind == "delete":
            del self._seen[operation.name]
        elif operation.kind in {"write", "truncate"}:
            operation.apply(self._seen[operation.name])

    def read(self, name: str, offset: int, count: int) -> bytes:
        """Read what the process sees of a file."""
        return bytes(self._seen[name][offset : offset + count])

    def size(self, name: str) -> int:
        """Tell how long the process sees a file."""
        return len(self._seen[name])


def cuts(record: list[Operation], image: Image | None = None) -> Iterator[tuple[int, Platter]]:
    """Go through all moments of a record: before each operation, in the middle of it, at the end.

    An operation that is cut in the middle is on its way; of a sync, nothing is sure.

    Args:
        record: what was asked of the disk.
        image: what was on it before.

    Yields:
        How many operations had come back to the process, and the disk.
    """
    platter = Platter(image)
    for number, operation in enumerate(record):
        yield number, platter
        platter.do(operation)
        if operation.kind in {"write", "truncate", "delete", "make"}:
            # The disk has begun with it, and the process has not heard of it.
            yield number, platter
    yield len(record), platter

"""An exported log of several hundred entries, made by the code that makes a node's."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fedquery.storage.database import open_database
from fedquery.storage.log import LogStore
from fedquery.storage.log_export import export
from fedquery.tlog.append import consistency_proof, inclusion_proof
from fedquery.tlog.bundle import decode_bundle
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer, sign_line, split_note
from fedquery.tlog.tile import TILE_WIDTH, Tile, bundle_path

ORIGIN = "fedquery.log/example/VN"
SIGNER = Signer(ORIGIN, b"\x01" * 32)
WITNESSES = tuple(
    Cosigner(f"fedquery/{nation}/witness", bytes([number]) * 32)
    for number, nation in enumerate(("TH", "LA", "KH"), 2)
)
COSIGNED_S = 1_700_000_000
# The edges of tiles, and of powers of two; the last is the whole log.
SIZES = (0, 1, 2, 255, 256, 257, 511, 512, 513, 700)
# Of every length class: none, as long as an entry may be, and between.
ENTRIES = [b"", b"x" * 65_535, *(b'{"n":%d}' % number for number in range(2, SIZES[-1]))]


@dataclass(frozen=True)
class ExportedLog:
    """An exported directory, and the checkpoints that were signed on the way to it.

    Attributes:
        directory: what was exported; the checkpoint in it is cosigned.
        notes: size -> signed checkpoint.
    """

    directory: Path
    notes: dict[int, bytes]

    def read(self, tile: Tile) -> bytes:
        """Read a tile, also one that has grown since."""
        size = SIZES[-1]
        whole = min(TILE_WIDTH, (size >> (8 * tile.level)) - TILE_WIDTH * tile.index)
        path = self.directory / Tile(tile.level, tile.index, whole).path()
        return path.read_bytes()[: tile.octets]

    def entries(self) -> list[bytes]:
        """Read all entries out of the bundles."""
        found: list[bytes] = []
        for first in range(0, SIZES[-1], TILE_WIDTH):
            width = min(TILE_WIDTH, SIZES[-1] - first)
            path = self.directory / bundle_path(first // TILE_WIDTH, width)
            found += decode_bundle(path.read_bytes(), width)
        return found

    def inclusion(self, index: int, size: int = SIZES[-1]) -> list[str]:
        """Prove from the exported tiles that an entry is in the log; hexadecimal hashes."""
        return [step.hex() for step in inclusion_proof(index, size, self.read)]

    def consistency(self, old: int, new: int) -> list[str]:
        """Prove from the exported tiles that one tree extends another; hexadecimal hashes."""
        return [step.hex() for step in consistency_proof(old, new, self.read)]


def make(folder: Path, sizes: Sequence[int] = SIZES) -> ExportedLog:
    """Append, sign at each size, export, and cosign what was exported."""
    with _opened(folder / "log.db") as connection:
        log = LogStore(ORIGIN)
        connection.execute("BEGIN IMMEDIATE")
        log.install(connection)
        notes = {}
        for size in sizes:
            log.append(connection, ENTRIES[log.size(connection) : size])
            notes[size] = log.sign_checkpoint(connection, SIGNER, size)[1]
        connection.execute("COMMIT")
        directory = folder / "exported"
        export(log, connection, directory)
    note = directory / "checkpoint"
    note.write_bytes(cosigned(note.read_bytes()))
    return ExportedLog(directory, notes)


def cosigned(note: bytes) -> bytes:
    """Add the lines of all witnesses."""
    body, _ = split_note(note, CHECKPOINT_CAP)
    Checkpoint.parse(body)
    return note + b"".join(sign_line(body, witness.at(COSIGNED_S)) for witness in WITNESSES)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(path, application_id=1, user_version=1, create=True)) as connection:
        yield connection

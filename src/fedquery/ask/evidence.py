"""Evidence: what a nation's node has signed and cannot stand by, kept as it came.

A node that shows two things under one name is found out by whoever has both. Only what the node
itself has signed is kept, so that nobody else can fill the disk, and so that it can be shown. There
is room for each nation by itself: one that signs much nonsense hides nothing of another.
"""

import hashlib
from pathlib import Path
from typing import Final

from fedquery.ask import receipts
from fedquery.config.keyfile import make_private_directory
from fedquery.config.whole_file import replace_file
from fedquery.errors import (
    ConsistencyError,
    EquivocationError,
    FedqueryError,
    InclusionError,
    PublicationError,
    RollbackError,
)

DIRECTORY: Final = "evidence"
SUFFIX: Final = ".note"
_SELF_CONTRADICTIONS: Final = (
    ConsistencyError,
    EquivocationError,
    InclusionError,
    PublicationError,
    RollbackError,
)
# More of the same shows nothing more.
_MOST: Final = 16


def keep(home: Path, nation: str, error: FedqueryError, *notes: bytes) -> tuple[str, ...]:
    """Write signed notes into private files, where an error says that their signer is at fault.

    Args:
        home: the agency's home.
        nation: whose node has signed them.
        error: what was found.
        notes: what was shown, and what it does not fit; empty ones are left out.

    Returns:
        The names of the files that there are now of these notes.

    Raises:
        ConfigError: if they cannot be written.
    """
    if not isinstance(error, _SELF_CONTRADICTIONS):
        return ()
    directory = home / DIRECTORY
    make_private_directory(directory)
    names = []
    for note in filter(None, notes):
        path = directory / f"{nation}-{hashlib.sha256(note).hexdigest()[:32]}{SUFFIX}"
        if not path.exists():
            if sum(1 for _ in directory.glob(f"{nation}-*{SUFFIX}")) >= _MOST:
                continue
            # Whole or not at all under its name.
            replace_file(path, note, mode=0o600)
        names.append(path.name)
    return tuple(names)


def keep_receipt(home: Path, nation: str, receipt: Path) -> None:
    """Copy the receipt of a promise that was not kept, which others verify without a network.

    The receipt itself goes when its question is erased.

    Args:
        home: the agency's home.
        nation: whose node has signed its answer; whoever calls has verified it.
        receipt: its file.

    Raises:
        ConfigError: if it cannot be written.
        OSError: if it cannot be read.
    """
    directory = home / DIRECTORY
    make_private_directory(directory)
    path = directory / f"{nation}-{receipt.name}"
    kept = sum(1 for _ in directory.glob(f"{nation}-*{receipts.SUFFIX}"))
    if not path.exists() and kept < _MOST:
        replace_file(path, receipt.read_bytes(), mode=0o600)

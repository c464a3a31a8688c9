"""Evidence: what a nation's node has signed and cannot stand by, kept as it came.

A node that shows two things under one name is found out by whoever has both. Only what the node
itself has signed is kept, so that nobody else can fill the disk, and so that it can be shown. There
is room for each nation by itself: one that signs much nonsense hides nothing of another.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import make_private_directory
from fedquery.errors import (
    ConfigError,
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
            _write(path, note)
        names.append(path.name)
    return tuple(names)


def _write(path: Path, octets: bytes) -> None:
    # Whole or not at all under its name: a file that is there is never written again.
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigError(f"{path.parent}: {os.strerror(error.errno or 0)}") from None

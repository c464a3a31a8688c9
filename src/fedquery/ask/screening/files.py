"""The files of screenings in an agency's home: screenings/ID.db, for its owner alone."""

import contextlib
import re
from pathlib import Path
from typing import Final

from fedquery.ask.home import AskHome
from fedquery.errors import InputError
from fedquery.storage.database import DirectoryLock

DIRECTORY: Final = "screenings"
_ID = re.compile(r"[0-9a-f]{16}")


def directory_of(home: AskHome) -> Path:
    """Say where the screenings of a home are."""
    return home.path / DIRECTORY


def path_of(home: AskHome, job_id: str) -> Path:
    """Say where a screening is.

    Raises:
        InputError: if this is not the id of one.
    """
    if _ID.fullmatch(job_id) is None:
        raise InputError("this is not the id of a screening")
    return directory_of(home) / f"{job_id}.db"


def job_ids(home: AskHome) -> list[str]:
    """List the screenings of a home."""
    found = (path.stem for path in directory_of(home).glob("*.db"))
    return sorted(job_id for job_id in found if _ID.fullmatch(job_id))


def locked(home: AskHome, job_id: str) -> DirectoryLock:
    """Hold a screening alone.

    Raises:
        BusyError: if another one runs it.
    """
    return DirectoryLock(directory_of(home), f"{job_id}.lock")


def erase(home: AskHome, job_id: str) -> None:
    """Erase a screening: its list, and what came of it; hits stay claimable, receipts stay.

    Raises:
        InputError: if there is none of this id.
        BusyError: if it runs.
    """
    path = path_of(home, job_id)
    if not path.exists():
        raise InputError("there is no screening of this id")
    with locked(home, job_id):
        for suffix in ("-wal", "-shm", ""):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (directory_of(home) / f"{job_id}.lock").unlink()

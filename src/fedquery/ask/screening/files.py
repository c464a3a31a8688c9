"""The files of screenings in an agency's home: screenings/ID.db, for its owner alone.

Beside it, ID.lines has the numbers of the lines of a list that was read from a file.
"""

import contextlib
import re
from pathlib import Path
from typing import Final

from fedquery.ask.home import AskHome
from fedquery.errors import NotFoundError
from fedquery.storage.database import DirectoryLock

DIRECTORY: Final = "screenings"
_ID = re.compile(r"[0-9a-f]{16}")


def directory_of(home: AskHome) -> Path:
    """Say where the screenings of a home are."""
    return home.path / DIRECTORY


def path_of(home: AskHome, job_id: str) -> Path:
    """Say where a screening is.

    Raises:
        NotFoundError: if this is not the id of one.
    """
    if _ID.fullmatch(job_id) is None:
        raise no_such_screening()
    return directory_of(home) / f"{job_id}.db"


def lines_path_of(home: AskHome, job_id: str) -> Path:
    """Say where the numbers of the lines of a screening's list are, if they are kept.

    Raises:
        NotFoundError: if this is not the id of one.
    """
    return path_of(home, job_id).with_suffix(".lines")


def no_such_screening() -> NotFoundError:
    """Make the error of a screening that is not there, or is another officer's: one for both."""
    return NotFoundError(
        "there is no screening of this id", do="List them with `fedquery screenings list`."
    )


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
    """Erase a screening: its list, what came of it, and where it stood; receipts stay.

    Raises:
        NotFoundError: if there is none of this id.
        BusyError: if it runs.
    """
    path = path_of(home, job_id)
    if not path.exists():
        raise no_such_screening()
    with locked(home, job_id):
        # The database last: while it is there, the rest can be erased again.
        lines_path_of(home, job_id).unlink(missing_ok=True)
        for suffix in ("-wal", "-shm", ""):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (directory_of(home) / f"{job_id}.lock").unlink()

"""The files of screenings in an agency's home: screenings/ID.db, for its owner alone.

Beside it, ID.lines has the numbers of the lines of a list that was read from a file. While the list
is read and its cost is computed, there is an ID.unprepared: such a one is of no use to anybody, and
whoever finds it after a kill erases it.
"""

import contextlib
import re
from pathlib import Path
from typing import Final

from fedquery.ask.home import AskHome
from fedquery.errors import FedqueryError, NotFoundError, StorageError
from fedquery.storage.database import DirectoryLock

DIRECTORY: Final = "screenings"
_UNPREPARED: Final = ".unprepared"
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
    if not path_of(home, job_id).exists():
        raise no_such_screening()
    _erase(home, job_id)


def begin_preparing(home: AskHome, job_id: str) -> None:
    """Mark a screening that is about to be made as one that is of no use yet.

    Raises:
        StorageError: if the disk does not do what was asked.
    """
    try:
        _mark_of(home, job_id).touch(mode=0o600)
    except OSError:
        raise StorageError("a screening cannot be kept") from None


def end_preparing(home: AskHome, job_id: str) -> None:
    """Say of a screening that its list is read and its cost is known."""
    _mark_of(home, job_id).unlink(missing_ok=True)


def erase_unprepared(home: AskHome) -> None:
    """Erase the screenings that a kill has left before they could be asked.

    One that is being prepared is held, and stays. What cannot be erased now is erased by whoever
    comes next.
    """
    for mark in directory_of(home).glob(f"*{_UNPREPARED}"):
        if _ID.fullmatch(mark.stem) is not None:
            with contextlib.suppress(FedqueryError, OSError):
                _erase(home, mark.stem)


def _erase(home: AskHome, job_id: str) -> None:
    path = path_of(home, job_id)
    with locked(home, job_id):
        # The database last: while it is there, the rest can be erased again.
        lines_path_of(home, job_id).unlink(missing_ok=True)
        for suffix in ("-wal", "-shm", ""):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        _mark_of(home, job_id).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (directory_of(home) / f"{job_id}.lock").unlink()


def _mark_of(home: AskHome, job_id: str) -> Path:
    return path_of(home, job_id).with_suffix(_UNPREPARED)

"""Files and directories that are being written: under a name that says so, and locked meanwhile.

Who writes holds the kernel's lock (flock), which a kill ends. So the next one that writes there
finds what a killed one has left, and removes it. Most file systems of Linux let a file be written
without any name (`whole_file`); this is for the others, and for directories.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PREFIX: Final = ".fedquery-unfinished-"
_ATTEMPTS: Final = 16


@contextlib.contextmanager
def unfinished_file(directory: Path) -> Iterator[tuple[Path, int]]:
    """Make a file, mode 0600, to be written and given its name; without one it is removed.

    Args:
        directory: where it is to stand.

    Returns:
        Its path and its descriptor, which is closed in the end.

    Raises:
        OSError: if it cannot be made.
    """
    remove_left(directory)
    for _ in range(_ATTEMPTS):
        descriptor, name = tempfile.mkstemp(dir=directory, prefix=_PREFIX)
        if _held(descriptor):
            break
        os.close(descriptor)
    else:
        raise OSError(11, "another process removes what is written here")
    try:
        yield Path(name), descriptor
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        os.close(descriptor)


@contextlib.contextmanager
def unfinished_directory(directory: Path) -> Iterator[Path]:
    """Make a directory, mode 0700, to be filled and given its name; without one it is removed.

    Args:
        directory: where it is to stand.

    Raises:
        OSError: if it cannot be made.
    """
    remove_left(directory)
    for _ in range(_ATTEMPTS):
        made = Path(tempfile.mkdtemp(dir=directory, prefix=_PREFIX))
        descriptor = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if _held(descriptor):
            break
        os.close(descriptor)
    else:
        raise OSError(11, "another process removes what is written here")
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(descriptor)


def unfinished_name(directory: Path, descriptor: int) -> Path:
    """Draw a name for a file that has none, and lock it, so that nobody removes it.

    Args:
        directory: where it is to stand for a moment.
        descriptor: the file.
    """
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return directory / f"{_PREFIX}{secrets.token_hex(8)}"


def remove_left(directory: Path) -> None:
    """Remove what killed processes of ours have left in a directory; what cannot be, stays."""
    with contextlib.suppress(OSError):
        for path in directory.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                _remove(path)


def _remove(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or not _held(descriptor):
            return
        if stat.S_ISDIR(status.st_mode):
            shutil.rmtree(path)
        elif stat.S_ISREG(status.st_mode):
            path.unlink()
    finally:
        os.close(descriptor)


def _held(descriptor: int) -> bool:
    """Lock it, if nobody has, and say whether it still has a name then."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(descriptor).st_nlink > 0

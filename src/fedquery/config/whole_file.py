"""Write a file as a whole: a reader finds the old one or the new one, and a kill leaves neither.

A file is written without a name where the file system can do that, so that nothing of it is left
by whatever ends the writing. Elsewhere (network shares, memory sticks) it has a name that says that
it is unfinished until it is, and the next one that writes there removes it.
"""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from fedquery.config.unfinished import unfinished_file, unfinished_name
from fedquery.errors import ConfigError

# Systems other than Linux have no such files.
_NAMELESS: Final = getattr(os, "O_TMPFILE", 0)
_OPEN_FILES: Final = Path("/proc/self/fd")
# What a file system says that knows no file without a name, or no second name of a file.
_UNABLE: Final = frozenset(
    {
        errno.EINVAL,
        errno.EISDIR,
        errno.EMLINK,
        errno.ENOENT,
        errno.ENOSYS,
        errno.EOPNOTSUPP,
        errno.EPERM,
        errno.EXDEV,
    }
)


@contextlib.contextmanager
def whole_file(path: Path, *, mode: int = 0o600, replace: bool = True) -> Iterator[BinaryIO]:
    """Write a file, flush it to the disk, and put it in its place where all went well.

    Args:
        path: the file.
        mode: who may read it; it is never more open than that, not even for a moment.
        replace: whether it may take the place of another file.

    Raises:
        FileExistsError: if there is another file and it is not to be replaced.
        OSError: if it cannot be written. Nothing has changed in either case.
    """
    nameless = _without_name(path.parent)
    if nameless is None:
        with unfinished_file(path.parent) as (beside, descriptor):
            with os.fdopen(os.dup(descriptor), "wb") as file:
                yield file
                _finish(file, mode)
            _put(beside, path, replace=replace)
    else:
        with os.fdopen(nameless, "wb") as file:
            yield file
            _finish(file, mode)
            _name(nameless, path, replace=replace)
    _flush_directory(path.parent)


def replace_file(path: Path, octets: bytes, *, mode: int = 0o644) -> None:
    """Write a file, flush it to the disk, and have it take the place of the old one.

    Args:
        path: the file.
        octets: what is to be in it.
        mode: who may read it; it is never more open than that, not even for a moment.

    Raises:
        ConfigError: if it cannot be written; nothing has changed then.
    """
    try:
        with whole_file(path, mode=mode) as file:
            file.write(octets)
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}") from None


def _without_name(directory: Path) -> int | None:
    """Make a file without a name; None where the file system has none."""
    # Without the system's list of open files, it could be given none later.
    if not _NAMELESS or not _OPEN_FILES.is_dir():
        return None
    try:
        return os.open(directory, _NAMELESS | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno not in _UNABLE or not directory.is_dir():
            raise
        return None


def _finish(file: BinaryIO, mode: int) -> None:
    file.flush()
    os.fchmod(file.fileno(), mode)
    os.fsync(file.fileno())


def _name(descriptor: int, path: Path, *, replace: bool) -> None:
    """Give a file without a name its own."""
    try:
        _link(descriptor, path)
    except FileExistsError:
        if not replace:
            raise
        # A name is given, and cannot be taken from another file; that is what a rename does.
        beside = unfinished_name(path.parent, descriptor)
        _link(descriptor, beside)
        try:
            beside.replace(path)
        except OSError:
            beside.unlink()
            raise


def _link(descriptor: int, path: Path) -> None:
    # With a descriptor of the directory it is linkat(2), which follows the link to the file.
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.link(_OPEN_FILES / str(descriptor), path.name, dst_dir_fd=directory)
    finally:
        os.close(directory)


def _put(beside: Path, path: Path, *, replace: bool) -> None:
    if replace:
        beside.replace(path)
        return
    try:
        # Unlike a rename, a link fails where somebody has made the file meanwhile.
        os.link(beside, path)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
        # Where a file has one name only, the name is taken first, and then the place.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        beside.replace(path)


def _flush_directory(directory: Path) -> None:
    # Some shares cannot, and some directories may not be read; the file is there all the same.
    with contextlib.suppress(PermissionError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _UNABLE:
                raise
        finally:
            os.close(descriptor)

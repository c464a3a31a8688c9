"""Replace a file as a whole: a reader finds the old one or the new one."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fedquery.errors import ConfigError


@contextlib.contextmanager
def whole_file(path: Path, *, mode: int = 0o600, replace: bool = True) -> Iterator[BinaryIO]:
    """Write a file beside, flush it to the disk, and put it in its place where all went well.

    Args:
        path: the file.
        mode: who may read it; it is never more open than that, not even for a moment.
        replace: whether it may take the place of another file.

    Raises:
        FileExistsError: if there is another file and it is not to be replaced.
        OSError: if it cannot be written. Nothing has changed in either case.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            # Unlike a rename, a link fails where somebody has made the file meanwhile.
            os.link(name, path)
            Path(name).unlink()
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def replace_file(path: Path, octets: bytes, *, mode: int = 0o644) -> None:
    """Write a file beside, flush it to the disk, and rename it.

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

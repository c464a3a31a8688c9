"""Replace a file as a whole: a reader finds the old one or the new one."""

import contextlib
import os
import tempfile
from pathlib import Path

from fedquery.errors import ConfigError


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
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}") from None

"""Load the libsodium that rbcl bundles, and leave no copy of it behind.

At import rbcl writes its 2.8 MB library to a file of its own in the temporary directory, loads it
and keeps the file for ever. Once loaded, the mapping does not need the name: the file is removed
here, so that no restarting service fills the disk and nobody finds a library worth replacing.
"""

import contextlib
import ctypes
import sys
from pathlib import Path

from fedquery.errors import ConfigError


def load() -> ctypes.CDLL:
    """Return the handle of libsodium, loaded once.

    Raises:
        ConfigError: if the temporary directory cannot hold it, or forbids executing from it.
    """
    first = "rbcl" not in sys.modules
    try:
        from rbcl import _sodium  # type: ignore[import-untyped] # noqa: PLC0415 # no types; loading may fail
    except OSError:
        raise ConfigError(
            "libsodium could not be loaded",
            why="the temporary directory cannot be written, or is mounted noexec",
            do="Set TMPDIR to a private directory from which programs may be executed.",
        ) from None
    if first:
        with contextlib.suppress(OSError):
            Path(_sodium._name).unlink()  # noqa: SLF001 # ctypes has no public name for the path
    handle: ctypes.CDLL = _sodium
    return handle

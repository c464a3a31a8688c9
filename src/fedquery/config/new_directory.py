"""A data directory is made whole or not at all."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from fedquery.config.keyfile import make_private_directory
from fedquery.errors import ConfigError


@contextlib.contextmanager
def new_directory(path: Path) -> Iterator[None]:
    """Make a private directory for the block to fill, and empty it again where that fails.

    Args:
        path: a directory that is missing or empty.

    Raises:
        ConfigError: if there is something in it, or it cannot be made; nothing is removed then.
    """
    was_there = path.exists()
    make_private_directory(path)
    if any(path.iterdir()):
        raise ConfigError(f"{path}: is not empty", do="Choose another directory.")
    try:
        yield
    except BaseException:
        # Everything in it was made by the block: it was empty.
        for child in path.iterdir():
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(child)
            else:
                child.unlink()
        if not was_there:
            path.rmdir()
        raise

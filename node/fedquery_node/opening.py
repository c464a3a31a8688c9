"""Open a data directory for one command: home and database, closed in the end."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from fedquery.storage import log_fork
from fedquery_node import schema
from fedquery_node.home import NodeHome, open_home

PUBLISH_LOCK = "publish.lock"
SCHEDULE_LOCK = "schedule.lock"


@contextlib.contextmanager
def opened(
    path: Path, *, checked: bool = True, even_forked: bool = False
) -> Iterator[tuple[NodeHome, sqlite3.Connection]]:
    """Open settings, keys and database of a data directory.

    Args:
        path: the data directory.
        checked: whether the whole database is looked through for damage.
        even_forked: whether the command is of use where the log went back or forked. Others would
            add to a history that contradicts what the other nations have.

    Raises:
        LogForkedError: if the log went back or forked.
        ConfigError, StorageError: if one of them cannot be used.
    """
    home = open_home(path)
    with contextlib.closing(schema.connect(path, checked=checked)) as connection:
        if not even_forked:
            log_fork.require_one_history(path, connection)
        yield home, connection

"""Read the entries of a log without its keys: from an exported directory, or from a database."""

from collections.abc import Iterator
from pathlib import Path

from fedquery.storage.log_source import open_log, read_entries


def read_log(path: Path) -> Iterator[bytes]:
    """Read all entries that were signed, in order; nothing of them means anything before the end.

    What is read is the tree of the checkpoint, or it is refused. Whether the signature is the log's
    own is for whoever has its key.

    Args:
        path: as for `log_source.open_log`.

    Raises:
        LogFaultError: if the entries are not those of the tree that the checkpoint says.
        InputError: if it is no log.
    """
    with open_log(path) as log:
        yield from read_entries(log)

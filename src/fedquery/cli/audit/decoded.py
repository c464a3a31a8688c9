"""All entries of a log, decoded, and verified against its checkpoint before anything is said."""

from collections.abc import Callable, Iterator, Sequence

from fedquery.audit.reading import AnyEntry
from fedquery.cli.audit.entries import decode_any
from fedquery.errors import EncodingError, LogFaultError
from fedquery.psi.publication import Publication
from fedquery.storage.log_source import LogSource, claimed
from fedquery.tlog.stream import Mark, verified
from fedquery.tlog.tile import TILE_WIDTH, bundle_path, tile_in


def decoded(
    log: LogSource, marks: Sequence[Mark], at: Callable[[int], None]
) -> Iterator[tuple[int, bytes, AnyEntry | Publication]]:
    """Read all entries in order; nothing of them means anything before the end.

    Args:
        log: the log.
        marks: older trees with which it must begin, the smaller first.
        at: is told how many entries are done.

    Yields:
        The place of an entry, its octets, and what they say.

    Raises:
        LogFaultError: where an entry cannot be read, or the entries are not those that were signed.
    """
    for first, entries in verified(log, claimed(log), marks):
        for index, octets in enumerate(entries, first):
            try:
                entry = decode_any(octets)
            except EncodingError as error:
                raise fault_of(log, error.what, index) from None
            yield index, octets, entry
        at(first + len(entries))


def fault_of(log: LogSource, what: str, index: int) -> LogFaultError:
    """Make the error that names an entry and its file."""
    tile = tile_in(0, index // TILE_WIDTH, claimed(log).size)
    file = log.name_of(bundle_path(tile.index, tile.width))
    return LogFaultError(what, file=file, index=index)

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
) -> Iterator[tuple[int, AnyEntry | Publication]]:
    """Read all entries in order; nothing of them means anything before the end.

    Args:
        log: the log.
        marks: older trees with which it must begin, the smaller first.
        at: is told how many entries are done.

    Raises:
        LogFaultError: where an entry cannot be read, or the entries are not those that were signed.
    """
    signed = claimed(log)
    for first, entries in verified(log, signed, marks):
        for index, octets in enumerate(entries, first):
            try:
                entry = decode_any(octets)
            except EncodingError as error:
                tile = tile_in(0, index // TILE_WIDTH, signed.size)
                file = log.name_of(bundle_path(tile.index, tile.width))
                raise LogFaultError(error.what, file=file, index=index) from None
            yield index, entry
        at(first + len(entries))

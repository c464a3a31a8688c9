"""The agency's own log, read as an auditor reads it: its tree is computed before a word is said."""

from dataclasses import dataclass
from pathlib import Path

from fedquery.audit.asker_figures import AskerFigures
from fedquery.audit.month import Month
from fedquery.audit.reading import decode_entry
from fedquery.audit.statistics import LogBehind, Statistics
from fedquery.errors import EncodingError, LogFaultError
from fedquery.federation.log_owner import owner_of
from fedquery.storage.log_source import CHECKPOINT, LogSource, claimed, open_log, read_entries


@dataclass(frozen=True, slots=True)
class OwnHead:
    """The newest checkpoint of the agency's log.

    Attributes:
        log: its name, size and root.
        signed_ms: when it was signed, by the clock of this machine.
        unsigned: how many entries were written since.
    """

    log: LogBehind
    signed_ms: int
    unsigned: int


def own_head(home: Path) -> OwnHead:
    """Read the newest checkpoint of a home, which has signed one.

    Args:
        home: the directory of the agency.

    Raises:
        LogFaultError: if it is damaged.
        StorageError: if it cannot be read.
    """
    with open_log(home) as log:
        return OwnHead(_behind(log), log.signed_ms(), log.unsigned())


def own_figures(home: Path, month: Month) -> Statistics:
    """Count what the agency's log, which has signed a checkpoint, says of a month.

    Every entry is compared with the tree of the newest checkpoint before anything is counted as
    true. Small numbers are hidden as `fedquery audit stats` hides them.

    Args:
        home: the directory of the agency.
        month: the month, in UTC.

    Raises:
        LogFaultError: at the first entry that is not what was signed.
        StorageError: if it cannot be read.
    """
    with open_log(home) as log:
        return _figures(log, month)


def _figures(log: LogSource, month: Month) -> Statistics:
    behind, figures = _behind(log), AskerFigures(month)
    for index, octets in enumerate(read_entries(log)):
        try:
            figures.add(index, decode_entry(octets))
        except EncodingError as error:
            raise LogFaultError(error.what, file=log.name_of(CHECKPOINT), index=index) from None
    populations = figures.populations()
    return Statistics(
        kind="agency",
        party=owner_of(behind.origin)[2],
        month=month.name,
        log=behind,
        populations=populations,
        times=figures.times(populations[0]),
    )


def _behind(log: LogSource) -> LogBehind:
    signed = claimed(log)
    return LogBehind(signed.origin, signed.size, signed.root.hex())

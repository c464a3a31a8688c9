"""Make the statistics of a log out of entries that its checkpoint covers."""

from pathlib import Path
from typing import Final, Protocol

from fedquery.audit.asker_figures import AskerFigures
from fedquery.audit.month import Month
from fedquery.audit.node_figures import NodeFigures
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay_figures import RelayFigures
from fedquery.audit.statistics import LogBehind, Statistics
from fedquery.audit.tally import Population
from fedquery.cli.audit.decoded import decoded
from fedquery.cli.audit.log_argument import Progress
from fedquery.config.keyfile import read_secret
from fedquery.errors import InputError
from fedquery.federation.log_owner import Kind, owner_of
from fedquery.policy.vocabulary import BREAK_GLASS
from fedquery.psi.publication import Publication
from fedquery.storage.log_source import LogSource, claimed

_SEED: Final = 32


class _Figures(Protocol):
    def add(self, index: int, entry: AnyEntry) -> None: ...

    def populations(self) -> tuple[Population, ...]: ...


def statistics_of(log: LogSource, month: Month | None) -> Statistics:
    """Count the entries of a log.

    Args:
        log: the log.
        month: the month that is counted, or None for all of the log.

    Raises:
        LogFaultError: if the entries are not those of the tree that the checkpoint says.
        InputError: if it is not the log of a member of a federation.
    """
    signed = claimed(log)
    _, kind, party = owner_of(signed.origin)
    figures = _figures(kind, month)
    with Progress("counting", signed.size) as progress:
        for index, _, entry in decoded(log, (), progress.at):
            if not isinstance(entry, Publication):
                figures.add(index, entry)
    populations = figures.populations()
    return Statistics(
        kind=kind,
        party=party,
        month=month.name if month is not None else "",
        log=LogBehind(signed.origin, signed.size, signed.root.hex()),
        populations=populations,
        times=figures.times(populations[0]) if isinstance(figures, AskerFigures) else None,
    )


def _figures(kind: Kind, month: Month | None) -> _Figures:
    if kind == "node":
        return NodeFigures(month, BREAK_GLASS)
    return RelayFigures(month) if kind == "coordinator" else AskerFigures(month)


def signing_seed(path: Path) -> bytes:
    """Read the signing key of the data directory whose log was counted.

    Args:
        path: the LOG argument.

    Raises:
        InputError: if it is no data directory.
        ConfigError: if the key is missing, or others may read it.
    """
    home = path if path.is_dir() else path.parent
    key = home / "keys" / "signing.key"
    if not key.exists():
        raise InputError(
            "there is no signing key beside this log",
            do="Statistics are signed by the party that they are of: name its data directory.",
        )
    return read_secret(key, _SEED)

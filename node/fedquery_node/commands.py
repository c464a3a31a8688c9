"""Import as a command: the lock, the progress, the report; rosters and teams."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.errors import ConfigError
from fedquery.storage.database import DirectoryLock
from fedquery.tabular import FileError, read_rows
from fedquery_node import authorities, members, soundness
from fedquery_node.config import DatasetSettings
from fedquery_node.home import NodeHome
from fedquery_node.importer import LINES_NAMED, Importer, Report
from fedquery_node.opening import PUBLISH_LOCK, opened

Progress = Callable[[int], None]

# Pages of the indexes that an import keeps in memory while it adds to them at random places.
_IMPORT_CACHE_KIB = 262_144


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be imported.

    Attributes:
        skip_bad: how many refused rows are passed over.
        dry_run: whether nothing is imported.
        replace: whether the file is the whole dataset.
        agreed: whether whoever imports has agreed to what is withdrawn.
    """

    skip_bad: int = 0
    dry_run: bool = False
    replace: bool = False
    agreed: bool = False

    @property
    def asks(self) -> bool:
        """Say whether somebody is asked before records are withdrawn."""
        return self.replace and not self.dry_run and not self.agreed


def import_file(
    path: Path, dataset: str, file: Path, choices: Choices, *, as_json: bool, now_ms: int
) -> int:
    """Import a file and say what came of it.

    Returns:
        OK, or DATA where nothing was imported.

    Raises:
        FileError: if the file is unusable as a whole.
        BusyError: if another import or publication is under way.
    """
    with opened(path) as (home, connection), DirectoryLock(path, PUBLISH_LOCK):
        soundness.remember(connection, now_ms)
        chosen = dataset_of(home, dataset)
        listed = members.load(home, connection, now_ms)
        others = members.Members(listed.federation, home.nation).others
        # A row may be released to a team that has ended: nobody sees it by that.
        known = authorities.load(connection, listed.federation)
        named = frozenset(others) | {team.name for team in known.teams}
        connection.execute(f"PRAGMA cache_size = -{_IMPORT_CACHE_KIB}")
        importer = Importer(
            home.settings, dataset, named, now_ms, choices.skip_bad, choices.replace
        )
        required = (chosen.columns.identifier, chosen.columns.reference)

        def run(*, dry_run: bool, expected: Report | None = None) -> Report:
            with _progress("importing", None) as advance:
                lines = read_rows(file, required, astuple(chosen.columns))
                return importer.run(connection, lines, advance, dry_run=dry_run, expected=expected)

        # A person is asked between two runs: the database is not held while they think.
        report = run(dry_run=choices.dry_run or choices.asks)
        if choices.asks and report.imported:
            _require_agreed(report)
            report = run(dry_run=False, expected=report)
    click.echo(_import_json(report) if as_json else _import_text(report, dry_run=choices.dry_run))
    return ExitCode.OK if report.imported else ExitCode.DATA


def install_roster_file(path: Path, file: Path, now_ms: int) -> str:
    """Put a roster in force and say so.

    Raises:
        EncodingError, SignatureError, InputError, RollbackError, EquivocationError, ConfigError: as
            `authorities.install_roster`.
    """
    with opened(path, checked=False) as (home, connection):
        federation = members.load(home, connection, now_ms).federation
        note = file.read_bytes()
        roster = authorities.install_roster(home, connection, federation, note, now_ms)
    return f"roster {roster.number} of {roster.nation} is in force: {len(roster.keys)} keys"


def install_team_file(path: Path, file: Path, now_ms: int) -> str:
    """Put a team note in force and say so.

    Raises:
        EncodingError, SignatureError, InputError, RollbackError, EquivocationError, ConfigError: as
            `authorities.install_team`.
    """
    with opened(path, checked=False) as (home, connection):
        federation = members.load(home, connection, now_ms).federation
        team = authorities.install_team(home, connection, federation, file.read_bytes(), now_ms)
    parties = ", ".join(team.parties)
    return f"{team.name} ({parties}) is in force: {len(team.members)} agencies"


def dataset_of(home: NodeHome, name: str) -> DatasetSettings:
    """Find the settings of a dataset.

    Raises:
        ConfigError: if node.toml names no such dataset.
    """
    chosen = home.settings.datasets.get(name)
    if chosen is None:
        raise ConfigError(
            "node.toml names no such dataset", do="Add a [datasets.NAME] table with its kind."
        )
    return chosen


def _require_agreed(report: Report) -> None:
    """Have a person agree to what a file replaces.

    Raises:
        FileError: if it withdraws so much that the file may be the wrong one.
        click.UsageError: if nobody can be asked.
        click.Abort: if the answer is no.
    """
    click.echo(f"of {report.before} records: {_changes(report)}", err=True)
    if report.withdraws_most:
        raise FileError(
            "the file would withdraw more than half of the dataset, and nothing was imported",
            do="If it is the right file, say so with --yes.",
        )
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; nothing was imported without --yes")
    click.confirm("Is the file the whole dataset?", abort=True, err=True)


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Progress]:
    """Show a bar on standard error where a person looks, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _rows: None
        return
    from rich.console import Console  # noqa: PLC0415 -- only where it is shown
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        if total is None:
            # An import says how many rows it has seen, a publication how many it has done now.
            yield lambda rows: bar.update(task, completed=rows)
        else:
            yield lambda rows: bar.advance(task, rows)


def _import_json(report: Report) -> str:
    return json.dumps(
        {
            "rows": report.rows,
            "imported": report.imported,
            "added": report.added,
            "changed": report.changed,
            "withdrawn": report.withdrawn,
            "refused": dict(report.refused),
            "lines": report.lines,
            "warnings": dict(report.warnings),
        }
    )


def _import_text(report: Report, *, dry_run: bool) -> str:
    lines = [f"{report.rows} rows, {report.imported} {'fit' if dry_run else 'imported'}"]
    lines += [f"  {_changes(report)}"] if report.imported else []
    for reason, count in report.refused.most_common():
        named = ", ".join(map(str, report.lines[reason]))
        more = " ..." if count > LINES_NAMED else ""
        lines.append(f"  refused  {count}  {reason}  on line {named}{more}")
    lines += [f"  warning  {count}  {reason}" for reason, count in report.warnings.most_common()]
    if not report.imported:
        lines.append("nothing was imported; correct the lines, or pass over some with --skip-bad N")
    return "\n".join(lines)


def _changes(report: Report) -> str:
    return f"{report.added} added, {report.changed} changed, {report.withdrawn} withdrawn"

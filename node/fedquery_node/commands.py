"""Import and publish as commands: the lock, the progress, the report."""

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.errors import ConfigError
from fedquery.psi.publication import Publication
from fedquery.storage.database import DirectoryLock
from fedquery_node import authorities, members
from fedquery_node.csv_source import read_lines
from fedquery_node.importer import LINES_NAMED, Importer, Report
from fedquery_node.opening import PUBLISH_LOCK, opened
from fedquery_node.publish import Publisher
from fedquery_node.retire import retire_due

Progress = Callable[[int], None]


def import_file(
    path: Path,
    dataset: str,
    file: Path,
    *,
    skip_bad: int,
    dry_run: bool,
    as_json: bool,
    now_ms: int,
) -> int:
    """Import a file and say what came of it.

    Returns:
        OK, or DATA where nothing was imported.

    Raises:
        FileError: if the file is unusable as a whole.
        BusyError: if another import or publication is under way.
    """
    with opened(path) as (home, connection), DirectoryLock(path, PUBLISH_LOCK):
        chosen = home.settings.datasets.get(dataset)
        if chosen is None:
            raise ConfigError(
                "node.toml names no such dataset", do="Add a [datasets.NAME] table with its kind."
            )
        listed = members.load(home, connection, now_ms)
        others = members.Members(listed.federation, home.nation).others
        importer = Importer(home.settings, dataset, frozenset(others), now_ms, skip_bad)
        required = (chosen.columns.identifier, chosen.columns.reference)
        with _progress("importing", None) as advance:
            lines = read_lines(file, required, astuple(chosen.columns))
            report = importer.run(connection, lines, advance, dry_run=dry_run)
    click.echo(_import_json(report) if as_json else _import_text(report, dry_run=dry_run))
    return ExitCode.OK if report.imported else ExitCode.DATA


def publish_datasets(path: Path, datasets: tuple[str, ...], *, as_json: bool, now_ms: int) -> int:
    """Publish datasets and say what was published.

    Raises:
        ConfigError: if there is no such dataset.
        BusyError: if another import or publication is under way.
        StorageError: if the disk fails; nothing of that dataset was published.
    """
    done: list[tuple[Publication, int]] = []
    with opened(path) as (home, connection), DirectoryLock(path, PUBLISH_LOCK):
        listed = members.load(home, connection, now_ms)
        others = members.Members(listed.federation, home.nation).others
        cores = len(os.sched_getaffinity(0))
        publisher = Publisher(path, home.settings, home.keys, secrets.token_bytes, cores)
        for dataset in datasets or tuple(home.settings.datasets):
            rows = connection.execute(
                "SELECT count(*) FROM subject WHERE dataset = ?", (dataset,)
            ).fetchone()[0]
            with _progress(f"publishing {dataset}", rows) as advance:
                publication = publisher.publish(connection, dataset, others, now_ms, advance)
            done.append((publication, rows))
        retire_due(connection, path, home.keys, now_ms)
    click.echo(_publish_json(done) if as_json else _publish_text(done))
    return ExitCode.OK


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
            "refused": dict(report.refused),
            "lines": report.lines,
            "warnings": dict(report.warnings),
        }
    )


def _import_text(report: Report, *, dry_run: bool) -> str:
    lines = [f"{report.rows} rows, {report.imported} {'fit' if dry_run else 'imported'}"]
    for reason, count in report.refused.most_common():
        named = ", ".join(map(str, report.lines[reason]))
        more = " ..." if count > LINES_NAMED else ""
        lines.append(f"  refused  {count}  {reason}  on line {named}{more}")
    lines += [f"  warning  {count}  {reason}" for reason, count in report.warnings.most_common()]
    if not report.imported:
        lines.append("nothing was imported; correct the lines, or pass over some with --skip-bad N")
    return "\n".join(lines)


def _publish_json(done: list[tuple[Publication, int]]) -> str:
    return json.dumps(
        [
            {
                "dataset": one.dataset,
                "version": one.version,
                "rows": rows,
                "buckets": 1 << one.prefix_bits,
                "capacity": one.capacity,
                "published_ms": one.published_ms,
                "next_due_ms": one.next_due_ms,
            }
            for one, rows in done
        ]
    )


def _publish_text(done: list[tuple[Publication, int]]) -> str:
    return "\n".join(
        f"published {one.dataset} version {one.version}: {rows} rows in {1 << one.prefix_bits}"
        f" buckets of {one.capacity} tags"
        for one, rows in done
    )

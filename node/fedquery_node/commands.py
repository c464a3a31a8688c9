"""Publish, and put notes of people in force, as commands: the lock, the progress, the report."""

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.errors import ConfigError
from fedquery.federation.witnesses import policy_of
from fedquery.storage.database import DirectoryLock
from fedquery_node import authorities, manifests, members, schema
from fedquery_node.config import DatasetSettings
from fedquery_node.home import NodeHome
from fedquery_node.opening import PUBLISH_LOCK, opened
from fedquery_node.publish import Published, Publisher
from fedquery_node.retire import retire_due
from fedquery_node.rows import most_rows

Progress = Callable[[int], None]


def publish_datasets(path: Path, datasets: tuple[str, ...], *, as_json: bool, now_ms: int) -> int:
    """Publish datasets and say what was published.

    Raises:
        ConfigError: if there is no such dataset.
        BusyError: if another import or publication is under way.
        StorageError: if the disk fails; nothing of that dataset was published.
    """
    done: list[Published] = []
    with (
        DirectoryLock(path, PUBLISH_LOCK),
        _looking_through(path) as require_sound,
        opened(path, checked=False) as (home, connection),
    ):
        listed = members.load(home, connection, now_ms)
        others = members.Members(listed.federation, home.nation).others
        teams = authorities.load(connection, listed.federation).teams_at(now_ms)
        cores = len(os.sched_getaffinity(0))
        publisher = Publisher(
            path, home.settings, home.keys, secrets.token_bytes, cores, require_sound, teams
        )
        for dataset in datasets or tuple(home.settings.datasets):
            with showing(f"publishing {dataset}", most_rows(connection, dataset)) as advance:
                published = publisher.publish(connection, dataset, others, now_ms, advance)
            done.append(published)
        trust = policy_of(listed.federation, home.log.origin)
        retire_due(
            connection,
            path,
            home.keys,
            witnessed_size=lambda: manifests.witnessed_size(connection, home, trust),
            now_ms=now_ms,
        )
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


@contextmanager
def _looking_through(path: Path) -> Iterator[Callable[[], None]]:
    """Look through the database for damage beside the work on it.

    Yields:
        what waits for the end of it, and raises StorageError if there is damage.
    """

    def look() -> None:
        schema.connect(path).close()

    with ThreadPoolExecutor(1, "looking-through") as thread:
        yield thread.submit(look).result


@contextmanager
def showing(what: str, total: int | None) -> Iterator[Progress]:
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


def _publish_json(done: list[Published]) -> str:
    return json.dumps(
        [
            {
                "dataset": one.dataset,
                "version": one.version,
                "rows": published.rows,
                "buckets": 1 << one.prefix_bits,
                "capacity": one.capacity,
                "published_ms": one.published_ms,
                "next_due_ms": one.next_due_ms,
            }
            for published in done
            for one in (published.publication,)
        ]
    )


def _publish_text(done: list[Published]) -> str:
    return "\n".join(
        f"published {one.dataset} version {one.version}: {published.rows} rows in"
        f" {1 << one.prefix_bits} buckets of {one.capacity} tags"
        for published in done
        for one in (published.publication,)
    )

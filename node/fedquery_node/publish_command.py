"""Publish as a command: the lock, the look for damage, the progress, the report."""

import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.errors import FedqueryError
from fedquery.federation.witnesses import policy_of
from fedquery.storage.database import DirectoryLock
from fedquery_node import authorities, generations, late, manifests, members, progress
from fedquery_node.home import NodeHome
from fedquery_node.leftovers import remove_leftovers
from fedquery_node.opening import PUBLISH_LOCK, opened
from fedquery_node.pacing import Pace
from fedquery_node.publish import Published, Publisher
from fedquery_node.retire import retire_due
from fedquery_node.rows import most_rows
from fedquery_node.soundness import looking_through
from fedquery_node.version_build import Progress


@dataclass(frozen=True, slots=True)
class Publishing:
    """A data directory that is locked for publishing.

    Attributes:
        home: the directory.
        connection: its database.
        publisher: publishes its datasets.
        nations: for whom: every member nation but its own.
    """

    home: NodeHome
    connection: sqlite3.Connection
    publisher: Publisher
    nations: Collection[str]

    def publish(self, dataset: str, now_ms: int, advance: Progress) -> Published:
        """Publish a dataset, and retire what is over.

        Raises:
            ConfigError: if there is no such dataset.
            StorageError, OSError: if the disk fails; nothing was published.
        """
        connection, publisher = self.connection, self.publisher
        try:
            published = publisher.publish(connection, dataset, self.nations, now_ms, advance)
        except BaseException:
            # What cannot be removed now is removed by the next command.
            with suppress(FedqueryError, OSError, sqlite3.Error):
                remove_leftovers(connection, self.home.path, self.home.keys)
            raise
        late.forget(connection, dataset)
        retire_due(
            connection,
            self.home.path,
            self.home.keys,
            witnessed_size=publisher.witnessed_size,
            now_ms=now_ms,
        )
        return published


@contextmanager
def publishing(path: Path, now_ms: int) -> Iterator[Publishing]:
    """Lock a data directory for publishing, and read what is published by.

    Raises:
        BusyError: if another import or publication is under way.
        ConfigError, StorageError: if the directory cannot be used.
    """
    with (
        DirectoryLock(path, PUBLISH_LOCK),
        opened(path, checked=False) as (home, connection),
        looking_through(path, connection, now_ms) as require_sound,
    ):
        remove_leftovers(connection, path, home.keys)
        generations.take_back(connection, Pace())
        listed = members.load(home, connection, now_ms)
        trust = policy_of(listed.federation, home.log.origin)
        publisher = Publisher(
            path,
            home.settings,
            home.keys,
            secrets.token_bytes,
            lambda: manifests.witnessed_size(connection, home, trust),
            len(os.sched_getaffinity(0)),
            require_sound,
            authorities.load(connection, listed.federation).teams_at(now_ms),
        )
        others = members.Members(listed.federation, home.nation).others
        yield Publishing(home, connection, publisher, others)


def publish_datasets(
    path: Path, datasets: tuple[str, ...], *, as_json: bool, clock: Callable[[], int]
) -> int:
    """Publish datasets and say what was published.

    Raises:
        ConfigError: if there is no such dataset.
        BusyError: if another import or publication is under way.
        StorageError: if the disk fails; nothing of that dataset was published.
    """
    done: list[Published] = []
    with publishing(path, clock()) as under_way:
        connection = under_way.connection
        for dataset in datasets or tuple(under_way.home.settings.datasets):
            counted = _counting(connection, dataset)
            with progress.shown(f"publishing {dataset}", counted) as advance:
                done.append(under_way.publish(dataset, clock(), advance))
    click.echo(_as_json(done) if as_json else _as_text(done))
    return ExitCode.OK


def _counting(connection: sqlite3.Connection, dataset: str) -> Callable[[], int]:
    return lambda: most_rows(connection, dataset)


def _as_json(done: list[Published]) -> str:
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


def _as_text(done: list[Published]) -> str:
    return "\n".join(
        f"published {one.dataset} version {one.version}: {published.rows} rows in"
        f" {1 << one.prefix_bits} buckets of {one.capacity} tags"
        for published in done
        for one in (published.publication,)
    )

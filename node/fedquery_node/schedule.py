"""Publish each dataset on its own clock, in a process beside the one that answers.

It works at a lower priority, so that answers do not wait for it; and one dataset after the other,
of those that are due the one whose clock is shortest first.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.config import logs
from fedquery.config.exit_codes import ExitCode, exit_code
from fedquery.config.service import run_service, wall_clock
from fedquery.errors import BusyError, ConfigError, FedqueryError, StorageError
from fedquery.psi.publication import Publication
from fedquery.seal.header import CLOCK_SLACK_MS
from fedquery.storage.database import DirectoryLock
from fedquery_node import generations, late, schema
from fedquery_node.config import load_settings
from fedquery_node.keystore import KeyStore
from fedquery_node.leftovers import remove_leftovers_at_start
from fedquery_node.opening import PUBLISH_LOCK, SCHEDULE_LOCK
from fedquery_node.pacing import Pace
from fedquery_node.publish_command import publishing
from fedquery_node.publishing_clock import Clock, clock_of

# So much less of a core than the serving process gets, where both want it.
_NICE: Final = 19
_LOOK_EVERY_S: Final = 5.0
_FIRST_PAUSE_MS: Final = 30_000
_LONGEST_PAUSE_MS: Final = 15 * 60_000

Time = Callable[[], int]


class _ToldToStopError(Exception):
    """The service is to end, and what is half done is given up."""


@dataclass(slots=True)
class Schedule:
    """The clocks of a node's datasets, and what failed of late.

    Attributes:
        path: the data directory.
        clocks: dataset to clock.
        time: the time in ms.
        stopping: says whether the service is to end.
    """

    path: Path
    clocks: dict[str, Clock]
    time: Time
    stopping: Callable[[], bool]
    _paused_until_ms: dict[str, int] = field(default_factory=dict, init=False)
    _pause_ms: dict[str, int] = field(default_factory=dict, init=False)

    def turn(self) -> ExitCode:
        """Publish what is due now.

        Returns:
            OK, or the code of the first failure.
        """
        code = ExitCode.OK
        # A long one may make another one due that goes before those that are left.
        tried: set[str] = set()
        while not self.stopping() and (dataset := self._next(tried)) is not None:
            tried.add(dataset)
            failed = self._publish(dataset)
            code = code or failed
        return code

    def _next(self, tried: set[str]) -> str | None:
        now_ms = self.time()
        due = {
            dataset
            for dataset, due_ms in self.due_ms().items()
            if due_ms <= now_ms and not self._pauses(dataset, now_ms)
        }
        return min(due - tried, key=lambda name: self.clocks[name].longest_ms, default=None)

    def _pauses(self, dataset: str, now_ms: int) -> bool:
        # One that ends later than any can has the time of a clock that was ahead.
        return now_ms < self._paused_until_ms.get(dataset, 0) <= now_ms + _LONGEST_PAUSE_MS

    def due_ms(self) -> dict[str, int]:
        """Say when each dataset is due; at once where it was never published, or in the future."""
        now_ms = self.time()
        with closing(schema.connect(self.path, checked=False)) as connection:
            serving = connection.execute(
                "SELECT dataset, leaf FROM publication WHERE state = 'serving'"
            ).fetchall()
        due_ms = dict.fromkeys(self.clocks, 0)
        for dataset, leaf in serving:
            if dataset in due_ms:
                published_ms = Publication.decode(leaf).published_ms
                # The clock was ahead then: no asker believes this one, however long it is promised.
                if published_ms <= now_ms + CLOCK_SLACK_MS:
                    due_ms[dataset] = self.clocks[dataset].next_after(published_ms)
        return due_ms

    def _publish(self, dataset: str) -> ExitCode:
        started_ms = self.time()

        def advance(_rows: int) -> None:
            if self.stopping():
                raise _ToldToStopError

        try:
            with publishing(self.path, started_ms) as under_way:
                # The time at which the rows are read, whatever was waited for before.
                published = under_way.publish(dataset, self.time(), advance)
        except _ToldToStopError:
            return ExitCode.OK
        except (FedqueryError, OSError, sqlite3.Error) as error:
            return self._failed(dataset, error)
        self._pause_ms.pop(dataset, None)
        self._paused_until_ms.pop(dataset, None)
        version, took_ms = published.publication.version, self.time() - started_ms
        logs.event("published", dataset=dataset, version=version, ms=took_ms)
        return ExitCode.OK

    def _failed(self, dataset: str, error: Exception) -> ExitCode:
        if not isinstance(error, FedqueryError):
            logs.fault("publication-fault", error, dataset=dataset)
            error = StorageError("the disk or the database failed")
        logs.event("publication-failed", dataset=dataset, why=error.slug)
        now_ms = self.time()
        if isinstance(error, BusyError):
            # An import is under way; it is soon over, and says by itself how it went.
            self._paused_until_ms[dataset] = now_ms + _FIRST_PAUSE_MS
            return exit_code(error)
        pause_ms = min(_LONGEST_PAUSE_MS, 2 * self._pause_ms.get(dataset, _FIRST_PAUSE_MS // 2))
        self._pause_ms[dataset] = pause_ms
        self._paused_until_ms[dataset] = now_ms + pause_ms
        try:
            with closing(schema.connect(self.path, checked=False)) as connection:
                late.remember(connection, dataset, late.Failure(now_ms, error.slug))
        except (FedqueryError, sqlite3.Error) as second:
            logs.fault("publication-fault", second, dataset=dataset)
        return exit_code(error)


def clocks_of(path: Path) -> dict[str, Clock]:
    """Read the clocks of a data directory.

    Raises:
        ConfigError: if one is wrong, or no dataset has one.
    """
    found = {name: clock_of(one) for name, one in load_settings(path).datasets.items()}
    clocks = {name: clock for name, clock in found.items() if clock is not None}
    if not clocks:
        raise ConfigError(
            "no dataset of node.toml has a clock",
            do="Give it publish_every_min or publish_at, or publish by hand.",
        )
    return clocks


def run(path: Path) -> int:
    """Publish on time until SIGTERM or SIGINT; the `schedule` command.

    Raises:
        ConfigError, StorageError, BusyError: if it cannot start.
    """
    return run_service(lambda stop: keep_time(path, stop, wall_clock))


def run_once(path: Path) -> ExitCode:
    """Publish what is due now; `schedule --once`.

    Raises:
        ConfigError, StorageError, BusyError: if it cannot start.
    """
    logs.configure()
    with DirectoryLock(path, SCHEDULE_LOCK):
        schedule = Schedule(path, clocks_of(path), wall_clock, lambda: False)
        _tidy(path)
        os.nice(_NICE)
        return schedule.turn()


def _tidy(path: Path) -> None:
    with closing(schema.connect(path, checked=False)) as connection:
        remove_leftovers_at_start(connection, path, KeyStore(path))
        with suppress(BusyError), DirectoryLock(path, PUBLISH_LOCK):
            generations.take_back(connection, Pace())


async def keep_time(path: Path, stop: asyncio.Event, time: Time) -> None:
    """Publish on time until told to stop; a publication that is under way then is given up.

    Raises:
        ConfigError, StorageError, BusyError: if it cannot start.
    """
    with DirectoryLock(path, SCHEDULE_LOCK):
        schedule = Schedule(path, clocks_of(path), time, stop.is_set)
        _tidy(path)
        os.nice(_NICE)
        logs.event("scheduling", size=len(schedule.clocks))
        while not stop.is_set():
            try:
                await asyncio.to_thread(schedule.turn)
            except (FedqueryError, sqlite3.Error) as error:
                # The database may come back; until then nothing is published.
                logs.fault("publication-fault", error)
            try:
                await asyncio.wait_for(stop.wait(), _LOOK_EVERY_S)
            except TimeoutError:
                continue

"""Import as a command: where rows come from, the locks, the progress, the report."""

import json
import os
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.storage.database import DirectoryLock
from fedquery.tabular import FileError
from fedquery_node import authorities, difference, generations, marks, members, progress, soundness
from fedquery_node.choose_source import source_of
from fedquery_node.commands import dataset_of
from fedquery_node.counts import LINES_NAMED
from fedquery_node.home import NodeHome
from fedquery_node.import_report import Report
from fedquery_node.import_source import START, Position, Source
from fedquery_node.importer import Importer
from fedquery_node.leftovers import remove_leftovers
from fedquery_node.opening import PUBLISH_LOCK, opened
from fedquery_node.pacing import Pace
from fedquery_node.query_values import read_since
from fedquery_node.stage import Stage, staged

# Pages of the indexes that an import keeps in memory while it adds to them at random places.
_CACHE_KIB: Final = 65_536


@dataclass(frozen=True, slots=True)
class Choices:
    """How rows are to be imported.

    Attributes:
        skip_bad: how many refused rows are passed over.
        dry_run: whether nothing is imported.
        replace: whether the rows are the whole dataset.
        agreed: whether whoever imports has agreed to what is withdrawn.
        full: whether to begin at the first row, whatever was read or imported before.
        since: the cursor to begin at; "" for where the last import ended.
    """

    skip_bad: int = 0
    dry_run: bool = False
    replace: bool = False
    agreed: bool = False
    full: bool = False
    since: str = ""

    @property
    def asks(self) -> bool:
        """Say whether somebody is asked before records are withdrawn."""
        return self.replace and not self.dry_run and not self.agreed


def import_rows(
    path: Path, dataset: str, place: str, choices: Choices, *, as_json: bool, now_ms: int
) -> int:
    """Import rows and say what came of it.

    Args:
        path: the data directory.
        dataset: the name of the dataset.
        place: a file or an address; "" for the one in node.toml.
        choices: how.
        as_json: whether the report is JSON.
        now_ms: the time.

    Returns:
        OK, or DATA where nothing was imported.

    Raises:
        FileError: if the source is unusable as a whole.
        BusyError: if another import of the dataset is under way; or a publication: what was read
            is kept.
        StorageError: if the source does not answer any more, or the disk fails.
    """
    with opened(path) as (home, connection):
        soundness.remember(connection, now_ms)
        dataset_of(home, dataset)
        source = source_of(path, home.settings.datasets[dataset], place)
        since = _since(connection, dataset, source, choices)
        importer = _importer(home, connection, dataset, choices, now_ms)
        importer.require_rules(connection)
        identity = importer.identity(source, since)
        anew = choices.full or not source.lasting
        with staged(path, dataset, identity, anew=anew) as stage:
            if stage.counts.rows and not as_json:
                click.echo(f"going on behind row {stage.at.line}, which was read before", err=True)
            try:
                with progress.counted("reading") as advance:
                    importer.read(source, stage, since, advance)
            except InputError:
                # What is to be corrected first is read anew: nothing of it is kept until then.
                stage.forget()
                raise
            under_way = _UnderWay(home, importer, connection, source, stage)
            report = under_way.end(choices)
            stage.forget()
    click.echo(_json(report) if as_json else _text(report, choices))
    return ExitCode.OK if report.accepted else ExitCode.DATA


def _importer(
    home: NodeHome, connection: sqlite3.Connection, dataset: str, choices: Choices, now_ms: int
) -> Importer:
    listed = members.load(home, connection, now_ms)
    others = members.Members(listed.federation, home.nation).others
    # A row may be released to a team that has ended: nobody sees it by that.
    known = authorities.load(connection, listed.federation)
    named = frozenset(others) | {team.name for team in known.teams}
    return Importer(
        home.settings,
        dataset,
        named,
        now_ms,
        choices.skip_bad,
        replace=choices.replace,
        workers=len(os.sched_getaffinity(0)),
    )


def _since(
    connection: sqlite3.Connection, dataset: str, source: Source, choices: Choices
) -> Position:
    if choices.since and not source.marked:
        raise click.UsageError("--since is for a database, with a `source.cursor` in node.toml")
    if choices.since:
        return Position(mark=read_since(choices.since), again=True)
    # The whole dataset is read from its first row, or what was not read would be withdrawn.
    if not source.marked or choices.full or choices.replace:
        return START
    mark = marks.kept(connection, dataset, source.identity)
    return Position(mark=mark, again=True) if mark else START


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """An import whose rows are all read."""

    home: NodeHome
    importer: Importer
    connection: sqlite3.Connection
    source: Source
    stage: Stage

    def end(self, choices: Choices) -> Report:
        """Take the rows over, or none of them; somebody may be asked before."""
        self.connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        difference.attach(self.connection, self.stage.path)
        try:
            expected = None
            if choices.asks or choices.dry_run:
                expected = self.importer.compare(self.connection, self.stage)
                if choices.dry_run or not expected.accepted:
                    return expected
                # A person is asked before anything is held: nobody waits while they think.
                self._require_agreed(expected)
            with DirectoryLock(self.home.path, PUBLISH_LOCK):
                remove_leftovers(self.connection, self.home.path, self.home.keys)
                # Before anything is compared: what is removed may be what stands beside a form.
                generations.take_back(self.connection, Pace())
                return self._take_over(expected, agreed=choices.agreed)
        finally:
            difference.detach(self.connection)

    def _take_over(self, expected: Report | None, *, agreed: bool) -> Report:
        report = self.importer.compare(self.connection, self.stage)
        if expected is not None and report != expected:
            raise FileError("the records were changed meanwhile", do="Import it again.")
        if not agreed:
            self._require_not_most(report)
        if report.accepted:
            with progress.counted("writing") as advance:
                self.importer.take_over(self.connection, self.source, self.stage, advance)
        return report

    def _require_agreed(self, report: Report) -> None:
        click.echo(f"of {report.before} records: {_changes(report)}", err=True)
        self._require_not_most(report)
        try:
            _ask()
        except BaseException:
            # What nobody agreed to is not kept.
            self.stage.forget()
            raise

    def _require_not_most(self, report: Report) -> None:
        # The wrong file, or a column `deleted` that means the opposite, is the likelier reason.
        if report.withdraws_most:
            self.stage.forget()
            raise FileError(
                "this would withdraw more than half of the dataset, and nothing was imported",
                do="If that is right, say so with --yes.",
            )


def _ask() -> None:
    """Have a person agree to what the rows replace.

    Raises:
        click.UsageError: if nobody can be asked.
        click.Abort: if the answer is no.
    """
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here; nothing was imported without --yes")
    click.confirm("Is it the whole dataset?", abort=True, err=True)


def _json(report: Report) -> str:
    return json.dumps(
        {
            "rows": report.rows,
            "imported": report.imported,
            "added": report.added,
            "changed": report.changed,
            "withdrawn": report.withdrawn,
            "refused": dict(report.refused),
            "lines": dict(report.lines),
            "warnings": dict(report.warnings),
        }
    )


def _text(report: Report, choices: Choices) -> str:
    word = "fit" if choices.dry_run else "imported"
    lines = [f"{report.rows} rows, {report.imported} {word}"]
    lines += [f"  {_changes(report)}"] if report.accepted else []
    for reason, count in sorted(report.refused.items(), key=lambda one: -one[1]):
        named = ", ".join(map(str, report.lines[reason]))
        more = " ..." if count > LINES_NAMED else ""
        lines.append(f"  refused  {count}  {reason}  on line {named}{more}")
    lines += [f"  warning  {count}  {reason}" for reason, count in report.warnings.items()]
    if not report.accepted:
        lines.append("nothing was imported; correct the lines, or pass over some with --skip-bad N")
    return "\n".join(lines)


def _changes(report: Report) -> str:
    return f"{report.added} added, {report.changed} changed, {report.withdrawn} withdrawn"

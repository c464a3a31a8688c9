"""Ask about a list: what it costs, whether it is meant so, how far it is, what came of it."""

import contextlib
import json
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from fedquery.ask import Case, Client
from fedquery.ask.screening.screening import Screening
from fedquery.ask.screening.values import Cost, ListRefusedError, Summary
from fedquery.cli.screening import kept, told
from fedquery.cli.screening.progress import Counted, shown
from fedquery.cli.screening.reading import Lines
from fedquery.cli.screening.report import Entry, entries
from fedquery.cli.screening.report_file import write_report
from fedquery.cli.screening.result import document
from fedquery.cli.screening.tally import Tally
from fedquery.cli.table import console
from fedquery.cli.usage import option_values
from fedquery.cli.wording import UNKEPT
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock
from fedquery.errors import InputError
from fedquery.identifiers import Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a list is to be asked about.

    Attributes:
        nations: whom to ask; None for every other nation.
        deadline_s: how long nodes have for each question; None for the setting.
        padded: whether the number of elements is hidden; None for the setting.
        report: the file to write, or None.
        force: whether it may take the place of another file.
        dry_run: whether nobody is asked.
        yes: whether nobody is asked at the terminal.
        show: whether identifiers are written in full.
        as_json: whether the result is JSON.
    """

    nations: list[str] | None
    deadline_s: float | None
    padded: bool | None
    report: Path | None
    force: bool
    dry_run: bool
    yes: bool
    show: bool
    as_json: bool


async def ask_list(
    client: Client, read: Iterator[Identifier], lines: Lines, case: Case, asking: Asking
) -> int:
    """Ask about a list out of a file.

    Args:
        client: the client, not open yet.
        read: its identifiers, which fill `lines` as they are read.
        lines: where they stand.
        case: what for.
        asking: how.

    Returns:
        The exit code.

    Raises:
        InputError: if nothing of it can be read, or most of it and nobody is there to agree.
        ListRefusedError: if a nation's quota has no room for it; nothing was asked.
        click.Abort: if the person does not agree.
    """
    async with client:
        with option_values():
            nations = client.choose(asking.nations)
        counted = Counted(read)
        screening = client.screen(
            counted, case, nations=nations, deadline_s=asking.deadline_s, padded=asking.padded
        )
        begun = False
        try:
            cost = await _prepared(screening, counted, lines)
            kept.keep_lines(client.home, screening.job_id, lines)
            _show_cost(cost, asking)
            if asking.dry_run:
                return _costs(cost, lines, asking)
            _require_agreed(cost, lines, asking)
            begun = True
            return await _run(client, screening, lines, asking, cost)
        finally:
            await screening.aclose()
            # Where nothing was asked there is nothing to go on with. Where the list could not be
            # opened there is nothing to erase.
            with contextlib.suppress(InputError):
                if not begun:
                    client.erase_screening(screening.job_id)


async def ask_rest(client: Client, job_id: str, asking: Asking) -> int:
    """Go on with a screening that is kept; of one that is finished, say again what came of it.

    Raises:
        InputError: if there is none of this id, or it was stopped while the list was read.
        BusyError: if another process is at it.
        ListRefusedError: if a nation's quota has no room for what is left.
    """
    if asking.nations or asking.deadline_s or asking.padded:
        raise click.UsageError("--resume asks as the screening was begun")
    async with client, client.resume_screening(job_id) as screening:
        cost = await screening.prepare()
        lines = kept.lines_of(client.home, job_id, cost.identifiers)
        if cost.elements:
            _show_cost(cost, asking)
        if asking.dry_run:
            return _costs(cost, lines or Lines(), asking)
        if cost.elements:
            _require_agreed(cost, lines or Lines(), asking)
        return await _run(client, screening, lines, asking, cost)


async def _prepared(screening: Screening, counted: Counted, lines: Lines) -> Cost:
    """Read the list, and say what could not be read of it, also where that was all of it."""
    try:
        with counted.shown(terminal=sys.stderr.isatty()):
            return await screening.prepare()
    finally:
        for line in told.unread_lines(lines):
            click.echo(line, err=True)


async def _run(
    client: Client, screening: Screening, lines: Lines | None, asking: Asking, cost: Cost
) -> int:
    job_id = screening.job_id
    try:
        with shown(told.answered_before(cost), terminal=sys.stderr.isatty()) as show:
            summary = await screening.run(on_progress=show)
    except BaseException:
        click.echo(f"stopped; go on with: fedquery screen --resume {job_id}", err=True)
        raise
    tally = Tally()
    found = tally.count(entries(screening.results(), lines))
    if asking.report is None:
        deque(found, maxlen=0)
    else:
        _write(asking.report, job_id, found, force=asking.force)
    code = tally.exit_code(kept=summary.kept)
    _show_result(client, summary, tally, asking, code)
    return code


def _write(report: Path, job_id: str, found: Iterator[Entry], *, force: bool) -> None:
    try:
        write_report(report, job_id, found, wall_clock(), force=force)
    except OSError:
        again = f"fedquery screen --resume {job_id} --report FILE"
        click.echo(f"everything is kept; its report can be written again: {again}", err=True)
        raise


def _show_cost(cost: Cost, asking: Asking) -> None:
    if not (asking.as_json and (asking.yes or asking.dry_run)):
        told.print_cost(Console(stderr=True, highlight=False), cost)
    for line in told.exceeded_lines(cost):
        click.echo(line, err=True)


def _costs(cost: Cost, lines: Lines, asking: Asking) -> int:
    if asking.as_json:
        found = {
            "identifiers": cost.identifiers,
            "distinct": cost.distinct,
            "unread": lines.unread_count,
            "nations": told.cost_document(cost),
        }
        click.echo(json.dumps(found, indent=2))
    return int(ExitCode.QUOTA if cost.exceeding else ExitCode.OK)


def _require_agreed(cost: Cost, lines: Lines, asking: Asking) -> None:
    if cost.exceeding:
        raise ListRefusedError(cost)
    terminal = sys.stdin.isatty()
    if lines.unread_count > len(lines.places) and lines.places and not terminal:
        raise InputError(
            "more lines cannot be read than can, and nothing was asked",
            do="Say which column is meant with --column, or of which --kind it is.",
        )
    if asking.yes:
        return
    if not terminal:
        raise click.UsageError("nobody can be asked here; nothing was asked without --yes")
    click.confirm("Ask them?", abort=True, err=True)


def _show_result(
    client: Client, summary: Summary, tally: Tally, asking: Asking, code: ExitCode
) -> None:
    if asking.as_json:
        click.echo(json.dumps(document(summary, tally, code), indent=2))
    else:
        told.print_tally(console(), tally, client.home.settings.nation, show=asking.show)
        click.echo(f"screening {summary.job_id}; it is kept, sealed, until it is erased")
        if asking.report is None and tally.hit_lines:
            click.echo(f"its report: fedquery screen --resume {summary.job_id} --report FILE.xlsx")
    if not summary.kept:
        click.echo(UNKEPT, err=True)

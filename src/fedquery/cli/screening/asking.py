"""Ask about a list: what it costs, whether it is meant so, how far it is, what came of it."""

import contextlib
import json
import sys
from collections.abc import Iterator

import click
from rich.console import Console

from fedquery.ask import Case, Client
from fedquery.ask.lists import kept_lines
from fedquery.ask.lists.lines import Lines
from fedquery.ask.lists.report import entries
from fedquery.ask.screening.screening import Screening
from fedquery.ask.screening.values import Cost, ListRefusedError
from fedquery.cli.screening import told
from fedquery.cli.screening.progress import Counted, shown
from fedquery.cli.screening.telling import tell, tell_kept
from fedquery.cli.screening.wanted import Asking
from fedquery.cli.usage import option_values
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.identifiers import Identifier


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
            kept_lines.keep_lines(client.home, screening.job_id, lines)
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

    The latter needs nobody: no coordinator, and no open case.

    Raises:
        NotFoundError: if there is none of this id.
        InputError: if it was stopped while the list was read.
        BusyError: if another process is at it.
        ListRefusedError: if a nation's quota has no room for what is left.
    """
    if asking.nations or asking.deadline_s or asking.padded:
        raise click.UsageError("--resume asks as the screening was begun")
    if client.kept_screening(job_id).state == "finished" and not asking.dry_run:
        return tell_kept(client, job_id, asking)
    async with client, client.resume_screening(job_id) as screening:
        cost = await screening.prepare()
        lines = kept_lines.lines_of(client.home, job_id, cost.identifiers)
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
    return tell(client.home, summary, entries(screening.results(), lines), asking)


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

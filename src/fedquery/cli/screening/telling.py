"""Tell what a screening came to: its report, its numbers, its exit code."""

import contextlib
import json
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from fedquery.ask import Client
from fedquery.ask.home import AskHome
from fedquery.ask.lists import kept_lines
from fedquery.ask.lists.report import Entry, entries
from fedquery.ask.screening.values import Summary
from fedquery.cli.screening import told
from fedquery.cli.screening.report_file import write_report
from fedquery.cli.screening.result import document
from fedquery.cli.screening.tally import Tally
from fedquery.cli.screening.wanted import Telling
from fedquery.cli.table import console
from fedquery.cli.wording import UNKEPT
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock


def tell_kept(client: Client, job_id: str, telling: Telling) -> ExitCode:
    """Tell what is known of a screening that is kept, out of its own file: nobody is asked.

    Args:
        client: the client, which need not be open.
        job_id: the screening.
        telling: how.

    Returns:
        The exit code.

    Raises:
        NotFoundError: if there is none of this id.
        InputError: if its list was not read to its end.
        OSError: if the report cannot be written.
    """
    with contextlib.closing(client.look_at_screening(job_id)) as look:
        lines = kept_lines.lines_of(client.home, job_id, look.kept.identifiers)
        return tell(client.home, look.summary(), entries(look.rows(), lines), telling)


def tell(home: AskHome, summary: Summary, lines: Iterable[Entry], telling: Telling) -> ExitCode:
    """Tell what a screening came to, line by line and in numbers.

    Args:
        home: the home of the agency.
        summary: what was asked.
        lines: the lines of the list, which are read once.
        telling: how.

    Returns:
        The exit code.

    Raises:
        OSError: if the report cannot be written.
    """
    tally = Tally()
    found = tally.count(lines)
    if telling.report is None:
        deque(found, maxlen=0)
    else:
        _write(telling.report, summary.job_id, found, force=telling.force)
    code = tally.exit_code(kept=summary.kept)
    if telling.as_json:
        click.echo(json.dumps(document(summary, tally, code), indent=2))
    else:
        told.print_tally(console(), tally, home.settings.nation, show=telling.show)
        click.echo(f"screening {summary.job_id}; it is kept, sealed, until it is erased")
        if telling.report is None and tally.hit_lines:
            click.echo(f"its report: fedquery screenings report {summary.job_id} FILE.xlsx")
    if not summary.kept:
        click.echo(UNKEPT, err=True)
    return code


def _write(report: Path, job_id: str, found: Iterator[Entry], *, force: bool) -> None:
    try:
        write_report(report, job_id, found, wall_clock(), force=force)
    except OSError:
        again = f"fedquery screenings report {job_id} FILE"
        click.echo(f"everything is kept; its report can be written again: {again}", err=True)
        raise

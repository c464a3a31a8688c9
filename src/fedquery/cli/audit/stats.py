"""`fedquery audit stats`: how much was asked, of whom, what for, and what came of it."""

import json
from pathlib import Path
from typing import ClassVar, Final

import click

from fedquery.audit.month import Month
from fedquery.audit.statistics import Statistics
from fedquery.cli import paths
from fedquery.cli.audit.log_argument import LOG
from fedquery.cli.audit.stats_merge import merge
from fedquery.cli.audit.stats_of_log import signing_seed, statistics_of
from fedquery.cli.audit.stats_page import stats_page
from fedquery.cli.audit.stats_text import print_signs, print_view
from fedquery.cli.audit.stats_view import view_of
from fedquery.cli.table import console
from fedquery.cli.usage import option_values
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock
from fedquery.errors import InputError
from fedquery.federation.signed_statistics import sign_statistics
from fedquery.storage.log_source import open_log

SCHEMA: Final = "fedquery/audit-stats/v1"


class _OfLogs(click.Group):
    """A group whose command `logs` is meant where no command is named."""

    default: ClassVar[str] = "logs"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before anything but a command or --help."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_OfLogs, subcommand_metavar="LOG... | merge NOTE...")
def stats() -> None:
    """Count what stands in logs, by month; or join what several parties have signed of theirs.

    `stats LOG` is short for `stats logs LOG`.
    """


@stats.command()
@click.argument("log_paths", metavar="LOG...", nargs=-1, required=True, type=LOG)
@click.option("--month", "month_text", metavar="YYYY-MM", help="Count one month, in UTC.")
@click.option(
    "--html",
    "html_file",
    type=paths.NEW_FILE,
    help="Write a page to be read and printed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--sign",
    "signed",
    is_flag=True,
    help="Print a note that the data directory's signing key has signed.",
)
def logs(
    *,
    log_paths: tuple[Path, ...],
    month_text: str | None,
    html_file: Path | None,
    as_json: bool,
    signed: bool,
) -> int:
    """Count the entries of each LOG that were asked in a month, or all of them.

    Only entries that the log's checkpoint covers are counted, and nothing is said before all of
    them were verified against it; the signature itself is for `audit verify`. Numbers from 1 to 4
    are printed as <5, with as many others (5+) as keep them from being computed.
    """
    month = None
    if month_text is not None:
        with option_values():
            month = Month.parse(month_text)
    if signed:
        return _sign(log_paths, month, as_json=as_json, html_file=html_file)
    found = [_counted(path, month) for path in log_paths]
    views = [view_of(one) for one in found]
    if html_file is not None:
        html_file.write_text(stats_page(views), encoding="utf-8")
        click.echo(f"{html_file}: {len(found)} logs", err=True)
    if as_json:
        click.echo(json.dumps(_document(found), indent=2))
    elif html_file is None:
        out = console()
        for view in views:
            print_view(out, view)
            out.print()
        print_signs(out, joint=False)
    return ExitCode.OK


stats.add_command(merge)


def _counted(path: Path, month: Month | None) -> Statistics:
    with open_log(path) as log:
        return statistics_of(log, month)


def _sign(
    paths: tuple[Path, ...], month: Month | None, *, as_json: bool, html_file: Path | None
) -> int:
    if month is None or len(paths) != 1 or as_json or html_file is not None:
        raise click.UsageError("--sign goes with one LOG and a --month, and prints a note alone")
    # Figures of the same month at two times would differ by a few entries, and tell of those.
    if wall_clock() < month.end_ms:
        raise InputError("the month is not over", do="Sign its statistics when it is.")
    seed = signing_seed(paths[0])
    click.echo(sign_statistics(_counted(paths[0], month), seed), nl=False)
    return ExitCode.OK


def _document(found: list[Statistics]) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "statistics": [
            {"kind": one.kind, "party": one.party, "month": one.month or None, **one.document()}
            for one in found
        ],
    }

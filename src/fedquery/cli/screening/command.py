"""`fedquery screen`: ask about a list of any length out of a file."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table as Printed
from rich.text import Text

from fedquery.ask import Client
from fedquery.ask.case_store import opened_in
from fedquery.ask.lists.column import Candidate, Reads, find_column, only_kind
from fedquery.ask.lists.lines import COLUMN, Lines, identifiers
from fedquery.ask.lists.spelled import AUTO
from fedquery.cli.case_options import case_of, case_options
from fedquery.cli.screening.asking import ask_list, ask_rest
from fedquery.cli.screening.kept import complete_ids
from fedquery.cli.screening.wanted import REPORTS, Asking, require_report
from fedquery.config.hardening import harden
from fedquery.config.service import wall_clock
from fedquery.errors import IdentifierError
from fedquery.identifiers import kinds, parse, recognise
from fedquery.tabular import Form, opened

_LONG = 40  # of the rows that are looked at first; a shorter list is read at once in any case


@click.command()
@click.argument("source", required=False, metavar="[FILE]", type=click.Path(path_type=Path))
@click.option("--column", help="The column of the identifiers: its name, or its number from 1.")
@click.option("--sheet", help="Of a workbook: the name of the sheet, or its number from 1.")
@click.option(
    "--form",
    type=click.Choice([one.value for one in Form]),
    help="The form of the file, where it is not told.",
)
@click.option(
    "--kind",
    type=click.Choice([AUTO, *kinds()]),
    default=AUTO,
    show_default=True,
    help="The kind of all; a text may also begin with its kind and a colon.",
)
@click.option("--region", help="The nation by whose habits numbers are read.")
@click.option("--nations", help="Whom to ask, such as VN,LA; every other nation by default.")
@click.option("--deadline", type=click.FloatRange(1, 30), help="Seconds that nodes have each time.")
@click.option("--pad", is_flag=True, help="Hide how many are asked, at the price of more elements.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Write every line with what was answered into a file: {REPORTS}.",
)
@click.option("--force", is_flag=True, help="Let the report take the place of another file.")
@click.option(
    "--resume",
    metavar="ID",
    shell_complete=complete_ids,
    help="Go on with a screening, or write its report.",
)
@click.option("--dry-run", is_flag=True, help="Show what it would cost, ask nobody.")
@click.option("--yes", is_flag=True, help="Do not ask whether to begin.")
@click.option("--show", is_flag=True, help="Write identifiers in full.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (screening.v1).")
@case_options
@click.pass_obj
def screen(  # noqa: PLR0913 -- click gives each option as an argument
    home: Path,
    /,
    *,
    source: Path | None,
    column: str | None,
    sheet: str | None,
    form: str | None,
    kind: str,
    region: str | None,
    nations: str | None,
    resume: str | None,
    **more: Any,  # noqa: ANN401 -- options of asking and of the case, which have their readers
) -> int:
    """Ask whether other nations hold records of a list of any length.

    The list is a file: CSV, TSV, plain lines, an Excel workbook or Parquet. What it costs is shown
    before anything is asked. A screening that was stopped goes on where it was with --resume.

    \b
    fedquery screen accounts.xlsx --column account --case 2026/117 --report found.xlsx
    fedquery screen numbers.txt --case 2026/117 --dry-run
    fedquery screen --resume 5f0c2a9be1d34477 --report found.csv

    Exit code 0: every nation answered. 3: some did not, or some lines could not be read. 4: none
    did. 5: refused. 6: the list exceeds a quota, or one is spent. 7: a proof is false, stop. 65:
    the file cannot be read.
    """  # noqa: D301 -- click wants the character itself
    # A crash must not write what was read to a disk.
    harden()
    asking = _asking(more, nations)
    if resume is not None:
        if any((source, column, sheet, form, region, *more.values())):
            raise click.UsageError("--resume takes the list and the case that are kept")
        return asyncio.run(ask_rest(Client.open(home), resume, asking))
    if source is None:
        raise click.UsageError("give a FILE with the list, or --resume")
    facts = case_of(more, wall_clock(), lambda number: opened_in(home, number))
    client = Client.open(home)
    settings = client.home.settings
    habits = region.strip().upper() if region else settings.region or settings.nation
    lines = Lines()
    with ExitStack() as stack:
        table = stack.enter_context(opened(source, form=_form(form), sheet=sheet))
        reads = _reader(kind, habits)
        found = find_column(table, column, reads, _choose if sys.stdin.isatty() else None)
        if found.has_header and table.names is None:
            click.echo("note: the first row is taken for the header", err=True)
        if kind == AUTO:
            kind = _kind(found.sample, habits)
        read = identifiers(
            table.rows({COLUMN: found.place}, found.width),
            kind,
            habits,
            lines,
            comments=table.form is Form.LINES,
        )
        return asyncio.run(ask_list(client, read, lines, facts, asking))


def _asking(more: dict[str, Any], nations: str | None) -> Asking:
    """Take the options of asking out of those of a command.

    Raises:
        click.UsageError: if the name of the report tells no form.
        OSError: if the report cannot be there.
    """
    report, force = more.pop("report"), more.pop("force")
    if report is not None:
        require_report(report, force=force)
    return Asking(
        # People write blanks after commas, and small letters.
        nations=[one.strip().upper() for one in nations.split(",")] if nations else None,
        deadline_s=more.pop("deadline"),
        padded=more.pop("pad") or None,
        report=report,
        force=force,
        dry_run=more.pop("dry_run"),
        yes=more.pop("yes"),
        show=more.pop("show"),
        as_json=more.pop("as_json"),
    )


def _form(form: str | None) -> Form | None:
    return None if form is None else Form(form)


def _reader(kind: str, region: str) -> Reads:
    def reads(text: str) -> str | None:
        try:
            if kind != AUTO:
                parse(kind, text, region)
                return kinds()[kind].label
            return kinds()[recognise(text, region)[0].identifier.kind].label
        except IdentifierError:
            return None

    return reads


def _kind(sample: Sequence[str], region: str) -> str:
    """Have a person say whether a long list is of the one kind that its beginning is of.

    Trying each line as every kind takes some fifty times longer, and finds more lines unclear.
    """
    only = only_kind(sample, region) if len(sample) >= _LONG else None
    if only is None:
        return AUTO
    told = f"The first {len(sample)} are all read as: {kinds()[only].label}."
    if not sys.stdin.isatty():
        click.echo(f"note: {told} Each line is tried as every kind; --kind is faster.", err=True)
        return AUTO
    return only if click.confirm(f"{told} Read all as that?", default=True, err=True) else AUTO


def _choose(candidates: Sequence[Candidate]) -> int:
    """Have a person say on the terminal which column is meant."""
    out = Console(stderr=True, highlight=False)
    printed = Printed(box=None, pad_edge=False, header_style="bold")
    for name in ("column", "name", "looks like", "readable"):
        printed.add_column(name)
    for one in candidates:
        share = f"{one.readable} of the first {one.filled}"
        printed.add_row(str(one.place + 1), Text(one.name), Text(", ".join(one.labels)), share)
    out.print(printed)
    places = [str(one.place + 1) for one in candidates]
    chosen = click.prompt(
        "Which column has the identifiers?",
        type=click.Choice(places),
        default=places[0] if len(places) == 1 else None,
        show_choices=False,
        err=True,
    )
    return places.index(chosen)

"""`fedquery policy try`: who may learn what, as a table of nations, datasets and purposes."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table
from rich.text import Text

from fedquery.cli.policy.files import policy_files, read_policies
from fedquery.cli.policy.situation_options import read_situation, situation_options
from fedquery.cli.policy.try_page import MEANINGS, rows_of, try_page
from fedquery.cli.table import console
from fedquery.errors import InputError
from fedquery.policy.asked import Asked
from fedquery.policy.load import load_rules
from fedquery.policy.matrix import FAULT, Cell, make_matrix
from fedquery.policy.matrix_document import HEADER, by, matrix_document, matrix_rows

_MARKS: Final = {"nothing": "○", "hit": "◔", "reference": "◑", "summary": "●", FAULT: "✕"}
_STYLES: Final = {
    "nothing": "dim",
    "hit": "",
    "reference": "bold",
    "summary": "bold reverse",
    FAULT: "bold red",
}


@click.command(name="try")
@policy_files
@situation_options
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--csv", "as_csv", is_flag=True, help="Print the table as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def try_(
    *,
    paths: tuple[Path, ...],
    schema: Path | None,
    nation: str | None,
    html_file: Path | None,
    as_csv: bool,
    as_json: bool,
    **options: Any,  # noqa: ANN401  as click gives them; read_situation checks each
) -> None:
    """Show who may learn what: the level for each nation, dataset and purpose, and by which rule.

    The table is of one situation of an asker; what the options do not say is usual, and is printed
    above the table. "reference" and "summary" are what the asker may claim after a hit.
    """
    asked = read_situation(options)
    rules = [
        load_rules(file.octets, file.schema, file.nation)
        for file in read_policies(paths, schema, nation)
    ]
    if len({one.nation for one in rules}) < len(rules):
        raise InputError("two files are of one nation", do="Name one file for each nation.")
    unknown = asked.situation.asker.teams - frozenset.intersection(*(one.teams for one in rules))
    if unknown:
        raise InputError("the schema knows no such team", do="Write it as the schema does.")
    cells = make_matrix(rules, asked.datasets, asked.purposes, asked.situation)
    if html_file is not None:
        html_file.write_text(try_page(asked, rules, cells), encoding="utf-8")
        click.echo(f"{html_file}: {len(rules)} nations, {len(cells)} decisions", err=True)
    if as_csv:
        click.echo(_csv(cells), nl=False)
    elif as_json:
        click.echo(json.dumps(matrix_document(asked, rules, cells), indent=2))
    elif html_file is None:
        _print(asked, cells)


def _print(asked: Asked, cells: Sequence[Cell]) -> None:
    out = console()
    out.print(Text("; ".join(f"{name}: {value}" for name, value in asked.facts()), style="dim"))
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for purpose in asked.purposes:
        table.add_column(purpose)
    for (nation, dataset), row in rows_of(cells):
        name = f"{nation}/{dataset}"
        told = [
            Text.assemble(
                (
                    f"{_MARKS[cell.disclosed.level]} {cell.disclosed.level}",
                    _STYLES[cell.disclosed.level],
                ),
                (f"\n  {by(cell.disclosed)}", "dim"),
            )
            for cell in row
        ]
        table.add_row(name, *told)
    out.print(table)
    out.print()
    marks = [f"{_MARKS[word]} {word}: {meaning}" for word, meaning in MEANINGS.items()]
    out.print(Text("\n".join(marks), style="dim"))


def _csv(cells: Sequence[Cell]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    # A spreadsheet takes a cell that begins with one of these for a formula.
    writer.writerows([cell.lstrip("=+-@\t") for cell in row] for row in matrix_rows(cells))
    return out.getvalue()

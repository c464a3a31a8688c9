"""`fedquery audit stats merge`: the sum of what several parties have signed of their own logs."""

import json
from pathlib import Path
from typing import Final

import click

from fedquery.audit.joint_statistics import Bounds, JointStatistics, JointTable, join
from fedquery.audit.statistics import Statistics
from fedquery.cli import notes, paths
from fedquery.cli.audit.stats_page import stats_page
from fedquery.cli.audit.stats_text import print_signs, print_view
from fedquery.cli.audit.stats_view import joint_view_of
from fedquery.cli.table import console
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import EncodingError, InputError, SignatureError
from fedquery.federation.members import Federation
from fedquery.federation.signed_statistics import (
    NOTE_CAP,
    open_statistics,
    parties,
    require_one_month,
)

SCHEMA: Final = "fedquery/audit-joint-stats/v1"


@click.command()
@click.argument("note_paths", metavar="NOTE...", nargs=-1, required=True, type=notes.THERE)
@click.option(
    "--members",
    "members_file",
    type=notes.THERE,
    required=True,
    help="The member list whose keys must have signed.",
)
@click.option(
    "--html",
    "html_file",
    type=paths.NEW_FILE,
    help="Write a page to be read and printed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def merge(
    *, note_paths: tuple[Path, ...], members_file: Path, html_file: Path | None, as_json: bool
) -> int:
    """Add up the statistics that parties have signed with `stats --sign`.

    Each NOTE must be signed by the key that the member list has for its party, of one month, one
    kind of log, and each log once. The list is taken as it is: verify it with `fedquery federation
    show --roots` before. A number that is hidden in a note makes a range of the sum.
    """
    federation = notes.member_list(members_file)
    found = [_opened(path, federation) for path in note_paths]
    require_one_month(found)
    joint = join(found, parties(federation, found[0].kind))
    view = joint_view_of(joint)
    if html_file is not None:
        html_file.write_text(stats_page([view], joint=True), encoding="utf-8")
        click.echo(f"{html_file}: {len(found)} logs", err=True)
    if as_json:
        click.echo(json.dumps(_document(joint), indent=2))
    elif html_file is None:
        out = console()
        print_view(out, view)
        print_signs(out, joint=True)
    return ExitCode.OK


def _opened(path: Path, federation: Federation) -> Statistics:
    with path.open("rb") as file:
        note = file.read(NOTE_CAP + 1)
    try:
        return open_statistics(note, federation)
    except (EncodingError, SignatureError, InputError) as error:
        raise type(error)(f"{path}: {error.what}", do=error.do) from None


def _document(joint: JointStatistics) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "kind": joint.kind,
        "month": joint.month,
        "logs": [
            {"party": party, "origin": log.origin, "size": log.size, "root": log.root}
            for party, log in joint.logs
        ],
        "missing": list(joint.missing),
        "populations": [
            {
                "name": one.name,
                "total": _range(one.total),
                "tables": [_table(table) for table in one.tables],
            }
            for one in joint.populations
        ],
    }


def _table(table: JointTable) -> dict[str, object]:
    return {
        "name": table.name,
        "columns": [
            {"name": name, "sum": _range(value)}
            for name, value in zip(table.columns, table.sums, strict=True)
        ],
        "rows": [
            {
                "name": row.name,
                "within": row.within,
                "total": _range(row.total),
                "cells": [_range(cell) for cell in row.cells],
            }
            for row in table.rows
        ],
    }


def _range(bounds: Bounds) -> dict[str, int | None]:
    return {"at_least": bounds.low, "at_most": bounds.high}

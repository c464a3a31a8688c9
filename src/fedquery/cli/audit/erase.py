"""`fedquery audit erase`: erase details whose time to be kept is over."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from fedquery.ask import store
from fedquery.cli.audit.acting import HOME, sign_agencys_log
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock
from fedquery.errors import BusyError
from fedquery.storage import auditor_acts, details
from fedquery.storage.applications import ASKER
from fedquery.storage.data_directory import DataDirectory, open_data_directory
from fedquery.storage.details import Due
from fedquery.storage.transaction import transaction


@click.command()
@click.argument("home", type=HOME)
@click.option("--due", is_flag=True, required=True, help="Those whose time is over; needed.")
@click.option("--dry-run", is_flag=True, help="Say how many, and erase nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def erase(*, home: Path, due: bool, dry_run: bool, as_json: bool) -> int:
    """Erase the details of HOME whose time to be kept is over and that are under no legal hold.

    HOME is the data directory of a node or the home of an agency; its service may be running, and
    waits meanwhile. How many were erased is logged; every proof verifies as before. What was erased
    is in no file of the database afterwards. Of an agency, hits that nobody can claim any more go
    too. Run it by a clock, such as each night.
    """
    del due
    now_ms = wall_clock()
    with open_data_directory(home) as directory:
        found = details.due(directory.connection, now_ms) if dry_run else _erased(directory, now_ms)
    if as_json:
        click.echo(json.dumps({"schema": "fedquery/audit-erase/v1", **asdict(found)}, indent=2))
        return ExitCode.OK
    done = "would be erased" if dry_run else "erased"
    click.echo(f"{found.details:,} details of {found.entries:,} entries {done}")
    if found.held:
        click.echo(f"{found.held:,} entries are past their time and under a legal hold")
    return ExitCode.OK


def _erased(directory: DataDirectory, now_ms: int) -> Due:
    if directory.application is ASKER:
        with transaction(directory.connection):
            store.forget_hits(directory.connection, now_ms)
    try:
        found = auditor_acts.erase_due(directory, now_ms)
    except BusyError:
        # The erasure stands, and so does its entry.
        sign_agencys_log(directory, now_ms)
        raise
    sign_agencys_log(directory, now_ms)
    return found

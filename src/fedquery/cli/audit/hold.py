"""`fedquery audit hold`: keep the details of an entry beyond their time, or let them go again."""

import json
from pathlib import Path

import click

from fedquery.cli.audit.acting import HOME, act_of, sign_agencys_log
from fedquery.config.exit_codes import ExitCode
from fedquery.storage import auditor_acts
from fedquery.storage.data_directory import open_data_directory
from fedquery.storage.opening import look_at


@click.command()
@click.argument("home", type=HOME)
@click.argument("index", metavar="N", type=click.IntRange(min=0))
@click.option("--why", required=True, help="Such as the order of a court; kept beside the log.")
@click.option("--release", is_flag=True, help="Take the hold back.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def hold(*, home: Path, index: int, why: str, release: bool, as_json: bool) -> int:
    """Put the details of entry N in the log of HOME under a legal hold: they are not erased.

    HOME is the data directory of a node or the home of an agency. The hold is logged.
    """
    act = act_of(why)
    with open_data_directory(home) as directory:
        looked = look_at(directory, index)
        change = auditor_acts.release if release else auditor_acts.hold
        logged_as = change(directory, looked, act)
        sign_agencys_log(directory, act.at_ms)
    if as_json:
        found = {"index": index, "held": not release, "logged_as": logged_as}
        click.echo(json.dumps({"schema": "fedquery/audit-hold/v1", **found}, indent=2))
        return ExitCode.OK
    state = "released from its hold" if release else "held until it is released"
    click.echo(f"entry {index} is {state}; that is entry {logged_as}")
    return ExitCode.OK

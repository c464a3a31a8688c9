"""`fedquery screenings`: the screenings that are kept in a home: listed, told, erased."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from fedquery.ask import Client
from fedquery.ask.screening.values import KeptScreening
from fedquery.cli.screening.kept import complete_ids
from fedquery.cli.screening.telling import tell_kept
from fedquery.cli.screening.wanted import Telling, require_report
from fedquery.config.exit_codes import ExitCode
from fedquery.config.hardening import harden


@click.group()
def screenings() -> None:
    """List the screenings that are kept, write their reports, erase them."""


@screenings.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def list_screenings(home: Path, *, as_json: bool) -> int:
    """List the screenings that are kept, newest first."""
    found = asyncio.run(_kept(Client.open(home)))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return ExitCode.OK
    for one in found:
        begun = datetime.fromtimestamp(one.created_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        click.echo(
            f"{one.job_id}  {begun}  {one.state:<9}  {one.identifiers:>9,} identifiers"
            f"  case {one.case_number}  {','.join(one.nations)}"
        )
    if not found:
        click.echo("no screening is kept in this home")
    return ExitCode.OK


@screenings.command("report")
@click.argument("job_id", metavar="ID", shell_complete=complete_ids)
@click.argument("report", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Let the report take the place of another file.")
@click.option("--show", is_flag=True, help="Write identifiers in full.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (screening.v1).")
@click.pass_obj
def report_screening(
    home: Path, *, job_id: str, report: Path, force: bool, show: bool, as_json: bool
) -> int:
    """Write the report of a screening as it stands, out of what is kept: nobody is asked.

    It needs no coordinator and no open case, and what has no answer yet says so. The name of FILE
    tells its form. Exit codes are those of `screen`.
    """
    # A crash must not write what was read to a disk.
    harden()
    require_report(report, force=force)
    telling = Telling(report=report, force=force, show=show, as_json=as_json)
    return tell_kept(Client.open(home), job_id, telling)


@screenings.command("erase")
@click.argument("job_id", metavar="ID", shell_complete=complete_ids)
@click.pass_obj
def erase_screening(home: Path, *, job_id: str) -> int:
    """Erase a screening: its list, what was answered, and that its hits can be claimed.

    Receipts and the agency's log stay.
    """
    asyncio.run(_erase(Client.open(home), job_id))
    click.echo("erased")
    return ExitCode.OK


async def _kept(client: Client) -> list[KeptScreening]:
    async with client:
        return client.screenings()


async def _erase(client: Client, job_id: str) -> None:
    async with client:
        client.erase_screening(job_id)

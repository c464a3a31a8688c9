"""`fedquery screenings`: the screenings that are kept in a home, and where their lists stood.

Beside each screening lies a file with the numbers of the lines of its list, and the reasons for
those that could not be read. Nothing of what stood there is in it.
"""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from fedquery.ask import Client
from fedquery.ask.home import AskHome
from fedquery.ask.screening.files import DIRECTORY, lines_path_of
from fedquery.ask.screening.values import KeptScreening
from fedquery.cli.screening.reading import Lines
from fedquery.config.exit_codes import ExitCode
from fedquery.config.whole_file import whole_file


def keep_lines(home: AskHome, job_id: str, lines: Lines) -> None:
    """Keep where a list stood, so that its report has numbers of lines after it was resumed.

    Raises:
        OSError: if it cannot be written.
    """
    with whole_file(lines_path_of(home, job_id)) as file:
        file.write(lines.dump())


def lines_of(home: AskHome, job_id: str, identifiers: int) -> Lines | None:
    """Read where a list stood; None where that was not kept, or is of a list of another length.

    Raises:
        EncodingError: if the file is damaged.
    """
    try:
        lines = Lines.load(lines_path_of(home, job_id).read_bytes())
    except FileNotFoundError:
        return None
    return lines if len(lines.places) == identifiers else None


def complete_ids(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the id of a screening from the names of what is kept, without opening it."""
    home = context.find_root().params["home"]
    found = sorted(path.stem for path in (home / DIRECTORY).glob("*.db"))
    return [job_id for job_id in found if job_id.startswith(begun)]


@click.group()
def screenings() -> None:
    """List and erase the screenings that are kept."""


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

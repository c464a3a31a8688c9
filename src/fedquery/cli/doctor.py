"""`fedquery doctor`: look at everything that a question needs, and say which part is wrong."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import click

from fedquery.ask import Check, Client
from fedquery.config.exit_codes import ExitCode


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def doctor(home: Path, *, as_json: bool) -> int:
    """Say which part is wrong: settings, keys, members, clock, coordinators, nodes, witnesses.

    Exit code 0: all is well. 3: some nations. 4: no coordinator answers. 78: something here.
    """
    checks = asyncio.run(_run(Client.open(home)))
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            click.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name:<14} {check.what}")
            if check.do:
                click.echo(f"      {'':<14} do: {check.do}")
    return _exit_of(checks)


async def _run(client: Client) -> list[Check]:
    async with client:
        return await client.doctor()


def _exit_of(checks: list[Check]) -> ExitCode:
    wrong = [check.name for check in checks if not check.ok]
    if not wrong:
        return ExitCode.OK
    if all(name.startswith(("node ", "witnesses ")) for name in wrong):
        return ExitCode.SOME
    return ExitCode.NONE if "coordinators" in wrong else ExitCode.CONFIG

"""`fedquery claim`: show the holder that a record was found, and get its reference."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from fedquery.ask import ClaimOutcome, Client
from fedquery.cli.wording import LEAD, UNKEPT
from fedquery.config.exit_codes import ExitCode


@click.command()
@click.argument("claim_id")
@click.option(
    "--level",
    type=click.Choice(["reference", "summary"]),
    default="reference",
    show_default=True,
    help="How much is asked for; the holder's policy decides.",
)
@click.option("--case", "number", help="The number of the opened case; found by itself else.")
@click.option("--deadline", type=click.FloatRange(1, 30), help="Seconds that the node has.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def claim(
    home: Path,
    *,
    claim_id: str,
    level: Literal["reference", "summary"],
    number: str | None,
    deadline: float | None,
    as_json: bool,
) -> int:
    """Claim a hit: the holder's reference and whom to call.

    A claim tells the holder which of its records was found, and for which case. It is a person's
    act: nothing claims by itself. Where the case was opened, its cards of today go along, with the
    signatures that they have by now.
    """
    found = asyncio.run(_run(Client.open(home), claim_id, level, number, deadline))
    if as_json:
        click.echo(json.dumps({"schema": "fedquery/claim/v1", **asdict(found)}, indent=2))
    else:
        click.echo(_text(found))
    if _unkept(found):
        click.echo(UNKEPT, err=True)
    return _exit_of(found)


async def _run(
    client: Client,
    claim_id: str,
    level: Literal["reference", "summary"],
    number: str | None,
    deadline_s: float | None,
) -> ClaimOutcome:
    async with client:
        return await client.claim(claim_id, level=level, case=number, deadline_s=deadline_s)


def _text(found: ClaimOutcome) -> str:
    lines = [f"{found.nation} {found.dataset}: {found.word}"]
    if found.word == "released":
        updated = datetime.fromtimestamp((found.updated_ms or 0) / 1000, UTC).strftime("%Y-%m-%d")
        lines.append(f"  reference  {found.reference}")
        lines.append(f"  category   {found.category}, last changed {updated}")
    if found.summary is not None:
        lines.append(f"  summary    {found.summary.text}")
    if found.contact:
        lines.append(f"  contact    {found.contact}: {found.contact_text}")
    if found.why:
        rules = f" [{', '.join(found.policy_ids)}]" if found.policy_ids else ""
        lines.append(f"  why        {'; '.join(found.reasons) or found.why}{rules}")
    if found.alarm:
        lines.append("  STOP: what it showed is false. Do not retry; keep the receipt.")
    if found.word == "released":
        lines.append(LEAD)
    return "\n".join(lines)


def _exit_of(found: ClaimOutcome) -> ExitCode:
    if found.alarm:
        return ExitCode.PROOF
    if _unkept(found):
        return ExitCode.IO
    if found.word == "refused":
        return ExitCode.QUOTA if found.why == "quota" else ExitCode.REFUSED
    return ExitCode.NONE if found.word == "unavailable" else ExitCode.OK


def _unkept(found: ClaimOutcome) -> bool:
    return not found.kept

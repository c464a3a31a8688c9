"""`fedquery audit collect`: prove that nations have logged what they answered."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from fedquery.ask.client import Client
from fedquery.ask.collecting import Collected, State
from fedquery.cli.audit.log_argument import Progress
from fedquery.config.exit_codes import ExitCode

_SAID: Final[Mapping[State, str]] = {
    "kept": "proved before, and not looked at again (receipts --verify)",
    "proved": "proved now",
    "pending": "not in a signed log yet; collect again in an hour",
    "late": "LATE: more than an hour old, and not in the log that witnesses have seen",
    "unavailable": "the nation or its log could not be had; collect again",
    "unlogged": "refusals that are not logged",
    "former": "not looked at: signed under a key that the member list does not name now;"
    " verify with the list of then",
    "false": "FALSE: the receipt itself does not verify",
    "broken": "BROKEN PROMISE: not in the log as the answer said",
}
_SHOWN: Final = ("late", "unavailable", "former", "false", "broken")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def collect(home: Path, *, as_json: bool) -> int:
    """Fetch, for each receipt of this home, the proof that its answer stands in the nation's log.

    Each answer says where the nation has logged it. The proof is written beside the receipt, as
    NAME.tlog-proof (c2sp.org/tlog-proof), and verifies without asking anybody. Exit code 0: nothing
    is wrong. 3: some are late or could not be had, or are signed under a key that the member list
    does not name now, and were not looked at. 7: a receipt does not verify. 8: a nation has
    not logged what it said.
    """
    found = asyncio.run(_run(Client.open(home)))
    counts = Counter(one.state for one in found)
    if as_json:
        document = {
            "schema": "fedquery/audit-collect/v1",
            "counts": {state: counts[state] for state in _SAID},
            "receipts": [asdict(one) for one in found],
        }
        click.echo(json.dumps(document, indent=2))
        return _exit_of(counts)
    for state, words in _SAID.items():
        if counts[state]:
            click.echo(f"{counts[state]:>6}  {words}")
    for one in found:
        if one.state in _SHOWN:
            place = "" if one.index is None else f", entry {one.index}"
            click.echo(f"{one.state:<12} {one.nation}{place}: {one.why}\n  {one.receipt}")
    if not found:
        click.echo("there are no receipts in this home")
    return _exit_of(counts)


async def _run(client: Client) -> list[Collected]:
    async with client:
        total = len(list(client.home.receipts.glob("*.receipt.json")))
        with Progress("collecting", total) as progress:
            done = 0

            def count(_one: Collected) -> None:
                nonlocal done
                done += 1
                progress.at(done)

            return await client.collect(count)


def _exit_of(counts: Counter[State]) -> ExitCode:
    if counts["broken"]:
        return ExitCode.AUDIT
    if counts["false"]:
        return ExitCode.PROOF
    is_some = counts["late"] or counts["unavailable"] or counts["former"]
    return ExitCode.SOME if is_some else ExitCode.OK

"""`fedquery receipts` and `fedquery status`: what was asked before, and what was answered."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from fedquery.ask import Lookup, SyncClient
from fedquery.cli.result import document
from fedquery.cli.table import console, print_lookup
from fedquery.cli.wording import exit_of
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError


@click.command()
@click.option("--verify", "name", metavar="NAME", help="Verify one receipt, offline.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def receipts(home: Path, *, name: str | None, as_json: bool) -> int:
    """List the lookups of this home, or verify the receipt of an answer.

    A receipt shows that a nation gave an answer to some blinded elements from what it had committed
    to in its log. It names no identifier.
    """
    with SyncClient(home) as client:
        if name is not None:
            return _verified(client, name, as_json=as_json)
        history = client.history()
    if as_json:
        click.echo(json.dumps([_entry(lookup, done=done) for lookup, done in history], indent=2))
        return ExitCode.OK
    for lookup, done in history:
        words = Counter(one.word for one in lookup.nations())
        told = ", ".join(f"{count} {word}" for word, count in words.items())
        click.echo(
            f"{lookup.lookup_id}  {_time(lookup.asked_ms)}  {told if done else 'unfinished'}"
        )
        # What `--verify` takes; several identifiers of one question share a receipt.
        kept = {
            receipt: f"{one.nation} {one.dataset}"
            for one in lookup.outcomes
            for receipt in one.receipts
        }
        for receipt, where in kept.items():
            click.echo(f"  {where:<24} {receipt}")
    if not history:
        click.echo("nothing was asked from this home yet")
    return ExitCode.OK


@click.command()
@click.argument("lookup_id")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (result.v1).")
@click.pass_obj
def status(home: Path, *, lookup_id: str, as_json: bool) -> int:
    """Show a lookup again; identifiers are not kept, so they are numbered.

    What was under way when a program ended is unknown (exit code 9): a nation may have counted and
    logged it. Ask again.
    """
    with SyncClient(home) as client:
        lookup, _ = client.status(lookup_id)
    if as_json:
        click.echo(json.dumps(document(lookup, [], show=False), indent=2))
    else:
        print_lookup(console(), lookup, [], "us", show=False)
    return exit_of(lookup.nations())


def _verified(client: SyncClient, name: str, *, as_json: bool) -> int:
    try:
        found = client.verify_receipt(name).document()
    except FileNotFoundError:
        raise InputError(
            "there is no receipt of this name", do="List them with `fedquery receipts`."
        ) from None
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return ExitCode.OK
    click.echo("verified: signature, question, log inclusion, commitment, proof and buckets")
    # As a lookup says it: of the witnesses of now, how many had cosigned the checkpoint.
    found["witnesses"] = f"{found['witnesses']} of {found.pop('witnesses_of')}"
    found["in the log"] = _place(found.pop("log_index"), found.pop("proved_size"))
    click.echo("\n".join(f"  {key:<13} {value}" for key, value in found.items()))
    return ExitCode.OK


def _place(index: str | int | None, size: str | int | None) -> str:
    if index is None:
        return "it names no place: this refusal is not logged"
    if not size:
        return f"entry {index} is promised; prove it with `fedquery audit collect`"
    return f"entry {index}, proved in the log of {size} entries"


def _entry(lookup: Lookup, *, done: bool) -> dict[str, object]:
    return {
        "lookup_id": lookup.lookup_id,
        "asked_ms": lookup.asked_ms,
        "finished": done,
        "receipts": sorted({name for one in lookup.outcomes for name in one.receipts}),
    }


def _time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")

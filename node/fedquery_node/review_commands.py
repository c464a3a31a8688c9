"""`fedquery-node reviews` and `review` at their edge."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.storage.transaction import transaction
from fedquery_node import reviews, signers
from fedquery_node.opening import opened
from fedquery_node.reviews import Review


def list_reviews(path: Path, *, signed: bool, as_json: bool) -> int:
    """List the answers that wait for a supervisor; with `signed` also those that do not."""
    with opened(path, checked=False) as (_home, connection):
        found = reviews.listed(connection, signed=signed)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return ExitCode.OK
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("no break-glass answer waits for a review")
    return ExitCode.OK


def sign_review(path: Path, index: int, key_file: Path, now_ms: int) -> int:
    """Sign an answer off with a supervisor's key.

    Raises:
        SignatureError: if node.toml does not name the key.
        InputError: if no such answer waits.
    """
    supervisor = signers.read_key(key_file, "supervisor")
    with opened(path, checked=False) as (home, connection), transaction(connection):
        reviews.sign_off(home, connection, index, supervisor, now_ms)
    click.echo(f"entry {index} is signed off by {supervisor.name}")
    return ExitCode.OK


def _line(one: Review) -> str:
    at = datetime.fromtimestamp(one.answered_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    state = f"signed off by {one.signed_by}" if one.signed_by else "OPEN"
    return f"{one.index:>8}  {at}  {one.agency}  {one.dataset}  {one.level}  {state}"

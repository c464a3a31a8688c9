"""`fedquery audit replay`: each decision of a node's log, made again by the policy of its time."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from fedquery.audit.node import QuestionEntry
from fedquery.audit.sense import NODE
from fedquery.cli import paths
from fedquery.cli.audit.checking import owner_of
from fedquery.cli.audit.decoded import decoded
from fedquery.cli.audit.kept_policies import KeptPolicies
from fedquery.cli.audit.log_argument import NOT_LOOKED, Progress, log_argument
from fedquery.cli.policy.logged import logged_of
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.policy import cedar
from fedquery.policy.replay import Replayed, remake
from fedquery.storage.log_source import claimed, open_log

_MOST: Final = 1_000


@dataclass(slots=True)
class _Told:
    """What came of all entries.

    Attributes:
        same: decisions that come out as logged.
        unasked: questions of which no policy was asked.
        mismatches: how many do not come out as logged.
        listed: the first of those: place and what came out.
        missing: the policy files that are not there, and of how many decisions each.
        undecided: why others could not be made again, and how many.
        other_engine: how many were made by another version of the engine than this one.
    """

    same: int = 0
    unasked: int = 0
    mismatches: int = 0
    listed: list[tuple[int, Replayed]] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    other_engine: int = 0


@click.command("replay")
@log_argument
@click.option(
    "--policies",
    type=paths.DIRECTORY,
    help="A directory with policy files by their digests, beside those that LOG has.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def replay_log(*, log_path: Path, policies: Path | None, as_json: bool) -> int:
    """Make each decision of a node's LOG again, by what is logged and the policy of its time.

    An export has the policy files beside it, a node's data directory has them too. Entries are
    compared with the tree of the checkpoint; whose signature it has, `verify` says.

    Exit code 8: a decision does not come out as it is logged; its entry is named. 3: none does,
    and some could not be made again, for a file is missing or the log does not hold what it looks
    at. 0: all come out.
    """
    with open_log(log_path) as log:
        kind, nation = owner_of(log)
        if kind != NODE:
            raise InputError("only a node decides", do="Name the log of a node.")
        signed, kept, told = claimed(log), KeptPolicies(log, policies, nation), _Told()
        with Progress("replaying", signed.size) as progress:
            for index, _, entry in decoded(log, (), progress.at):
                if isinstance(entry, QuestionEntry):
                    _again(index, entry, kept, told)
    if as_json:
        click.echo(json.dumps(_document(signed.origin, told), indent=2))
    else:
        _print(signed.origin, told)
    if told.mismatches:
        return ExitCode.AUDIT
    return ExitCode.SOME if told.missing or told.undecided else ExitCode.OK


def _again(index: int, entry: QuestionEntry, kept: KeptPolicies, told: _Told) -> None:
    if not entry.situation:
        told.unasked += 1
        return
    told.other_engine += entry.engine != cedar.ENGINE
    rules = kept.find(entry.policy_digest, entry.schema_digest)
    if rules is None:
        told.missing[entry.policy_digest.hex()] += 1
        return
    made = remake(logged_of(entry), rules)
    match made.kind:
        case "same":
            told.same += 1
        case "mismatch":
            told.mismatches += 1
            if len(told.listed) < _MOST:
                told.listed.append((index, made))
        case _:
            told.undecided[made.missing] += 1


def _document(origin: str, told: _Told) -> dict[str, object]:
    return {
        "schema": "fedquery/audit-replay/v1",
        "origin": origin,
        "signature": "not looked at",
        "engine": cedar.ENGINE,
        "same": told.same,
        "unasked": told.unasked,
        "missing": dict(sorted(told.missing.items())),
        "undecided": dict(sorted(told.undecided.items())),
        "other_engine": told.other_engine,
        "mismatches": told.mismatches,
        "entries": [
            {
                "index": index,
                "logged": made.before,
                "made": made.after,
                "rules_logged": list(made.rules_before),
                "rules_made": list(made.rules_after),
            }
            for index, made in told.listed
        ],
    }


def _print(origin: str, told: _Told) -> None:
    click.echo(origin)
    click.echo(f"  {told.same:>9,}  decisions come out as logged")
    click.echo(f"  {told.unasked:>9,}  questions asked no policy: something else refused them")
    for digest, count in sorted(told.missing.items()):
        click.echo(f"  {count:>9,}  not made again: the policy {digest} or its schema is missing")
    for why, count in sorted(told.undecided.items()):
        click.echo(f"  {count:>9,}  not made again: {why}")
    if told.other_engine:
        click.echo(f"  {told.other_engine:>9,}  were made by another version than {cedar.ENGINE}")
    for index, made in told.listed:
        logged, again = (
            f"{level or 'nothing'} by {', '.join(rules) or 'no rule'}"
            for level, rules in ((made.before, made.rules_before), (made.after, made.rules_after))
        )
        click.echo(f"entry {index}: logged {logged}; its policy says {again}")
    if told.mismatches > len(told.listed):
        click.echo(f"and {told.mismatches - len(told.listed):,} more")
    click.echo(f"  {NOT_LOOKED}")
    if told.mismatches:
        click.echo(f"{told.mismatches:,} decisions do not come out as they are logged")

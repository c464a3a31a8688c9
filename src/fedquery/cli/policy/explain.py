"""`fedquery policy explain`: policies, and refusals by them, in plain sentences."""

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from fedquery.cli.policy.files import PolicyFile, policy_files, read_policies, taken
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.policy.examine import examine
from fedquery.policy.explain import Explanation
from fedquery.policy.explain import explain as explain_policies
from fedquery.policy.nearest import nearest
from fedquery.policy.source import read_source

_WIDTH: Final = 100

Explained = Sequence[tuple[PolicyFile, Explanation]]


@click.command()
@policy_files
@click.option(
    "--refusal",
    metavar="ID",
    help="Say what stopped an asker who was told this id, and what would be needed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def explain(
    *,
    paths: tuple[Path, ...],
    schema: Path | None,
    nation: str | None,
    refusal: str | None,
    as_json: bool,
) -> int:
    """Say each policy in a plain sentence.

    What has no plain words is shown as it is written in the file, never as a guess. A nation
    instead of an id (--refusal TH) explains "no rule of TH permits it": all that would permit.

    Exit code 0: all is said. 65: there is no such policy. 78: something is wrong in a file.
    """
    explained = [
        (file, one) for file in read_policies(paths, schema, nation) for one in _explained(file)
    ]
    chosen = explained if refusal is None else _of_refusal(explained, refusal)
    if as_json:
        click.echo(json.dumps([_document(file, one) for file, one in chosen], indent=2))
        return ExitCode.OK
    for file, one in chosen:
        _print(file, one, needed=refusal is not None)
    return ExitCode.OK


def _explained(file: PolicyFile) -> tuple[Explanation, ...]:
    # Only a file that a child process has survived is parsed here.
    taken(file)
    source = read_source(file.octets, str(file.path))
    schema = read_source(file.schema, "policy schema")
    return explain_policies(source, examine(source, schema, file.nation))


def _of_refusal(explained: Explained, refusal: str) -> Explained:
    found = [(file, one) for file, one in explained if one.policy_id == refusal]
    if not found:
        found = [
            (file, one)
            for file, one in explained
            if file.nation == refusal and one.effect == "permit"
        ]
    if not found:
        meant = nearest(refusal, [one.policy_id for _, one in explained])
        raise InputError(
            "there is no such policy in these files",
            do=f"Did you mean {meant}?" if meant else "Name the file of the nation that refused.",
        )
    return found


def _print(file: PolicyFile, one: Explanation, *, needed: bool) -> None:
    click.echo(f"{one.policy_id}  {one.title}")
    _say(f"{one.law} ({file.path})")
    _say(one.sentence)
    if needed:
        _say(_heading(one))
        for said in one.needed:
            _say(said, bullet="- ")
    click.echo()


def _heading(one: Explanation) -> str:
    if one.effect == "permit":
        return "To be permitted, all of this is needed:" if one.needed else "It asks for nothing."
    if not one.needed:
        return "Nothing opens it: it holds for every agency, case and purpose."
    several = "one of these is needed" if len(one.needed) > 1 else "this is needed"
    return f"It stops the answer whatever else permits it. For it not to apply, {several}:"


def _say(text: str, *, bullet: str = "") -> None:
    indent = "       "
    click.echo(
        textwrap.fill(
            text,
            _WIDTH,
            initial_indent=indent + bullet,
            subsequent_indent=indent + " " * len(bullet),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _document(file: PolicyFile, one: Explanation) -> dict[str, object]:
    return {
        "file": str(file.path),
        "nation": file.nation,
        "id": one.policy_id,
        "effect": one.effect,
        "title": one.title,
        "law": one.law,
        "sentence": one.sentence,
        "clauses": [
            {"kind": clause.kind, "text": clause.text, "worded": clause.worded}
            for clause in one.clauses
        ],
        "needed": {"all" if one.effect == "permit" else "any": list(one.needed)},
    }

"""`fedquery policy check`: everything that is wrong in policy files, each at its place."""

import json
from pathlib import Path

import click

from fedquery.cli.policy.files import PolicyFile, policy_files, read_policies
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import ConfigError
from fedquery.policy.trial import Tried, try_file


@click.command()
@policy_files
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def check(
    *, paths: tuple[Path, ...], schema: Path | None, nation: str | None, as_json: bool
) -> int:
    """Find everything wrong in policy files: syntax, words, types, house rules, dead rules.

    Each complaint stands on a line of its own as FILE:LINE:COLUMN. A file is read in a process of
    its own, which it may crash; that is a complaint like others.

    Exit code 0: nothing is wrong. 78: something is.
    """
    checked = [(file, _tried(file)) for file in read_policies(paths, schema, nation)]
    if as_json:
        click.echo(json.dumps([_document(file, tried) for file, tried in checked], indent=2))
    else:
        for file, tried in checked:
            _print(file, tried)
    wrong = any(isinstance(tried, str) or tried.complaints for _, tried in checked)
    return ExitCode.CONFIG if wrong else ExitCode.OK


def _tried(file: PolicyFile) -> Tried | str:
    try:
        return try_file(file.octets, file.schema, file.nation, thorough=True)
    except ConfigError as error:
        return error.what


def _print(file: PolicyFile, tried: Tried | str) -> None:
    if isinstance(tried, str):
        click.echo(f"{file.path}: {tried}")
        return
    for one in tried.complaints:
        click.echo(f"{file.path}:{one.line}:{one.column}: {one.text}")
    for policy_id in tried.undecided:
        click.echo(f"{file.path}: whether {policy_id} ever applies was not found out; test it")
    if not tried.complaints:
        click.echo(f"{file.path}: {tried.policies} policies, nothing wrong")


def _document(file: PolicyFile, tried: Tried | str) -> dict[str, object]:
    refused = tried if isinstance(tried, str) else ""
    tried = Tried(()) if isinstance(tried, str) else tried
    return {
        "file": str(file.path),
        "nation": file.nation,
        "policies": tried.policies,
        "refused": refused,
        "complaints": [
            {"line": one.line, "column": one.column, "what": one.what, "meant": one.meant}
            for one in tried.complaints
        ],
        "undecided": list(tried.undecided),
    }

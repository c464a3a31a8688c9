"""`fedquery policy diff`: what a new file changes for whom."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from fedquery.cli.policy.diff_page import HEADS, MARKS, coverage, diff_page, summary
from fedquery.cli.policy.files import SCHEMA, PolicyFile, read_capped, read_policies
from fedquery.cli.table import console
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.policy.compared import Compared, compare_files, difference_document
from fedquery.policy.load import load_rules
from fedquery.policy.source import MAX_BYTES, read_source
from fedquery.policy.told import NO_RULE, Told, ToldRule

_PATH: Final = click.Path(exists=True, path_type=Path)
_STYLES: Final = {"widened": "bold yellow", "narrowed": "bold green", "reason": "dim"}
_SHOWN: Final = 12
_INDENT: Final = (0, 0, 0, 5)


@click.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option(
    "--schema",
    type=click.Path(path_type=Path),
    help="The schema of both; by default that beside OLD.",
)
@click.option("--nation", help="Whose files they are; by default their names say so.")
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def diff(
    old: Path,
    new: Path,
    *,
    schema: Path | None,
    nation: str | None,
    html_file: Path | None,
    as_json: bool,
) -> int:
    """Show by effect what changes from OLD to NEW: two files of a nation, or two directories.

    Every kind of situation that the two files can tell apart is compared. What could not be covered
    is said.

    Exit code 1: somebody may learn more. 0: nobody may. 3: nobody may, as far as was covered.
    """
    compared = [_compare(*pair) for pair in _pairs(old, new, schema, nation)]
    if html_file is not None:
        html_file.write_text(diff_page(compared), encoding="utf-8")
        click.echo(f"{html_file}: {', '.join(one.old.nation for one in compared)}", err=True)
    if as_json:
        click.echo(json.dumps(difference_document(compared), indent=2))
    elif html_file is None:
        out = console()
        for one in compared:
            _print(out, one)
    if any(one.of("widened") for one in compared):
        return 1
    return ExitCode.SOME if any(one.not_covered for one in compared) else ExitCode.OK


def _pairs(
    old: Path, new: Path, schema: Path | None, nation: str | None
) -> Iterator[tuple[PolicyFile, PolicyFile]]:
    if schema is None:
        # A draft need not lie beside the schema that all nations share.
        schema, beside_new = (
            (each if each.is_dir() else each.parent) / SCHEMA for each in (old, new)
        )
        if beside_new.exists() and read_capped(beside_new, MAX_BYTES) != read_capped(
            schema, MAX_BYTES
        ):
            raise InputError(
                "the two sides have different schemas, and their words may mean different things",
                do="Compare the schemas first; then name the one to be in force with --schema.",
            )
    before, after = (
        {file.nation: file for file in read_policies([path], schema, nation)} for path in (old, new)
    )
    if before.keys() != after.keys():
        raise InputError(
            "the two sides are not of the same nations",
            do="Name two files of one nation (--nation), or two directories with the same files.",
        )
    for code in sorted(before):
        yield before[code], after[code]


def _compare(before: PolicyFile, after: PolicyFile) -> Compared:
    old, new = (load_rules(file.octets, file.schema, file.nation) for file in (before, after))
    return compare_files(old, new, read_source(before.schema, "policy schema"))


def _print(out: Console, compared: Compared) -> None:
    out.print(Text(f"{compared.old.nation}: {summary(compared)}", style="bold"))
    for kind, head in HEADS.items():
        changes = compared.of(kind)
        if changes:
            out.print()
            out.print(Text(head, style=_STYLES[kind]))
        for number, one in enumerate(changes[:_SHOWN], 1):
            out.print(Text(f"{MARKS[kind]} {number}. {one.sentence}."))
            if one.where:
                out.print(Padding(Text(f"if {'; '.join(one.where)}"), _INDENT))
            out.print(Padding(Text(_by(one), style="dim"), _INDENT))
        if len(changes) > _SHOWN:
            out.print(f"  and {len(changes) - _SHOWN} more: --json or --html has all")
    for changed in compared.reworded:
        out.print()
        out.print(Text(f"{changed.policy_id}: another {changed.what}"))
        out.print(Text(f"     before: {changed.before}\n     now:    {changed.after}", style="dim"))
    for text in compared.not_covered:
        out.print(Text(f"not covered: {text}", style="bold"))
    out.print()
    out.print(Text(coverage(compared), style="dim"))


def _by(one: Told) -> str:
    faults = [" (cannot be evaluated: fault)" if fault else "" for fault in one.faults]
    before, after = (_names(rules) for rules in (one.rules_before, one.rules_after))
    return f"before: {before}{faults[0]}; now: {after}{faults[1]}"


def _names(rules: Sequence[ToldRule]) -> str:
    return " or ".join(rule.policy_id or NO_RULE for rule in rules)

"""`fedquery policy test`: run a policy file's own tests, and say what they do not reach."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from fedquery.cli.policy.files import (
    PolicyFile,
    policy_files,
    read_capped,
    read_policies,
)
from fedquery.config.exit_codes import ExitCode
from fedquery.policy.cases import MAX_BYTES, Outcome, read_cases, run_cases, unreached
from fedquery.policy.load import load_rules


@dataclass(frozen=True, slots=True)
class _Run:
    file: PolicyFile
    tests: Path
    outcomes: tuple[Outcome, ...]
    policies: int
    unreached: tuple[str, ...]

    @property
    def failed(self) -> list[Outcome]:
        return [one for one in self.outcomes if not one.as_written]


@click.command()
@policy_files
@click.option(
    "--tests",
    type=click.Path(file_okay=False, path_type=Path),
    help="The directory of NATION.json; by default tests/ beside each file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def test(
    *,
    paths: tuple[Path, ...],
    schema: Path | None,
    nation: str | None,
    tests: Path | None,
    as_json: bool,
) -> int:
    """Run the tests of policy files, which are in the format of `cedar run-tests`.

    Exit code 0: all came out as written and every policy is a reason of one. 3: all came out as
    written, but some policy is a reason of none. 65: a file of tests cannot be read. 78: a test
    failed, or something is wrong in a policy file.
    """
    runs = [_run(file, tests) for file in read_policies(paths, schema, nation)]
    if as_json:
        click.echo(json.dumps([_document(run) for run in runs], indent=2))
    else:
        for run in runs:
            _print(run)
    if any(run.failed for run in runs):
        return ExitCode.CONFIG
    return ExitCode.SOME if any(run.unreached for run in runs) else ExitCode.OK


def _run(file: PolicyFile, tests: Path | None) -> _Run:
    path = (tests or file.path.parent / "tests") / f"{file.nation}.json"
    cases = read_cases(read_capped(path, MAX_BYTES))
    rules = load_rules(file.octets, file.schema, file.nation)
    outcomes = run_cases(rules, cases)
    return _Run(file, path, outcomes, len(rules.policies), unreached(rules, outcomes))


def _print(run: _Run) -> None:
    for one in run.failed:
        click.echo(f"{run.tests}: FAILED {one.case.name}")
        click.echo(f"  written: {one.case.expected}")
        click.echo(f"  found:   {one.found}{f' ({one.problem})' if one.problem else ''}")
    passed = len(run.outcomes) - len(run.failed)
    reached = run.policies - len(run.unreached)
    missing = f", not {', '.join(run.unreached)}" if run.unreached else ""
    click.echo(
        f"{run.file.path}: {passed} of {len(run.outcomes)} tests as written;"
        f" they reach {reached} of {run.policies} policies{missing}"
    )


def _document(run: _Run) -> dict[str, object]:
    return {
        "file": str(run.file.path),
        "nation": run.file.nation,
        "tests": str(run.tests),
        "passed": len(run.outcomes) - len(run.failed),
        "failed": [
            {
                "name": one.case.name,
                "written": str(one.case.expected),
                "found": str(one.found),
                "problem": one.problem,
            }
            for one in run.failed
        ],
        "policies": run.policies,
        "unreached": list(run.unreached),
    }

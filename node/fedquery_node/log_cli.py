"""The commands of an operator for the node's own log, and for what it witnessed of others.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

import json
from pathlib import Path

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="A new directory for the evidence: requests that were refused, and what was kept.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def witness(home: Path, *, out: Path | None, as_json: bool) -> int:
    """Show what this node has cosigned of other logs and what it refused; also while it serves."""
    from fedquery_node.witness_commands import gather, render  # noqa: PLC0415 -- see the module

    found = gather(home, out)
    click.echo(json.dumps(found, indent=2) if as_json else render(found))
    return ExitCode.OK


@click.command("new-log")
@click.option(
    "--without-evidence",
    is_flag=True,
    help="Also where no evidence is kept, as after a restore that is known to be behind.",
)
@click.pass_obj
def new_log(home: Path, *, without_evidence: bool) -> None:
    """Set a log that went back or forked aside, and begin an empty one under new keys.

    The node must not serve. Records, quotas and blocks stay; the old log, its keys and the evidence
    lie in set-aside/ afterwards.
    """
    import secrets  # noqa: PLC0415 -- see the module

    from fedquery_node.init import CARD  # noqa: PLC0415 -- see the module
    from fedquery_node.new_log import begin_new_log  # noqa: PLC0415 -- see the module

    aside, print_of = begin_new_log(
        home, without_evidence=without_evidence, random=secrets.token_bytes, now_ms=wall_clock()
    )
    click.echo(f"old log      {aside}")
    click.echo(f"card         {home / CARD}")
    click.echo(f"fingerprint  {print_of}")
    click.echo(
        "Next: have the card enrolled in a new member list, and compare the fingerprint by a"
    )
    click.echo("call; then members, roster, team, policy propose and activate, publish, serve.")


@click.command("forget-versions")
@click.option("--yes", is_flag=True, help="Do not ask before they are destroyed.")
@click.pass_obj
def forget_versions(home: Path, *, yes: bool) -> None:
    """Destroy the keys of published versions that this database does not know.

    It does not know them where it is an older copy. Put the newer one back if you have it: claims
    on these versions cannot be answered any more afterwards.
    """
    from fedquery_node import forget_command  # noqa: PLC0415 -- see the module

    click.echo(forget_command.forget_versions(home, agreed=yes))

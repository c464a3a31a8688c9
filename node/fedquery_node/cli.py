"""The commands of a node's operator.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

import json
from pathlib import Path

import click

from fedquery import __version__
from fedquery.config.command_line import completion_script
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock
from fedquery_node.grant_cli import grant
from fedquery_node.joining_cli import init, members, roster, team
from fedquery_node.log_cli import forget_versions, new_log, witness
from fedquery_node.people_cli import key, review, reviews
from fedquery_node.policy_cli import policy
from fedquery_node.standing_cli import block, resume, suspend, unblock

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group()
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="FEDQUERY_NODE_HOME",
    show_default="the current directory",
    help="The data directory of the node.",
)
@click.version_option(__version__, prog_name="fedquery-node")
@click.pass_context
def cli(context: click.Context, home: Path) -> None:
    """Run one nation's node: its records, its policy, its log."""
    context.obj = home


for _command in (
    *(init, members, roster, team),
    *(policy, grant, key, reviews, review, witness, new_log, forget_versions),
    *(block, unblock, suspend, resume),
):
    cli.add_command(_command)


@cli.command("import")
@click.argument("dataset")
@click.argument("source", default="")
@click.option(
    "--skip-bad", type=click.IntRange(0), default=0, help="Pass over up to so many bad rows."
)
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and import nothing.")
@click.option(
    "--replace", is_flag=True, help="These are all its rows: withdraw what is not among them."
)
@click.option("--since", default="", help="Begin at this value of the cursor of the source.")
@click.option("--full", is_flag=True, help="Begin at the first row, whatever was read before.")
@click.option("--yes", is_flag=True, help="Do not ask before records are withdrawn.")
@_AS_JSON
@click.pass_obj
def import_(  # noqa: PLR0913 -- one argument for each option
    home: Path,
    dataset: str,
    source: str,
    *,
    skip_bad: int,
    dry_run: bool,
    replace: bool,
    since: str,
    full: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Import rows: all of them, or none.

    SOURCE is a CSV or SQLite file or the address of a PostgreSQL server, postgresql://..., without
    a password; without it rows come from where node.toml says. Rows that are refused are named by
    line and reason, never by what stands on them. A row with the reference of an earlier one takes
    its place. Publish afterwards: until then nothing is asked of the new rows.

    An import that breaks off goes on where it was when it is run again. A database is read from
    where the last import of it ended, if node.toml names its cursor.

    With --replace the records whose references are not among the rows are withdrawn. How many is
    said before, and somebody is asked.
    """
    from fedquery_node.import_command import Choices, import_rows  # noqa: PLC0415 -- see the module

    if replace and skip_bad:
        raise click.UsageError(
            "--replace takes no --skip-bad: a row passed over would be withdrawn for a typo"
        )
    if since and (full or replace):
        raise click.UsageError("--since begins in the middle: it goes with no --full or --replace")
    return import_rows(
        home,
        dataset,
        source,
        Choices(skip_bad, dry_run, replace, yes, full, since),
        as_json=as_json,
        now_ms=wall_clock(),
    )


@cli.command()
@click.option("--dataset", required=True, help="The dataset of the records.")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
@click.option("--skip-unknown", is_flag=True, help="Pass over references that no record of it has.")
@_AS_JSON
@click.pass_obj
def withdraw(home: Path, dataset: str, file: Path, *, skip_unknown: bool, as_json: bool) -> int:
    """Withdraw records: all that a file or standard input names, or none.

    The file has one reference on each line; lines that are refused are named by their numbers. The
    records can no longer be claimed. Publish at once: until then the version that is served still
    says that they are there.
    """
    from fedquery_node.withdraw_command import withdraw_references  # noqa: PLC0415 -- see the module

    source = None if str(file) == "-" else file
    return withdraw_references(home, dataset, source, skip_unknown=skip_unknown, as_json=as_json)


@cli.command()
@click.argument("datasets", nargs=-1)
@_AS_JSON
@click.pass_obj
def publish(home: Path, datasets: tuple[str, ...], *, as_json: bool) -> int:
    """Publish datasets anew, under fresh keys; all of them by default.

    A serving node takes the new version over within a second and answers from the one before for
    ten minutes more; then its key is destroyed.
    """
    from fedquery_node.publish_command import publish_datasets  # noqa: PLC0415 -- see the module

    return publish_datasets(home, datasets, as_json=as_json, clock=wall_clock)


@cli.command()
@click.option("--once", is_flag=True, help="Publish what is due now, and end.")
@click.pass_obj
def schedule(home: Path, *, once: bool) -> int:
    """Publish each dataset on its clock until SIGTERM; logs to standard error.

    It runs beside `serve`, at a lower priority. Clocks are publish_every_min and publish_at in
    node.toml. With --once the exit code is that of the first publication that failed.
    """
    from fedquery_node.schedule import run, run_once  # noqa: PLC0415 -- see the module

    return run_once(home) if once else run(home)


@cli.command()
@click.pass_obj
def serve(home: Path) -> int:
    """Answer questions until SIGTERM; prints one line when ready, logs to standard error."""
    from fedquery_node.serve import run  # noqa: PLC0415 -- see the module

    return run(home)


@cli.command()
@click.option("--verify", is_flag=True, help="Check the whole log against itself.")
@_AS_JSON
@click.pass_obj
def status(home: Path, *, verify: bool, as_json: bool) -> int:
    """Show what this node holds, publishes and has counted; also while it serves."""
    from fedquery_node.status import gather, render  # noqa: PLC0415 -- see the module

    found = gather(home, wall_clock(), verify=verify)
    click.echo(json.dumps(found, indent=2) if as_json else render(found))
    return ExitCode.OK


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    click.echo(completion_script(cli, "fedquery-node", shell))

"""`fedquery audit export`: a log as plain files."""

import json
from pathlib import Path

import click

from fedquery.cli import paths
from fedquery.cli.audit.log_argument import LOG, Progress
from fedquery.config.exit_codes import ExitCode
from fedquery.storage import log_export, log_policies
from fedquery.storage.log_source import open_database_log
from fedquery.tlog.checkpoint import Checkpoint


@click.command()
@click.argument("home", type=LOG)
@click.argument("directory", metavar="DIR", type=paths.NEW_DIRECTORY)
@click.option("--newest", is_flag=True, help="Up to the newest checkpoint, cosigned or not.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def export(*, home: Path, directory: Path, newest: bool, as_json: bool) -> int:
    """Write the log of HOME into the new directory DIR, for the log's own auditor.

    HOME is the data directory of a node, a coordinator or an agency; its service may be running.
    DIR gets tiles, entry bundles and a checkpoint as c2sp.org/tlog-tiles names them, and of a node
    the policy files that its log names. Entries say who asks whom: it is readable by you alone.

    The checkpoint is the newest that witnesses have cosigned, and the export ends with it; how many
    entries the log alone has signed since is said. Where none is cosigned, it is the newest.
    """
    with open_database_log(home) as log:
        total = log.store.head(log.connection).size
        with Progress("exporting", total) as progress:
            checkpoint = log_export.export(
                log.store, log.connection, directory, progress.at, newest=newest
            )
        behind = total - checkpoint.size
    policies = len(list((directory / log_policies.DIRECTORY).glob("*")))
    if as_json:
        click.echo(json.dumps(_document(checkpoint, policies, behind), indent=2))
    else:
        click.echo(f"{checkpoint.origin}: {checkpoint.size:,} entries, in {directory}")
        click.echo(f"policy files and schemas that it names: {policies}")
        if behind:
            click.echo(f"{behind:,} more are signed and not cosigned yet: --newest takes them too")
    return ExitCode.OK


def _document(checkpoint: Checkpoint, policies: int, behind: int) -> dict[str, object]:
    return {
        "schema": "fedquery/audit-export/v1",
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "policies": policies,
        "behind": behind,
    }

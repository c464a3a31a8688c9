"""`fedquery audit install`: put the key of the nation's auditor into an agency's home."""

import json
from contextlib import closing
from pathlib import Path

import click

from fedquery.ask import asker_log, schema
from fedquery.ask.auditor import fingerprint, install_auditor
from fedquery.ask.home import open_home
from fedquery.cli import paths
from fedquery.cli.audit.auditor_file import read_public
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock


@click.command()
@click.argument("file", type=paths.FILE)
@click.option("--yes", is_flag=True, help="Do not ask; the fingerprint was compared.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def install(home: Path, *, file: Path, yes: bool, as_json: bool) -> int:
    """Seal what is looked up from now on to the auditor whose .pub FILE this is.

    The change stands in the agency's log. A gateway that runs takes it over when it is restarted.
    """
    opened = open_home(home)
    key = read_public(file)
    # Whoever is asked reads it first, also where a program reads the result.
    click.echo(f"auditor of {key.nation}, key {key.key_id.hex()}", err=as_json)
    click.echo(f"fingerprint  {fingerprint(key)}", err=as_json)
    if not yes:
        click.confirm("Have you compared it with the auditor by a call?", abort=True, err=as_json)
    with closing(schema.connect(home)) as connection:
        now_ms = wall_clock()
        install_auditor(home, opened.settings.nation, key, opened.log, connection, now_ms=now_ms)
        asker_log.sign_checkpoint(connection, opened, now_ms)
    if as_json:
        found = {
            "nation": key.nation,
            "key_id": key.key_id.hex(),
            "fingerprint": fingerprint(key),
        }
        click.echo(json.dumps({"schema": "fedquery/audit-install/v1", **found}, indent=2))
        return ExitCode.OK
    click.echo("what officers look up is sealed to this key from now on")
    return ExitCode.OK

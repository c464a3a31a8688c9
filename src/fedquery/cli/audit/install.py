"""`fedquery audit install`: put the key of the nation's auditor into an agency's home."""

from contextlib import closing
from pathlib import Path

import click

from fedquery.ask import asker_log, schema
from fedquery.ask.auditor import fingerprint, install_auditor
from fedquery.ask.home import open_home
from fedquery.cli.audit.auditor_file import read_public
from fedquery.config.service import wall_clock


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask; the fingerprint was compared.")
@click.pass_obj
def install(home: Path, *, file: Path, yes: bool) -> None:
    """Seal what is looked up from now on to the auditor whose .pub FILE this is.

    The change stands in the agency's log. A gateway that runs takes it over when it is restarted.
    """
    opened = open_home(home)
    key = read_public(file)
    click.echo(f"auditor of {key.nation}, key {key.key_id.hex()}")
    click.echo(f"fingerprint  {fingerprint(key)}")
    if not yes:
        click.confirm("Have you compared it with the auditor by a call?", abort=True)
    with closing(schema.connect(home)) as connection:
        now_ms = wall_clock()
        install_auditor(home, opened.settings.nation, key, opened.log, connection, now_ms=now_ms)
        asker_log.sign_checkpoint(connection, opened, now_ms)
    click.echo("what officers look up is sealed to this key from now on")

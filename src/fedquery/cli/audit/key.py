"""`fedquery audit key`: make the key to which an agency seals what its officers look up."""

from pathlib import Path

import click

from fedquery.ask.auditor import fingerprint
from fedquery.cli.audit.auditor_file import make_auditor_key
from fedquery.federation.names import check_nation


@click.command()
@click.option("--nation", required=True, help="Whose auditor it is, such as TH.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The directory for the two files.",
)
def key(*, nation: str, out: Path) -> None:
    """Make the key of a nation's auditor, on the auditor's own machine.

    NATION.auditor.key stays there (0600): whoever has it reads what officers of that nation's
    agencies looked up. NATION.auditor.pub goes to the agencies.
    """
    path, made = make_auditor_key(out, check_nation(nation))
    click.echo(f"made         {path} and the secret half beside it")
    click.echo(f"fingerprint  {fingerprint(made)}")
    click.echo("Next: send the .pub file to the agencies, and compare the fingerprint by a call.")

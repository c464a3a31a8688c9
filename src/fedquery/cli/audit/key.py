"""`fedquery audit key`: make the key to which an agency seals what its officers look up."""

import json
from pathlib import Path

import click

from fedquery.ask.auditor import fingerprint
from fedquery.cli.audit.auditor_file import make_auditor_key
from fedquery.cli.usage import option_values
from fedquery.config.exit_codes import ExitCode
from fedquery.federation.names import check_nation


@click.command()
@click.option("--nation", required=True, help="Whose auditor it is, such as TH.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The directory for the two files.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def key(*, nation: str, out: Path, as_json: bool) -> int:
    """Make the key of a nation's auditor, on the auditor's own machine.

    NATION.auditor.key stays there (0600): whoever has it reads what officers of that nation's
    agencies looked up. NATION.auditor.pub goes to the agencies.
    """
    with option_values():
        check_nation(nation)
    path, made = make_auditor_key(out, nation)
    if as_json:
        found = {
            "nation": nation,
            "public": str(path),
            "key_id": made.key_id.hex(),
            "fingerprint": fingerprint(made),
        }
        click.echo(json.dumps({"schema": "fedquery/audit-key/v1", **found}, indent=2))
        return ExitCode.OK
    click.echo(f"made         {path} and the secret half beside it")
    click.echo(f"fingerprint  {fingerprint(made)}")
    click.echo("Next: send the .pub file to the agencies, and compare the fingerprint by a call.")
    return ExitCode.OK

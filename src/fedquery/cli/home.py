"""Make the home of an agency, and keep its member list current."""

import secrets
from pathlib import Path

import click

from fedquery.ask import home as asker_home
from fedquery.ask.trust_file import install_trust, read_policy
from fedquery.config.command_line import completion_script
from fedquery.config.service import wall_clock

_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--agency", required=True, help="NATION/name, such as TH/cyber-police.")
@click.option(
    "--sort",
    type=click.Choice(["police", "fiu", "prosecution", "regulator"]),
    required=True,
    help="What sort of agency it is.",
)
@click.option("--federation", required=True, help="The name of the federation.")
@click.option("--region", help="The nation by whose habits numbers are read; the agency's own.")
@click.pass_obj
def init(home: Path, *, agency: str, sort: str, federation: str, region: str | None) -> None:
    """Make the home of an agency: its keys, its settings, its card to be enrolled."""
    new = asker_home.NewAgency(agency, sort, federation, region)
    print_of = asker_home.make_home(home, new, secrets.token_bytes)
    click.echo(f"made {home}")
    click.echo(f"card         {home / asker_home.CARD}")
    click.echo(f"fingerprint  {print_of}")
    click.echo("Next: send the card to be enrolled, and compare the fingerprint by a call.")


@click.command()
@click.argument("file", type=_THERE, required=False)
@click.option("--roots", type=_THERE, help="The nations' root keys, the first time.")
@click.option("--trust", type=_THERE, help="A trust policy: which witnesses are a quorum.")
@click.pass_obj
def members(home: Path, file: Path | None, roots: Path | None, trust: Path | None) -> None:
    """Put a signed member list in force, or a trust policy of your own, or both.

    Later lists are fetched from the coordinators. Without a trust policy the list says which
    witnesses must have seen a nation's log: `fedquery audit trust` shows it.
    """
    if file is None and (roots is not None or trust is None):
        raise click.UsageError("Name the file of a member list, or --trust FILE, or both.")
    # Looked at before anything is in force: of both files, the second may be the wrong one.
    policy = None if trust is None else read_policy(trust)
    if file is not None:
        federation = asker_home.install_members(
            home,
            file.read_bytes(),
            roots.read_bytes() if roots else None,
            wall_clock(),
        )
        click.echo(f"member list {federation.number} of {federation.name} is in force")
    if policy is not None:
        found, octets = policy
        # Only in what is a home: elsewhere nobody would read it.
        asker_home.open_home(home)
        install_trust(home, octets)
        click.echo(f"trust policy in force: {found.needed} of {len(found.counted)} witnesses")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    click.echo(completion_script(context.find_root().command, "fedquery", shell))

"""The commands of a coordinator's operator.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

import contextlib
import json
from pathlib import Path

import click

from fedquery import __version__
from fedquery.config.command_line import completion_script
from fedquery.config.service import wall_clock

_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="FEDQUERY_COORDINATOR_HOME",
    show_default="the current directory",
    help="The data directory of the coordinator.",
)
@click.version_option(__version__, prog_name="fedquery-coordinator")
@click.pass_context
def cli(context: click.Context, home: Path) -> None:
    """Relay sealed questions between nations; it cannot read what it relays."""
    context.obj = home


@cli.command()
@click.option("--name", required=True, help="Small letters, digits, hyphens.")
@click.option("--federation", required=True, help="The name of the federation.")
@click.option("--url", required=True, help="Its address: https://HOST:PORT.")
@click.option("--listen", help="HOST:PORT to listen on; host and port of the address by default.")
@click.option(
    "--record-bytes-to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write every relayed octet into this directory, for audits.",
)
@click.pass_obj
def init(
    home: Path,
    *,
    name: str,
    federation: str,
    url: str,
    listen: str | None,
    record_bytes_to: Path | None,
) -> None:
    """Make a data directory with keys, certificates and an empty log."""
    import secrets  # noqa: PLC0415 -- see the module

    from fedquery_coordinator.home import CARD, NewCoordinator, make_home  # noqa: PLC0415 -- see the module

    listen = listen or url.removeprefix("https://")
    new = NewCoordinator(
        name, federation, url, listen if ":" in listen else f"{listen}:443", record_bytes_to
    )
    print_of = make_home(home, new, secrets.token_bytes, wall_clock())
    click.echo(f"made {home}")
    click.echo(f"card         {home / CARD}")
    click.echo(f"fingerprint  {print_of}")
    click.echo("Next: send the card to be enrolled, and compare the fingerprint by a call.")


@cli.command()
@click.argument("file", type=_THERE)
@click.option("--roots", type=_THERE, help="The nations' root keys, the first time.")
@click.pass_obj
def members(home: Path, file: Path, roots: Path | None) -> None:
    """Put a signed member list in force; a serving coordinator takes it over within seconds."""
    from fedquery_coordinator import members as listed  # noqa: PLC0415 -- see the module
    from fedquery_coordinator import schema  # noqa: PLC0415 -- see the module
    from fedquery_coordinator.home import open_home  # noqa: PLC0415 -- see the module

    with contextlib.closing(schema.connect(home)) as connection:
        federation = listed.install(
            open_home(home),
            connection,
            file.read_bytes(),
            roots.read_bytes() if roots else None,
            wall_clock(),
        )
    click.echo(f"member list {federation.number} of {federation.name} is in force")


@cli.command()
@click.pass_obj
def serve(home: Path) -> int:
    """Relay until SIGTERM; prints one line when ready, logs to standard error."""
    from fedquery_coordinator.serve import run  # noqa: PLC0415 -- see the module

    return run(home)


@cli.command()
@click.option("--verify", is_flag=True, help="Check the whole log against itself.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def status(home: Path, *, verify: bool, as_json: bool) -> None:
    """Show the member list and the log; also while it serves."""
    from fedquery_coordinator.status import gather, render  # noqa: PLC0415 -- see the module

    found = gather(home, wall_clock(), verify=verify)
    click.echo(json.dumps(found, indent=2) if as_json else render(found))


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    click.echo(completion_script(cli, "fedquery-coordinator", shell))

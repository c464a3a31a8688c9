"""The commands by which a node is made, and learns who is in the federation and who may sign.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

from pathlib import Path

import click

from fedquery.config.service import wall_clock
from fedquery_node.config import KINDS


@click.command()
@click.option("--nation", required=True, help="The code of the nation, two capital letters.")
@click.option("--federation", required=True, help="The name of the federation.")
@click.option("--address", required=True, help="HOST:PORT at which coordinators reach this node.")
@click.option("--listen", help="HOST:PORT to listen on; the address by default.")
@click.option(
    "--policies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The directory with schema.cedarschema and <NATION>.cedar.",
)
@click.option(
    "--dataset", "datasets", multiple=True, help="NAME=KIND; kinds: phone, account, wallet."
)
@click.option("--contact", default="see the member list", help="How you are reached about hits.")
@click.pass_obj
def init(
    home: Path,
    *,
    nation: str,
    federation: str,
    address: str,
    listen: str | None,
    policies: Path,
    datasets: tuple[str, ...],
    contact: str,
) -> None:
    """Make a data directory with keys, certificates and an empty log.

    \b
    fedquery-node --home /var/lib/fedquery init --nation VN --federation mekong \\
        --address node.example.vn:7000 --policies policies --dataset phones=phone
    """  # noqa: D301 -- click wants the character itself
    import secrets  # noqa: PLC0415 -- see the module

    from fedquery_node.init import CARD, NewNode, make_home  # noqa: PLC0415 -- see the module

    new = NewNode(
        nation, federation, address, listen or address, policies, _pairs(datasets), contact
    )
    print_of = make_home(home, new, secrets.token_bytes, wall_clock())
    click.echo(f"made {home}")
    click.echo(f"card         {home / CARD}")
    click.echo(f"fingerprint  {print_of}")
    click.echo("Next: send the card to be enrolled, and compare the fingerprint by a call.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--roots",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The nations' root keys, the first time; got by a way that nobody else holds.",
)
@click.pass_obj
def members(home: Path, file: Path, roots: Path | None) -> None:
    """Put a signed member list in force; a serving node takes it over within seconds."""
    from fedquery_node import members as listed  # noqa: PLC0415 -- see the module
    from fedquery_node.opening import opened  # noqa: PLC0415 -- see the module

    with opened(home) as (node, connection):
        federation = listed.install(
            node, connection, file.read_bytes(), roots.read_bytes() if roots else None, wall_clock()
        )
    click.echo(f"member list {federation.number} of {federation.name} is in force")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def roster(home: Path, file: Path) -> None:
    """Put a nation's signed roster in force: whose signatures on case cards count.

    A serving node takes it over within seconds; the keys of the roster before count no more.
    """
    from fedquery_node.commands import install_roster_file  # noqa: PLC0415 -- see the module

    click.echo(install_roster_file(home, file, wall_clock()))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def team(home: Path, file: Path) -> None:
    """Put a team note in force that every party nation has signed.

    A serving node takes it over within seconds. Publish afterwards: rows released to the team are
    seen by its members from the next publication on.
    """
    from fedquery_node.commands import install_team_file  # noqa: PLC0415 -- see the module

    click.echo(install_team_file(home, file, wall_clock()))


def _pairs(datasets: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in datasets:
        name, found, kind = text.partition("=")
        if not found or kind not in KINDS:
            raise click.BadParameter(
                f"write NAME=KIND, such as phones=phone; kinds are {', '.join(KINDS)}",
                param_hint="--dataset",
            )
        pairs[name] = kind
    return pairs

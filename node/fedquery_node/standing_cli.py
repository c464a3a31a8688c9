"""The commands that keep an agency from asking, or a dataset from being asked.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

from pathlib import Path

import click

from fedquery.config.service import wall_clock


@click.command()
@click.argument("agency")
@click.option(
    "--why", required=True, help="Kept here and shown by `status`; not told to the agency."
)
@click.pass_obj
def block(home: Path, agency: str, why: str) -> None:
    """Refuse every question of an agency, from the next one on."""
    from fedquery_node import standing  # noqa: PLC0415 -- see the module

    standing.block(home, agency, why, wall_clock())
    click.echo("blocked; its next question is refused as agency-blocked")


@click.command()
@click.argument("agency")
@click.pass_obj
def unblock(home: Path, agency: str) -> None:
    """Let an agency ask again."""
    from fedquery_node import standing  # noqa: PLC0415 -- see the module

    standing.unblock(home, agency)
    click.echo("unblocked")


@click.command()
@click.argument("dataset")
@click.option("--why", required=True, help="Kept here and shown by `status`.")
@click.pass_obj
def suspend(home: Path, dataset: str, why: str) -> None:
    """Refuse every question about a dataset, from the next one on."""
    from fedquery_node import standing  # noqa: PLC0415 -- see the module

    standing.suspend(home, dataset, why, wall_clock())
    click.echo("suspended; the next question about it is refused as suspended")


@click.command()
@click.argument("dataset")
@click.pass_obj
def resume(home: Path, dataset: str) -> None:
    """Answer questions about a dataset again."""
    from fedquery_node import standing  # noqa: PLC0415 -- see the module

    standing.resume(home, dataset)
    click.echo("resumed")

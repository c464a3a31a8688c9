"""The commands for people at a node: their keys, and what supervisors look at.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

from pathlib import Path

import click

from fedquery.config.service import wall_clock

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.command()
@click.argument("role", type=click.Choice(["operator", "supervisor"]))
@click.argument("label")
@click.option("--nation", required=True, help="The nation whose node it is for.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
def key(role: str, label: str, nation: str, out: Path) -> None:
    """Make the key of a person: an operator approves policies, a supervisor signs reviews off.

    Keep it where only that person has it. What is printed goes into node.toml.
    """
    import secrets  # noqa: PLC0415 -- see the module

    from fedquery_node.signers import make_key  # noqa: PLC0415 -- see the module

    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, public = make_key(out, role, nation, label, secrets.token_bytes)
    click.echo(f"key        {path}")
    click.echo(f"node.toml  {public.format()}")


@click.command()
@click.option("--all", "signed", is_flag=True, help="Also those that are signed off.")
@_AS_JSON
@click.pass_obj
def reviews(home: Path, *, signed: bool, as_json: bool) -> int:
    """List what was answered under the break-glass purpose and waits for a supervisor."""
    from fedquery_node.review_commands import list_reviews  # noqa: PLC0415 -- see the module

    return list_reviews(home, signed=signed, as_json=as_json)


@click.command()
@click.argument("index", type=click.IntRange(0))
@click.option(
    "--by",
    "key_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="supervisor.NATION.LABEL.key",
)
@click.pass_obj
def review(home: Path, index: int, key_file: Path) -> int:
    """Sign off a break-glass answer that a supervisor has looked at, by its place in the log."""
    from fedquery_node.review_commands import sign_review  # noqa: PLC0415 -- see the module

    return sign_review(home, index, key_file, wall_clock())

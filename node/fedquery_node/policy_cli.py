"""The commands by which a policy comes into force: `fedquery-node policy`.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

from pathlib import Path

import click

from fedquery.config.service import wall_clock

_FILE = click.Path(dir_okay=False, path_type=Path)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_SCHEMA = click.option(
    "--schema", type=_FILE, help="The schema; by default schema.cedarschema beside the file."
)


@click.group()
def policy() -> None:
    """Propose, approve, activate and show the policy that the node decides by."""


@policy.command()
@click.argument("file", type=_FILE, required=False)
@_SCHEMA
@click.option("--out", type=_FILE, help="Write what operators sign to this file.")
@_AS_JSON
@click.pass_obj
def propose(
    home: Path, *, file: Path | None, schema: Path | None, out: Path | None, as_json: bool
) -> int:
    """Check a policy file, run its tests, and propose it; nothing comes into force yet.

    By default the file of this nation in the directory that node.toml names. Its tests are
    tests/NATION.json beside it.

    Exit code 0: it is proposed. 78: it does not pass, and what was in force stays in force.
    """
    from fedquery_node.policy_commands import propose_file  # noqa: PLC0415 -- see the module

    return propose_file(home, file, schema, out, as_json=as_json, now_ms=wall_clock())


@policy.command()
@click.argument("proposal", type=_FILE)
@click.argument("file", type=_FILE)
@_SCHEMA
@click.option("--key", "key_file", type=_FILE, required=True, help="operator.NATION.LABEL.key")
@click.option("--out", type=_FILE, required=True, help="Write the signed proposal to this file.")
def sign(proposal: Path, file: Path, schema: Path | None, key_file: Path, out: Path) -> None:
    """Approve a proposal as an operator; needs no node, only the proposal and the file.

    It is signed only if the file is the one that was proposed: sign what you have read.
    """
    from fedquery_node.policy_commands import sign_file  # noqa: PLC0415 -- see the module

    sign_file(proposal, file, schema, key_file, out)


@policy.command()
@click.argument("signed", nargs=-1, type=_FILE)
@_AS_JSON
@click.pass_obj
def activate(home: Path, *, signed: tuple[Path, ...], as_json: bool) -> int:
    """Put what is proposed in force, with the signed proposals of as many operators as are needed.

    A serving node takes it over within a second or two; this waits for it.

    Exit code 0: it is in force. 7: a signature is false, or there are too few. 75: it is in force,
    and the serving node has not taken it over.
    """
    from fedquery_node.policy_commands import activate_proposal  # noqa: PLC0415 -- see the module

    return activate_proposal(home, signed, as_json=as_json, now_ms=wall_clock())


@policy.command()
@click.argument("digest", required=False)
@_AS_JSON
@click.pass_obj
def show(home: Path, *, digest: str | None, as_json: bool) -> int:
    """Show what is in force and what is proposed; with a digest, print that file.

    Any file that was ever proposed can be printed, to decide again what was decided by it.
    """
    from fedquery_node.policy_commands import show_policy  # noqa: PLC0415 -- see the module

    return show_policy(home, digest, as_json=as_json)

"""The commands by which more is granted than the ordinary quota: `fedquery-node grant`.

What a command needs is imported when it runs, so that `--help` and completion answer at once.
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from fedquery.config.service import wall_clock

_FILE = click.Path(dir_okay=False, path_type=Path)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_NUMBER = click.argument("number", type=click.IntRange(0))


@click.group()
def grant() -> None:
    """Propose, sign, approve, revoke and list grants above the ordinary quota."""


@grant.command()
@click.option("--agency", required=True, help="To whom, such as TH/cyber-police.")
@click.option("--dataset", required=True, help="For questions and claims about which dataset.")
@click.option(
    "--elements",
    type=click.IntRange(1, 10**9),
    required=True,
    help="How many, counted by size class as the quota is.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    required=True,
    help="The end, UTC; at most 366 days ahead.",
)
@click.option(
    "--case", "pseudonym", default="", help="The name of the one case on its cards; else any case."
)
@click.option("--out", type=_FILE, help="Write what operators sign to this file.")
@_AS_JSON
@click.pass_obj
def propose(
    home: Path,
    *,
    agency: str,
    dataset: str,
    elements: int,
    until: datetime,
    pseudonym: str,
    out: Path | None,
    as_json: bool,
) -> int:
    """Propose a grant and log that; nothing is granted yet.

    \b
    fedquery-node grant propose --agency TH/aml-office --dataset accounts \\
        --elements 110000 --until 2026-12-31 --out grant.txt
    """  # noqa: D301 -- click wants the character itself
    import secrets  # noqa: PLC0415 -- see the module

    from fedquery_node.grant_commands import propose_grant  # noqa: PLC0415 -- see the module
    from fedquery_node.granting import Wanted  # noqa: PLC0415 -- see the module

    wanted = Wanted(
        agency=agency,
        dataset=dataset,
        elements=elements,
        until_ms=int(until.replace(tzinfo=UTC).timestamp()) * 1000,
        pseudonym=pseudonym,
    )
    return propose_grant(
        home, wanted, out, as_json=as_json, random=secrets.token_bytes, now_ms=wall_clock()
    )


@grant.command()
@click.argument("proposal", type=_FILE)
@click.option("--key", "key_file", type=_FILE, required=True, help="operator.NATION.LABEL.key")
@click.option("--out", type=_FILE, required=True, help="Write the signed proposal to this file.")
def sign(proposal: Path, key_file: Path, out: Path) -> None:
    """Approve a proposal as an operator; needs no node, only the proposal, which says all of it."""
    from fedquery_node.grant_commands import sign_grant  # noqa: PLC0415 -- see the module

    sign_grant(proposal, key_file, out)


@grant.command()
@_NUMBER
@click.argument("signed", nargs=-1, type=_FILE)
@_AS_JSON
@click.pass_obj
def approve(home: Path, *, number: int, signed: tuple[Path, ...], as_json: bool) -> int:
    """Let a proposed grant hold, with the signed proposals of as many operators as are needed.

    It holds from the next question on, also where the node serves. Who must sign is who must sign a
    policy: `[policy]` in node.toml.

    Exit code 0: it holds. 7: a signature is false, or there are too few.
    """
    from fedquery_node.grant_commands import approve_grant  # noqa: PLC0415 -- see the module

    return approve_grant(home, number, signed, as_json=as_json, now_ms=wall_clock())


@grant.command()
@_NUMBER
@click.pass_obj
def revoke(home: Path, *, number: int) -> int:
    """Let a grant hold no more, from the next question on; no signature is needed."""
    from fedquery_node.grant_commands import revoke_grant  # noqa: PLC0415 -- see the module

    return revoke_grant(home, number, wall_clock())


@grant.command("list")
@click.option("--all", "ended", is_flag=True, help="Also what is revoked, spent or over.")
@_AS_JSON
@click.pass_obj
def list_(home: Path, *, ended: bool, as_json: bool) -> int:
    """List what is granted or proposed, and how much of it is used."""
    from fedquery_node.grant_commands import list_grants  # noqa: PLC0415 -- see the module

    return list_grants(home, ended=ended, as_json=as_json, now_ms=wall_clock())

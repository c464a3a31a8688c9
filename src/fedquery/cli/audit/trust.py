"""`fedquery audit trust`: which witnesses must have seen a log."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import click

from fedquery.ask import schema
from fedquery.ask.home import load_members, open_home
from fedquery.ask.trust_file import TRUST, read_trust
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock
from fedquery.federation.members import Federation
from fedquery.federation.trust import Trust
from fedquery.tlog.note import VerifierKey


@click.command()
@click.option("--of", "member", metavar="MEMBER", help="Write the policy file for one log.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def trust(home: Path, *, member: str | None, as_json: bool) -> int:
    """Show the trust policy in force in this home: for each log, who is a quorum of witnesses.

    It is what `fedquery members --trust FILE` has installed, or follows from the member list: a
    majority of the nodes of all other nations. With --of, such as VN or the name of a coordinator,
    the policy for its log is written as a file (c2sp.org/tlog-policy), for other programs.
    """
    federation = _members(home)
    trusted = Trust(federation, read_trust(home))
    logs = _logs(federation)
    if member is not None:
        if member not in logs:
            raise click.BadParameter("the member list names no log of it", param_hint="--of")
        click.echo(trusted.policy_for(logs[member]).format(), nl=False)
        return ExitCode.OK
    found = {name: _described(trusted, key) for name, key in logs.items()}
    source = TRUST if trusted.installed is not None else f"member list {federation.number}"
    if as_json:
        document = {"schema": "fedquery/audit-trust/v1", "source": source, "logs": found}
        click.echo(json.dumps(document, indent=2))
        return ExitCode.OK
    click.echo(f"in force: {source}")
    for name, one in found.items():
        click.echo(f"  {name:<12} {one['needed']} of {one['of']}  {', '.join(one['witnesses'])}")
    return ExitCode.OK


def _members(home: Path) -> Federation:
    opened = open_home(home)
    connection = schema.connect(home)
    try:
        return load_members(opened, connection, wall_clock()).federation
    finally:
        connection.close()


def _logs(federation: Federation) -> Mapping[str, VerifierKey]:
    nodes = {code: node.log_vkey for code, node in sorted(federation.nodes.items())}
    return nodes | {entry.name: entry.log_vkey for entry in federation.coordinators}


class _Described(TypedDict):
    """What is said of one log."""

    origin: str
    needed: int
    of: int
    witnesses: list[str]


def _described(trusted: Trust, log_key: VerifierKey) -> _Described:
    witnesses = trusted.counted(log_key)
    return {
        "origin": log_key.name,
        "needed": trusted.policy_for(log_key).needed,
        "of": len(witnesses),
        "witnesses": list(witnesses),
    }

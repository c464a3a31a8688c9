"""`fedquery-node grant` at its edge: files in, text or JSON out."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from fedquery.cases.moment import render_moment
from fedquery.config.exit_codes import ExitCode
from fedquery.config.whole_file import replace_file
from fedquery.encoding.canonical_json import Json
from fedquery.errors import EncodingError
from fedquery.policy.approval import NOTE_CAP, sign_proposal
from fedquery_node import granting, grants, signers
from fedquery_node.grant_note import GrantNote
from fedquery_node.granting import Wanted
from fedquery_node.grants import Grant
from fedquery_node.opening import opened


def propose_grant(
    path: Path,
    wanted: Wanted,
    out: Path | None,
    *,
    as_json: bool,
    random: Callable[[int], bytes],
    now_ms: int,
) -> int:
    """Propose a grant and print what operators sign.

    Raises:
        InputError: if it cannot be granted.
    """
    with opened(path, checked=False) as (home, connection):
        note = granting.propose(home, connection, wanted, random=random, now_ms=now_ms)
        needed = home.settings.policy.needed
    text = note.render()
    if out is not None:
        replace_file(out, text, mode=0o600)
    if as_json:
        found = {"number": note.number, "needed": needed, "proposal": text.decode("ascii")}
        click.echo(json.dumps(found, indent=2))
        return ExitCode.OK
    click.echo(text.decode("ascii"), nl=False)
    click.echo(
        f"proposed, not granted: {needed} operators must sign; then"
        f" `fedquery-node grant approve {note.number}`"
    )
    return ExitCode.OK


def sign_grant(proposal: Path, key_file: Path, out: Path) -> None:
    """Sign a proposal, after printing what it grants.

    Raises:
        EncodingError: if it is no proposal.
        InputError: if the key is no operator's.
    """
    wanted = GrantNote.parse(_read(proposal))
    operator = signers.read_key(key_file, "operator")
    click.echo(wanted.render().decode("ascii"), nl=False)
    replace_file(out, sign_proposal(wanted, operator), mode=0o600)
    click.echo(f"{out}: grant {wanted.number} of {wanted.origin}, signed as {operator.name}")


def approve_grant(
    path: Path, number: int, signed: Sequence[Path], *, as_json: bool, now_ms: int
) -> int:
    """Approve a grant.

    Raises:
        InputError: if it does not wait for approval.
        SignatureError: if it is not approved as it must be.
    """
    notes = [_read(one) for one in signed]
    with opened(path, checked=False) as (home, connection):
        grant, approved = granting.approve(home, connection, number, notes, now_ms)
    names = [signers.short_name(key) for key in approved]
    if as_json:
        click.echo(json.dumps({"number": grant.number, "approved_by": names}, indent=2))
        return ExitCode.OK
    by = f", approved by {', '.join(names)}" if names else ""
    until = render_moment(grant.until_ms)
    click.echo(
        f"grant {number}: {grant.agency} may ask {grant.elements} elements of {grant.dataset}"
        f" above its quota until {until}{by}"
    )
    return ExitCode.OK


def revoke_grant(path: Path, number: int, now_ms: int) -> int:
    """Revoke a grant.

    Raises:
        InputError: if there is none, or it is revoked already.
    """
    with opened(path, checked=False) as (home, connection):
        grant = granting.revoke(home, connection, number, now_ms)
    click.echo(f"grant {number} is revoked; {grant.used} of {grant.elements} elements were used")
    return ExitCode.OK


def list_grants(path: Path, *, ended: bool, as_json: bool, now_ms: int) -> int:
    """List the grants that hold or are proposed; with `ended` also the others."""
    with opened(path, checked=False) as (_home, connection):
        found = grants.listed(connection, now_ms, ended=ended)
    if as_json:
        click.echo(json.dumps([document(one) for one in found], indent=2))
        return ExitCode.OK
    for one in found:
        click.echo(line(document(one)))
    if not found:
        click.echo("nothing is granted above the ordinary quota")
    return ExitCode.OK


def document(grant: Grant) -> dict[str, Json]:
    """Write a grant as JSON; the case stays in the proposal and in the log's details."""
    return {
        "number": grant.number,
        "agency": grant.agency,
        "dataset": grant.dataset,
        "one_case": bool(grant.pseudonym),
        "elements": grant.elements,
        "used": grant.used,
        "until_ms": grant.until_ms,
        "proposed_ms": grant.proposed_ms,
        "state": grant.state,
        "approved_by": [name for name in grant.approved_by.split(",") if name],
    }


def line(found: dict[str, Json]) -> str:
    """Write a grant for a person."""
    until_ms = found["until_ms"]
    until = render_moment(until_ms) if isinstance(until_ms, int) else ""
    cases = "one case" if found["one_case"] else "any case"
    return (
        f"{found['number']}: {found['agency']}  {found['dataset']}  {cases}  {found['used']} of"
        f" {found['elements']} elements used  until {until}  {str(found['state']).upper()}"
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        octets = file.read(NOTE_CAP + 1)
    if len(octets) > NOTE_CAP:
        raise EncodingError("malformed grant")
    return octets

"""`fedquery-node policy` at its edge: files in, text or JSON out."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from fedquery.config.exit_codes import ExitCode
from fedquery.encoding.canonical_json import Json
from fedquery.errors import BusyError, EncodingError, InputError
from fedquery.policy.approval import NOTE_CAP, Proposal, sign_proposal
from fedquery.storage.database import DirectoryLock
from fedquery_node import policy_store, proposals, rules, signers
from fedquery_node.opening import opened
from fedquery_node.policy_store import Digests
from fedquery_node.proposals import Proposed
from fedquery_node.serve import LOCK

_TAKEN_OVER_WITHIN_S: Final = 15.0
_LOOK_EVERY_S: Final = 0.1
_EFFECTS: Final = 8
_HEX: Final = 64


def propose_file(
    path: Path,
    file: Path | None,
    schema: Path | None,
    out: Path | None,
    *,
    as_json: bool,
    now_ms: int,
) -> int:
    """Propose a file and say what it changes.

    Raises:
        PolicyError: if it does not pass.
        InputError: if it is in force already.
    """
    with opened(path, checked=False) as (home, connection):
        chosen = file or rules.path_of(home)
        proposed = proposals.propose(home, connection, chosen, schema, now_ms)
    if out is not None:
        _write(out, proposed.proposal.render())
    found = _proposed(proposed)
    click.echo(json.dumps(found, indent=2) if as_json else _proposed_text(proposed))
    return ExitCode.OK


def sign_file(proposal: Path, file: Path, schema: Path | None, key_file: Path, out: Path) -> None:
    """Sign a proposal whose file the operator has.

    Raises:
        EncodingError: if it is no proposal.
        InputError: if the file is another one than was proposed, or the key is no operator's.
    """
    wanted = Proposal.parse(_read(proposal))
    digests = rules.read_proposed(file, schema).digests
    if digests != Digests(wanted.policy_digest, wanted.schema_digest):
        raise InputError(
            "the proposal is about another file or another schema than this one",
            do="Get the file that was proposed, and read it before you sign.",
        )
    operator = signers.read_key(key_file, "operator")
    _write(out, sign_proposal(wanted, operator))
    click.echo(f"{out}: entry {wanted.index} of {wanted.origin}, signed as {operator.name}")


def activate_proposal(path: Path, signed: Sequence[Path], *, as_json: bool, now_ms: int) -> int:
    """Activate the open proposal, and wait until the serving node decides by it.

    Raises:
        InputError: if nothing is proposed.
        SignatureError: if it is not approved as it must be.
        PolicyError: if the file does not pass any more.
    """
    notes = [_read(one) for one in signed]
    with opened(path, checked=False) as (home, connection):
        digests, approved = proposals.activate(home, connection, notes, now_ms)
        until_s = time.monotonic() + _TAKEN_OVER_WITHIN_S
        serving = _serving(path)
        while serving and policy_store.served(connection) != digests:
            if time.monotonic() >= until_s:
                break
            time.sleep(_LOOK_EVERY_S)
            serving = _serving(path)
        taken_over = not serving or policy_store.served(connection) == digests
    names = [signers.short_name(key) for key in approved]
    if as_json:
        found = {"policy": digests.policy.hex(), "approved_by": names, "taken_over": taken_over}
        click.echo(json.dumps(found, indent=2))
    else:
        by = f", approved by {', '.join(names)}" if names else ""
        click.echo(f"policy {digests.policy.hex()[:16]} is in force{by}")
    if not taken_over:
        raise BusyError(
            "the serving node has not taken the policy over",
            do="Look at its log; `fedquery-node status` says by which file it decides.",
        )
    return ExitCode.OK


def show_policy(path: Path, digest: str | None, *, as_json: bool) -> int:
    """Show what is in force and proposed, or print a file that was ever proposed.

    Raises:
        InputError: if there is no such file.
    """
    with opened(path, checked=False) as (home, connection):
        if digest is not None:
            click.echo(policy_store.read_file(connection, _digest(digest)), nl=False)
            return ExitCode.OK
        force = policy_store.in_force(connection)
        proposal = proposals.open_proposal(home, connection)
        needed = home.settings.policy.needed
    found: dict[str, Json] = {
        "in_force": _pair(force),
        "proposed": _pair(
            Digests(proposal.policy_digest, proposal.schema_digest) if proposal else None
        ),
        "proposal": proposal.render().decode() if proposal else "",
        "needed": needed,
    }
    click.echo(json.dumps(found, indent=2) if as_json else _shown_text(found))
    return ExitCode.OK


def _serving(path: Path) -> bool:
    try:
        DirectoryLock(path, LOCK).close()
    except BusyError:
        return True
    return False


def _proposed(proposed: Proposed) -> dict[str, Json]:
    accepted, changed = proposed.accepted, proposed.changed
    return {
        "policy": proposed.proposal.policy_digest.hex(),
        "schema": proposed.proposal.schema_digest.hex(),
        "proposal": proposed.proposal.render().decode(),
        "rules": len(accepted.rules.policies),
        "tests": accepted.tests,
        "unreached": list(accepted.unreached),
        "undecided": list(accepted.undecided),
        "added": list(changed.added),
        "removed": list(changed.removed),
        "changed": list(changed.changed),
        "schema_changed": changed.schema,
        "effects": None
        if proposed.effects is None
        else [
            {"kind": one.kind, "what": one.sentence, "if": list(one.where)}
            for one in proposed.effects
        ],
        "needed": proposed.needed,
    }


def _proposed_text(proposed: Proposed) -> str:
    accepted, changed, proposal = proposed.accepted, proposed.changed, proposed.proposal
    lines = [
        f"policy     {proposal.policy_digest.hex()}",
        f"schema     {proposal.schema_digest.hex()}",
        f"checked    {len(accepted.rules.policies)} rules, {accepted.tests} tests: nothing wrong",
    ]
    if accepted.unreached:
        lines.append(f"           no test reaches {', '.join(accepted.unreached)}")
    if accepted.undecided:
        lines.append(
            f"           whether {', '.join(accepted.undecided)} ever apply was not found out"
        )
    for word, ids in (
        ("added", changed.added),
        ("removed", changed.removed),
        ("changed", changed.changed),
    ):
        if ids:
            lines.append(f"{word:<10} {', '.join(ids)}")
    if changed.schema:
        lines.append("schema     is another one than in force")
    lines += _effects_text(proposed)
    if proposed.needed:
        lines.append(f"needed     {proposed.needed} operators must sign; then activate")
    lines.append("proposed; what was in force stays in force until this is activated")
    return "\n".join(lines)


def _effects_text(proposed: Proposed) -> list[str]:
    if proposed.effects is None:
        return ["effect     not compared: nothing of this schema is in force"]
    if not proposed.effects:
        return ["effect     nobody may learn more or less"]
    lines = []
    for one in proposed.effects[:_EFFECTS]:
        where = f", if {'; '.join(one.where)}" if one.where else ""
        lines.append(f"{one.kind:<10} {one.sentence}{where}")
    more = len(proposed.effects) - _EFFECTS
    if more > 0:
        lines.append(f"           and {more} more: --json has all, as has `fedquery policy diff`")
    return lines


def _shown_text(found: dict[str, Json]) -> str:
    lines = []
    for word, pair in (("in force", found["in_force"]), ("proposed", found["proposed"])):
        if isinstance(pair, dict):
            lines += [f"{word:<10} policy {pair['policy']}", f"{'':<10} schema {pair['schema']}"]
        else:
            lines.append(f"{word:<10} nothing")
    lines.append(f"needed     {found['needed']} operators")
    return "\n".join(lines)


def _pair(digests: Digests | None) -> dict[str, Json] | None:
    if digests is None:
        return None
    return {"policy": digests.policy.hex(), "schema": digests.schema.hex()}


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(text) != _HEX or len(digest) * 2 != _HEX:
        raise InputError("a digest is 64 hexadecimal digits")
    return digest


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        octets = file.read(NOTE_CAP + 1)
    if len(octets) > NOTE_CAP:
        raise EncodingError("malformed proposal")
    return octets


def _write(path: Path, octets: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(octets)
    beside.replace(path)

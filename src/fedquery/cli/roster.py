"""`fedquery federation roster`: who in a nation may vouch for cases, and until when."""

import json
from dataclasses import replace
from pathlib import Path

import click

from fedquery.cli import notes
from fedquery.cli.usage import option_values
from fedquery.errors import InputError
from fedquery.federation import names
from fedquery.federation.drafting import Draft
from fedquery.federation.roster import (
    RoleKey,
    Roster,
    open_roster,
    role_fingerprint,
    split_role_name,
)
from fedquery.policy.vocabulary import SIGNERS

_ROSTER = click.argument("roster_file", metavar="ROSTER", type=notes.THERE)


@click.group()
def roster() -> None:
    """Make, sign and show rosters: the keys of supervisors, prosecutors and judges.

    A roster is a file. It is in force at a node once the nation's root key has signed it and the
    node's operator has installed it with `fedquery-node roster`.
    """


@roster.command()
@click.option("--nation", required=True, help="The code of the nation.")
@click.option("--role", type=click.Choice(sorted(SIGNERS)), required=True)
@click.option("--label", required=True, help="Small letters, digits, hyphens; never a name.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
def key(nation: str, role: str, label: str, out: Path) -> None:
    """Make a role key, on its signer's own machine; the .vkey beside it goes into a roster."""
    with option_values():
        names.check_nation(nation)
        names.check_label(label)
    path, vkey = notes.make_role_key(out, nation, role, label)
    click.echo(f"key          {path.with_suffix('.key')}")
    click.echo(f"public       {path}")
    click.echo(f"fingerprint  {role_fingerprint(vkey)}")
    click.echo("Next: send the public half to who keeps the roster, and compare it by a call.")


@roster.command()
@click.argument("roster_file", metavar="ROSTER", type=notes.NEW)
@click.option("--federation", required=True, help="The name of the federation.")
@click.option("--nation", required=True, help="The code of the nation.")
@click.option("--days", type=click.IntRange(1, 93), default=90, show_default=True)
def init(roster_file: Path, federation: str, nation: str, days: int) -> None:
    """Begin a roster: an empty draft."""
    created_ms = notes.now_ms()
    with option_values():
        first = Roster(
            federation=federation,
            nation=nation,
            number=1,
            created_ms=created_ms,
            expires_ms=created_ms + notes.days_ms(days),
        )
    notes.begin(roster_file, Draft(first))
    click.echo(f"draft 1 of the roster of {nation}: {roster_file}")


@roster.command()
@_ROSTER
@click.argument("vkeys", nargs=-1, required=True, type=notes.THERE)
@click.option("--days", type=click.IntRange(1, 1_098), default=365, show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask; the fingerprints were compared before.")
def add(roster_file: Path, vkeys: tuple[Path, ...], days: int, *, yes: bool) -> None:
    """Add role keys by their .vkey files; from now on, for so many days."""
    draft = notes.read(roster_file, Roster.parse)
    begins_ms = notes.now_ms()
    keys = {one.vkey.name: one for one in draft.note.keys}
    for path in vkeys:
        vkey = notes.read_vkey(path)
        _, role, _ = split_role_name(vkey.name)
        keys[vkey.name] = RoleKey(role, vkey, begins_ms, begins_ms + notes.days_ms(days))
        click.echo(f"{vkey.name:<44} {role_fingerprint(vkey)}")
    if not yes:
        click.confirm("Have you compared each fingerprint with its holder by a call?", abort=True)
    _change(roster_file, draft, replace(draft.note, keys=_sorted(keys)))


@roster.command()
@_ROSTER
@click.argument("name")
def remove(roster_file: Path, name: str) -> None:
    """Take a key back by its name, such as fedquery/TH/prosecutor/bkk-1."""
    draft = notes.read(roster_file, Roster.parse)
    keys = {one.vkey.name: one for one in draft.note.keys if one.vkey.name != name}
    if len(keys) == len(draft.note.keys):
        raise InputError("the roster has no such key", do="Names stand in `roster show`.")
    _change(roster_file, draft, replace(draft.note, keys=_sorted(keys)))


@roster.command()
@_ROSTER
@click.option("--days", type=click.IntRange(1, 93), default=90, show_default=True)
def renew(roster_file: Path, days: int) -> None:
    """Give the same keys a new roster; it is to be signed anew."""
    draft = notes.read(roster_file, Roster.parse)
    created_ms = notes.now_ms()
    expires_ms = created_ms + notes.days_ms(days)
    renewed = replace(draft.note, created_ms=created_ms, expires_ms=expires_ms)
    _change(roster_file, draft, renewed)


@roster.command()
@_ROSTER
@click.option("--key", "key_file", type=notes.THERE, required=True, help="NATION.root.key")
def sign(roster_file: Path, key_file: Path) -> None:
    """Sign a roster with the nation's root key; look at it with `show` before."""
    draft = notes.read(roster_file, Roster.parse)
    root = names.root_name(draft.note.nation)
    notes.write(roster_file, draft.signed(notes.root_signer(key_file), (root,)))
    click.echo(f"signed: roster {draft.note.number} of {draft.note.nation}")


@roster.command()
@_ROSTER
@click.option("--members", type=notes.THERE, help="Verify it against this member list.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def show(roster_file: Path, members: Path | None, *, as_json: bool) -> None:
    """Show whose keys are in a roster, until when, and whether it is in force.

    The member list is taken as it is: verify it with `fedquery federation show --roots` before.
    """
    draft = notes.read(roster_file, Roster.parse)
    said = draft.note
    verdict = notes.verdict(
        None
        if members is None
        else lambda: open_roster(draft.render(), notes.member_list(members)).in_force(
            notes.now_ms()
        )
    )
    if as_json:
        click.echo(
            json.dumps(
                {
                    "nation": said.nation,
                    "number": said.number,
                    "expires_ms": said.expires_ms,
                    "signed_by": list(draft.signed_by),
                    "verdict": verdict,
                    "keys": [
                        {
                            "role": one.role,
                            "vkey": one.vkey.format(),
                            "not_before_ms": one.not_before_ms,
                            "not_after_ms": one.not_after_ms,
                        }
                        for one in said.keys
                    ],
                },
                indent=2,
            )
        )
        return
    click.echo(f"roster {said.number} of {said.nation} in {said.federation}")
    click.echo(f"until    {notes.shown(said.expires_ms)}")
    click.echo(f"signed   {', '.join(draft.signed_by) or 'by nobody'}")
    click.echo(f"verdict  {verdict}")
    for one in said.keys:
        until = notes.shown(one.not_after_ms)
        click.echo(f"  {one.vkey.name:<44} {role_fingerprint(one.vkey)}  until {until}")


def _sorted(keys: dict[str, RoleKey]) -> tuple[RoleKey, ...]:
    return tuple(keys[name] for name in sorted(keys))


def _change(path: Path, draft: Draft[Roster], changed: Roster) -> None:
    after = draft.changed(changed)
    notes.write(path, after)
    click.echo(f"draft {after.note.number}: {len(after.note.keys)} keys; to be signed anew")

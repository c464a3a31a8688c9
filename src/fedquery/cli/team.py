"""`fedquery federation team`: joint teams, each a note that every party nation signs."""

import json
from dataclasses import replace
from pathlib import Path

import click

from fedquery.cli import notes
from fedquery.cli.usage import option_values
from fedquery.federation import names
from fedquery.federation.drafting import Draft
from fedquery.federation.team import Team, open_team

_TEAM = click.argument("team_file", metavar="TEAM", type=notes.THERE)


@click.group()
def team() -> None:
    """Make, sign and show joint teams.

    A team is a file. It is in force at a node once the root keys of all nations that have an agency
    in it have signed it and the node's operator has installed it with `fedquery-node team`.
    """


@team.command()
@click.argument("team_file", metavar="TEAM", type=notes.NEW)
@click.argument("agencies", nargs=-1, required=True)
@click.option("--federation", required=True, help="The name of the federation.")
@click.option("--name", required=True, help="As policies name it, such as 'Joint Team 2026-07'.")
@click.option("--ends", required=True, help="The day on which it ends, YYYY-MM-DD.")
def init(
    team_file: Path, agencies: tuple[str, ...], *, federation: str, name: str, ends: str
) -> None:
    """Begin a team of agencies, such as TH/cyber-police VN/fiu."""
    with option_values():
        first = Team(
            federation=federation,
            name=name,
            number=1,
            created_ms=notes.now_ms(),
            ends_ms=notes.day_ms(ends),
            members=tuple(sorted(set(agencies))),
        )
    notes.begin(team_file, Draft(first))
    click.echo(f"draft 1 of {name}: {', '.join(first.parties)} must sign")


@team.command()
@_TEAM
@click.option("--add", multiple=True, help="An agency that joins; may be given again.")
@click.option("--remove", multiple=True, help="An agency that leaves; may be given again.")
@click.option("--ends", help="Another day on which it ends, YYYY-MM-DD.")
def change(
    team_file: Path, add: tuple[str, ...], remove: tuple[str, ...], ends: str | None
) -> None:
    """Change members or end of a team; the parties of before and after must sign anew."""
    draft = notes.read(team_file, Team.parse)
    said = draft.note
    after = draft.changed(
        replace(
            said,
            created_ms=notes.now_ms(),
            ends_ms=said.ends_ms if ends is None else notes.day_ms(ends),
            members=tuple(sorted({*said.members, *add} - set(remove))),
        )
    )
    notes.write(team_file, after)
    click.echo(f"draft {after.note.number} of {said.name}: to be signed anew")


@team.command()
@_TEAM
@click.option("--key", "key_file", type=notes.THERE, required=True, help="NATION.root.key")
def sign(team_file: Path, key_file: Path) -> None:
    """Sign a team with a nation's root key; look at it with `show` before.

    A nation that was a party before and is none now signs too, that the others may go on.
    """
    draft = notes.read(team_file, Team.parse)
    signer = notes.root_signer(key_file)
    notes.write(team_file, draft.signed(signer, (signer.name,)))
    click.echo(f"signed by {signer.name}; parties: {', '.join(draft.note.parties)}")


@team.command()
@_TEAM
@click.option("--members", type=notes.THERE, help="Verify it against this member list.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def show(team_file: Path, members: Path | None, *, as_json: bool) -> None:
    """Show who is in a team, until when, who must sign, and whether it is in force.

    The member list is taken as it is: verify it with `fedquery federation show --roots` before.
    """
    draft = notes.read(team_file, Team.parse)
    said = draft.note
    verdict = notes.verdict(
        None
        if members is None
        else lambda: open_team(draft.render(), notes.member_list(members)).in_force(notes.now_ms())
    )
    if as_json:
        found = {
            "name": said.name,
            "number": said.number,
            "ends_ms": said.ends_ms,
            "parties": list(said.parties),
            "members": list(said.members),
            "signed_by": list(draft.signed_by),
            "verdict": verdict,
        }
        click.echo(json.dumps(found, indent=2))
        return
    missing = [nation for nation in said.parties if names.root_name(nation) not in draft.signed_by]
    click.echo(f"{said.name}, note {said.number} in {said.federation}")
    click.echo(f"until    {notes.shown(said.ends_ms)}")
    click.echo(f"signed   {', '.join(draft.signed_by) or 'by nobody'}")
    click.echo(f"missing  {', '.join(missing) or 'nobody'}")
    click.echo(f"verdict  {verdict}")
    for member in said.members:
        click.echo(f"  {member}")

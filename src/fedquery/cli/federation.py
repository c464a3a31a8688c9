"""Make, change, sign and show member lists: files that are passed around and signed by a quorum."""

import json
import os
import secrets
import time
from pathlib import Path

import click

from fedquery.cli import notes
from fedquery.cli.roster import roster
from fedquery.cli.team import team
from fedquery.config.keyfile import write_secret
from fedquery.config.service import wall_clock
from fedquery.errors import ConfigError, FedqueryError, InputError
from fedquery.federation import membership, names
from fedquery.federation.cards import fingerprint, read_card, write_card
from fedquery.federation.members import Agency, CoordinatorEntry, Federation, Nation, NodeEntry
from fedquery.federation.membership import MemberList
from fedquery.federation.roots import Roots, open_federation
from fedquery.seal.signing import SigningKey
from fedquery.tlog.note import Signer

_SEED = 32
_LIST_CAP = 8 * 1024 * 1024
_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LIST = click.argument("member_list", metavar="LIST", type=_THERE)


@click.group()
def federation() -> None:
    """Make, sign and show member lists.

    A list is a file. Whoever changes it makes the next draft; it is in force once a quorum of the
    nations' root keys has signed it and parties have installed it with `members`.
    """


federation.add_command(roster)
federation.add_command(team)


@federation.command()
@click.argument("nation")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
def key(nation: str, out: Path) -> None:
    """Make the root key of a nation and its card; keep the key offline."""
    names.check_nation(nation)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = secrets.token_bytes(_SEED)
    write_secret(out / f"{nation}.root.key", seed)
    signer = Signer(names.root_name(nation), seed)
    member = Nation(nation, signer.verifier_key)
    (out / f"{nation}.card.json").write_bytes(write_card(member, SigningKey(seed)))
    click.echo(f"key          {out / f'{nation}.root.key'}")
    click.echo(f"card         {out / f'{nation}.card.json'}")
    click.echo(f"fingerprint  {fingerprint(member)}")


@federation.command()
@click.argument("member_list", metavar="LIST", type=_FILE)
@click.option("--name", required=True, help="Small letters, digits, hyphens.")
@click.option("--training", is_flag=True, help="For exercises, with no real records.")
@click.option("--days", type=click.IntRange(1, 30), default=30, show_default=True)
def init(member_list: Path, name: str, *, training: bool, days: int) -> None:
    """Begin a federation: an empty draft."""
    if member_list.exists():
        raise ConfigError(f"{member_list} is there already", do="Choose another file.")
    _write(member_list, membership.draft(name, training=training, now_ms=wall_clock(), days=days))
    click.echo(f"draft 1 of {name}: {member_list}")


@federation.command()
@_LIST
@click.argument("cards", nargs=-1, required=True, type=_THERE)
@click.option("--yes", is_flag=True, help="Do not ask; the fingerprints were compared before.")
def enrol(member_list: Path, cards: tuple[Path, ...], *, yes: bool) -> None:
    """Add members by their cards, nations before what belongs to them."""
    listed = _read(member_list)
    found = [read_card(card.read_bytes()) for card in cards]
    for member in found:
        click.echo(f"{_what(member):<40} {fingerprint(member)}")
    if not yes:
        click.confirm("Have you compared each fingerprint with its sender by a call?", abort=True)
    for member in found:
        listed = membership.enrol(listed, member)
    _write(member_list, listed)
    click.echo(f"draft {listed.federation.number}: {len(found)} enrolled; to be signed anew")


@federation.command()
@_LIST
@click.argument("name")
def remove(member_list: Path, name: str) -> None:
    """Take a member away: an agency, a coordinator, or a nation with all that is its own."""
    listed = membership.remove(_read(member_list), name)
    _write(member_list, listed)
    click.echo(f"draft {listed.federation.number}: removed; to be signed anew")


@federation.command()
@_LIST
@click.argument("count", type=int)
def quorum(member_list: Path, count: int) -> None:
    """Say how many nations must sign."""
    listed = membership.set_quorum(_read(member_list), count)
    _write(member_list, listed)
    click.echo(f"draft {listed.federation.number}: {count} nations must sign")


@federation.command()
@_LIST
@click.option("--key", "key_file", type=_THERE, required=True, help="NATION.root.key")
def sign(member_list: Path, key_file: Path) -> None:
    """Sign a list with the root key of a nation; look at it with `show` before."""
    listed = membership.sign(_read(member_list), notes.root_signer(key_file))
    _write(member_list, listed)
    click.echo(f"signed by {len(listed.signatures)} of {listed.federation.quorum} that must sign")


@federation.command()
@_LIST
@click.option("--days", type=click.IntRange(1, 30), default=30, show_default=True)
def renew(member_list: Path, days: int) -> None:
    """Give the same members a new life; the list is to be signed anew."""
    listed = membership.renew(_read(member_list), wall_clock(), days)
    _write(member_list, listed)
    click.echo(f"draft {listed.federation.number}: to be signed anew")


@federation.command()
@_LIST
@click.option("--quorum", "count", type=int, required=True, help="How many must have signed.")
@click.option("--out", type=_FILE, required=True)
def roots(member_list: Path, count: int, out: Path) -> None:
    """Write the file of root keys that each party pins once.

    It is only as good as the way by which it reaches a party: compare the keys with their nations.
    """
    listed = _read(member_list)
    _replace(out, Roots(count, listed.federation.nations).render())
    click.echo(f"{out}: {len(listed.federation.nations)} root keys, quorum {count}")


@federation.command()
@_LIST
@click.option("--roots", "roots_file", type=_THERE, help="Verify the quorum against these keys.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def show(member_list: Path, roots_file: Path | None, *, as_json: bool) -> int:
    """Show who is in a list, who has signed it, and whether that is enough."""
    listed = _read(member_list)
    found = _described(listed, _verdict(member_list, roots_file))
    click.echo(json.dumps(found, indent=2) if as_json else _text(listed.federation, found))
    return 0


def _verdict(member_list: Path, roots_file: Path | None) -> str:
    if roots_file is None:
        return "not verified: no root keys were given"
    try:
        open_federation(
            member_list.read_bytes(), Roots.parse(roots_file.read_bytes()), wall_clock(), 0
        )
    except FedqueryError as error:
        return f"not in force: {error.what}"
    return "in force: the quorum has signed"


def _described(listed: MemberList, verdict: str) -> dict[str, object]:
    known = listed.federation
    return {
        "name": known.name,
        "number": known.number,
        "training": known.training,
        "quorum": known.quorum,
        "expires_ms": known.expires_ms,
        "signed_by": list(listed.signed_by),
        "verdict": verdict,
        "nations": sorted(known.nations),
        "nodes": {code: node.address for code, node in sorted(known.nodes.items())},
        "agencies": {name: agency.sort for name, agency in sorted(known.agencies.items())},
        "coordinators": {entry.name: entry.url for entry in known.coordinators},
    }


def _text(known: Federation, found: dict[str, object]) -> str:
    until = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(known.expires_ms / 1000))
    members: list[membership.Member] = [
        *(Nation(code, nation.root_vkey) for code, nation in sorted(known.nations.items())),
        *(node for _, node in sorted(known.nodes.items())),
        *(agency for _, agency in sorted(known.agencies.items())),
        *known.coordinators,
    ]
    return "\n".join(
        [
            f"list {known.number} of {known.name}{' (training)' if known.training else ''}",
            f"until    {until}",
            f"quorum   {known.quorum} of {len(known.nations)} nations",
            f"signed   {', '.join(map(str, _listed(found['signed_by']))) or 'by nobody'}",
            f"verdict  {found['verdict']}",
            *(f"  {_what(member):<44} {fingerprint(member)}" for member in members),
        ]
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _what(member: membership.Member) -> str:
    match member:
        case Nation():
            return f"nation {member.code}"
        case NodeEntry():
            return f"node {member.nation} at {member.address}"
        case Agency():
            return f"agency {member.name} ({member.sort})"
        case CoordinatorEntry():
            return f"coordinator {member.name} at {member.url}"


def _read(path: Path) -> MemberList:
    with path.open("rb") as file:
        octets = file.read(_LIST_CAP + 1)
    if len(octets) > _LIST_CAP:
        raise InputError(f"{path}: larger than a member list can be")
    return MemberList.parse(octets)


def _write(path: Path, listed: MemberList) -> None:
    _replace(path, listed.render())


def _replace(path: Path, octets: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(octets)
    beside.replace(path)

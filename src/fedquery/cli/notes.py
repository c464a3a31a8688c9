"""What the commands of rosters and teams share: files, keys and how a note is shown."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click

from fedquery.cases.moment import parse_moment, render_moment
from fedquery.cli import paths
from fedquery.config.keyfile import read_secret, write_secret
from fedquery.config.service import wall_clock
from fedquery.errors import ConfigError, EncodingError, FedqueryError, InputError
from fedquery.federation import member_list as listed
from fedquery.federation import names
from fedquery.federation.drafting import DRAFT_CAP, Draft, read_draft
from fedquery.federation.members import Federation
from fedquery.federation.roster import DAY_MS, Roster
from fedquery.federation.team import Team
from fedquery.tlog.note import Signer, VerifierKey, split_note

N = TypeVar("N", Roster, Team)

SEED: Final = 32
THERE: Final = paths.FILE
NEW: Final = click.Path(dir_okay=False, path_type=Path)
_PARTS: Final = 4
_VKEY_CAP: Final = 1_024
_LIST_CAP: Final = 8 * 1024 * 1024


def root_signer(key_file: Path) -> Signer:
    """Read a nation's root key, whose file is named NATION.root.key.

    Raises:
        InputError: if it has another name: a role key is no root key, and would sign in vain.
    """
    code, _, rest = key_file.name.partition(".")
    if rest != "root.key":
        raise InputError(
            "a root key's file has another name",
            do="It is named NATION.root.key, as in VN.root.key.",
        )
    nation = names.check_nation(code)
    return Signer(names.root_name(nation), read_secret(key_file, SEED))


def role_signer(key_file: Path) -> Signer:
    """Read a role key, whose file is named NATION.ROLE.LABEL.key.

    Raises:
        InputError: if it has another name.
    """
    parts = key_file.name.split(".")
    if len(parts) != _PARTS or parts[-1] != "key":
        raise InputError(
            "a role key's file has another name", do="It is named NATION.ROLE.LABEL.key."
        )
    nation, role, label, _ = parts
    return Signer(names.role_key_name(nation, role, label), read_secret(key_file, SEED))


def make_role_key(out: Path, nation: str, role: str, label: str) -> tuple[Path, VerifierKey]:
    """Make a role key in a directory, and the public half beside it.

    Returns:
        The file with the public half, and the key.
    """
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = secrets.token_bytes(SEED)
    stem = f"{nation}.{role}.{label}"
    write_secret(out / f"{stem}.key", seed)
    vkey = Signer(names.role_key_name(nation, role, label), seed).verifier_key
    (out / f"{stem}.vkey").write_text(f"{vkey.format()}\n", encoding="ascii")
    return out / f"{stem}.vkey", vkey


def read_vkey(path: Path) -> VerifierKey:
    """Read the public half of a role key.

    Raises:
        EncodingError: if it is none.
    """
    with path.open("rb") as file:
        octets = file.read(_VKEY_CAP)
    try:
        return VerifierKey.parse(octets.decode("ascii").strip())
    except UnicodeDecodeError:
        raise EncodingError("malformed verifier key") from None


def read(path: Path, parse: Callable[[bytes], N]) -> Draft[N]:
    """Read a note, signed or not."""
    with path.open("rb") as file:
        return read_draft(file.read(DRAFT_CAP + 1), parse)


def write(path: Path, draft: Draft[N]) -> None:
    """Write a note whole, in the place of the one before."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(draft.render())
    beside.replace(path)


def begin(path: Path, draft: Draft[N]) -> None:
    """Write a first draft.

    Raises:
        ConfigError: if the file is there already.
    """
    if path.exists():
        raise ConfigError(f"{path} is there already", do="Choose another file.")
    write(path, draft)


def now_ms() -> int:
    """Tell the time in whole seconds."""
    return wall_clock() // 1000 * 1000


def day_ms(text: str) -> int:
    """Read a day, YYYY-MM-DD: its beginning in UTC.

    Raises:
        InputError: if it is none.
    """
    try:
        return parse_moment(f"{text}T00:00:00Z", "day")
    except EncodingError:
        raise InputError("this is not a day", do="Write YYYY-MM-DD.") from None


def days_ms(days: int) -> int:
    """Give so many days in milliseconds."""
    return days * DAY_MS


def verdict(check: Callable[[], bool] | None) -> str:
    """Say whether a note is in force.

    Args:
        check: opens the note and tells whether it is in its time; None without a member list.
    """
    if check is None:
        return "not verified: no member list was given"
    try:
        return "in force" if check() else "not in force: it has ended, or is from the future"
    except FedqueryError as error:
        return f"not in force: {error.what}"


def member_list(path: Path) -> Federation:
    """Read the members of a list, whose signatures are not looked at.

    Raises:
        EncodingError: if it is no signed list.
    """
    with path.open("rb") as file:
        octets = file.read(_LIST_CAP + 1)
    return listed.parse(split_note(octets, _LIST_CAP)[0])


def shown(at_ms: int) -> str:
    """Write a moment for people."""
    return render_moment(at_ms)

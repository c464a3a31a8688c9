"""The home of an asking agency: made once, opened by each client.

fedquery.toml, card.json, roots.txt, federation.note
keys/{signing,pad,pseudonym,log}.key
log.vkey, the public half of the log's key; auditor.pub, where the nation's auditor has given one
asker.db, receipts/, evidence/ and audits/ (once there is some)
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fedquery.ask import schema
from fedquery.ask.auditor import read_auditor
from fedquery.ask.case import officer_mark
from fedquery.ask.config import AskSettings, load_settings
from fedquery.config.keyfile import (
    check_private_directory,
    make_private_directory,
    read_secret,
    write_secret,
)
from fedquery.config.new_directory import new_directory
from fedquery.errors import ConfigError
from fedquery.federation import names
from fedquery.federation.cards import fingerprint, write_card
from fedquery.federation.member_file import (
    Listed,
    read_members,
    remember,
    seen_of,
    write_members,
)
from fedquery.federation.members import Agency, Federation
from fedquery.seal.auditor import AuditorKey
from fedquery.seal.signing import SigningKey
from fedquery.storage.log import LogStore
from fedquery.tlog.note import Signer

CARD: Final = "card.json"
RECEIPTS: Final = "receipts"
LOG_VKEY: Final = "log.vkey"
_KEYS: Final = ("signing", "pad", "pseudonym", "log")
_KEY_LENGTH: Final = 32

_SETTINGS = """\
# The settings of an asking agency; docs/cli.md explains each, with those not shown here.
agency = "{agency}"
sort = "{sort}"
federation = "{federation}"
"""


@dataclass(frozen=True, slots=True)
class NewAgency:
    """What a new agency is to be.

    Attributes:
        agency: nation, slash, name.
        sort: police, fiu, prosecution or regulator.
        federation: the name of the federation.
        region: the nation by whose habits numbers are read, or None for its own.
    """

    agency: str
    sort: str
    federation: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class AskHome:
    """What a client needs of its home.

    Attributes:
        path: the directory.
        settings: fedquery.toml.
        signing_key: signs questions.
        pad_key: decides the prefixes of pads, 32 octets.
        pseudonym_key: makes case pseudonyms and officer marks, 32 octets.
        log: the store of its log.
        log_signer: signs the checkpoints of the log.
        auditor: to whom what officers look up is sealed, or None.
    """

    path: Path
    settings: AskSettings
    signing_key: SigningKey = field(repr=False)
    pad_key: bytes = field(repr=False)
    pseudonym_key: bytes = field(repr=False)
    log: LogStore
    log_signer: Signer = field(repr=False)
    auditor: AuditorKey | None

    @property
    def receipts(self) -> Path:
        """Say where receipts are kept."""
        return self.path / RECEIPTS

    def mark_of(self, officer: str) -> str:
        """Give the mark by which this agency knows an officer's lookups again; "" for nobody."""
        return officer_mark(officer, self.settings.nation, self.pseudonym_key)


def make_home(path: Path, new: NewAgency, random: Callable[[int], bytes]) -> str:
    """Make the home of an agency.

    Args:
        path: a directory that is missing or empty.
        new: what the agency is to be.
        random: the random source, for keys.

    Returns:
        the fingerprint of its card, to be compared by another way.

    Raises:
        ConfigError: if there is something in the directory.
        InputError: if a name is out of form. Either way nothing is made.
    """
    names.check_agency(new.agency)
    names.check_sort(new.sort)
    with new_directory(path):
        return _fill(path, new, random)


def _fill(path: Path, new: NewAgency, random: Callable[[int], bytes]) -> str:
    for directory in ("keys", RECEIPTS):
        make_private_directory(path / directory)
    for name in _KEYS:
        write_secret(path / "keys" / f"{name}.key", random(_KEY_LENGTH))
    region = f'region = "{new.region}"\n' if new.region else ""
    text = _SETTINGS.format(agency=new.agency, sort=new.sort, federation=new.federation) + region
    (path / "fedquery.toml").write_text(text, encoding="utf-8")
    schema.create(path, LogStore(names.agency_log_origin(new.federation, new.agency)))
    made = open_home(path)
    vkey = made.log_signer.verifier_key.format()
    (path / LOG_VKEY).write_text(f"{vkey}\n", encoding="ascii")
    key = made.signing_key
    member = Agency(new.agency, new.sort, key.verify_key.public)
    (path / CARD).write_bytes(write_card(member, key))
    return fingerprint(member)


def open_home(path: Path) -> AskHome:
    """Read settings and keys of a home.

    Raises:
        ConfigError: if one of them is missing or wrong, or others may enter where they may not.
    """
    if not (path / "fedquery.toml").exists():
        raise ConfigError(
            f"{path}: is no home of an agency",
            do="Make it with `fedquery init`, or name another one with --home.",
        )
    settings = load_settings(path)
    # A receipt names the identifiers that it is of.
    for directory in (path, path / "keys", path / RECEIPTS):
        check_private_directory(directory)
    signing, pad, pseudonym, log_seed = (
        read_secret(path / "keys" / f"{name}.key", _KEY_LENGTH) for name in _KEYS
    )
    log = LogStore(names.agency_log_origin(settings.federation, settings.agency))
    return AskHome(
        path=path,
        settings=settings,
        signing_key=SigningKey(signing),
        pad_key=pad,
        pseudonym_key=pseudonym,
        log=log,
        log_signer=Signer(log.origin, log_seed),
        auditor=read_auditor(path, settings.nation),
    )


def load_members(home: AskHome, connection: sqlite3.Connection, now_ms: int) -> Listed:
    """Read and verify the member list of a home, and that this agency is in it.

    Raises:
        ConfigError: if it is missing or expired, or does not name this agency with this key.
        EncodingError, SignatureError, RollbackError, EquivocationError: if it is not to be used.
    """
    listed = read_members(home.path, now_ms, seen_of(connection))
    _require_fit(listed.federation, home)
    remember(connection, listed)
    return listed


def take_over(
    home: AskHome, connection: sqlite3.Connection, note: bytes, now_ms: int
) -> Federation:
    """Put a member list in force that a coordinator has, if the pinned nations have signed it.

    Raises:
        ConfigError, EncodingError, SignatureError, RollbackError, EquivocationError: if it is not
            to be used; nothing changes then.
    """
    listed = write_members(
        home.path, note, None, now_ms, seen_of(connection), fits=lambda one: _require_fit(one, home)
    )
    remember(connection, listed)
    return listed.federation


def install_members(path: Path, note: bytes, roots: bytes | None, now_ms: int) -> Federation:
    """Put a member list in force in a home.

    Args:
        path: the home.
        note: the signed list.
        roots: the pinned root keys, the first time.
        now_ms: the time.

    Raises:
        ConfigError: as `load_members`, or if other root keys are pinned.
        EncodingError, SignatureError, RollbackError, EquivocationError: if it is not to be used.
    """
    home = open_home(path)
    connection = schema.connect(path)
    try:
        listed = write_members(
            path, note, roots, now_ms, seen_of(connection), fits=lambda one: _require_fit(one, home)
        )
        remember(connection, listed)
        return listed.federation
    finally:
        connection.close()


def _require_fit(federation: Federation, home: AskHome) -> None:
    settings = home.settings
    if federation.name != settings.federation:
        raise ConfigError("the member list is of another federation than fedquery.toml names")
    entry = federation.agencies.get(settings.agency)
    if entry is None or entry.signing_public != home.signing_key.verify_key.public:
        raise ConfigError(
            "the member list does not name this agency with this key",
            do="Have the card.json of this home enrolled, and the new list signed by the quorum.",
        )

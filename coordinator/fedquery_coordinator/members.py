"""The members as a coordinator knows them: whose signature counts, and where the nodes are."""

import sqlite3

from fedquery.errors import ConfigError
from fedquery.federation.member_file import (
    Listed,
    read_members,
    remember,
    seen_of,
    write_members,
)
from fedquery.federation.members import Federation
from fedquery_coordinator.home import CoordinatorHome


def load(home: CoordinatorHome, connection: sqlite3.Connection, now_ms: int) -> Listed:
    """Read and verify the member list of a data directory, and remember that it was accepted.

    Raises:
        ConfigError: if it is missing or expired, or does not name this coordinator.
        EncodingError, SignatureError, RollbackError, EquivocationError: if it is not to be used.
    """
    listed = read_members(home.path, now_ms, seen_of(connection))
    _adopt(home, connection, listed)
    return listed


def install(
    home: CoordinatorHome,
    connection: sqlite3.Connection,
    note: bytes,
    roots: bytes | None,
    now_ms: int,
) -> Federation:
    """Put a member list in force in a data directory; a serving coordinator takes it over.

    Raises:
        ConfigError: as `load`, or if other root keys are pinned.
        EncodingError, SignatureError, RollbackError, EquivocationError: if it is not to be used.
    """
    listed = write_members(
        home.path,
        note,
        roots,
        now_ms,
        seen_of(connection),
        fits=lambda one: _require_fit(one, home),
    )
    _adopt(home, connection, listed)
    return listed.federation


def _adopt(home: CoordinatorHome, connection: sqlite3.Connection, listed: Listed) -> None:
    _require_fit(listed.federation, home)
    if seen_of(connection) != listed.seen:
        remember(connection, listed)


def _require_fit(federation: Federation, home: CoordinatorHome) -> None:
    settings = home.settings
    entry = next((one for one in federation.coordinators if one.name == settings.name), None)
    if federation.name != settings.federation:
        raise ConfigError("the member list is of another federation than coordinator.toml names")
    keys = (home.signing_key.verify_key.public, home.log_signer.verifier_key)
    if entry is None or (entry.signing_public, entry.log_vkey) != keys:
        raise ConfigError(
            "the member list does not name this coordinator with these keys",
            do="Have the card.json of this directory enrolled, and the new list signed.",
        )

"""How a node puts a nation's roster and a team's note in force: verified, newer, and logged."""

import hashlib
import sqlite3
from typing import TypeVar

from fedquery.audit.node import RosterEntry, TeamEntry
from fedquery.errors import ConfigError, EquivocationError, InputError, RollbackError
from fedquery.federation.members import Federation
from fedquery.federation.roster import Roster, open_roster
from fedquery.federation.team import Team, open_team
from fedquery.psi.publication import MAX_VIEWERS
from fedquery.storage.transaction import transaction
from fedquery_node.authorities import ROSTER, TEAM, kept_notes
from fedquery_node.home import NodeHome

T = TypeVar("T", Roster, Team)


def install_roster(
    home: NodeHome, connection: sqlite3.Connection, federation: Federation, note: bytes, now_ms: int
) -> Roster:
    """Put a nation's roster in force, and log that, in one transaction.

    A serving node takes it over within seconds.

    Args:
        home: the data directory.
        connection: its database, outside a transaction.
        federation: the member list in force.
        note: the signed roster.
        now_ms: the time.

    Raises:
        ConfigError: if it has expired or is from the future.
        EncodingError, SignatureError, InputError: if it is not to be used.
        RollbackError: if its number is lower than the last one's.
        EquivocationError: if it has the last number and other keys.
    """
    roster = open_roster(note, federation)
    _require_in_force(roster.in_force(now_ms))
    entry = RosterEntry(
        federation=roster.federation,
        nation=roster.nation,
        number=roster.number,
        note_digest=hashlib.sha256(roster.render()).digest(),
        adopted_ms=now_ms,
    )
    key = ROSTER + roster.nation
    with transaction(connection):
        kept = _kept(connection, key)
        newer = _is_newer(roster, Roster.parse(_body(kept)) if kept else None)
        _adopt(home, connection, (key, note), entry.encode() if newer else b"", now_ms)
    return roster


def install_team(
    home: NodeHome, connection: sqlite3.Connection, federation: Federation, note: bytes, now_ms: int
) -> Team:
    """Put a team note in force, and log that, in one transaction.

    Args:
        home: the data directory.
        connection: its database, outside a transaction.
        federation: the member list in force.
        note: the note, signed by every party.
        now_ms: the time.

    Raises:
        ConfigError: if the team has ended or is from the future.
        EncodingError, SignatureError, InputError: if it is not to be used.
        RollbackError: if its number is lower than the last one's.
        EquivocationError: if it has the last number and other members.
    """
    team = open_team(note, federation)
    _require_in_force(team.in_force(now_ms))
    entry = TeamEntry(
        federation=team.federation,
        team=team.name,
        number=team.number,
        note_digest=hashlib.sha256(team.render()).digest(),
        adopted_ms=now_ms,
    )
    key = TEAM + team.name
    with transaction(connection):
        kept = _kept(connection, key)
        before = Team.parse(_body(kept)) if kept else None
        newer = _is_newer(team, before)
        _require_room(connection, federation, team, now_ms)
        open_team(note, federation, before)
        _adopt(home, connection, (key, note), entry.encode() if newer else b"", now_ms)
    return team


def _require_in_force(in_force: bool) -> None:  # noqa: FBT001  the condition is the subject
    if not in_force:
        raise ConfigError(
            "the note has ended, or is from the future",
            do="Fetch the current one; check the clock.",
        )


def _require_room(
    connection: sqlite3.Connection, federation: Federation, team: Team, now_ms: int
) -> None:
    """Require that a publication has room for a view of each agency that is in a team."""
    agencies = set(team.members)
    for key, note in kept_notes(connection):
        if key.startswith(TEAM) and key != TEAM + team.name:
            other = Team.parse(_body(note))
            agencies |= set(other.members) if other.in_force(now_ms) else set()
    if len(agencies) + len(federation.nations) > MAX_VIEWERS:
        raise InputError(
            "too many agencies are in teams", do="Let a team end, or have it made smaller."
        )


def _is_newer(note: T, before: T | None) -> bool:
    if before is None or note.number > before.number:
        return True
    if note.number < before.number:
        raise RollbackError(
            "the note is older than the one before", do="Ask its nation for the current one."
        )
    if note != before:
        raise EquivocationError("there are two notes with one number")
    return False


def _adopt(
    home: NodeHome,
    connection: sqlite3.Connection,
    named: tuple[str, bytes],
    leaf: bytes,
    now_ms: int,
) -> None:
    # The same note again may be signed by a nation's new root key.
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", named)
    if not leaf:
        return
    home.log.append(connection, [leaf])
    home.log.sign_checkpoint(connection, home.log_signer, now_ms)


def _kept(connection: sqlite3.Connection, key: str) -> bytes | None:
    row = connection.execute("SELECT value FROM remembered WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def _body(note: bytes) -> bytes:
    return note[: note.rindex(b"\n\n") + 1]

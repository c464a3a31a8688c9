"""Rosters and teams as this node knows them: whose signatures count, and who is in which team.

The notes are kept in the database, each verified against the member list in force whenever either
changes. Nothing of a card that is not verified here reaches the policy.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from fedquery.audit.node import RosterEntry, TeamEntry
from fedquery.config import logs
from fedquery.errors import (
    ConfigError,
    EquivocationError,
    FedqueryError,
    InputError,
    RollbackError,
    SignatureError,
)
from fedquery.federation.members import Agency, Federation
from fedquery.federation.roster import Roster, open_roster
from fedquery.federation.team import Team, open_team
from fedquery.federation.vouching import RosterKeys, in_time, require_addressed, verified_roles
from fedquery.psi.publication import MAX_VIEWERS
from fedquery.transport.head import Refusal
from fedquery_node.admit import Admitted
from fedquery_node.home import NodeHome

T = TypeVar("T", Roster, Team)

_ROSTER: Final = "roster/"
_TEAM: Final = "team/"
_Notes = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Vouched:
    """What was verified of who asks and of the case card.

    Attributes:
        agency: who asks.
        roles: the roles of who vouches for the case now.
        teams: the teams that the agency is in now.
        refusal: why the card cannot be used, or None.
    """

    agency: Agency
    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    refusal: Refusal | None = None

    def known_to(self, teams: frozenset[str]) -> "Vouched":
        """Leave out teams that the policy's schema does not have; the engine errs on them."""
        return replace(self, teams=self.teams & teams)


@dataclass(frozen=True, slots=True)
class Authorities:
    """The rosters and teams in force.

    Attributes:
        federation: the member list that they were verified against.
        rosters: nation to its roster.
        teams: the teams, ended ones too.
        notes: what the database held, to see whether that changed.
    """

    federation: Federation = field(repr=False)
    rosters: Mapping[str, RosterKeys]
    teams: tuple[Team, ...]
    notes: _Notes = field(repr=False)

    def vouch(self, admitted: Admitted, home: NodeHome) -> Vouched:
        """Verify the case card of a request.

        Args:
            admitted: the request.
            home: the data directory.
        """
        agency, now_ms = admitted.asking.agency, admitted.received_ms
        if admitted.asked is None:
            return Vouched(agency)
        signed = admitted.asked.statement.card
        try:
            require_addressed(
                signed.card,
                federation=home.settings.federation,
                agency=agency.name,
                holder=home.nation,
            )
            keys = self.rosters.get(agency.nation)
            roles = verified_roles(signed, agency, keys, now_ms)
        except (InputError, SignatureError):
            text = "The case card is not signed as it must be, or is for another case"
            return Vouched(agency, refusal=Refusal("case-card-invalid", text))
        if not in_time(signed.card, now_ms):
            text = "The case card has ended, or is from the future"
            return Vouched(agency, refusal=Refusal("case-card-expired", text))
        return Vouched(agency, roles, self.teams_of(agency.name, now_ms))

    def teams_at(self, now_ms: int) -> dict[str, frozenset[str]]:
        """Give for each agency that is in a team now the names of its teams."""
        agencies = {member for team in self.teams for member in team.members}
        named = {agency: self.teams_of(agency, now_ms) for agency in sorted(agencies)}
        return {agency: teams for agency, teams in named.items() if teams}

    def teams_of(self, agency: str, now_ms: int) -> frozenset[str]:
        """Name the teams that an agency is in now."""
        return frozenset(
            team.name for team in self.teams if agency in team.members and team.in_force(now_ms)
        )


def load(connection: sqlite3.Connection, federation: Federation) -> Authorities:
    """Read the notes that were installed and verify them against the member list in force.

    A note that does not verify any more counts for nothing, and is named in the log.
    """
    rosters: dict[str, RosterKeys] = {}
    teams: list[Team] = []
    notes = _notes(connection)
    for key, note in notes:
        try:
            if key.startswith(_ROSTER):
                rosters[key.removeprefix(_ROSTER)] = RosterKeys(open_roster(note, federation))
            else:
                teams.append(open_team(note, federation))
        except FedqueryError as error:
            logs.event("authority-ignored", why=error.slug)
    return Authorities(federation, rosters, tuple(teams), notes)


def changed(connection: sqlite3.Connection, known: Authorities, federation: Federation) -> bool:
    """Tell whether notes were installed, or the member list replaced, since `load`."""
    return known.federation is not federation or known.notes != _notes(connection)


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
    key = _ROSTER + roster.nation

    def adopt() -> None:
        kept = _kept(connection, key)
        newer = _is_newer(roster, Roster.parse(_body(kept)) if kept else None)
        _adopt(home, connection, (key, note), entry.encode() if newer else b"", now_ms)

    _in_transaction(connection, adopt)
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
    key = _TEAM + team.name

    def adopt() -> None:
        kept = _kept(connection, key)
        before = Team.parse(_body(kept)) if kept else None
        newer = _is_newer(team, before)
        _require_room(connection, federation, team, now_ms)
        open_team(note, federation, before)
        _adopt(home, connection, (key, note), entry.encode() if newer else b"", now_ms)

    _in_transaction(connection, adopt)
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
    for key, note in _notes(connection):
        if key.startswith(_TEAM) and key != _TEAM + team.name:
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


def _in_transaction(connection: sqlite3.Connection, change: Callable[[], None]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        change()
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _notes(connection: sqlite3.Connection) -> _Notes:
    rows = connection.execute(
        "SELECT key, value FROM remembered"
        " WHERE substr(key, 1, 7) = ? OR substr(key, 1, 5) = ? ORDER BY key",
        (_ROSTER, _TEAM),
    ).fetchall()
    return tuple((key, value) for key, value in rows)


def _kept(connection: sqlite3.Connection, key: str) -> bytes | None:
    row = connection.execute("SELECT value FROM remembered WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def _body(note: bytes) -> bytes:
    return note[: note.rindex(b"\n\n") + 1]

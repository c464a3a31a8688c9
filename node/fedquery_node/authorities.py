"""Rosters and teams as this node knows them: whose signatures count, and who is in which team.

The notes are kept in the database, each verified against the member list in force whenever either
changes. Nothing of a card that is not verified here reaches the policy.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.config import logs
from fedquery.errors import FedqueryError, InputError, SignatureError
from fedquery.federation.members import Agency, Federation
from fedquery.federation.roster import open_roster
from fedquery.federation.team import Team, open_team
from fedquery.federation.vouching import RosterKeys, in_time, require_addressed, verified_roles
from fedquery.transport.head import Refusal
from fedquery_node.admit import Admitted
from fedquery_node.home import NodeHome

ROSTER: Final = "roster/"
TEAM: Final = "team/"
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
    notes = kept_notes(connection)
    for key, note in notes:
        try:
            if key.startswith(ROSTER):
                rosters[key.removeprefix(ROSTER)] = RosterKeys(open_roster(note, federation))
            else:
                teams.append(open_team(note, federation))
        except FedqueryError as error:
            logs.event("authority-ignored", why=error.slug)
    return Authorities(federation, rosters, tuple(teams), notes)


def changed(connection: sqlite3.Connection, known: Authorities, federation: Federation) -> bool:
    """Tell whether notes were installed, or the member list replaced, since `load`."""
    return known.federation is not federation or known.notes != kept_notes(connection)


def kept_notes(connection: sqlite3.Connection) -> _Notes:
    """Read the notes of rosters and teams that were installed, by their keys."""
    rows = connection.execute(
        "SELECT key, value FROM remembered"
        " WHERE substr(key, 1, 7) = ? OR substr(key, 1, 5) = ? ORDER BY key",
        (ROSTER, TEAM),
    ).fetchall()
    return tuple((key, value) for key, value in rows)

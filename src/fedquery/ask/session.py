"""What a client holds while it is open: members, the way to the coordinators, trusted manifests."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask import evidence, trust
from fedquery.ask import home as asker_home
from fedquery.ask.concluding import ClockError
from fedquery.ask.home import AskHome
from fedquery.ask.trust import Trusted
from fedquery.config import logs
from fedquery.errors import ConfigError, EncodingError, FedqueryError, PeerError, ProofError
from fedquery.federation.members import Federation
from fedquery.tlog.tile import Tile
from fedquery.transport.coordinator_client import CLOCK, CoordinatorClient

Clock = Callable[[], int]

# Manifests are made anew each hour, and at once when something is published.
FRESH_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Distrusted:
    """A nation that cannot be asked now.

    Attributes:
        why: a slug.
        alarm: whether something that it showed is false.
    """

    why: str
    alarm: bool = False


def _client(home: AskHome, federation: Federation, clock: Clock) -> CoordinatorClient:
    return CoordinatorClient(federation.coordinators, home.settings.agency, home.signing_key, clock)


@dataclass(slots=True)
class Session:
    """An open client's view of the federation.

    Attributes:
        home: the agency's home.
        connection: its database.
        clock: the time in ms.
        federation: the member list.
        coordinators: the way to them.
        note: the signed member list.
        nations: what each other nation's manifest is worth.
    """

    home: AskHome
    connection: sqlite3.Connection
    clock: Clock
    federation: Federation
    coordinators: CoordinatorClient
    note: bytes = field(default=b"", repr=False)
    nations: dict[str, Trusted | Distrusted] = field(default_factory=dict)
    _fetched_ms: int = field(default=0, init=False)

    @staticmethod
    def begin(home: AskHome, connection: sqlite3.Connection, clock: Clock) -> "Session":
        """Read the member list and make the way to the coordinators; nothing is sent yet.

        Raises:
            ConfigError: if the member list is missing or expired, or does not name this agency.
            ProofError: if it is not signed as it must be.
        """
        listed = asker_home.load_members(home, connection, clock())
        client = _client(home, listed.federation, clock)
        return Session(home, connection, clock, listed.federation, client, listed.note)

    async def freshen(self, *, force: bool = False) -> None:
        """Fetch and verify manifests, where the last ones are not new enough.

        Raises:
            PeerError: if no coordinator answers.
            ClockError: if every manifest is from the future: it is our clock that is wrong.
        """
        if not force and self.clock() - self._fetched_ms < FRESH_MS:
            return
        await self._renew_members()
        notes = await self.coordinators.manifests()
        wanted = [code for code in self.federation.nodes if code != self.home.settings.nation]
        found = await asyncio.gather(*(self._trusted(code, notes.get(code)) for code in wanted))
        self.nations = dict(zip(wanted, found, strict=True))
        self._fetched_ms = self.clock()
        self._require_clock()

    async def _renew_members(self) -> None:
        """Take over a newer member list, where a coordinator has one that the quorum has signed.

        Raises:
            PeerError: if no coordinator answers.
            ConfigError: if the list in force has expired, and there is no newer one.
        """
        try:
            note = await self.coordinators.federation()
        except PeerError as error:
            if error.why == CLOCK:
                raise ClockError(error.what) from None
            raise
        try:
            changed = note != self.note
            federation = (
                asker_home.take_over(self.home, self.connection, note, self.clock())
                if changed
                else self.federation
            )
        except FedqueryError as error:
            # An older or false list of a coordinator changes nothing here.
            logs.event("members-rejected", why=error.slug)
            federation = self.federation
        if self.clock() >= federation.expires_ms:
            raise ConfigError(
                "the member list has expired", do="Ask for the renewed list, and install it."
            )
        if federation == self.federation:
            return
        await self.coordinators.aclose()
        self.federation, self.note = federation, note
        self.coordinators = _client(self.home, federation, self.clock)

    async def _trusted(self, nation: str, note: bytes | None) -> Trusted | Distrusted:
        if note is None:
            return Distrusted("node-down")
        try:
            node = self.federation.nodes[nation]
            return await trust.verify(self.connection, node, note, self._fetch_tile, self.clock())
        except ProofError as error:
            # protocol.md 4: both are kept, what was shown before and what is shown now.
            before = trust.kept_manifest(self.connection, nation)
            evidence.keep(self.home.path, error, before, note)
            return Distrusted(error.slug, alarm=True)
        except EncodingError:
            return Distrusted("off-protocol", alarm=True)
        except PeerError as error:
            return Distrusted("stale" if error.why == "stale" else "manifest-unavailable")
        except FedqueryError as error:
            return Distrusted(error.slug)

    async def _fetch_tile(self, nation: str, tile: Tile) -> bytes:
        return await self.coordinators.tile(nation, tile)

    def _require_clock(self) -> None:
        states = list(self.nations.values())
        stale = [one for one in states if isinstance(one, Distrusted) and one.why == "stale"]
        trusted = any(isinstance(one, Trusted) for one in states)
        if stale and not trusted:
            raise ClockError(
                "every nation's manifest has expired or is from the future by this clock"
            )

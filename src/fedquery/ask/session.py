"""What a client holds while it is open: members, the way to the coordinators, trusted manifests."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask import evidence, shown, trust
from fedquery.ask import home as asker_home
from fedquery.ask.clock import ClockError
from fedquery.ask.home import AskHome
from fedquery.ask.outcome import Witnesses
from fedquery.ask.trust import Trusted, ahead_of
from fedquery.ask.trust_file import read_trust
from fedquery.config import logs
from fedquery.errors import (
    ConfigError,
    EncodingError,
    FedqueryError,
    PeerError,
    ProofError,
    QuorumError,
)
from fedquery.federation.members import Federation
from fedquery.federation.trust import Trust
from fedquery.tlog.tile import Tile
from fedquery.tlog.trust_policy import TrustPolicy
from fedquery.transport.coordinator_client import CLOCK, CoordinatorClient

Clock = Callable[[], int]

# Manifests are made anew each hour, and at once when something is published.
FRESH_MS: Final = 60_000
# Witnesses are asked within seconds of a publication, so a nation that waits for them is looked at
# again soon.
_WAITING_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Distrusted:
    """A nation that cannot be asked now.

    Attributes:
        why: a slug.
        alarm: whether something that it showed is false.
        waiting: which witnesses are missing, where that is why.
    """

    why: str
    alarm: bool = False
    waiting: QuorumError | None = None

    @property
    def witnesses(self) -> Witnesses | None:
        """Say how many have seen what it shows, where those are too few."""
        if self.waiting is None:
            return None
        cosigned = self.waiting.cosigned
        of = cosigned + len(self.waiting.missing)
        return Witnesses(cosigned=cosigned, of=of, needed=self.waiting.needed)


def _distrusted(error: FedqueryError) -> Distrusted:
    match error:
        case QuorumError():
            # Nothing that it showed is false.
            return Distrusted(error.slug, waiting=error)
        case ProofError():
            return Distrusted(error.slug, alarm=True)
        case EncodingError():
            return Distrusted("off-protocol", alarm=True)
        case PeerError():
            return Distrusted("stale" if error.why == "stale" else "manifest-unavailable")
        case _:
            return Distrusted(error.slug)


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
        policy: the trust policy that the home has installed, or None.
    """

    home: AskHome
    connection: sqlite3.Connection
    clock: Clock
    federation: Federation
    coordinators: CoordinatorClient
    note: bytes = field(default=b"", repr=False)
    nations: dict[str, Trusted | Distrusted] = field(default_factory=dict)
    policy: TrustPolicy | None = None
    _fetched_ms: int = field(default=0, init=False)

    @property
    def trust(self) -> Trust:
        """Say whom this agency believes that a log shows all the same."""
        return Trust(self.federation, self.policy)

    @staticmethod
    def begin(home: AskHome, connection: sqlite3.Connection, clock: Clock) -> "Session":
        """Read the member list and make the way to the coordinators; nothing is sent yet.

        Raises:
            ConfigError: if the member list is missing or expired, or does not name this agency.
            ProofError: if it is not signed as it must be.
        """
        listed = asker_home.load_members(home, connection, clock())
        client = _client(home, listed.federation, clock)
        return Session(
            home,
            connection,
            clock,
            listed.federation,
            client,
            listed.note,
            policy=read_trust(home.path),
        )

    async def freshen(self, *, force: bool = False) -> None:
        """Fetch and verify manifests, where the last ones are not new enough.

        Raises:
            PeerError: if no coordinator answers.
            ClockError: if every manifest is from the future, or witnesses have signed in it: it is
                our clock that is wrong.
            ConfigError: if the trust policy of the home cannot be read.
        """
        waits = any(isinstance(one, Distrusted) and one.waiting for one in self.nations.values())
        fresh_ms = _WAITING_MS if waits else FRESH_MS
        if not force and self.clock() - self._fetched_ms < fresh_ms:
            return
        # Read each time, so that a policy that was installed meanwhile is in force here too.
        self.policy = read_trust(self.home.path)
        await self._renew_members()
        notes = await self.coordinators.manifests()
        wanted = [code for code in self.federation.nodes if code != self.home.settings.nation]
        found = await asyncio.gather(*(self._trusted(code, notes.get(code)) for code in wanted))
        self.nations = dict(zip(wanted, found, strict=True))
        # Only then are they fresh: else the next question would find them so, and be sent.
        self._require_clock()
        self._fetched_ms = self.clock()

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
            return await trust.verify(
                self.connection,
                self.federation.nodes[nation],
                note,
                fetch=self._fetch_tile,
                trust=self.trust,
                now_ms=self.clock(),
            )
        except FedqueryError as error:
            # protocol.md 4: both are kept, what was shown before and what is shown now.
            before = shown.manifests(self.connection, nation)
            evidence.keep(self.home.path, nation, error, *before, note)
            return _distrusted(error)

    async def _fetch_tile(self, nation: str, tile: Tile) -> bytes:
        return await self.coordinators.tile(nation, tile)

    def state(self, nation: str) -> Trusted | Distrusted:
        """Say what a nation's manifest is worth; of one that showed none, that its node is down."""
        return self.nations.get(nation, Distrusted("node-down"))

    def _require_clock(self) -> None:
        states = list(self.nations.values())
        self._require_clock_of_witnesses(states)
        stale = [one for one in states if isinstance(one, Distrusted) and one.why == "stale"]
        trusted = any(isinstance(one, Trusted) for one in states)
        if stale and not trusted:
            raise ClockError(
                "every nation's manifest has expired or is from the future by this clock"
            )

    def _require_clock_of_witnesses(self, states: Sequence[Trusted | Distrusted]) -> None:
        """Require that it is not our clock which kept a nation from having a quorum.

        Where it is, all that have signed just now are ahead: a quorum of one log at least, which is
        half of all witnesses or more. One nation's manifest alone proves nothing: it chooses whose
        lines it shows, so that it and one witness could stop every question to every nation.

        Raises:
            ClockError: if half of the witnesses are ahead, or no nation can be asked.
        """
        waiting = [one.waiting for one in states if one.waiting is not None and one.waiting.ahead]
        if not waiting:
            return
        ahead = {name for error in waiting for name in error.ahead}
        on_time: set[str] = set()
        for one in states:
            if isinstance(one, Trusted):
                late = ahead_of(one.cosigned, self.clock())
                ahead |= set(late)
                on_time |= one.cosigned.times_s.keys() - set(late)
        trusted = any(isinstance(one, Trusted) for one in states)
        if not trusted or len(ahead) >= len(on_time - ahead):
            raise ClockError("by this clock, witnesses have signed in the future")

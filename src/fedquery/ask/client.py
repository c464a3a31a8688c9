"""The SDK: ask about identifiers, claim hits, look at what was answered."""

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self

from fedquery.ask import asker_log, schema, store
from fedquery.ask.asker_log import Looked
from fedquery.ask.cards import renewed
from fedquery.ask.case import Case, officer_mark
from fedquery.ask.claiming import ClaimOutcome, claim_hit
from fedquery.ask.collecting import Collected, collect
from fedquery.ask.doctor import Check, examine
from fedquery.ask.estimating import NationEstimate, estimate
from fedquery.ask.home import AskHome, open_home
from fedquery.ask.looking import Looking, OnOutcome
from fedquery.ask.outcome import Lookup
from fedquery.ask.place import proved_size
from fedquery.ask.receipts import Shown, read, verify
from fedquery.ask.screening.asked import Asked
from fedquery.ask.screening.files import erase
from fedquery.ask.screening.kept import find_hit, kept_screenings
from fedquery.ask.screening.look import Look
from fedquery.ask.screening.reading import Source
from fedquery.ask.screening.screening import Screening, resumed
from fedquery.ask.screening.values import KeptScreening
from fedquery.ask.session import Clock, Distrusted, Session
from fedquery.config.service import wall_clock
from fedquery.errors import ConfigError, InputError
from fedquery.federation.policy_summary import PolicySummary
from fedquery.identifiers import Identifier

_MOST_IDENTIFIERS = 512
_HISTORY = 100


def _check_count(identifiers: Sequence[Identifier]) -> None:
    if not 1 <= len(identifiers) <= _MOST_IDENTIFIERS:
        raise InputError(f"a lookup has 1 to {_MOST_IDENTIFIERS} identifiers")


def _nobody(_outcome: object) -> None:
    """Take no notice of outcomes as they come."""


class Client:
    """An asking agency's client; `async with Client.open(home) as client`.

    One client serves many lookups at once. Several processes may share a home.
    """

    def __init__(self, home: AskHome, clock: Clock, random: Callable[[int], bytes]) -> None:
        self.home = home
        self._clock = clock
        self._random = random
        self._connection: sqlite3.Connection | None = None
        self._session: Session | None = None

    @staticmethod
    def open(
        home: Path,
        *,
        clock: Clock = wall_clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> "Client":
        """Open the home of an agency; nothing is sent before the first question.

        Args:
            home: the directory that `fedquery init` made.
            clock: the time in ms.
            random: the random source.

        Raises:
            ConfigError: if the home is not in order.
        """
        return Client(open_home(home), clock, random)

    async def __aenter__(self) -> Self:
        """Open the database and read the member list."""
        self._connection = schema.connect(self.home.path)
        try:
            # What a program that was killed has left; and a log that went back is noticed here. On
            # a full disk what was asked before can still be read.
            with contextlib.suppress(sqlite3.OperationalError):
                asker_log.sign_checkpoint(self._connection, self.home, self._clock())
            self._session = Session.begin(self.home, self._connection, self._clock)
        except BaseException:
            self._connection.close()
            raise
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Sign what was asked into a checkpoint of the log; close connections and database."""
        connection, session = self._connection, self._session
        self._session = self._connection = None
        try:
            if session is not None:
                await session.coordinators.aclose()
            if connection is not None:
                # On a full disk the entries are there, and the next session signs them.
                with contextlib.suppress(sqlite3.OperationalError):
                    asker_log.sign_checkpoint(connection, self.home, self._clock())
        finally:
            if connection is not None:
                connection.close()

    def checkpoint(self) -> bool:
        """Sign what was asked since the last checkpoint of the log, and tell whether any was.

        A client does so when it is closed; one that serves for long does so by a clock.

        Raises:
            ConsistencyError: if the log does not begin with what was signed last.
        """
        return asker_log.sign_checkpoint(self.session.connection, self.home, self._clock())

    @property
    def session(self) -> Session:
        """Give the open session.

        Raises:
            ConfigError: if the client is not open.
        """
        if self._session is None:
            raise ConfigError("the client is not open", do="Use `async with Client.open(home)`.")
        return self._session

    async def lookup(
        self,
        identifiers: Sequence[Identifier],
        case: Case,
        *,
        nations: Collection[str] | None = None,
        deadline_s: float | None = None,
        on_outcome: OnOutcome = _nobody,
    ) -> Lookup:
        """Ask other nations whether they hold records of identifiers.

        Args:
            identifiers: 1 to 512.
            case: what for.
            nations: whom to ask; every other nation with a node by default.
            deadline_s: how long the nodes have, 1 to 30 seconds; the setting by default.
            on_outcome: told of each outcome as it comes.

        Raises:
            InputError: if there are none or too many, a nation is unknown or one's own, or the case
                is to be opened later.
            PeerError: if no coordinator answers; nothing was asked.
            ClockError: if this machine's clock is wrong; nothing was asked.
        """
        _check_count(identifiers)
        case.check_opened(self.session.clock())
        looking = Looking(self.session, self._random, on_outcome)
        chosen = self.choose(nations)
        return await looking.run(identifiers, case, chosen, self._deadline_ms(deadline_s))

    async def estimate(
        self,
        identifiers: Sequence[Identifier],
        case: Case,
        *,
        nations: Collection[str] | None = None,
    ) -> tuple[NationEstimate, ...]:
        """Say what a lookup would cost each nation's quota and tell it; nobody is asked.

        Args:
            identifiers: as `lookup` takes them.
            case: what for.
            nations: whom; every other nation with a node by default.

        Raises:
            InputError: as `lookup`.
            PeerError: if no coordinator answers.
            ClockError: if this machine's clock is wrong.
        """
        _check_count(identifiers)
        case.check_opened(self.session.clock())
        chosen = self.choose(nations)
        await self.session.freshen()
        return estimate(self.session, identifiers, case, chosen)

    def screen(
        self,
        identifiers: Source,
        case: Case,
        *,
        nations: Collection[str] | None = None,
        deadline_s: float | None = None,
        padded: bool | None = None,
    ) -> Screening:
        """Ask other nations about a list of any length: `async for outcome in client.screen(...)`.

        Nothing happens before it is prepared or iterated. See `screening.Screening` for what it
        costs, how far it is, and what it came to, place by place.

        Args:
            identifiers: the list, read once; also one that comes asynchronously.
            case: what for.
            nations: whom to ask; every other nation with a node by default.
            deadline_s: how long a node has for one answer, 1 to 30 seconds; the setting by default.
            padded: whether the count is hidden in whole size classes; the setting by default.

        Raises:
            InputError: if a nation is unknown or one's own, or the case is to be opened later.
        """
        case.check_opened(self.session.clock())
        asked = Asked(
            case=case,
            nations=tuple(self.choose(nations)),
            deadline_ms=self._deadline_ms(deadline_s),
            padded=self.home.settings.pad_lists if padded is None else padded,
        )
        return Screening(self.session, identifiers, asked, self._random)

    def resume_screening(self, job_id: str, *, deadline_s: float | None = None) -> Screening:
        """Open a screening that is kept: whatever has no answer yet is asked when it is run.

        Args:
            job_id: its id.
            deadline_s: how long a node has for one answer; as before by default.

        Raises:
            InputError: if there is none of this id, or its list was not read to its end.
            BusyError: if another program runs it.
        """
        deadline_ms = None if deadline_s is None else self._deadline_ms(deadline_s)
        return resumed(self.session, job_id, self._random, deadline_ms=deadline_ms)

    def screenings(self) -> list[KeptScreening]:
        """List the screenings that are kept, the newest first."""
        return kept_screenings(self.home, self._random)

    def look_at_screening(self, job_id: str) -> Look:
        """Open a screening that is kept to look at it, also while it runs; close what comes back.

        Raises:
            InputError: if there is none of this id, or its list was not read to its end.
        """
        return Look.open(self.home, job_id, self._random)

    def erase_screening(self, job_id: str) -> None:
        """Erase a screening: its list, what came of it, and that its hits can be claimed.

        Receipts and the agency's log stay.

        Raises:
            InputError: if there is none of this id.
            BusyError: if it runs.
        """
        erase(self.home, job_id)

    async def claim(
        self,
        claim_id: str,
        *,
        level: Literal["reference", "summary"] = "reference",
        officer: str | None = None,
        case: str | None = None,
        deadline_s: float | None = None,
    ) -> ClaimOutcome:
        """Claim a hit: show the holder that it was found, and get what its policy releases.

        The holder learns from a claim which of its records it is about.

        Args:
            claim_id: from the outcome of a lookup or screening.
            level: how much is asked for.
            officer: who claims; whoever looked it up, by default.
            case: the number of the opened case; by default it is found. Its cards of today are
                shown, with the signatures that they have by now.
            deadline_s: how long the node has; the setting by default.

        Raises:
            InputError: if there is no such hit, its time is over, or its case is closed.
            PeerError: if no coordinator answers.
        """
        hit = find_hit(self.home, claim_id, self._random)
        if hit is None:
            hit = store.find_hit(self.session.connection, claim_id)
        statement = renewed(self.home, hit.statement, self._clock(), case)
        hit = replace(hit, statement=statement)
        if officer is not None:
            mark = officer_mark(officer, hit.nation, self.home.pseudonym_key)
            hit = replace(hit, statement=replace(hit.statement, officer_mark=mark))
        return await claim_hit(
            self.session,
            hit,
            level,
            self._deadline_ms(deadline_s),
            self._random,
            looked=Looked(case or "", officer or ""),
        )

    async def refresh(self) -> None:
        """Fetch and verify all manifests now.

        Raises:
            PeerError: if no coordinator answers.
        """
        await self.session.freshen(force=True)

    def history(self) -> list[tuple[Lookup, bool]]:
        """Give the newest lookups, and of each whether it was finished."""
        return store.recent(self.session.connection, _HISTORY)

    def status(self, lookup_id: str) -> tuple[Lookup, bool]:
        """Give a lookup again, and whether it was finished.

        What was under way when a process ended is `unavailable` with `outcome-unknown`: it may have
        been counted and logged by the nation.

        Raises:
            InputError: if there is no such lookup.
        """
        return store.read_lookup(self.session.connection, lookup_id)

    def verify_receipt(self, name: str) -> Shown:
        """Verify a receipt that was kept, from its octets, the member list and the trust policy.

        Args:
            name: the name of the file, as an outcome has it.

        Raises:
            ProofError, EncodingError: if it, or the proof that was collected for it, does not
                verify.
            InputError: if this is not the name of a receipt.
            OSError: if it cannot be read.
        """
        if "/" in name or name.startswith("."):
            raise InputError("this is not the name of a receipt")
        shown = verify(read(self.home.receipts / name), self.session.trust)
        node = self.session.federation.nodes[shown.nation]
        return replace(shown, proved_size=proved_size(self.home.receipts, name, shown, node))

    async def collect(self, on_each: Callable[[Collected], None] = _nobody) -> list[Collected]:
        """Collect the proofs that nations have logged what they answered; see `collecting`.

        Args:
            on_each: told of each receipt as it comes.

        Raises:
            PeerError: if no coordinator answers.
            StorageError: if a proof cannot be written.
        """
        return await collect(self.session, on_each)

    async def doctor(self) -> list[Check]:
        """Look at everything that a question needs, and say which part is wrong."""
        return await examine(self.session)

    async def policies(
        self, nations: Collection[str] | None = None
    ) -> dict[str, PolicySummary | Distrusted | None]:
        """Read what other nations tell of their policies, before they are asked.

        It is what each node signed in its manifest. What was decided, and by which file, stands in
        each answer.

        Args:
            nations: of whom; every other nation with a node by default.

        Returns:
            For each nation its summary; None where it tells nothing, or why it cannot be asked.

        Raises:
            InputError: if a nation is unknown or one's own.
            PeerError: if no coordinator answers.
        """
        chosen = self.choose(nations)
        await self.session.freshen(force=True)
        found = {nation: self.session.nations[nation] for nation in chosen}
        return {
            nation: one if isinstance(one, Distrusted) else one.manifest.policy
            for nation, one in found.items()
        }

    def choose(self, nations: Collection[str] | None) -> list[str]:
        """Choose whom to ask; every other nation with a node by default.

        Raises:
            InputError: if a nation is unknown or one's own.
        """
        others = sorted(self.session.federation.nodes.keys() - {self.home.settings.nation})
        if nations is None:
            return others
        unknown = sorted(set(nations) - set(others))
        if unknown:
            raise InputError(
                "a nation that was named has no node here, or is the agency's own",
                do=f"Name some of {', '.join(others)}.",
            )
        return [nation for nation in others if nation in set(nations)]

    def _deadline_ms(self, deadline_s: float | None) -> int:
        if deadline_s is None:
            return self.home.settings.deadline_ms
        if not 1 <= deadline_s <= 30:  # noqa: PLR2004 -- the range is in the docstring of lookup
            raise InputError("a deadline is 1 to 30 seconds")
        return int(deadline_s * 1000)

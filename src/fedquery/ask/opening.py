"""An agency's home, open: its database, its log, its way to the coordinators."""

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, Self

from fedquery.ask import asker_log, schema
from fedquery.ask.home import AskHome, open_home
from fedquery.ask.screening.files import erase_unprepared
from fedquery.ask.session import Clock, Session
from fedquery.config.service import wall_clock
from fedquery.errors import ConfigError, InputError

_SHORTEST_S: Final = 1
_LONGEST_S: Final = 30


class Opening:
    """Opens the home of an agency, and closes it with a signed log.

    Args:
        home: the home.
        clock: the time in ms.
        random: the random source.
    """

    def __init__(self, home: AskHome, clock: Clock, random: Callable[[int], bytes]) -> None:
        self.home = home
        self._clock = clock
        self._random = random
        self._connection: sqlite3.Connection | None = None
        self._session: Session | None = None

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        clock: Clock = wall_clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> Self:
        """Open the home of an agency; nothing is sent before the first question.

        Args:
            home: the directory that `fedquery init` made.
            clock: the time in ms.
            random: the random source.

        Raises:
            ConfigError: if the home is not in order.
        """
        return cls(open_home(home), clock, random)

    async def __aenter__(self) -> Self:
        """Open the database and read the member list."""
        self._connection = schema.connect(self.home.path)
        try:
            erase_unprepared(self.home)
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

    async def refresh(self) -> None:
        """Fetch and verify all manifests now.

        Raises:
            PeerError: if no coordinator answers.
        """
        await self.session.freshen(force=True)

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

    def deadline_ms(self, deadline_s: float | None) -> int:
        """Give the time that a node has, in milliseconds.

        Args:
            deadline_s: 1 to 30 seconds; the setting of the home by default.

        Raises:
            InputError: if it is out of range.
        """
        if deadline_s is None:
            return self.home.settings.deadline_ms
        if not _SHORTEST_S <= deadline_s <= _LONGEST_S:
            raise InputError("a deadline is 1 to 30 seconds")
        return int(deadline_s * 1000)

"""What all pages of a desk share: the agency's client, the store, languages and files."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from argon2 import PasswordHasher
from starlette.requests import Request

from fedquery.ask.client import Client
from fedquery.ask.config import DeskSettings
from fedquery.ask.home import AskHome
from fedquery.desk import sessions
from fedquery.desk.catalogue import Catalogues
from fedquery.desk.drafts import Drafts
from fedquery.desk.ended_sessions import EndedSessions
from fedquery.desk.list_drafts import ListDrafts
from fedquery.desk.sessions import Visitor
from fedquery.desk.static_files import StaticFiles
from fedquery.desk.store import DeskStore

P = ParamSpec("P")
T = TypeVar("T")

_READERS: Final = 2


@dataclass(slots=True, kw_only=True)
class Desk:
    """Serves the officers of one agency.

    Attributes:
        client: the open client of the agency.
        store: the open store: desk.db, its key, and the random source.
        clock: the time in ms since 1970.
        catalogues: the texts of all languages.
        static: the files that pages load.
        hasher: hashes and verifies passwords.
        names: the hosts under which the desk is served, without ports.
        drafts: questions that are being written.
        list_drafts: lists that are being made.
        case_closed: told of the id of a case that was closed.
        ended: sessions that have ended on a full disk.
    """

    client: Client
    store: DeskStore
    clock: Callable[[], int]
    catalogues: Catalogues
    static: StaticFiles
    hasher: PasswordHasher = field(repr=False)
    names: frozenset[str]
    drafts: Drafts = field(init=False)
    list_drafts: ListDrafts = field(init=False)
    case_closed: Callable[[str], None] = field(default=lambda _case_id: None, init=False)
    ended: EndedSessions = field(default_factory=EndedSessions, init=False)
    _readers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_READERS, "desk-reading"), init=False, repr=False
    )
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, init=False, repr=False)

    def __post_init__(self) -> None:
        """Begin without a draft."""
        self.drafts = Drafts(self.clock)
        self.list_drafts = ListDrafts(self.clock)

    @property
    def home(self) -> AskHome:
        """Give the home of the agency."""
        return self.client.home

    @property
    def settings(self) -> DeskSettings:
        """Give the table `desk` of fedquery.toml."""
        return self.client.home.settings.desk

    @property
    def connection(self) -> sqlite3.Connection:
        """Give desk.db; for the thread of the event loop alone."""
        return self.store.connection

    @property
    def random(self) -> Callable[[int], bytes]:
        """Give the random source."""
        return self.store.random

    @property
    def training(self) -> bool:
        """Say whether the federation is one for exercises, as its signed member list says."""
        return self.client.session.federation.training

    def visitor_of(self, token: str, *, used: bool = True) -> Visitor | None:
        """Say whose session a token is of; see `sessions.visitor_of`."""
        found = sessions.visitor_of(self.connection, self.store.key, token, self.clock(), used=used)
        return None if found is None or found.session_id in self.ended else found

    def is_here(self, visitor: Visitor) -> bool:
        """Say whether the session of a visitor lives still; looking does not prolong it."""
        if visitor.session_id in self.ended:
            return False
        return sessions.lives(self.connection, visitor.session_id, self.clock())

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Begin work that goes on when the request that began it has ended."""
        task = asyncio.create_task(work)
        # The loop itself holds tasks weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def apart(self, read: Callable[P, T], *what: P.args, **more: P.kwargs) -> T:
        """Read something large apart from the thread on which answers come and pages are made.

        Whatever somebody sends, all others have their turn. Two things are read at a time; proofs
        and passwords are looked at elsewhere, and do not wait for them.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, partial(read, *what, **more))

    async def aclose(self) -> None:
        """End what is still under way; what it has written stays."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._readers.shutdown(wait=False, cancel_futures=True)


def desk_of(request: Request) -> Desk:
    """Give the desk that serves a request."""
    desk = request.scope["desk"]
    if not isinstance(desk, Desk):
        raise TypeError("this request came past the door")
    return desk

"""A desk in memory over the asker and the nation of tests/unit/ask, and a browser that visits it.

The browser keeps cookies, sends what a browser sends with a form, and follows nothing by itself.
"""

import html
import re
from dataclasses import dataclass, field

import httpx2
from argon2 import PasswordHasher, profiles
from unit.psi.holding import octets

from fedquery.ask.client import Client
from fedquery.desk import accounts, one_time_codes, passwords, schema
from fedquery.desk.accounts import Credentials
from fedquery.desk.app import make_app
from fedquery.desk.catalogue import Catalogues
from fedquery.desk.service import Desk
from fedquery.desk.static_files import StaticFiles
from fedquery.desk.store import DeskStore

HOST = "desk.example"
PASSWORD = "four words of a book"  # noqa: S105 -- of no real account
# Only for tests: a password costs nothing to compare.
CHEAP = PasswordHasher.from_parameters(profiles.CHEAPEST)
# The same for each desk: which secrets are drawn does not depend on which tests ran before.
_SEED = 1_000
_PAGES = {"accept": "text/html", "sec-fetch-site": "same-origin", "origin": "null"}


def desk_of(session, *, hasher=CHEAP):
    """Make a desk in the home of an open session, with a clock that stands where it is put."""
    random = octets(_SEED)
    client = Client(session.home, session.clock, random)
    client._session = session
    schema.create(session.home.path, random)
    return Desk(
        client=client,
        store=DeskStore.open(session.home.path, random),
        clock=session.clock,
        catalogues=Catalogues.read(),
        static=StaticFiles.read(),
        hasher=hasher,
        names=frozenset({HOST}),
    )


def account(desk, name="Officer One", role="officer"):
    """Make an account with the password of all tests."""
    secret = accounts.draw_code_secret(desk.random)
    made = Credentials(passwords.hashed(desk.hasher, PASSWORD), secret)
    return accounts.add(
        desk.connection,
        desk.store.key,
        name,
        role,
        made,
        now_ms=desk.clock(),
        random=desk.random,
    )


def code(desk, account, steps=0):
    """Give the code of an account, now or so many steps away."""
    secret = accounts.code_secret(desk.store.key, account)
    return one_time_codes.code_at(secret, one_time_codes.step_of(desk.clock()) + steps)


@dataclass
class Browser:
    """Visits a desk."""

    desk: Desk
    address: str = "192.0.2.7"
    headers: dict = field(default_factory=lambda: dict(_PAGES))
    app: object = None

    def __post_init__(self):
        """Open a window without cookies."""
        transport = httpx2.ASGITransport(
            app=self.app or make_app(self.desk),
            client=(self.address, 50_000),
            raise_app_exceptions=False,
        )
        self.window = httpx2.AsyncClient(transport=transport, base_url=f"https://{HOST}")

    async def get(self, path, **headers):
        """Go to a page."""
        return await self.window.get(path, headers=self.headers | headers)

    async def post(self, path, *, page=None, csrf=None, **fields):
        """Send a form, with the token of the page it stands on."""
        if csrf is None:
            csrf = token_of((await self.get(page or path)).text)
        return await self.window.post(path, data={"csrf": csrf, **fields}, headers=self.headers)

    async def sign_in(self, account, *, password=PASSWORD, typed_code=None, following=""):
        """Sign in with an account."""
        return await self.post(
            "/desk/login",
            name=account.name,
            password=password,
            code=code(self.desk, account) if typed_code is None else typed_code,
            next=following,
        )


def token_of(text):
    """Find the token of the forms of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    return html.unescape(found[1])

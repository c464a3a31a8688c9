"""Accounts of a real desk, made with the command that operators use, and signed in with."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import pyotp

from fedquery.cli.demo.processes import require

PASSWORD = "four words of a book"  # noqa: S105 -- of no real account


@dataclass(frozen=True)
class User:
    """One account of a desk.

    Attributes:
        name: its name.
        secret: the secret of its codes, as the command printed it.
    """

    name: str
    secret: str = field(repr=False)

    def code(self):
        """Give the code of now, as an authenticator shows it."""
        return pyotp.parse_uri(self.secret).at(int(time.time()))


def make_user(home: Path, name: str, role: str) -> User:
    """Make an account."""
    ended = require(
        "fedquery.cli",
        "--home",
        str(home),
        "desk",
        "account",
        "add",
        name,
        "--role",
        role,
        stdin=f"{PASSWORD}\n",
    )
    return User(name, ended.out.splitlines()[-1])


def sign_in(page, user: User) -> None:
    """Sign in on the page that asks for it."""
    page.fill("[name=name]", user.name)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", user.code())
    page.click("main button[type=submit]")
    page.wait_for_selector("body[data-signed-in]")

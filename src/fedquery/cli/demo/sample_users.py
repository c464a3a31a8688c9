"""Sample users of a demo's desk: their passwords and the secrets of their codes are printed.

Only a demo does so, whose records are generated and whose federation says that it is for training.
"""

import secrets
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

import click

from fedquery.cli.demo.federation import Federation
from fedquery.cli.demo.processes import require

USERS: Final = (
    ("sample officer", "officer"),
    ("sample supervisor", "supervisor"),
    ("sample auditor", "auditor"),
)
_WORDS: Final = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "jetty",
    "knoll",
    "lotus",
    "maple",
    "opal",
]
_PROGRAM: Final = "import pyotp, sys; print(pyotp.TOTP(sys.argv[1]).now())"


@dataclass(frozen=True, slots=True)
class SampleUser:
    """One of them.

    Attributes:
        name: the name of the account.
        role: its role.
        password: its password.
        secret: the secret of its codes, base32.
    """

    name: str
    role: str
    password: str = field(repr=False)
    secret: str = field(repr=False)

    def code_command(self) -> str:
        """Write the command that prints the code of now, as an authenticator shows it."""
        return shlex.join([sys.executable, "-c", _PROGRAM, self.secret])


def make(federation: Federation) -> list[SampleUser]:
    """Make an account of each role at the desk of the asking agency.

    Raises:
        PeerError: if a command fails.
    """
    return [_made(federation, name, role) for name, role in USERS]


def say(users: Sequence[SampleUser], port: int) -> None:
    """Print how to sign in at the desk."""
    click.echo(f"\n  or in a browser, at the agency's desk: http://127.0.0.1:{port}/desk/\n")
    for user in users:
        click.echo(f"  {user.name:<18} password: {user.password}")
        click.echo(f"    code of now: {user.code_command()}")
    click.echo("\n  A code is taken once: sign in with the next one, at most half a minute later.")


def _made(federation: Federation, name: str, role: str) -> SampleUser:
    password = " ".join(secrets.choice(_WORDS) for _ in range(5))
    home = ("--home", str(federation.asker))
    ended = require(
        "fedquery.cli", *home, "desk", "account", "add", name, "--role", role, stdin=f"{password}\n"
    )
    (uri,) = (line for line in ended.out.splitlines() if line.startswith("otpauth://"))
    (secret,) = parse_qs(urlsplit(uri).query)["secret"]
    return SampleUser(name, role, password, secret)

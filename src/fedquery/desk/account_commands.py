"""`fedquery desk account`: make, list, disable, enable and reset the accounts of the desk."""

import contextlib
import json
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import segno

from fedquery.ask.home import open_home
from fedquery.config.service import wall_clock
from fedquery.desk import accounts, one_time_codes, passwords, schema
from fedquery.desk.accounts import Credentials
from fedquery.desk.roles import ROLES, role_of
from fedquery.desk.store import DeskStore

_ROLE = click.Choice(ROLES)


@click.group()
def account() -> None:
    """Make and end the accounts of officers, supervisors and auditors."""


@account.command()
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What the account is for.")
@click.pass_obj
def add(home: Path, *, name: str, role: str) -> None:
    """Make an account; the password is asked for, and the secret of its codes is shown once.

    Without a terminal the password is the first line of standard input.
    """
    open_home(home)
    accounts.check_name(name)
    if schema.exists(home):
        with _store(home) as store:
            accounts.require_free(store.connection, name)
    secret = accounts.draw_code_secret(secrets.token_bytes)
    credentials = _credentials(name, secret)
    if not schema.exists(home):
        schema.create(home, secrets.token_bytes)
    with _store(home) as store:
        made = accounts.add(
            store.connection,
            store.key,
            name,
            role_of(role),
            credentials,
            now_ms=wall_clock(),
            random=secrets.token_bytes,
        )
    _show_secret(home, made.name, secret)


@account.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def list_(home: Path, *, as_json: bool) -> None:
    """List the accounts: name, role, whether they may sign in, since when."""
    with _store(home) as store:
        known = accounts.every(store.connection)
    if as_json:
        fields = [
            {
                "name": one.name,
                "role": one.role,
                "enabled": one.enabled,
                "created_ms": one.created_ms,
            }
            for one in known
        ]
        click.echo(json.dumps(fields, indent=2, ensure_ascii=False))
        return
    for one in known:
        since = datetime.fromtimestamp(one.created_ms / 1000, UTC).strftime("%Y-%m-%d")
        state = "enabled" if one.enabled else "disabled"
        click.echo(f"{one.role:<10}  {state:<8}  since {since}  {one.name}")


@account.command()
@click.argument("name")
@click.pass_obj
def disable(home: Path, *, name: str) -> None:
    """Keep an account from signing in, and end its sessions at once."""
    with _store(home) as store:
        found = accounts.named(store.connection, name)
        accounts.set_enabled(store.connection, found, enabled=False)
    click.echo("disabled")


@account.command()
@click.argument("name")
@click.pass_obj
def enable(home: Path, *, name: str) -> None:
    """Let a disabled account sign in again."""
    with _store(home) as store:
        found = accounts.named(store.connection, name)
        accounts.set_enabled(store.connection, found, enabled=True)
    click.echo("enabled")


@account.command()
@click.argument("name")
@click.pass_obj
def reset(home: Path, *, name: str) -> None:
    """Give an account another password and another secret, and end its sessions."""
    with _store(home) as store:
        found = accounts.named(store.connection, name)
        secret = accounts.draw_code_secret(secrets.token_bytes)
        credentials = _credentials(found.name, secret)
        accounts.reset(store.connection, store.key, found, credentials, secrets.token_bytes)
    _show_secret(home, found.name, secret)


@contextlib.contextmanager
def _store(home: Path) -> Iterator[DeskStore]:
    store = DeskStore.open(home, secrets.token_bytes)
    with contextlib.closing(store.connection):
        yield store


def _credentials(name: str, secret: bytes) -> Credentials:
    password = _ask_password()
    passwords.check_new(password, name)
    return Credentials(passwords.hashed(passwords.recommended_hasher(), password), secret)


def _ask_password() -> str:
    if sys.stdin.isatty():
        asked = click.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
        return str(asked)
    return sys.stdin.readline(passwords.LONGEST * 4).rstrip("\r\n")


def _show_secret(home: Path, name: str, secret: bytes) -> None:
    agency = open_home(home).settings.agency
    uri = one_time_codes.enrolment_uri(secret, name, agency)
    click.echo("The secret of the one-time codes, shown once; scan it with an authenticator:")
    if sys.stdout.isatty():
        segno.make(uri, error="m").terminal(compact=True)
    click.echo(uri)

"""Rows of a query of a PostgreSQL server, of one moment, a few at a time.

The password comes from a file, or by libpq's own ways (PGPASSFILE, a service file), and never from
an address: those are seen in process lists, shells' histories and node.toml. What the server says
of an error is told by its SQLSTATE alone, since its texts quote values.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from fedquery.config.keyfile import read_private
from fedquery.errors import ConfigError, FedqueryError, StorageError
from fedquery.tabular import FileError
from fedquery_node.import_source import Marked, Position
from fedquery_node.query import Query

if TYPE_CHECKING:
    import psycopg

SCHEMES: Final = ("postgresql://", "postgres://")
_AT_A_TIME: Final = 2_000  # rows
_CONNECT_S: Final = 10
_PASSWORD_CAP: Final = 1_024  # bytes
_NEAR: Final = ("", "localhost", "127.0.0.1", "::1")
# Classes of SQLSTATE, PostgreSQL's manual, appendix A.
_ACCESS: Final = ("28", "3D")
_QUERY: Final = ("0A", "22", "25", "42")
_SECRET: Final = frozenset({"password", "sslpassword"})


class SourceGoneError(StorageError):
    """The server that rows are imported from does not answer, or not any more."""

    slug = "source-unavailable"
    default_do = (
        "See whether it runs, then import again: what was read is kept where there is a cursor."
    )


@dataclass(frozen=True, slots=True)
class PostgresqlSource:
    """A query of a server.

    Attributes:
        location: the address of the database, without a password.
        query: what is read of it.
        password_file: where the password stands, if libpq is not to find it.
    """

    location: str = field(repr=False)
    query: Query
    password_file: Path | None

    @property
    def identity(self) -> bytes:
        """Give a digest of server and query."""
        return self.query.identity(self.location)

    @property
    def lasting(self) -> bool:
        """Say whether rows that were read are as good later: a cursor tells what changed since."""
        return self.marked

    @property
    def marked(self) -> bool:
        """Say whether its rows have a cursor."""
        return bool(self.query.cursor)

    def rows(self, after: Position) -> Iterator[Marked]:
        """Read the rows behind a position, all of one moment.

        Raises:
            FileError: if the query cannot be run, or gives other columns.
            ConfigError: if the server lets nobody in by this address and password.
            SourceGoneError: if the server does not answer, or not any more.
        """
        statement, values = self.query.after(after, "%s")
        with self._connected() as connection:
            # Times of a cursor are read and compared in one zone.
            connection.execute("SET LOCAL timezone = 'UTC'")
            with connection.cursor("fedquery_import") as found:
                found.itersize = _AT_A_TIME
                found.execute(statement.encode(), values or None)
                columned = self.query.columned([one.name for one in found.description or ()])
                number = after.line
                for row in found:
                    number += 1
                    yield columned.row(number, row)

    @contextmanager
    def _connected(self) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        psycopg = _psycopg()
        try:
            with psycopg.connect(
                **connection_settings(self.location) | self._password(),
                connect_timeout=_CONNECT_S,
                application_name="fedquery-node import",
            ) as connection:
                connection.read_only = True
                # All rows are of one moment, however long the reading takes.
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                yield connection
        except psycopg.Error as error:
            raise _told(error) from None

    def _password(self) -> dict[str, Any]:
        if self.password_file is None:
            return {}
        octets = read_private(self.password_file, _PASSWORD_CAP)
        try:
            return {"password": octets.decode().removesuffix("\n")}
        except UnicodeDecodeError:
            raise ConfigError(f"{self.password_file}: is not UTF-8") from None


def connection_settings(location: str) -> dict[str, Any]:
    """Read the address of a server.

    A server on another machine is spoken to by TLS, and its certificate is verified, unless the
    address or its service file says otherwise.

    Raises:
        ConfigError: if it is no address, or has a password in it.
    """
    psycopg = _psycopg()
    try:
        found: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(location)
    except psycopg.Error:
        raise ConfigError(
            "the address of the server cannot be read",
            do="Write it as postgresql://USER@HOST/DATABASE.",
        ) from None
    if found.keys() & _SECRET:
        raise ConfigError(
            "the address of the server has a password in it, which others may have read by now",
            do="Change it, and name a `password_file` in node.toml, or use PGPASSFILE.",
        )
    host = str(found.get("hostaddr") or found.get("host") or "")
    if not host.startswith("/") and host not in _NEAR and "service" not in found:
        found.setdefault("sslmode", "verify-full")
    return found


def _psycopg() -> ModuleType:
    try:
        import psycopg  # noqa: PLC0415 -- only where a server is read
    except ImportError:
        raise ConfigError(
            "what reads PostgreSQL is not installed", do="pip install 'fedquery[postgresql]'"
        ) from None
    return psycopg


def _told(error: "psycopg.Error") -> FedqueryError:
    sqlstate = error.sqlstate or ""
    # A server that turned somebody away at the door has asked for a password before.
    door = error.pgconn
    turned_away = door is not None and (door.used_password or door.needs_password)
    if sqlstate.startswith(_ACCESS) or (not sqlstate and turned_away):
        return ConfigError(
            "the server lets nobody in by this address and password",
            do="Correct `source.location`, or the password that libpq finds.",
        )
    if sqlstate.startswith(_QUERY):
        return FileError(
            f"the server refuses the query (SQLSTATE {sqlstate})",
            do="Run the query of node.toml in psql, which tells what is wrong with it.",
        )
    if not sqlstate and isinstance(error, _psycopg().DataError):
        return FileError(
            "a value that the query gives cannot be read",
            do="Give no times as 'infinity', before the year 1 or after 9999.",
        )
    said = f"SQLSTATE {sqlstate}" if sqlstate else "it does not answer"
    return SourceGoneError(f"rows cannot be read from the server ({said})")

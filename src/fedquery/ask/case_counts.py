"""How many forms a case has asked of a holder, by marks: the more, the fewer bits each tells."""

import hmac
import sqlite3
from collections.abc import Iterable


def marks_of(forms: Iterable[bytes], key: bytes) -> set[bytes]:
    """Mark forms by a keyed hash, so that the database tells no identifier.

    Args:
        forms: encoded forms of identifiers.
        key: the agency's pseudonym key, 32 octets.
    """
    return {hmac.digest(key, form, "sha256") for form in forms}


def count_if_asked(
    connection: sqlite3.Connection, nation: str, pseudonym: str, marks: Iterable[bytes]
) -> int:
    """Count as `count_asked` does, and keep nothing: so many it would be if they were asked."""
    asked = {
        bytes(row[0])
        for row in connection.execute(
            "SELECT mark FROM asked WHERE nation = ? AND pseudonym = ?", (nation, pseudonym)
        )
    }
    return len(asked.union(marks))


def count_asked(
    connection: sqlite3.Connection, nation: str, pseudonym: str, marks: Iterable[bytes]
) -> int:
    """Count the different forms that were asked of a holder in a case, new ones included.

    Args:
        connection: the asker's database.
        nation: the holder.
        pseudonym: the case's name towards it.
        marks: a keyed hash of each form that is asked now.
    """
    connection.executemany(
        "INSERT OR IGNORE INTO asked VALUES (?, ?, ?)",
        [(nation, pseudonym, mark) for mark in marks],
    )
    row = connection.execute(
        "SELECT count(*) FROM asked WHERE nation = ? AND pseudonym = ?", (nation, pseudonym)
    ).fetchone()
    return int(row[0])

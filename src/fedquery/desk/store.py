"""What officers keep, sealed: each case and each question under a key of its own.

A key is made from keys/desk.key and from a salt in the database. What is sealed is bound to its
place, so that nobody who can write to the disk can move it to another row.
"""

import hmac
import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fedquery.config.keyfile import read_secret
from fedquery.desk import schema
from fedquery.desk.access import NotThereError
from fedquery.desk.unwritten import CameTo
from fedquery.encoding.octets import lp
from fedquery.seal.at_rest import KeyAtRest

ID_OCTETS: Final = 8
_ID: Final = re.compile(r"[0-9a-f]{16}")
_SALT_LENGTH: Final = 32
_LABEL: Final = b"fedquery/v1/desk"
_MARKS: Final = b"fedquery/v1/desk-mark"


def new_id(random: Callable[[int], bytes]) -> str:
    """Draw the id of a case, question, claim or note: 16 hexadecimal digits, which tell nothing."""
    return random(ID_OCTETS).hex()


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals and opens the rows of one case or question; made by `DeskStore.of`.

    Attributes:
        owner: its id.
        key: its key.
        random: the random source, for nonces.
    """

    owner: str
    key: KeyAtRest = field(repr=False)
    random: Callable[[int], bytes] = field(repr=False)

    def seal(self, place: str, document: Any) -> bytes:  # noqa: ANN401 -- what JSON has
        """Seal a document to its place.

        Args:
            place: the sort of the row and its own id; with the owner it names one row.
            document: what JSON has.
        """
        octets = json.dumps(document, ensure_ascii=False).encode()
        return self.key.seal(_bound(self.owner, place), octets, self.random)

    def unseal(self, place: str, sealed: bytes) -> Any:  # noqa: ANN401 -- what JSON has
        """Open what was sealed to a place.

        Raises:
            SealError: if it was sealed elsewhere, or changed.
        """
        return json.loads(self.key.open(_bound(self.owner, place), sealed))


@dataclass(frozen=True, slots=True)
class DeskStore:
    """The open store of a desk; made by `open`.

    Attributes:
        connection: desk.db, in autocommit mode.
        key: keys/desk.key, 32 octets.
        random: the random source, for ids, salts and nonces.
        unwritten: by the id of its question, what came of it and could not be written yet.
        unstopped: the ids of lists that another run was asking, where that is not noted yet.
    """

    connection: sqlite3.Connection = field(repr=False)
    key: bytes = field(repr=False)
    random: Callable[[int], bytes] = field(repr=False)
    unwritten: dict[str, CameTo] = field(default_factory=dict, repr=False)
    unstopped: set[str] = field(default_factory=set, repr=False)

    @staticmethod
    def open(home: Path, random: Callable[[int], bytes]) -> "DeskStore":
        """Open the store of a home that has a desk.

        Raises:
            ConfigError: if there is none, or its key or database is not in order.
            StorageError: if the database is damaged.
        """
        connection = schema.connect(home)
        try:
            key = read_secret(schema.key_path(home), schema.KEY_LENGTH)
        except BaseException:
            connection.close()
            raise
        return DeskStore(connection, key, random)

    def begin(self, owner: str, mark: bytes | None = None) -> None:
        """Draw the salt of a new case or question, in the caller's transaction.

        Args:
            owner: its id.
            mark: the mark by which a case is found, 32 octets.
        """
        self.connection.execute(
            "INSERT INTO salt VALUES (?, ?, ?)", (owner, self.random(_SALT_LENGTH), mark)
        )

    def of(self, owner: str) -> "Sealing":
        """Give what seals and opens the rows of one case or question.

        Args:
            owner: its id.

        Raises:
            NotThereError: if it was erased.
        """
        row = self.connection.execute("SELECT salt FROM salt WHERE owner = ?", (owner,)).fetchone()
        if row is None:
            raise NotThereError
        return self.with_salt(owner, row[0])

    def with_salt(self, owner: str, salt: bytes) -> "Sealing":
        """Give what seals and opens the rows of a case or question whose salt was read with it."""
        key = KeyAtRest.derive(self.key, _LABEL, lp(owner.encode()) + lp(salt))
        return Sealing(owner, key, self.random)

    def seal(self, owner: str, place: str, document: Any) -> bytes:  # noqa: ANN401 -- what JSON has
        """Seal a document to its place; see `Sealing.seal`.

        Raises:
            NotThereError: if the case or question was erased.
        """
        return self.of(owner).seal(place, document)

    def unseal(self, owner: str, place: str, sealed: bytes) -> Any:  # noqa: ANN401 -- what JSON has
        """Open what was sealed to a place.

        Raises:
            NotThereError: if the case or question was erased.
            SealError: if it was sealed elsewhere, or changed.
        """
        return self.of(owner).unseal(place, sealed)

    def mark(self, text: str) -> bytes:
        """Name a text by a keyed hash, so that a case is found by its number, 32 octets."""
        return hmac.digest(self.key, lp(_MARKS) + lp(text.encode()), "sha256")

    def marked(self, mark: bytes) -> str | None:
        """Find the id that was begun with a mark, or none."""
        row = self.connection.execute("SELECT owner FROM salt WHERE mark = ?", (mark,)).fetchone()
        return None if row is None else str(row[0])


def _bound(owner: str, place: str) -> bytes:
    return lp(owner.encode()) + lp(place.encode())

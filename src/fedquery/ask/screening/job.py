"""A screening on the disk: its list, its questions and what they came to, sealed, for its owner.

screenings/ID.db, of mode 0600. What names an identifier, or says what came of one, is sealed under
a key that is made from the home's and from a salt in the file; erasing the file erases it.

What is written here and what is written to the agency's own database is ordered so that a kill
between the two never costs an answer: a question is logged before it is kept here, and kept here
before it leaves; an answer is kept here before it is logged, and logged again where that is not
certain.
"""

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from fedquery.ask.home import AskHome
from fedquery.ask.screening import job_file
from fedquery.ask.screening.files import (
    begin_preparing,
    directory_of,
    erase_unprepared,
    locked,
    no_such_screening,
    path_of,
)
from fedquery.config.keyfile import make_private_directory
from fedquery.encoding.octets import i2osp, lp
from fedquery.errors import ConfigError
from fedquery.seal.at_rest import KeyAtRest
from fedquery.storage.database import DirectoryLock

_LABEL: Final = b"fedquery/v1/screening"
_MARKS: Final = b"fedquery/v1/screening-mark"
_ID_LENGTH: Final = 8
_MARK_LENGTH: Final = 16

# What a question has come to: it may have been sent; its elements are evaluated, but buckets to
# search are still missing; it is answered; it came to nothing, and is not to be sent again.
SENT: Final = 1
EVALUATED: Final = 2
ANSWERED: Final = 3
DROPPED: Final = 4


class Question(NamedTuple):
    """Which question a row is about.

    Attributes:
        number: its number in the screening.
        nation: whom it asks.
        dataset: what about.
        version: of which version.
    """

    number: int
    nation: str
    dataset: str
    version: int


@dataclass(slots=True)
class Job:
    """An open screening.

    Attributes:
        job_id: its id, 16 hexadecimal digits.
        connection: its database.
        random: the random source, for nonces.
    """

    job_id: str
    connection: sqlite3.Connection = field(repr=False)
    random: Callable[[int], bytes] = field(repr=False)
    _key: KeyAtRest = field(repr=False)
    _marks: "hashlib.blake2b" = field(repr=False)
    _lock: DirectoryLock | None = field(default=None, repr=False)

    @staticmethod
    def begin(home: AskHome, random: Callable[[int], bytes]) -> "Job":
        """Make an empty screening; it is kept once `files.end_preparing` says so.

        Raises:
            ConfigError, StorageError: if it cannot be made; then nothing of it is left.
        """
        make_private_directory(directory_of(home))
        job_id = random(_ID_LENGTH).hex()
        lock = locked(home, job_id)
        try:
            begin_preparing(home, job_id)
            return _job(home, job_id, job_file.made(path_of(home, job_id), random), random, lock)
        except BaseException:
            lock.close()
            erase_unprepared(home)
            raise

    @staticmethod
    def open(
        home: AskHome, job_id: str, random: Callable[[int], bytes], *, alone: bool = True
    ) -> "Job":
        """Open a screening that is kept.

        Args:
            home: the home of the agency.
            job_id: its id.
            random: the random source.
            alone: whether it is to be run; otherwise it is only looked at.

        Raises:
            NotFoundError: if there is none of this id.
            BusyError: if another one runs it.
            ConfigError, StorageError: if it cannot be used.
        """
        path = path_of(home, job_id)
        if not path.exists():
            raise no_such_screening()
        lock = locked(home, job_id) if alone else None
        try:
            return _job(home, job_id, job_file.opened(path), random, lock)
        except BaseException:
            if lock is not None:
                lock.close()
            raise

    def close(self) -> None:
        """Close the database and let go of the screening."""
        self.connection.close()
        if self._lock is not None:
            self._lock.close()

    def mark(self, octets: bytes) -> bytes:
        """Name a form by a keyed hash, the same in all screenings of a home, 16 octets."""
        (mark,) = self.marks([octets])
        return mark

    def marks(self, each: Iterable[bytes]) -> list[bytes]:
        """Name forms as `mark` does."""
        begun, found = self._marks.copy, []
        for octets in each:
            hashed = begun()
            hashed.update(octets)
            found.append(hashed.digest())
        return found

    def seal(self, label: str, octets: bytes) -> bytes:
        """Seal octets to a place of this screening."""
        return self._key.seal(label.encode(), octets, self.random)

    def unseal(self, label: str, sealed: bytes) -> bytes:
        """Open what was sealed to a place of this screening."""
        return self._key.open(label.encode(), sealed)

    def seal_answer(self, octets: bytes, question: Question, state: int) -> bytes:
        """Seal what a question came to, to its nation, dataset and version; the row tells them."""
        return self.seal(_answer_label(question, state), octets)

    def unseal_answer(self, sealed: bytes, question: Question, state: int) -> bytes:
        """Open what a question came to.

        Raises:
            SealError: if it is of another nation, dataset, version or state than its row says.
        """
        return self.unseal(_answer_label(question, state), sealed)

    def write_part(self, what: str, first: int, octets: bytes) -> None:
        """Keep a part of the list, in the caller's transaction."""
        sealed = self.seal(f"part {what} {first}", octets)
        self.connection.execute(
            "INSERT OR REPLACE INTO part VALUES (?, ?, ?)", (what, first, sealed)
        )

    def read_part(self, what: str, first: int) -> bytes | None:
        """Read a part of the list, or None where there is none."""
        row = self.connection.execute(
            "SELECT sealed FROM part WHERE what = ? AND first = ?", (what, first)
        ).fetchone()
        return None if row is None else self.unseal(f"part {what} {first}", row[0])

    def read_parts(self, what: str) -> Iterator[tuple[int, bytes]]:
        """Read the parts of the list in their order: the number of the first item, and octets."""
        first = -1
        while True:
            # Not one cursor for all: others write between two parts.
            row = self.connection.execute(
                "SELECT first, sealed FROM part WHERE what = ? AND first > ?"
                " ORDER BY first LIMIT 1",
                (what, first),
            ).fetchone()
            if row is None:
                return
            first = row[0]
            yield first, self.unseal(f"part {what} {first}", row[1])

    def write_fact(self, name: str, value: Any) -> None:  # noqa: ANN401 -- what JSON has
        """Keep a fact, in the caller's transaction."""
        sealed = self.seal(f"fact {name}", json.dumps(value).encode())
        self.connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, sealed))

    def read_fact(self, name: str) -> Any:  # noqa: ANN401 -- what JSON has
        """Read a fact, or None where there is none."""
        row = self.connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(self.unseal(f"fact {name}", row[0]))


def _answer_label(question: Question, state: int) -> str:
    # None of the parts has a space.
    return (
        f"answer {question.number} {question.nation} {question.dataset} {question.version} {state}"
    )


def _job(
    home: AskHome,
    job_id: str,
    connection: sqlite3.Connection,
    random: Callable[[int], bytes],
    lock: DirectoryLock | None,
) -> Job:
    try:
        row = connection.execute("SELECT value FROM fact WHERE name = 'salt'").fetchone()
    except sqlite3.Error:
        row = None
    if row is None:
        connection.close()
        raise ConfigError("the file of this screening is damaged", do="Erase it.")
    key = KeyAtRest.derive(home.pseudonym_key, _LABEL, lp(job_id.encode()) + lp(row[0]))
    mark_key = hmac.digest(home.pseudonym_key, lp(_MARKS) + i2osp(1, 4), "sha256")
    marks = hashlib.blake2b(key=mark_key, digest_size=_MARK_LENGTH)
    return Job(job_id, connection, random, key, marks, lock)

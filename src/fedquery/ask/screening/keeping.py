"""What of a screening goes to the disk, and in which order: nothing is asked unlogged or twice.

All of it runs in one thread, which alone uses the two databases. A question is logged before it is
kept in the screening, and kept there before it leaves. An answer is kept in the screening before it
is logged; until that is certain it is marked, and logged again.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fedquery.ask import asker_log, held_buckets, quota_told, receipts
from fedquery.ask.asker_log import Asked, Looked
from fedquery.ask.case import Case
from fedquery.ask.home import AskHome
from fedquery.ask.screening import packing
from fedquery.ask.screening.board import DatasetBoard
from fedquery.ask.screening.job import ANSWERED, DROPPED, EVALUATED, SENT, Job, Question
from fedquery.ask.screening.questions import Came, UnderWay, Unsearched
from fedquery.ask.screening.recovering import last_number
from fedquery.audit.asker import ConcludedEntry
from fedquery.errors import StorageError
from fedquery.storage.transaction import transaction
from fedquery.transport.head import QuotaLeft


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one question came to, to be kept.

    Attributes:
        one: the question.
        entry: what the agency's log says of it.
        came: what its forms are, where it was answered and searched.
        unsearched: what is to be searched, where buckets are still missing.
        buckets: buckets that came with it, verified.
        receipt: the name of the receipt, or "".
        left: what the nation lets this agency ask further.
        dropped: whether it came to nothing and is not to be sent again.
    """

    one: UnderWay
    entry: ConcludedEntry
    came: Came | None = None
    unsearched: Unsearched | None = None
    buckets: dict[int, bytes] = field(default_factory=dict, repr=False)
    receipt: str = ""
    left: QuotaLeft | None = None
    dropped: bool = False


@dataclass(slots=True)
class Keeper:
    """Keeps a screening, in one thread.

    Attributes:
        home: the home of the agency.
        job: the screening.
        log: a connection of its own to the agency's database.
        case: what it is asked for.
        random: the random source.
        kept: whether the receipts of all answers are on the disk.
        left: by nation, what it lets this agency ask further.
    """

    home: AskHome
    job: Job
    log: sqlite3.Connection = field(repr=False)
    case: Case
    random: Callable[[int], bytes] = field(repr=False)
    kept: bool = True
    left: dict[str, QuotaLeft] = field(default_factory=dict)
    _logged: list[int] = field(default_factory=list)
    _newest: quota_told.Newest = field(default_factory=quota_told.Newest)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Commit what a block writes to the agency's database."""
        with transaction(self.log):
            yield

    def keep_asked(self, questions: Sequence[UnderWay]) -> None:
        """Log questions and keep them; they may leave afterwards."""
        with transaction(self.log):
            asker_log.write_asked(
                self.log, self.home, [self._asked(one) for one in questions], self.random
            )
        with transaction(self.job.connection):
            self.job.connection.executemany(
                "INSERT INTO question VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, X'')",
                [self._row(one) for one in questions],
            )

    def keep_results(self, results: Sequence[Result]) -> None:
        """Keep and log what questions came to."""
        try:
            names = [one.receipt for one in results if one.receipt]
            if names:
                receipts.make_durable(self.home.receipts, names)
        except StorageError:
            # An answer is not dropped for its receipt; that this is missing is said.
            self.kept = False
        brought = [one for one in results if one.buckets]
        if brought:
            # Before the answer counts as had: without its buckets it could not be searched.
            with transaction(self.log):
                for one in brought:
                    held_buckets.hold(self.log, one.one.publication, one.buckets)
        with transaction(self.job.connection):
            self._mark_logged()
            for one in results:
                self._update(one)
        self._log(results)

    def keep_searched(self, found: Sequence[tuple[int, Came, ConcludedEntry]]) -> None:
        """Keep and log what was searched after its buckets had come."""
        with transaction(self.job.connection):
            for number, came, entry in found:
                self._write(number, ANSWERED, packing.pack_came(came), entry.encode())
        with transaction(self.log):
            asker_log.write_concluded(self.log, self.home, [entry for _, _, entry in found])
        self._logged += [number for number, _, _ in found]

    def finish(self) -> None:
        """Mark what was logged."""
        with transaction(self.job.connection):
            self._mark_logged()

    def log_again(self) -> None:
        """Log what was kept, and perhaps not logged, before a kill: rather twice than never."""
        rows = self.job.connection.execute(
            "SELECT number, under_way FROM question WHERE logged = 0 AND state = ?", (ANSWERED,)
        ).fetchall()
        entries = [
            ConcludedEntry.decode(self.job.unseal(f"question {number}", sealed))
            for number, sealed in rows
            if sealed
        ]
        if entries:
            with transaction(self.log):
                asker_log.write_concluded(self.log, self.home, entries)
        self._logged += [number for number, _ in rows]
        self.finish()

    def drop(self, numbers: Iterable[int]) -> None:
        """Mark questions that are not to be sent or searched any more."""
        with transaction(self.job.connection):
            for number in numbers:
                self._write(number, DROPPED, b"", b"")

    def keep_adopted(self, board: DatasetBoard, version: int, came: Came) -> int:
        """Keep what an earlier screening knows as a question of this one that asked nothing.

        Returns:
            its number.
        """
        number = last_number(self.job) + 1
        question = Question(number, board.nation, board.dataset, version)
        self.job.connection.execute(
            "INSERT INTO question VALUES (?, ?, ?, ?, 0, 0, ?, 1, X'', ?)",
            (
                *question,
                ANSWERED,
                self.job.seal_answer(packing.pack_came(came), question, ANSWERED),
            ),
        )
        return number

    def _asked(self, one: UnderWay) -> Asked:
        return Asked(
            sealed=one.sealed,
            asking="question",
            version=one.publication.version,
            level="hit",
            statement=one.statement,
            looked=Looked(self.case.number, self.case.officer, encoded=one.looked),
        )

    def _row(self, one: UnderWay) -> tuple[int, str, str, int, int, int, int, bytes]:
        publication = one.publication
        return (
            one.number,
            publication.nation,
            publication.dataset,
            publication.version,
            one.listed.size_class,
            one.sealed.context.fields.expires_ms,
            SENT,
            self.job.seal(f"question {one.number}", packing.pack_under_way(one)),
        )

    def _update(self, result: Result) -> None:
        number = result.one.number
        if result.came is not None:
            self._write(number, ANSWERED, packing.pack_came(result.came), result.entry.encode())
        elif result.unsearched is not None:
            self._write(number, EVALUATED, packing.pack_unsearched(result.unsearched), b"")
        elif result.dropped:
            self._write(number, DROPPED, b"", b"")

    def _write(self, number: int, state: int, came: bytes, under_way: bytes) -> None:
        row = self.job.connection.execute(
            "SELECT number, nation, dataset, version FROM question WHERE number = ?", (number,)
        ).fetchone()
        self.job.connection.execute(
            "UPDATE question SET state = ?, came = ?, under_way = ?, logged = 0 WHERE number = ?",
            (
                state,
                self.job.seal_answer(came, Question(*row), state) if came else b"",
                self.job.seal(f"question {number}", under_way) if under_way else b"",
                number,
            ),
        )

    def _log(self, results: Sequence[Result]) -> None:
        # What is evaluated and not searched is logged when its hits are known.
        entries = [one.entry for one in results if one.unsearched is None]
        with transaction(self.log):
            for one in results:
                nation, pseudonym = one.one.publication.nation, one.one.statement.case.pseudonym
                if one.left is not None and self._newest.is_it(nation, one.entry):
                    self.left[nation] = one.left
                    quota_told.keep(self.log, nation, pseudonym, one.left)
            asker_log.write_concluded(self.log, self.home, entries)
        self._logged += [one.one.number for one in results]

    def _mark_logged(self) -> None:
        self.job.connection.executemany(
            "UPDATE question SET logged = 1,"
            " under_way = iif(state = ?, X'', under_way) WHERE number = ?",
            [(ANSWERED, number) for number in self._logged],
        )
        self._logged.clear()

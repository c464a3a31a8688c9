"""What the answers to one lookup came to: receipts at once, all else in one change at its end."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.ask import asker_log, concluding, held_buckets, quota_told, receipts, store
from fedquery.ask.asker_log import Came
from fedquery.ask.clock import ClockError
from fedquery.ask.concluding import Conclusion
from fedquery.ask.joining import Joining
from fedquery.ask.outcome import Lookup
from fedquery.ask.room import Room
from fedquery.ask.sealing import SealedQuestion
from fedquery.ask.session import Session
from fedquery.ask.store import Hit
from fedquery.audit.asker import ConcludedEntry
from fedquery.errors import EncodingError, ProofError, StorageError
from fedquery.psi.publication import Publication
from fedquery.transport.head import AnswerHead, QuotaLeft

REPLACED: Final = "epoch-unknown"

_RECEIPT_LENGTH: Final = 12


@dataclass(slots=True)
class Taking:
    """The answers to one lookup.

    Attributes:
        session: the open session.
        random: the random source.
        lookup_id: the lookup.
        joining: where its outcomes go.
        room: the room on the disk that was taken for them.
        kept: whether a receipt of each answer is on the disk.
        receipts: their names, which are durable once `receipts.make_durable` is through.
    """

    session: Session
    random: Callable[[int], bytes]
    lookup_id: str
    joining: Joining
    room: Room
    kept: bool = field(default=True, init=False)
    receipts: list[str] = field(default_factory=list, init=False)
    _hits: list[Hit] = field(default_factory=list, init=False)
    _concluded: list[ConcludedEntry] = field(default_factory=list, init=False)
    _buckets: list[tuple[Publication, Mapping[int, bytes]]] = field(
        default_factory=list, init=False
    )
    _told: dict[tuple[str, str], QuotaLeft] = field(default_factory=dict, init=False)
    _newest: quota_told.Newest = field(default_factory=quota_told.Newest, init=False)

    def finish(self, connection: sqlite3.Connection, lookup: Lookup) -> None:
        """Write what the lookup came to.

        Args:
            connection: inside a transaction that writes.
            lookup: all of its outcomes.

        Raises:
            StorageError: if the log cannot be written.
        """
        for publication, buckets in self._buckets:
            held_buckets.hold(connection, publication, buckets)
        store.finish_lookup(connection, lookup, self._hits)
        asker_log.write_concluded(connection, self.session.home, self._concluded)
        for (nation, pseudonym), left in self._told.items():
            quota_told.keep(connection, nation, pseudonym, left)

    def fail(
        self,
        question: SealedQuestion,
        why: str,
        *,
        alarm: bool = False,
        receipt: str = "",
        answer: bytes = b"",
    ) -> None:
        """Give and log that a question has no answer.

        Args:
            question: the question.
            why: the word of the reason.
            alarm: whether somebody has broken the protocol.
            receipt: the name of its receipt, where octets came.
            answer: these octets.
        """
        self._conclude(question, Came("unavailable", why), answer)
        self.joining.give(concluding.failed(question, why, alarm=alarm, receipt=receipt))

    def _conclude(
        self,
        question: SealedQuestion,
        came: Came,
        answer: bytes = b"",
        head: AnswerHead | None = None,
    ) -> None:
        entry = asker_log.concluded(
            question.sealed, came, self.session.clock(), answer=answer, head=head
        )
        self._concluded.append(entry)
        nation, left = question.sealed.nation, None if head is None else head.quota_left
        if left is not None and self._newest.is_it(nation, entry):
            pseudonym = question.statement.case.pseudonym
            self._told[nation, pseudonym] = left

    def take(self, question: SealedQuestion, answer: bytes, *, again: bool) -> bool:
        """Take an answer; say whether its version was replaced and it is to be asked again."""
        session = self.session
        name = ""
        try:
            receipt = question.sealed.receipt(answer)
            drawn = self.random(_RECEIPT_LENGTH).hex()
            name = self.room.write(lambda: receipts.keep(session.home.receipts, drawn, receipt))
            self.receipts.append(name)
        except StorageError:
            # An answer is not dropped for its receipt; that this is missing is said.
            self.kept = False
        try:
            opened = concluding.open_sealed(question.sealed, answer, session.clock())
            refusal = opened.head.refusal
            if refusal is not None and refusal.slug == REPLACED and not again:
                self._conclude(question, Came("unavailable", REPLACED), answer, opened.head)
                return True
            conclusion = concluding.conclude(
                question,
                opened,
                lookup_id=self.lookup_id,
                receipt=name,
                now_ms=session.clock(),
                random=self.random,
            )
        except (ProofError, EncodingError) as error:
            why = concluding.why_of(error)
            self.fail(question, why, alarm=True, receipt=name, answer=answer)
        except ClockError as error:
            self.fail(question, error.slug, receipt=name, answer=answer)
        else:
            self._keep(question, conclusion)
            came = Came("answered", hits=len(conclusion.hits))
            if refusal is not None:
                came = Came(conclusion.outcomes[0].word, refusal.slug)
            self._conclude(question, came, answer, opened.head)
        return False

    def _keep(self, question: SealedQuestion, conclusion: Conclusion) -> None:
        publication = question.asking.terms.publication
        self._buckets.append((publication, conclusion.buckets))
        self._hits += conclusion.hits
        self.joining.give(conclusion.outcomes)

"""One lookup under way: log, send, conclude, and once more where a version was replaced."""

import asyncio
import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from fedquery.ask import asker_log, concluding, quota_told, receipts, store
from fedquery.ask.asker_log import Asked, Came, Looked
from fedquery.ask.cards import Cards
from fedquery.ask.case import Case
from fedquery.ask.clock import ClockError
from fedquery.ask.concluding import Conclusion
from fedquery.ask.outcome import Lookup, Outcome, merge
from fedquery.ask.planning import Form
from fedquery.ask.preparing import Preparing
from fedquery.ask.sealing import SealedQuestion
from fedquery.ask.session import Session
from fedquery.ask.store import Hit
from fedquery.audit.asker import ConcludedEntry
from fedquery.errors import EncodingError, FedqueryError, PeerError, ProofError, StorageError
from fedquery.identifiers import Identifier
from fedquery.psi.publication import Publication
from fedquery.storage.transaction import transaction
from fedquery.transport.coordinator_client import Answered
from fedquery.transport.head import AnswerHead, QuotaLeft

OnOutcome: TypeAlias = Callable[[Outcome], None]

# Place, nation and dataset.
_Key: TypeAlias = tuple[int, str, str]

_ID_LENGTH: Final = 8
_RECEIPT_LENGTH: Final = 12
_REPLACED: Final = "epoch-unknown"
_UNKNOWN: Final = "outcome-unknown"


@dataclass(slots=True)
class Looking:
    """One lookup.

    Attributes:
        session: the open session.
        random: the random source.
        on_outcome: told of each outcome as it comes.
    """

    session: Session
    random: Callable[[int], bytes]
    on_outcome: OnOutcome
    _outcomes: list[Outcome] = field(default_factory=list, init=False)
    _hits: list[Hit] = field(default_factory=list, init=False)
    _concluded: list[ConcludedEntry] = field(default_factory=list, init=False)
    _buckets: list[tuple[Publication, Mapping[int, bytes]]] = field(
        default_factory=list, init=False
    )
    # What one dataset said of one identifier, until all of its questions are answered.
    _parts: dict[_Key, list[Outcome]] = field(default_factory=dict, init=False)
    _awaited: Counter[_Key] = field(default_factory=Counter, init=False)
    _told: dict[tuple[str, str], QuotaLeft] = field(default_factory=dict, init=False)
    _lookup_id: str = field(default="", init=False)
    _kept: bool = field(default=True, init=False)
    _receipts: list[str] = field(default_factory=list, init=False)

    async def run(
        self,
        identifiers: Sequence[Identifier],
        case: Case,
        nations: Sequence[str],
        deadline_ms: int,
    ) -> Lookup:
        """Ask, and give what came of it.

        Raises:
            InputError: if the case was opened with other facts, or is closed; nothing was asked.
            PeerError: if no coordinator answers; nothing was asked.
            ClockError: if this machine's clock is wrong.
        """
        cards = Cards.of(self.session.home, case, self.session.clock())
        preparing = Preparing(self.session, cards, self.random, self._say)
        await self.session.freshen()
        self._lookup_id = self.random(_ID_LENGTH).hex()
        asked_ms = self.session.clock()
        connection = self.session.connection
        with transaction(connection):
            questions = preparing.questions(identifiers, nations)
            pending = [
                outcome
                for question in questions
                for outcome in concluding.failed(question, _UNKNOWN)
            ]
            begun = Lookup(self._lookup_id, asked_ms, (*self._outcomes, *pending))
            store.begin_lookup(connection, begun, self.session.home.mark_of(case.officer))
            # Nothing leaves before this is committed.
            self._log_asked(questions, case, identifiers)
        replaced = await self._send_all(questions, deadline_ms, again=False)
        if replaced and await self._freshened(replaced):
            # A nation has published meanwhile: its manifest is fetched, and only what was refused
            # for that is asked again, for everything else was counted and answered.
            with transaction(connection):
                again = self._once_more(preparing, replaced)
                self._log_asked(again, case, identifiers)
            await self._send_all(again, deadline_ms, again=True)
        order = {nation: number for number, nation in enumerate(nations)}
        self._outcomes.sort(key=lambda one: (one.place, order[one.nation], one.dataset))
        # Beside the transaction, which waits for the same disk.
        synced = asyncio.get_running_loop().run_in_executor(
            None, receipts.make_durable, self.session.home.receipts, tuple(self._receipts)
        )
        lookup = Lookup(self._lookup_id, asked_ms, tuple(self._outcomes))
        try:
            with transaction(connection):
                for publication, buckets in self._buckets:
                    store.hold(connection, publication, buckets)
                store.finish_lookup(connection, lookup, self._hits)
                asker_log.write_concluded(connection, self.session.home, self._concluded)
                for (nation, pseudonym), left in self._told.items():
                    quota_told.keep(connection, nation, pseudonym, left)
        except (sqlite3.OperationalError, StorageError):
            # The nations have counted and logged it: what they answered is shown all the same. A
            # hit that is not on the disk cannot be claimed.
            unclaimable = tuple(replace(one, claim_id="") for one in lookup.outcomes)
            lookup = replace(lookup, outcomes=unclaimable)
            self._kept = False
        try:
            await synced
        except StorageError:
            self._kept = False
        return replace(lookup, kept=self._kept)

    async def _freshened(self, replaced: Sequence[SealedQuestion]) -> bool:
        """Fetch all manifests anew; where that fails, it is why some was not asked again."""
        try:
            await self.session.freshen(force=True)
        except FedqueryError as error:
            # What others answered is counted and logged there, and is not lost for this.
            why = "coordinator-down" if isinstance(error, PeerError) else error.slug
            for question in replaced:
                self._give(concluding.failed(question, why))
            return False
        return True

    def _log_asked(
        self, questions: Sequence[SealedQuestion], case: Case, identifiers: Sequence[Identifier]
    ) -> None:
        asked = []
        for question in questions:
            places = sorted({form.place for form in question.forms})
            looked = Looked(case.number, case.officer, tuple(identifiers[at] for at in places))
            asked.append(
                Asked(
                    sealed=question.sealed,
                    asking="question",
                    version=question.asking.terms.publication.version,
                    level="hit",
                    statement=question.statement,
                    looked=looked,
                )
            )
        asker_log.write_asked(self.session.connection, self.session.home, asked, self.random)

    def _once_more(
        self, preparing: Preparing, replaced: Sequence[SealedQuestion]
    ) -> list[SealedQuestion]:
        for question in replaced:
            for key in _keys(question):
                # The next outcome is joined to what the other forms of the identifier came to.
                self._awaited[key] = 0
        return preparing.once_more(replaced)

    async def _send_all(
        self, questions: Sequence[SealedQuestion], deadline_ms: int, *, again: bool
    ) -> list[SealedQuestion]:
        """Send rounds of one question for each nation, all at once."""
        rounds: list[dict[str, SealedQuestion]] = []
        self._awaited = Counter(key for question in questions for key in _keys(question))
        for question in questions:
            nation = question.sealed.nation
            free = next((one for one in rounds if nation not in one), None)
            if free is None:
                rounds.append(free := {})
            free[nation] = question
        done = await asyncio.gather(*(self._send(one, deadline_ms, again=again) for one in rounds))
        return [question for replaced in done for question in replaced]

    async def _send(
        self, questions: dict[str, SealedQuestion], deadline_ms: int, *, again: bool
    ) -> list[SealedQuestion]:
        waiting = dict(questions)
        replaced: list[SealedQuestion] = []
        envelopes = {nation: one.sealed.envelope for nation, one in questions.items()}
        why, alarm = "coordinator-down", False
        try:
            async with contextlib.aclosing(
                self.session.coordinators.query(envelopes, deadline_ms)
            ) as outcomes:
                async for outcome in outcomes:
                    question = waiting.pop(outcome.nation)
                    if not isinstance(outcome, Answered):
                        self._fail(question, outcome.why)
                    elif self._take(question, outcome.envelope, again=again):
                        replaced.append(question)
        except PeerError:
            pass
        except (ProofError, EncodingError) as error:
            why, alarm = concluding.why_of(error), True
        for question in waiting.values():
            self._fail(question, why, alarm=alarm)
        return replaced

    def _fail(
        self,
        question: SealedQuestion,
        why: str,
        *,
        alarm: bool = False,
        receipt: str = "",
        answer: bytes = b"",
    ) -> None:
        self._conclude(question, Came("unavailable", why), answer)
        self._give(concluding.failed(question, why, alarm=alarm, receipt=receipt))

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
        if head is not None and head.quota_left is not None:
            pseudonym = question.statement.case.pseudonym
            self._told[question.sealed.nation, pseudonym] = head.quota_left

    def _take(self, question: SealedQuestion, answer: bytes, *, again: bool) -> bool:
        """Take an answer; say whether its version was replaced and it is to be asked again."""
        session = self.session
        name = ""
        try:
            name = receipts.keep(
                session.home.receipts,
                self.random(_RECEIPT_LENGTH).hex(),
                question.sealed.receipt(answer),
            )
            self._receipts.append(name)
        except StorageError:
            # An answer is not dropped for its receipt; that this is missing is said.
            self._kept = False
        try:
            opened = concluding.open_sealed(question.sealed, answer, session.clock())
            refusal = opened.head.refusal
            if refusal is not None and refusal.slug == _REPLACED and not again:
                self._conclude(question, Came("unavailable", _REPLACED), answer, opened.head)
                return True
            conclusion = concluding.conclude(
                question,
                opened,
                lookup_id=self._lookup_id,
                receipt=name,
                now_ms=session.clock(),
                random=self.random,
            )
        except (ProofError, EncodingError) as error:
            why = concluding.why_of(error)
            self._fail(question, why, alarm=True, receipt=name, answer=answer)
        except ClockError as error:
            self._fail(question, error.slug, receipt=name, answer=answer)
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
        self._give(conclusion.outcomes)

    def _say(self, forms: Iterable[Form], outcome: Outcome) -> None:
        """Give one outcome for each identifier that is asked."""
        self._give(
            replace(outcome, place=place) for place in sorted({form.place for form in forms})
        )

    def _give(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            key = (outcome.place, outcome.nation, outcome.dataset)
            parts = self._parts.setdefault(key, [])
            parts.append(outcome)
            self._awaited[key] -= 1
            if self._awaited[key] <= 0:
                # Only when all forms were asked is it known that none of them is there.
                merged = merge(self._parts.pop(key))
                self._outcomes.append(merged)
                self.on_outcome(merged)


def _keys(question: SealedQuestion) -> list[_Key]:
    publication = question.asking.terms.publication
    places = {form.place for form in question.forms}
    return [(place, publication.nation, publication.dataset) for place in places]

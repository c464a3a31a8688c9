"""One lookup under way: log, send, conclude, and once more where a version was replaced."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from fedquery.ask import asker_log, concluding, receipts, store
from fedquery.ask.asker_log import Asked, Looked
from fedquery.ask.cards import Cards
from fedquery.ask.case import Case
from fedquery.ask.joining import Joining
from fedquery.ask.outcome import Lookup, Outcome
from fedquery.ask.preparing import Preparing
from fedquery.ask.room import Room, octets_for
from fedquery.ask.sealing import SealedQuestion
from fedquery.ask.session import Session
from fedquery.ask.taking import Taking
from fedquery.errors import (
    DiskFullError,
    EncodingError,
    FedqueryError,
    PeerError,
    ProofError,
    StorageError,
)
from fedquery.identifiers import Identifier
from fedquery.storage.full_disk import whole_or_full
from fedquery.storage.transaction import transaction
from fedquery.transport.query_outcome import Answered

OnOutcome: TypeAlias = Callable[[Outcome], None]
OnBegun: TypeAlias = Callable[[str], None]

_ID_LENGTH: Final = 8
_UNKNOWN: Final = "outcome-unknown"


def _unheeded(_lookup_id: str) -> None:
    """Take no notice of a lookup that begins."""


@dataclass(slots=True)
class Looking:
    """One lookup.

    Attributes:
        session: the open session.
        random: the random source.
        on_outcome: told of each outcome as it comes.
        on_begun: told the id of the lookup once it is logged, before anything is sent.
    """

    session: Session
    random: Callable[[int], bytes]
    on_outcome: OnOutcome
    on_begun: OnBegun = _unheeded
    _joining: Joining = field(init=False)
    _room: Room = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no outcome, and no room."""
        self._joining = Joining(self.on_outcome)
        self._room = Room(self.session.home.receipts)

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
            DiskFullError: if there is no room for what would come; nothing was asked.
        """
        try:
            return await self._run(identifiers, case, nations, deadline_ms)
        finally:
            self._room.give_up()

    async def _run(
        self,
        identifiers: Sequence[Identifier],
        case: Case,
        nations: Sequence[str],
        deadline_ms: int,
    ) -> Lookup:
        cards = Cards.of(self.session.home, case, self.session.clock())
        preparing = Preparing(self.session, cards, self.random, self._joining.say)
        await self.session.freshen()
        lookup_id = self.random(_ID_LENGTH).hex()
        taking = Taking(self.session, self.random, lookup_id, self._joining, self._room)
        outcomes = self._joining.joined
        asked_ms = self.session.clock()
        connection = self.session.connection
        with whole_or_full(), transaction(connection):
            questions = preparing.questions(identifiers, nations)
            pending = [
                outcome
                for question in questions
                for outcome in concluding.failed(question, _UNKNOWN)
            ]
            self._room.take(octets_for(questions))
            begun = Lookup(taking.lookup_id, asked_ms, (*outcomes, *pending))
            store.begin_lookup(connection, begun, self.session.home.mark_of(case.officer))
            # Nothing leaves before this is committed.
            self._log_asked(questions, case, identifiers)
        self.on_begun(lookup_id)
        replaced = await self._send_all(taking, questions, deadline_ms, again=False)
        if replaced and await self._freshened(replaced):
            # A nation has published meanwhile: its manifest is fetched, and only what was refused
            # for that is asked again, for everything else was counted and answered.
            again = self._once_more(preparing, replaced, case, identifiers)
            await self._send_all(taking, again, deadline_ms, again=True)
        order = {nation: number for number, nation in enumerate(nations)}
        outcomes.sort(key=lambda one: (one.place, order[one.nation], one.dataset))
        # Beside the transaction, which waits for the same disk.
        synced = asyncio.get_running_loop().run_in_executor(
            None, receipts.make_durable, self.session.home.receipts, tuple(taking.receipts)
        )
        lookup = Lookup(
            taking.lookup_id, asked_ms, tuple(outcomes), receipts=tuple(taking.receipts)
        )
        try:
            self._room.write(lambda: self._finish(taking, lookup))
        except (sqlite3.OperationalError, StorageError):
            # The nations have counted and logged it: what they answered is shown all the same. A
            # hit that is not on the disk cannot be claimed.
            unclaimable = tuple(replace(one, claim_id="") for one in lookup.outcomes)
            lookup = replace(lookup, outcomes=unclaimable)
            taking.kept = False
        try:
            await synced
        except StorageError:
            taking.kept = False
        return replace(lookup, kept=taking.kept)

    def _finish(self, taking: Taking, lookup: Lookup) -> None:
        with transaction(self.session.connection):
            taking.finish(self.session.connection, lookup)

    def _once_more(
        self,
        preparing: Preparing,
        replaced: Sequence[SealedQuestion],
        case: Case,
        identifiers: Sequence[Identifier],
    ) -> list[SealedQuestion]:
        """Prepare and log what is asked again; nothing where there is no room to log it."""
        self._joining.expect_again(replaced)
        try:
            with transaction(self.session.connection):
                again = preparing.once_more(replaced)
                self._log_asked(again, case, identifiers)
        except sqlite3.OperationalError:
            # What others answered is counted and logged there, and is not lost for this.
            self._joining.expect(replaced)
            for question in replaced:
                self._joining.give(concluding.failed(question, DiskFullError.slug))
            return []
        return again

    async def _freshened(self, replaced: Sequence[SealedQuestion]) -> bool:
        """Fetch all manifests anew; where that fails, it is why some was not asked again."""
        try:
            await self.session.freshen(force=True)
        except FedqueryError as error:
            # What others answered is counted and logged there, and is not lost for this.
            why = "coordinator-down" if isinstance(error, PeerError) else error.slug
            for question in replaced:
                self._joining.give(concluding.failed(question, why))
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

    async def _send_all(
        self,
        taking: Taking,
        questions: Sequence[SealedQuestion],
        deadline_ms: int,
        *,
        again: bool,
    ) -> list[SealedQuestion]:
        """Send rounds of one question for each nation, all at once."""
        rounds: list[dict[str, SealedQuestion]] = []
        self._joining.expect(questions)
        for question in questions:
            nation = question.sealed.nation
            free = next((one for one in rounds if nation not in one), None)
            if free is None:
                rounds.append(free := {})
            free[nation] = question
        done = await asyncio.gather(
            *(self._send(taking, one, deadline_ms, again=again) for one in rounds)
        )
        return [question for replaced in done for question in replaced]

    async def _send(
        self,
        taking: Taking,
        questions: dict[str, SealedQuestion],
        deadline_ms: int,
        *,
        again: bool,
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
                        taking.fail(question, outcome.why)
                    elif taking.take(question, outcome.envelope, again=again):
                        replaced.append(question)
        except PeerError:
            pass
        except (ProofError, EncodingError) as error:
            why, alarm = concluding.why_of(error), True
        for question in waiting.values():
            taking.fail(question, why, alarm=alarm)
        return replaced

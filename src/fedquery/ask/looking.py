"""One lookup under way: plan, seal, send, conclude, and once more where a version was replaced."""

import asyncio
import contextlib
import hmac
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from fedquery.ask import concluding, receipts, store
from fedquery.ask.cards import Cards
from fedquery.ask.case import Case
from fedquery.ask.concluding import Conclusion
from fedquery.ask.outcome import Lookup, Outcome, merge
from fedquery.ask.planning import Form, bits_to_tell, plan
from fedquery.ask.sealing import SealedQuestion, seal_question
from fedquery.ask.session import Distrusted, Session
from fedquery.ask.store import Hit
from fedquery.ask.trust import Offered, Trusted
from fedquery.errors import EncodingError, PeerError, ProofError, StorageError
from fedquery.identifiers import Identifier, vectors_digest
from fedquery.psi.bucket import bucket_number
from fedquery.psi.publication import Publication
from fedquery.transport.coordinator_client import Answered

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
    _buckets: list[tuple[Publication, Mapping[int, bytes]]] = field(
        default_factory=list, init=False
    )
    # What one dataset said of one identifier, until all of its questions are answered.
    _parts: dict[_Key, list[Outcome]] = field(default_factory=dict, init=False)
    _awaited: Counter[_Key] = field(default_factory=Counter, init=False)
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
        await self.session.freshen()
        self._lookup_id = self.random(_ID_LENGTH).hex()
        asked_ms = self.session.clock()
        connection = self.session.connection
        with store.transaction(connection):
            questions = self._questions(identifiers, cards, nations)
            pending = [
                outcome
                for question in questions
                for outcome in concluding.failed(question, _UNKNOWN)
            ]
            begun = Lookup(self._lookup_id, asked_ms, (*self._outcomes, *pending))
            store.begin_lookup(connection, begun)
        replaced = await self._send_all(questions, deadline_ms, again=False)
        if replaced:
            # A nation has published meanwhile: its manifest is fetched, and only what was refused
            # for that is asked again, for everything else was counted and answered.
            await self.session.freshen(force=True)
            with store.transaction(connection):
                again = self._once_more(replaced, cards)
            await self._send_all(again, deadline_ms, again=True)
        order = {nation: number for number, nation in enumerate(nations)}
        self._outcomes.sort(key=lambda one: (one.place, order[one.nation], one.dataset))
        # Beside the transaction, which waits for the same disk.
        synced = asyncio.get_running_loop().run_in_executor(
            None, receipts.make_durable, self.session.home.receipts, tuple(self._receipts)
        )
        lookup = Lookup(self._lookup_id, asked_ms, tuple(self._outcomes))
        try:
            with store.transaction(connection):
                for publication, buckets in self._buckets:
                    store.hold(connection, publication, buckets)
                store.finish_lookup(connection, lookup, self._hits)
        except sqlite3.OperationalError:
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

    def _questions(
        self, identifiers: Sequence[Identifier], cards: Cards, nations: Sequence[str]
    ) -> list[SealedQuestion]:
        """Plan and seal everything; what cannot be asked becomes an outcome at once."""
        forms: dict[str, list[Form]] = {}
        wider: dict[str, list[Form]] = {}
        for place, identifier in enumerate(identifiers):
            for form in (identifier, *identifier.weaker()):
                # A page is looked for among domains as well.
                by_kind = forms if form.kind == identifier.kind else wider
                by_kind.setdefault(form.kind, []).append(Form(place, form.encode(), form.exact))
        questions = []
        for nation in nations:
            state = self.session.nations.get(nation, Distrusted("node-down"))
            for kind in dict.fromkeys((*forms, *wider)):
                asked = forms.get(kind, [])
                if isinstance(state, Distrusted):
                    self._say(asked, _not_asked(nation, "", kind, state.why, alarm=state.alarm))
                else:
                    questions += self._of_nation(state, kind, asked, wider.get(kind, []), cards)
        return questions

    def _once_more(self, replaced: Sequence[SealedQuestion], cards: Cards) -> list[SealedQuestion]:
        """Plan and seal anew what was asked of a version that is not served any more."""
        asked: dict[Publication, list[Form]] = {}
        for question in replaced:
            asked.setdefault(question.asking.terms.publication, []).extend(question.forms)
            for key in _keys(question):
                # The next outcome is joined to what the other forms of the identifier came to.
                self._awaited[key] = 0
        questions: list[SealedQuestion] = []
        for before, forms in asked.items():
            nation, dataset = before.nation, before.dataset
            state = self.session.nations.get(nation, Distrusted("node-down"))
            if isinstance(state, Trusted) and dataset in state.datasets:
                questions += self._of_offer(state, state.datasets[dataset], forms, cards)
                continue
            if isinstance(state, Trusted):
                state = Distrusted("no-such-dataset")
            self._say(forms, _not_asked(nation, dataset, before.kind, state.why, alarm=state.alarm))
        return questions

    def _of_nation(
        self, trusted: Trusted, kind: str, forms: list[Form], wider: list[Form], cards: Cards
    ) -> list[SealedQuestion]:
        """Plan what a nation is asked of one kind.

        Args:
            trusted: the nation.
            kind: the name of the kind.
            forms: those of identifiers of this kind.
            wider: those of identifiers of another, which are asked only where the nation has this
                kind, and are not missed where it does not.
            cards: the case.
        """
        nation = trusted.node.nation
        offers = [
            offered for offered in trusted.datasets.values() if offered.publication.kind == kind
        ]
        if not offers:
            self._say(forms, _not_asked(nation, "", kind, "no-such-dataset"))
        questions: list[SealedQuestion] = []
        for offered in offers:
            questions += self._of_offer(trusted, offered, forms + wider, cards)
        return questions

    def _of_offer(
        self, trusted: Trusted, offered: Offered, forms: list[Form], cards: Cards
    ) -> list[SealedQuestion]:
        try:
            return self._of_dataset(trusted, offered, forms, cards)
        except PeerError as error:
            publication = offered.publication
            why = error.why or "stale"
            self._say(
                forms,
                _not_asked(publication.nation, publication.dataset, publication.kind, why),
            )
            return []

    def _of_dataset(
        self, trusted: Trusted, offered: Offered, forms: list[Form], cards: Cards
    ) -> list[SealedQuestion]:
        publication, nation = offered.publication, trusted.node.nation
        home, connection = self.session.home, self.session.connection
        if not hmac.compare_digest(publication.vectors_digest, vectors_digest(publication.kind)):
            # protocol.md 1: other spelling rules could miss what is there.
            differs = _not_asked(nation, publication.dataset, publication.kind, "rules-differ")
            self._say(forms, replace(differs, word="stale"))
            return []
        case = cards.case
        pseudonym = case.pseudonym(nation, home.pseudonym_key)
        marks = {hmac.digest(home.pseudonym_key, form.octets, "sha256") for form in forms}
        numbers = {bucket_number(form.octets, publication.prefix_bits) for form in forms}
        prefix_len = bits_to_tell(
            publication,
            asked_in_case=store.count_asked(connection, nation, pseudonym, marks),
            sensitive=case.sensitive,
        )
        planned = plan(
            publication,
            forms,
            prefix_len=prefix_len,
            held=store.held(connection, publication, numbers, prefix_len),
            padded=home.settings.pad_lists,
        )
        statement = case.told_with(cards.for_holder(nation), home.pseudonym_key)
        return [
            seal_question(
                home,
                trusted,
                one,
                statement,
                now_ms=self.session.clock(),
                random=self.random,
            )
            for one in planned
        ]

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
                        self._give(concluding.failed(question, outcome.why))
                    elif self._take(question, outcome.envelope, again=again):
                        replaced.append(question)
        except PeerError:
            pass
        except (ProofError, EncodingError) as error:
            why, alarm = concluding.why_of(error), True
        for question in waiting.values():
            self._give(concluding.failed(question, why, alarm=alarm))
        return replaced

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
            self._give(concluding.failed(question, why, alarm=True, receipt=name))
        except concluding.ClockError as error:
            self._give(concluding.failed(question, error.slug, receipt=name))
        else:
            self._keep(question, conclusion)
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


def _not_asked(nation: str, dataset: str, kind: str, why: str, *, alarm: bool = False) -> Outcome:
    return Outcome(
        place=0,
        nation=nation,
        dataset=dataset,
        kind=kind,
        word="unavailable",
        why=why,
        alarm=alarm,
    )

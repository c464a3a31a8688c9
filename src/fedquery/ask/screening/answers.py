"""From an answer envelope to what a question of a list came to: opened, checked, searched."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from fedquery.ask import asker_log, concluding, receipts
from fedquery.ask.asker_log import Came as CameOf
from fedquery.ask.clock import ClockError
from fedquery.ask.concluding import Opened
from fedquery.ask.home import AskHome
from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.board import ABSENT, EXACT, WEAK
from fedquery.ask.screening.keeping import Result
from fedquery.ask.screening.questions import Came, Claims, Inputs, Said, UnderWay, Unsearched
from fedquery.ask.screening.view import View
from fedquery.audit.asker import ConcludedEntry
from fedquery.errors import EncodingError, ProofError, PublicationError, StorageError
from fedquery.psi.answer import decode_body
from fedquery.psi.bucket import TAG_LENGTH
from fedquery.psi.prefix import slot_count
from fedquery.psi.tag import CLAIM_TOKEN_LENGTH
from fedquery.transport.head import AnswerHead

_RECEIPT_LENGTH = 12
_REPLACED = "epoch-unknown"
# By whether a spelling is exact, and whether it was found.
_STATE_OF = {(0, 0): ABSENT, (1, 0): ABSENT, (0, 1): WEAK, (1, 1): EXACT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What an answer came to.

    Attributes:
        result: what is to be kept of it.
        stops: where nothing more is to be asked of this dataset, what the rest came to.
        replaced: whether the version is not served any more.
    """

    result: Result
    stops: Outcome | None = None
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads the answers of a screening, in any thread.

    Attributes:
        home: the home of the agency.
        clock: the time in ms.
        random: the random source.
    """

    home: AskHome
    clock: Callable[[], int]
    random: Callable[[int], bytes] = field(repr=False)

    def read(self, one: UnderWay, answer: bytes, view: View) -> Read:
        """Read an answer; one that fails a check comes to an alarm and is not believed."""
        receipt = ""
        try:
            name = self.random(_RECEIPT_LENGTH).hex()
            receipt = receipts.keep(self.home.receipts, name, one.sealed.receipt(answer))
        except StorageError:
            # An answer is not dropped for its receipt; without a name, there is none.
            pass
        try:
            opened = concluding.open_sealed(one.sealed, answer, self.clock())
            if opened.head.refusal is not None:
                return self._refused(one, answer, opened.head, receipt)
            return self._granted(one, answer, opened, receipt, view)
        except (ProofError, EncodingError) as error:
            return self.failed(
                one, concluding.why_of(error), alarm=True, receipt=receipt, answer=answer
            )
        except ClockError as error:
            return self.failed(one, error.slug, receipt=receipt, answer=answer)

    def failed(
        self,
        one: UnderWay,
        why: str,
        *,
        alarm: bool = False,
        receipt: str = "",
        answer: bytes = b"",
    ) -> Read:
        """Say that a question was not answered."""
        entry = asker_log.concluded(
            one.sealed, CameOf("unavailable", why), self.clock(), answer=answer
        )
        stops = Outcome(
            place=0,
            nation=one.publication.nation,
            dataset=one.publication.dataset,
            kind=one.publication.kind,
            word="unavailable",
            why=why,
            receipt=receipt,
            alarm=alarm,
            witnesses=one.sealed.trusted.witnesses,
        )
        # What brought no answer may be sent again while it lives; a false answer ends it.
        result = Result(one=one, entry=entry, receipt=receipt, dropped=bool(answer))
        return Read(result=result, stops=stops)

    def search(self, one: Unsearched, view: View) -> tuple[Came, ConcludedEntry] | None:
        """Search what was evaluated; None where buckets are missing."""
        inputs = one.inputs
        found = view.search(inputs.numbers, one.tags)
        if found is None:
            return None
        forms, states, best = _best_of(inputs, found)
        found_at = [at for at, state in enumerate(states) if state != ABSENT]
        hits = array("I", map(forms.__getitem__, found_at))
        claims = None
        if hits:
            at = [best[index] for index in found_at]
            claims = Claims(
                hits,
                _picked(one.tags, TAG_LENGTH, at),
                _picked(one.tokens, CLAIM_TOKEN_LENGTH, at),
                one.statement,
                one.request_digest,
                one.until_ms,
            )
        came = Came(one.said, forms, states, claims)
        return came, replace(one.entry, hits=len(hits))

    def _granted(
        self, one: UnderWay, answer: bytes, opened: Opened, receipt: str, view: View
    ) -> Read:
        head, publication, listed = opened.head, one.publication, one.listed
        if head.opening is None or head.version != publication.version:
            raise PublicationError("the answer is from another version than was asked")
        bits = publication.prefix_bits
        slots = slot_count(listed.size_class, listed.prefix_len, bits, listed.columns)
        body = decode_body(opened.body, listed.size_class, slots, publication.capacity, bits)
        # Checks 4 to 7 of protocol.md 4.
        evaluated = listed.check(head.opening, body)
        for number, tags in evaluated.buckets.items():
            view.add(number, tags)
        now_ms = self.clock()
        came_of = CameOf("answered", hits=0)
        unsearched = Unsearched(
            Said(
                publication.version,
                publication.published_ms,
                now_ms > publication.next_due_ms + concluding.OVERDUE_SLACK_MS,
                receipt,
                head.decision.policy_ids,
                one.sealed.trusted.witnesses,
            ),
            Inputs((), one.inputs.forms, one.inputs.exact, one.inputs.numbers),
            evaluated.tags,
            evaluated.tokens,
            one.statement,
            one.sealed.context.request_digest,
            publication.published_ms + publication.claim_window_ms,
            asker_log.concluded(one.sealed, came_of, now_ms, answer=answer, head=head),
        )
        # Check 8, where the buckets are there.
        searched = self.search(unsearched, view)
        result = Result(
            one=one,
            entry=unsearched.entry,
            unsearched=unsearched,
            buckets=dict(evaluated.buckets),
            receipt=receipt,
            left=head.quota_left,
        )
        if searched is not None:
            came, entry = searched
            result = replace(result, entry=entry, came=came, unsearched=None)
        return Read(result=result)

    def _refused(self, one: UnderWay, answer: bytes, head: AnswerHead, receipt: str) -> Read:
        (outcome,) = concluding.refused(
            head, one.publication, (0,), receipt, one.sealed.trusted.witnesses
        )
        came = CameOf(outcome.word, outcome.why)
        entry = asker_log.concluded(one.sealed, came, self.clock(), answer=answer, head=head)
        result = Result(one=one, entry=entry, receipt=receipt, left=head.quota_left, dropped=True)
        return Read(result=result, stops=outcome, replaced=outcome.why == _REPLACED)


def _best_of(inputs: Inputs, found: bytes) -> tuple["array[int]", bytes, Sequence[int]]:
    """Say of each form what it is, and by which of its spellings that is known."""
    states = bytes(map(_STATE_OF.__getitem__, zip(inputs.exact, found, strict=True)))
    if len(set(inputs.forms)) == len(inputs.forms):
        return inputs.forms, states, range(len(states))
    best: dict[int, int] = {}
    for index, (form, state) in enumerate(zip(inputs.forms, states, strict=True)):
        if form not in best or state > states[best[form]]:
            best[form] = index
    return array("I", best), bytes(states[index] for index in best.values()), list(best.values())


def _picked(octets: bytes, length: int, indices: Iterable[int]) -> bytes:
    return b"".join([octets[length * at : length * at + length] for at in indices])

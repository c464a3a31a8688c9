"""The one transaction of a question: replay, policy, quota, log leaf, request record.

Everything here happens in one change of the writer, so that it is durable together or not at all,
and counters are exact however many ask at once. Nothing here looks at elements or prefixes: nobody
is refused for whom they asked about (protocol.md 8).
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fedquery.policy.rules import Rules
from fedquery.psi.question import Claim, Question
from fedquery.transport.head import AnswerHead, Decision, Receipt, Refusal
from fedquery_node import reviews
from fedquery_node.admit import Admitted
from fedquery_node.authorities import Vouched
from fedquery_node.barring import barred_by_age, barred_by_hand, barred_by_version
from fedquery_node.home import NodeHome
from fedquery_node.leaves import Ruled, write_leaf
from fedquery_node.publications import Catalogue
from fedquery_node.requests import Kept, find, keep, tried
from fedquery_node.weighing import Verdict, Weighing

# protocol.md 8: evaluated again at most four times.
MOST_AGAIN: Final = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a question; durable when the caller has it.

    Attributes:
        head: the head of the answer, without opening and checkpoint.
        granted: whether elements are to be evaluated.
        version: the version to evaluate with.
    """

    head: AnswerHead
    granted: bool
    version: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges questions and claims by what is in force now.

    Attributes:
        home: the data directory.
        rules: the policy file in force.
        catalogue: what is served.
        random: the random source, for the salts of details.
        vouched: what was verified of the case card of the request.
    """

    home: NodeHome
    rules: Rules
    catalogue: Catalogue
    random: Callable[[int], bytes]
    vouched: Vouched

    def judge(self, connection: sqlite3.Connection, admitted: Admitted, now_ms: int) -> Judged:
        """Judge a request, once; the same octets again get the same answer for a few times.

        Args:
            connection: inside the writer's transaction.
            admitted: the request.
            now_ms: the time.

        Raises:
            StorageError: if something cannot be read or written; then nothing may be answered.
        """
        stale = barred_by_age(admitted, now_ms)
        kept = find(connection, admitted)
        if kept is not None and kept.digest == admitted.opened.digest:
            return _refused(stale) if stale else self._again(connection, admitted, kept)
        if kept is not None:
            # The id stays the first request's; this one is only logged.
            verdict = Verdict(refusal=Refusal("id-reused", "This request id was used before"))
            return Judged(
                self._logged(connection, admitted, verdict, now_ms), granted=False, version=0
            )
        verdict = Verdict(refusal=stale) if stale else self._verdict(connection, admitted, now_ms)
        head = self._logged(connection, admitted, verdict, now_ms)
        judged = Judged(head, granted=verdict.refusal is None, version=_version_of(admitted))
        if judged.granted:
            _note_for_review(connection, admitted, head, now_ms)
        keep(connection, admitted, judged.head, granted=judged.granted)
        return judged

    def _again(self, connection: sqlite3.Connection, admitted: Admitted, kept: Kept) -> Judged:
        # A block and a suspension hold from the next answer on, not from the next question.
        barred = self._barred(connection, admitted, admitted.asked) if admitted.asked else None
        if barred is not None and kept.granted:
            return _refused(barred)
        if kept.tries >= MOST_AGAIN:
            return _refused(Refusal("too-many-tries", "This request was answered often enough"))
        tried(connection, admitted)
        return Judged(kept.head, kept.granted, kept.version)

    def _verdict(self, connection: sqlite3.Connection, admitted: Admitted, now_ms: int) -> Verdict:
        asked = admitted.asked
        if asked is None:
            return Verdict(refusal=Refusal("message-malformed", "The sealed message is not valid"))
        refusal = (
            self._barred(connection, admitted, asked)
            or self.vouched.refusal
            or barred_by_version(self.catalogue, self.vouched, admitted, asked)
        )
        if refusal is not None:
            return Verdict(refusal=refusal)
        weighing = Weighing(connection, self.home, self.rules, self.vouched, admitted, now_ms)
        return weighing.weigh(asked)

    def _barred(
        self, connection: sqlite3.Connection, admitted: Admitted, asked: Question | Claim
    ) -> Refusal | None:
        agency = admitted.asking.agency.name
        return barred_by_hand(connection, self.home.settings.datasets, agency, asked.dataset)

    def _logged(
        self, connection: sqlite3.Connection, admitted: Admitted, verdict: Verdict, now_ms: int
    ) -> AnswerHead:
        ruled = Ruled(
            granted=verdict.decision.granted,
            reason=verdict.refusal.slug if verdict.refusal else "",
            decided=verdict.decided,
            record=verdict.claim.reference if verdict.claim else "",
            grant=verdict.grant,
        )
        index, leaf_hash = write_leaf(
            connection, self.home, admitted, ruled, random=self.random, now_ms=now_ms
        )
        return AnswerHead(
            decision=verdict.decision,
            version=_version_of(admitted) if verdict.refusal is None else 0,
            quota_left=verdict.left,
            receipt=Receipt(self.home.log.origin, index, leaf_hash),
            refusal=verdict.refusal,
            claim=verdict.claim,
        )


def _note_for_review(
    connection: sqlite3.Connection, admitted: Admitted, head: AnswerHead, now_ms: int
) -> None:
    if admitted.asked is None or head.receipt is None:
        return
    answered = reviews.Review(
        index=head.receipt.index,
        agency=admitted.asking.agency.name,
        dataset=admitted.asked.dataset,
        level=head.decision.granted,
        answered_ms=now_ms,
    )
    purpose = admitted.asked.statement.purpose
    reviews.note_answer(connection, purpose, answered, head.receipt.leaf_hash)


def _refused(refusal: Refusal) -> Judged:
    return Judged(AnswerHead(decision=Decision(), refusal=refusal), granted=False, version=0)


def _version_of(admitted: Admitted) -> int:
    return admitted.asked.version if admitted.asked is not None else 0

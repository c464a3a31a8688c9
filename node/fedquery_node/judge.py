"""The one transaction of a question: replay, policy, quota, log leaf, request record.

Everything here happens in one change of the writer, so that it is durable together or not at all,
and counters are exact however many ask at once. Nothing here looks at elements or prefixes: nobody
is refused for whom they asked about (protocol.md 8).
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.errors import InputError
from fedquery.policy import decide
from fedquery.policy.rules import Rules
from fedquery.policy.situation import Dataset, Used
from fedquery.policy.vocabulary import Level
from fedquery.psi.question import Claim, Question
from fedquery.transport.head import (
    AnswerHead,
    ClaimReply,
    Decision,
    QuotaLeft,
    Receipt,
    Refusal,
    Summary,
)
from fedquery_node import asked as questions
from fedquery_node import charging, quota, records, reviews, shown
from fedquery_node.admit import Admitted
from fedquery_node.answers import shape_of
from fedquery_node.authorities import Vouched
from fedquery_node.home import NodeHome
from fedquery_node.leaves import Ruled, write_leaf
from fedquery_node.publications import Catalogue, Served, newest_of
from fedquery_node.requests import Kept, find, keep, tried
from fedquery_node.situations import public_decision, refusal_of, situation_of

# protocol.md 4 and 5: clocks may differ by this much.
CLOCK_SLACK_MS: Final = 120_000
# protocol.md 8: evaluated again at most four times.
MOST_AGAIN: Final = 4
_CLAIM_LEVELS: Final = {"reference": Level.REFERENCE, "summary": Level.SUMMARY}
_NO_CONTACT: Final = "desk"


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
class Verdict:
    """What was decided, before it is logged.

    Attributes:
        decision: what the asker is told of the policy's decision.
        decided: the policy's decision, where one was asked.
        refusal: why nothing is answered.
        claim: what is told of a claimed record.
        left: what may still be asked.
        grant: the grant that has paid; None where the ordinary quota has, or nothing was charged.
    """

    decision: Decision = field(default_factory=Decision)
    decided: decide.Decision | None = None
    refusal: Refusal | None = None
    claim: ClaimReply | None = None
    left: QuotaLeft | None = None
    grant: int | None = None


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
        stale = _stale(admitted, now_ms)
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
            or self._version_barred(admitted, asked)
        )
        if refusal is not None:
            return Verdict(refusal=refusal)
        try:
            if isinstance(asked, Question):
                return self._question(connection, admitted, asked, now_ms)
            return self._claim(connection, admitted, asked, now_ms)
        except InputError:
            return Verdict(
                refusal=Refusal("case-unusable", "The case card has a value out of its range")
            )

    def _barred(
        self, connection: sqlite3.Connection, admitted: Admitted, asked: Question | Claim
    ) -> Refusal | None:
        agency = admitted.asking.agency.name
        if connection.execute("SELECT 1 FROM block WHERE agency = ?", (agency,)).fetchone():
            return Refusal("agency-blocked", "This agency is blocked; speak to the contact")
        if asked.dataset not in self.home.settings.datasets:
            return Refusal("dataset-unknown", "There is no such dataset")
        if connection.execute(
            "SELECT 1 FROM suspension WHERE dataset = ?", (asked.dataset,)
        ).fetchone():
            return Refusal("suspended", "This dataset is suspended; ask later")
        return None

    def _version_barred(self, admitted: Admitted, asked: Question | Claim) -> Refusal | None:
        newest = newest_of(self.catalogue, asked.dataset)
        if newest is None:
            return Refusal("not-ready", "Nothing is published of this dataset yet", 60)
        # A claim may be of a version whose buckets are gone; its window is looked at with the row.
        if isinstance(asked, Claim):
            return None
        served = self.catalogue.get((asked.dataset, asked.version))
        view = None if served is None else served.view_of(admitted.asking.agency.name)
        if served is None or view is None:
            return Refusal(
                "epoch-unknown",
                "This version is not served; fetch the manifest",
                current_version=newest.publication.version,
            )
        # Rows of a team are in the view until the next publication, and the agency in it no more.
        if not view.teams <= self.vouched.teams:
            return Refusal("team-ended", "A team of this agency has ended; ask after publication")
        return self._wire_barred(admitted, asked, served)

    def _wire_barred(self, admitted: Admitted, asked: Question, served: Served) -> Refusal | None:
        if asked.prefix_len > served.publication.prefix_bits:
            return Refusal("message-malformed", "A prefix is longer than a bucket number")
        if asked.columns == "tags" and not shape_of(admitted, self.catalogue).slots:
            return Refusal(
                "too-many-buckets", "One answer does not hold so many buckets; tell more bits"
            )
        return None

    def _question(
        self, connection: sqlite3.Connection, admitted: Admitted, asked: Question, now_ms: int
    ) -> Verdict:
        situation = situation_of(
            self.vouched.known_to(self.rules.teams),
            self._dataset(asked.dataset),
            asked.statement,
            self._used(connection, admitted, asked, now_ms),
            elements=asked.size_class,
            now_ms=now_ms,
        )
        decided = decide.decide_ask(self.rules, situation)
        if decided.level is None:
            return Verdict(public_decision(decided), decided, refusal_of(decided))
        verdict = self._charged(
            connection, admitted, asked, Verdict(public_decision(decided), decided), now_ms
        )
        if verdict.refusal is None:
            at_ms = quota.steady_ms(connection, now_ms)
            questions.add(connection, _payer(admitted, asked), at_ms)
        return verdict

    def _claim(
        self, connection: sqlite3.Connection, admitted: Admitted, asked: Claim, now_ms: int
    ) -> Verdict:
        agency = admitted.asking.agency
        found = records.claimed(connection, self.home, asked, self.vouched, now_ms)
        if not found:
            refusal = Refusal("claim-unknown", "No record of this dataset fits the claim")
            return self._charged(connection, admitted, asked, Verdict(refusal=refusal), now_ms)
        used = self._used(connection, admitted, asked, now_ms)
        decisions = [
            (
                record,
                decide.decide_claim(
                    self.rules,
                    situation_of(
                        self.vouched.known_to(self.rules.teams),
                        self._dataset(asked.dataset),
                        asked.statement,
                        used,
                        elements=0,
                        now_ms=now_ms,
                        handling=record.handling,
                    ),
                    _CLAIM_LEVELS[asked.level],
                ),
            )
            for record in found
        ]
        permitted = [pair for pair in decisions if pair[1].level is not None]
        if not permitted:
            decided = decisions[0][1]
            verdict = Verdict(public_decision(decided), decided, refusal_of(decided))
            return self._charged(connection, admitted, asked, verdict, now_ms)
        # The newest record that may be told of; a source at risk is only spoken of.
        open_ones = [pair for pair in permitted if pair[0].handling != records.SOURCE_AT_RISK]
        record, decided = (open_ones or permitted)[0]
        reply = self._reply(record, decided, len(open_ones))
        verdict = self._charged(
            connection,
            admitted,
            asked,
            Verdict(public_decision(decided), decided, claim=reply),
            now_ms,
        )
        if verdict.refusal is None:
            shown.add(connection, agency.name, quota.steady_ms(connection, now_ms))
        return verdict

    def _reply(self, record: records.Record, decided: decide.Decision, count: int) -> ClaimReply:
        contacts = sorted(self.home.settings.contacts)
        contact = record.contact or (contacts[0] if contacts else _NO_CONTACT)
        if record.handling == records.SOURCE_AT_RISK:
            return ClaimReply(contact, contact_us=True)
        summary = None
        if decided.level == Level.SUMMARY:
            summary = Summary(record.first_seen_ms, record.last_seen_ms, count, record.summary)
        return ClaimReply(contact, record.reference, record.category, record.updated_ms, summary)

    def _charged(
        self,
        connection: sqlite3.Connection,
        admitted: Admitted,
        asked: Question | Claim,
        verdict: Verdict,
        now_ms: int,
    ) -> Verdict:
        ceilings, payer = self.home.settings.quota, _payer(admitted, asked)
        elements = admitted.opened.header.fields.size_class
        try:
            grant = charging.charge(
                connection, ceilings, payer, asked.dataset, elements=elements, now_ms=now_ms
            )
            verdict = replace(verdict, grant=grant)
        except quota.SpentError as spent:
            refusal = Refusal("quota", f"{spent}", retry_after_s=spent.retry_after_s)
            verdict = replace(verdict, decision=Decision(), refusal=refusal, claim=None)
        left = charging.left(connection, ceilings, payer, asked.dataset, now_ms)
        return replace(verdict, left=left)

    def _used(
        self,
        connection: sqlite3.Connection,
        admitted: Admitted,
        asked: Question | Claim,
        now_ms: int,
    ) -> Used:
        payer = _payer(admitted, asked)
        counted = quota.used(connection, payer, now_ms)
        at_ms = quota.steady_ms(connection, now_ms)
        answered = questions.count(connection, payer, at_ms)
        return Used(
            elements_this_hour=counted.hour,
            elements_today=counted.day,
            elements_this_year=counted.year,
            elements_this_case=counted.case,
            elements_of_nation_today=counted.nation_day,
            questions_today=answered.today,
            questions_this_case=answered.this_case,
            rows_shown_today=shown.count(connection, admitted.asking.agency.name, at_ms),
        )

    def _dataset(self, name: str) -> Dataset:
        settings = self.home.settings.datasets[name]
        return Dataset(self.home.nation, name, settings.kind, settings.sensitive)

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


def _stale(admitted: Admitted, now_ms: int) -> Refusal | None:
    fields = admitted.opened.header.fields
    if fields.created_ms <= now_ms + CLOCK_SLACK_MS and now_ms < fields.expires_ms:
        return None
    return Refusal("expired", "The request is older than 120 s or from the future; check the clock")


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


def _payer(admitted: Admitted, asked: Question | Claim) -> quota.Payer:
    agency = admitted.asking.agency
    return quota.Payer(agency.name, agency.nation, asked.statement.case.pseudonym)

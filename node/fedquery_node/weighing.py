"""What the policy and the quota say to one question or claim, before it is logged."""

import sqlite3
from dataclasses import dataclass, field, replace
from typing import Final

from fedquery.errors import InputError
from fedquery.policy import decide
from fedquery.policy.rules import Rules
from fedquery.policy.situation import Dataset, Situation, Used
from fedquery.policy.vocabulary import Level
from fedquery.psi.question import Claim, Question
from fedquery.transport.claim_reply import ClaimReply, Summary
from fedquery.transport.head import Decision, QuotaLeft, Refusal
from fedquery_node import asked as questions
from fedquery_node import charging, quota, records, shown
from fedquery_node.admit import Admitted
from fedquery_node.authorities import Vouched
from fedquery_node.home import NodeHome
from fedquery_node.situations import public_decision, refusal_of, situation_of

_CLAIM_LEVELS: Final = {"reference": Level.REFERENCE, "summary": Level.SUMMARY}
_NO_CONTACT: Final = "desk"


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
class Weighing:
    """One question or claim that nothing bars, inside the transaction that decides and logs it.

    Attributes:
        connection: inside the writer's transaction.
        home: the data directory.
        rules: the policy file in force.
        vouched: what was verified of the case card of the request.
        admitted: the request.
        now_ms: the time.
    """

    connection: sqlite3.Connection
    home: NodeHome
    rules: Rules
    vouched: Vouched
    admitted: Admitted
    now_ms: int

    def weigh(self, asked: Question | Claim) -> Verdict:
        """Decide, charge and count.

        Args:
            asked: the question or claim of the request.

        Raises:
            StorageError: if something cannot be read or written; then nothing may be answered.
        """
        try:
            if isinstance(asked, Question):
                return self._question(asked)
            return self._claim(asked)
        except InputError:
            return Verdict(
                refusal=Refusal("case-unusable", "The case card has a value out of its range")
            )

    def _question(self, asked: Question) -> Verdict:
        situation = self._situation(asked, self._used(asked), elements=asked.size_class)
        decided = decide.decide_ask(self.rules, situation)
        if decided.level is None:
            return Verdict(public_decision(decided), decided, refusal_of(decided))
        verdict = self._charged(asked, Verdict(public_decision(decided), decided))
        if verdict.refusal is None:
            questions.add(self.connection, self._payer(asked), self._steady_ms())
        return verdict

    def _claim(self, asked: Claim) -> Verdict:
        found = records.claimed(self.connection, self.home, asked, self.vouched, self.now_ms)
        if not found:
            refusal = Refusal("claim-unknown", "No record of this dataset fits the claim")
            return self._charged(asked, Verdict(refusal=refusal))
        used = self._used(asked)
        decisions = [(record, self._decided(asked, used, record)) for record in found]
        permitted = [pair for pair in decisions if pair[1].level is not None]
        if not permitted:
            decided = decisions[0][1]
            verdict = Verdict(public_decision(decided), decided, refusal_of(decided))
            return self._charged(asked, verdict)
        # The newest record that may be told of; a source at risk is only spoken of.
        open_ones = [pair for pair in permitted if pair[0].handling != records.SOURCE_AT_RISK]
        record, decided = (open_ones or permitted)[0]
        reply = self._reply(record, decided, len(open_ones))
        verdict = self._charged(asked, Verdict(public_decision(decided), decided, claim=reply))
        if verdict.refusal is None:
            shown.add(self.connection, self.admitted.asking.agency.name, self._steady_ms())
        return verdict

    def _decided(self, asked: Claim, used: Used, record: records.Record) -> decide.Decision:
        situation = self._situation(asked, used, elements=0, handling=record.handling)
        return decide.decide_claim(self.rules, situation, _CLAIM_LEVELS[asked.level])

    def _situation(
        self, asked: Question | Claim, used: Used, *, elements: int, handling: str | None = None
    ) -> Situation:
        settings = self.home.settings.datasets[asked.dataset]
        return situation_of(
            self.vouched.known_to(self.rules.teams),
            Dataset(self.home.nation, asked.dataset, settings.kind, settings.sensitive),
            asked.statement,
            used,
            elements=elements,
            now_ms=self.now_ms,
            handling=handling,
        )

    def _reply(self, record: records.Record, decided: decide.Decision, count: int) -> ClaimReply:
        contacts = sorted(self.home.settings.contacts)
        contact = record.contact or (contacts[0] if contacts else _NO_CONTACT)
        if record.handling == records.SOURCE_AT_RISK:
            return ClaimReply(contact, contact_us=True)
        summary = None
        if decided.level == Level.SUMMARY:
            summary = Summary(record.first_seen_ms, record.last_seen_ms, count, record.summary)
        return ClaimReply(contact, record.reference, record.category, record.updated_ms, summary)

    def _charged(self, asked: Question | Claim, verdict: Verdict) -> Verdict:
        connection, ceilings = self.connection, self.home.settings.quota
        payer, now_ms = self._payer(asked), self.now_ms
        elements = self.admitted.opened.header.fields.size_class
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

    def _used(self, asked: Question | Claim) -> Used:
        payer = self._payer(asked)
        counted = quota.used(self.connection, payer, self.now_ms)
        at_ms = self._steady_ms()
        answered = questions.count(self.connection, payer, at_ms)
        return Used(
            elements_this_hour=counted.hour,
            elements_today=counted.day,
            elements_this_year=counted.year,
            elements_this_case=counted.case,
            elements_of_nation_today=counted.nation_day,
            questions_today=answered.today,
            questions_this_case=answered.this_case,
            rows_shown_today=shown.count(self.connection, self.admitted.asking.agency.name, at_ms),
        )

    def _steady_ms(self) -> int:
        return quota.steady_ms(self.connection, self.now_ms)

    def _payer(self, asked: Question | Claim) -> quota.Payer:
        agency = self.admitted.asking.agency
        return quota.Payer(agency.name, agency.nation, asked.statement.case.pseudonym)

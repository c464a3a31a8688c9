"""From a question to what the policy decides from, and from its decision to what is answered."""

from fedquery.policy import decide
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used
from fedquery.psi.question import Statement
from fedquery.transport.head import (
    MAX_POLICY_IDS,
    MAX_REASON_OCTETS,
    MAX_REASONS,
    Decision,
    Level,
    Refusal,
)
from fedquery_node.authorities import Vouched

_LEVELS: dict[int, Level] = {1: "hit", 2: "reference", 3: "summary"}


def situation_of(
    vouched: Vouched,
    dataset: Dataset,
    statement: Statement,
    used: Used,
    *,
    elements: int,
    now_ms: int,
    handling: str | None = None,
) -> Situation:
    """Write down all that a decision depends on.

    Args:
        vouched: who asks, and what was verified of teams and signatures.
        dataset: what is asked.
        statement: why it is asked.
        used: what was counted before.
        elements: the size class; 0 for a claim.
        now_ms: the time.
        handling: the handling code of a claimed record.

    Raises:
        InputError: if the case card has a value that no policy can decide from.
    """
    agency, case = vouched.agency, statement.case
    return Situation(
        asker=Asker(agency.name, agency.nation, agency.sort, vouched.teams),
        dataset=dataset,
        case=CaseCard(
            case.pseudonym,
            case.maximum_penalty_years,
            case.transnational,
            case.opened_ms,
            # What nobody verified is not put before the policy (ADR 0016).
            vouched.roles,
        ),
        purpose=statement.purpose,
        person_role=statement.person_role,
        aim=statement.aim,
        elements=elements,
        used=used,
        now_ms=now_ms,
        handling=handling,
    )


def public_decision(decided: decide.Decision) -> Decision:
    """Give what the asker is told of a decision."""
    level = decided.level
    return Decision(
        granted="" if level is None else _LEVELS[int(level)],
        policy_ids=decided.policy_ids[:MAX_POLICY_IDS],
        reasons=tuple(_clip(reason) for reason in decided.reasons[:MAX_REASONS]),
        policy_digest=decided.policy_digest,
    )


def refusal_of(decided: decide.Decision) -> Refusal:
    """Give the refusal of a decision that grants nothing."""
    if decided.fault:
        return Refusal(decide.UNAVAILABLE, "The policy could not be evaluated")
    text = _clip(decided.reasons[0]) if decided.reasons else "No rule permits it"
    return Refusal("policy-denied", text)


def _clip(text: str) -> str:
    return text.encode()[:MAX_REASON_OCTETS].decode(errors="ignore")

"""A question with its answers, as CSV and JSON, for the file of the case.

docs/schemas/desk-question.v1.json. Words are those of the SDK and not of a language, so that files
of two agencies can be put together.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from fedquery.ask.outcome import Outcome
from fedquery.desk.asked import KeptQuestion
from fedquery.desk.claims import KeptClaim
from fedquery.desk.proof import State
from fedquery.desk.withdrawn import Withdrawn
from fedquery.tabular.formulas import defused

SCHEMA: Final = "fedquery/desk-question/v1"
HEADER: Final = (
    "training",
    "case",
    "asked",
    "asked by",
    "place",
    "kind",
    "identifier",
    "nation",
    "outcome",
    "possible hit",
    "withdrawn in version",
    "why",
    "dataset",
    "version",
    "published",
    "rules",
    "reasons",
    "receipt",
    "proof",
    "holder's reference",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What is written.

    Attributes:
        training: whether the federation is one for exercises.
        agency: the agency.
        case_number: its own number of the case.
        asked_by: the name of the officer.
        made_ms: the time of the file.
        shown: whether identifiers are written in full; masked otherwise.
        question: the question.
        proofs: by the name of a receipt what became of verifying it.
        withdrawn: by the place in `question.outcomes`, hits that were withdrawn.
        claims: the claims of its hits.
    """

    training: bool
    agency: str
    case_number: str = field(repr=False)
    asked_by: str
    made_ms: int
    shown: bool
    question: KeptQuestion
    proofs: Mapping[str, State]
    withdrawn: Mapping[int, Withdrawn]
    claims: Sequence[KeptClaim] = field(repr=False)


def csv_of(made: Exported) -> bytes:
    """Write the table: one row for each outcome; no cell of it is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(map(defused, _rows(made)))
    # With its mark Excel reads it as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def json_of(made: Exported) -> bytes:
    """Write the document for programs."""
    return json.dumps(_document(made), ensure_ascii=False, indent=2).encode() + b"\n"


def _rows(made: Exported) -> Iterator[Sequence[str | int]]:
    question = made.question
    for at, outcome in enumerate(question.outcomes):
        asked, gone = question.asked[outcome.place], made.withdrawn.get(at)
        yield (
            "TRAINING" if made.training else "",
            made.case_number,
            _time(question.asked_ms),
            made.asked_by,
            outcome.place + 1,
            asked.kind,
            asked.shown if made.shown else asked.masked,
            outcome.nation,
            outcome.word,
            "yes" if outcome.weak else "",
            "" if gone is None else gone.version,
            outcome.why,
            outcome.dataset,
            "" if outcome.version is None else outcome.version,
            _time(outcome.as_of_ms),
            ", ".join(outcome.policy_ids),
            "; ".join(outcome.reasons),
            outcome.receipt,
            _proof(made, outcome),
            _reference(made, outcome),
        )


def _document(made: Exported) -> dict[str, object]:
    question = made.question
    return {
        "schema": SCHEMA,
        "training": made.training,
        "agency": made.agency,
        "case_number": made.case_number,
        "asked_by": made.asked_by,
        "made_ms": made.made_ms,
        "question_id": question.question_id,
        "lookup_id": question.lookup_id,
        "state": question.state,
        "asked_ms": question.asked_ms,
        "purpose": question.facts.purpose,
        "nations": list(question.nations),
        "identifiers": [
            {
                "place": place,
                "kind": asked.kind,
                "masked": asked.masked,
                **({"text": asked.shown} if made.shown else {}),
            }
            for place, asked in enumerate(question.asked)
        ],
        "outcomes": [
            _outcome(made, outcome, made.withdrawn.get(at))
            for at, outcome in enumerate(question.outcomes)
        ],
        "claims": [_claim(claim) for claim in made.claims],
    }


def _outcome(made: Exported, outcome: Outcome, gone: Withdrawn | None) -> dict[str, object]:
    return {
        "place": outcome.place,
        "nation": outcome.nation,
        "dataset": outcome.dataset,
        "word": outcome.word,
        "weak": outcome.weak,
        "withdrawn_in_version": None if gone is None else gone.version,
        "why": outcome.why,
        "version": outcome.version,
        "as_of_ms": outcome.as_of_ms,
        "overdue": outcome.overdue,
        "policy_ids": list(outcome.policy_ids),
        "reasons": list(outcome.reasons),
        "alarm": outcome.alarm,
        "receipt": outcome.receipt,
        "false_receipt": outcome.false_receipt,
        "proof": _proof(made, outcome),
    }


def _claim(claim: KeptClaim) -> dict[str, object]:
    outcome = claim.outcome
    return {
        "claim_id": claim.claim_id,
        "claimed_ms": claim.claimed_ms,
        "level": claim.level,
        # Where it broke off, what came of it is not known, and the holder may know of it.
        "word": "unknown" if outcome is None else outcome.word,
        "why": claim.why if outcome is None else outcome.why,
        "nation": "" if outcome is None else outcome.nation,
        "dataset": "" if outcome is None else outcome.dataset,
        "reference": "" if outcome is None else outcome.reference,
        "contact": "" if outcome is None else outcome.contact_text,
        "receipt": "" if outcome is None else outcome.receipt,
    }


def _proof(made: Exported, outcome: Outcome) -> str:
    return made.proofs.get(outcome.receipt, "not looked at")


def _reference(made: Exported, outcome: Outcome) -> str:
    """Give what the newest claim of a hit has released."""
    found = [
        claim.outcome.reference
        for claim in made.claims
        if outcome.claim_id and claim.claim_id == outcome.claim_id and claim.outcome is not None
    ]
    return next((one for one in reversed(found) if one), "")


def _time(time_ms: int | None) -> str:
    if time_ms is None:
        return ""
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

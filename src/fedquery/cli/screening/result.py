"""What a screening came to, for programs: docs/schemas/screening.v1.json."""

from typing import Final

from fedquery.ask.outcome import WORDS
from fedquery.ask.screening.values import Summary
from fedquery.cli.screening.tally import Tally
from fedquery.config.exit_codes import ExitCode

SCHEMA: Final = "fedquery/screening/v1"


def document(summary: Summary, tally: Tally, code: ExitCode) -> dict[str, object]:
    """Write what a screening came to; the lines themselves stand in its report.

    Args:
        summary: what was asked.
        tally: what came of each line.
        code: the exit code.
    """
    elements = {one.nation: one.elements for one in summary.nations}
    return {
        "schema": SCHEMA,
        "screening_id": summary.job_id,
        "lines": {"read": tally.read, "unread": tally.unread, "hit": tally.hit_lines},
        "distinct": summary.distinct,
        "nations": [
            {
                "nation": nation,
                "words": {word: counts[word] for word in WORDS},
                "possible_hits": tally.weak[nation],
                "elements": elements.get(nation, 0),
            }
            for nation, counts in sorted(tally.words.items())
        ],
        "reasons": [
            {
                "nation": outcome.nation,
                "dataset": outcome.dataset,
                "kind": outcome.kind,
                "word": outcome.word,
                "why": outcome.why,
                "lines": count,
                "policy_ids": list(outcome.policy_ids),
                "retry_after_s": outcome.retry_after_s,
                "alarm": outcome.alarm,
            }
            for outcome, count in tally.reasons.values()
        ],
        "kept": summary.kept,
        "exit_code": int(code),
    }

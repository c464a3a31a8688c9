"""Who may learn what: levels by nation, dataset and purpose, for one situation of an asker."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from fedquery.policy.decide import decide_ask, decide_claim
from fedquery.policy.rules import Rules
from fedquery.policy.situation import Dataset, Situation
from fedquery.policy.vocabulary import Level

NOTHING = "nothing"
FAULT = "fault"
WORDS = (NOTHING, *(level.word for level in Level))


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What an asker can come to learn in one situation.

    Attributes:
        level: "nothing", "hit", "reference" or "summary"; "fault" where the rules cannot be
            evaluated and nothing is answered.
        granting: the rules that grant the level, sorted; none for nothing.
        stopping: the rules that forbid the next level; none where no rule permits it.
        reasons: what the asker is told of it.
    """

    level: str
    granting: tuple[str, ...]
    stopping: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the table.

    Attributes:
        nation: the holder.
        dataset: what is asked.
        purpose: why.
        disclosed: what comes of it.
    """

    nation: str
    dataset: Dataset
    purpose: str
    disclosed: Disclosed


def make_matrix(
    rules: Sequence[Rules],
    datasets: Sequence[Dataset],
    purposes: Sequence[str],
    situation: Situation,
) -> tuple[Cell, ...]:
    """Decide one situation for each nation, dataset and purpose.

    Args:
        rules: one file for each nation.
        datasets: the datasets, each taken as one of every nation in turn.
        purposes: the purposes.
        situation: everything else; its handling code is that of the record found.
    """
    return tuple(
        Cell(one.nation, dataset, purpose, disclose(one, asked))
        for one in rules
        for dataset in (dataclasses.replace(facts, nation=one.nation) for facts in datasets)
        for purpose in purposes
        for asked in [dataclasses.replace(situation, dataset=dataset, purpose=purpose)]
    )


def disclose(rules: Rules, situation: Situation) -> Disclosed:
    """Ask a question and, where it is answered, claim as much as there is.

    Args:
        rules: the holder's rules.
        situation: the question's situation, with the handling code of the record that is found.
    """
    asked = decide_ask(rules, dataclasses.replace(situation, handling=None))
    if asked.level is None:
        level = FAULT if asked.fault else NOTHING
        return Disclosed(level, (), asked.policy_ids, asked.reasons)
    # A claim evaluates nothing (protocol.md, 7).
    claim = dataclasses.replace(situation, elements=0)
    reference, summary = (
        decide_claim(rules, claim, wanted) for wanted in (Level.REFERENCE, Level.SUMMARY)
    )
    if summary.fault:
        return Disclosed(FAULT, (), summary.policy_ids, summary.reasons)
    if summary.level is None:
        return Disclosed(Level.HIT.word, asked.policy_ids, summary.policy_ids, summary.reasons)
    if summary.level is Level.SUMMARY:
        return Disclosed(summary.level.word, summary.policy_ids, (), summary.reasons)
    stopping = tuple(sorted({*summary.policy_ids} - {*reference.policy_ids}))
    return Disclosed(summary.level.word, reference.policy_ids, stopping, summary.reasons)

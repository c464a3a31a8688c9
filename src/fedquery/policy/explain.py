"""A policy as a sentence that a lawyer can read, and what a refusal by it would need."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fedquery.policy import sentence, wording
from fedquery.policy.examine import Examined
from fedquery.policy.locate import clauses
from fedquery.policy.source import Source, Token


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a policy.

    Attributes:
        kind: "when" or "unless".
        text: in words, or as it is written in the file.
        contrary: what must be so that it does not hold, said in the same way.
        worded: whether it has words.
    """

    kind: str
    text: str
    contrary: str
    worded: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """One policy in words.

    Attributes:
        policy_id: its id.
        effect: "permit" or "forbid".
        title: its public title.
        law: what it rests on.
        lead: who may or must not do what.
        clauses: its conditions, in the order of the file.
    """

    policy_id: str
    effect: str
    title: str
    law: str
    lead: str
    clauses: tuple[Clause, ...]

    @property
    def sentence(self) -> str:
        """Say all of it in one sentence."""
        alone = len(self.clauses) == 1
        said = [(one.kind, one.text if alone else _apart(one.text)) for one in self.clauses]
        if_ = [text for kind, text in said if kind == "when"]
        unless = [text for kind, text in said if kind == "unless"]
        parts = (
            self.lead,
            "if " + ", and if ".join(if_) if if_ else "",
            "unless " + ", or unless ".join(unless) if unless else "",
        )
        return f"{', '.join(part for part in parts if part)}."

    @property
    def needed(self) -> tuple[str, ...]:
        """Say what would be needed.

        For a permit all of it: each must be so. For a forbid any of it: one is enough, that the
        rule does not stop the answer; others still may.
        """
        permits = self.effect == "permit"
        return tuple(
            one.text if (one.kind == "when") is permits else one.contrary for one in self.clauses
        )


def _apart(text: str) -> str:
    # Its last part would take in what follows: "and otherwise: A, and if B".
    return f"({text})" if text.startswith("where ") else text


def explain(source: Source, examined: Examined) -> tuple[Explanation, ...]:
    """Explain the policies of a file about which there is no complaint, in its order.

    Args:
        source: the file.
        examined: what examining it gave.
    """
    written = {part[0].start: part for part in source.policies()}
    found = []
    for policy_id, policy in examined.policies.items():
        part = written[examined.heads[policy_id]]
        written_clauses = [_written(source, one) for one in clauses(part)]
        notes = policy["annotations"]
        found.append(
            Explanation(
                policy_id=policy_id,
                effect=policy["effect"],
                title=notes["title"],
                law=notes["law"],
                lead=_lead(policy),
                clauses=tuple(
                    _clause(one, text)
                    for one, text in zip(policy["conditions"], written_clauses, strict=True)
                ),
            )
        )
    return tuple(found)


def _clause(condition: Mapping[str, Any], text: str) -> Clause:
    kind, body = condition["kind"], condition["body"]
    try:
        return Clause(kind, sentence.clause(body), sentence.clause(body, so=False), worded=True)
    except wording.UnwordedError:
        return Clause(kind, f"this holds: `{text}`", f"this does not hold: `{text}`", worded=False)


def _written(source: Source, tokens: Sequence[Token]) -> str:
    """Write the inside of a clause on one line, without comments: they would swallow the rest."""
    inside = tokens[2:-1]
    said = ""
    for before, token in itertools.pairwise((tokens[1], *inside)):
        gap = source.text[before.start + len(before.text) : token.start]
        said += f" {token.text}" if gap and said else token.text
    return said


def _lead(policy: Mapping[str, Any]) -> str:
    permits = policy["effect"] == "permit"
    name = policy["action"].get("entity", {}).get("id")
    deed = "learn or do anything" if name is None else wording.DEEDS.get(name, f"do “{name}”")
    holder = wording.nations([policy["resource"]["entity"]["id"]])
    asker = _asker(policy["principal"])
    if asker is None:
        return f"{'Any' if permits else 'No'} agency may {deed} from {holder}"
    return f"{asker} {'may' if permits else 'must not'} {deed} from {holder}"


def _asker(scope: Mapping[str, Any]) -> str | None:
    """Say who asks; None for anybody."""
    entity = scope.get("entity") or scope.get("in", {}).get("entity")
    if entity is None:
        return None
    match entity["type"]:
        case "Nation":
            return f"An agency of {wording.nations([entity['id']])}"
        case "Team":
            return f"An agency in the joint team {wording.teams([entity['id']])}"
        case _:
            return f"The agency {entity['id']}"

"""Tests of a policy file, in the format of `cedar run-tests`, and which policies they reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fedquery.encoding import canonical_json
from fedquery.errors import EncodingError
from fedquery.policy.rules import Rules

MAX_BYTES: Final = 4_000_000
_FIELDS: Final = frozenset({"name", "request", "entities", "decision", "reason", "num_errors"})


@dataclass(frozen=True, slots=True)
class Result:
    """What should come of a request, or what came of it.

    Attributes:
        decision: "allow" or "deny"; "no decision" where the request was not one.
        reasons: ids of the policies that decide, sorted.
        errors: how many policies could not be evaluated.
    """

    decision: str
    reasons: tuple[str, ...]
    errors: int

    def __str__(self) -> str:
        """Say it in a few words."""
        by = f" by {', '.join(self.reasons)}" if self.reasons else " by no policy"
        return self.decision + by + (f", {self.errors} errors" if self.errors else "")


@dataclass(frozen=True, slots=True)
class Case:
    """One request and what should come of it.

    Attributes:
        name: what it is to show.
        request: principal, action, resource and context, as Cedar's JSON has them.
        entities: the entities that it is about.
        expected: what should come of it.
    """

    name: str
    request: Mapping[str, Any] = field(repr=False)
    entities: Sequence[Any] = field(repr=False)
    expected: Result


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    Attributes:
        case: the case.
        found: what came of it.
        problem: what the engine says of a request that it does not take, or "".
    """

    case: Case
    found: Result
    problem: str = ""

    @property
    def as_written(self) -> bool:
        """Tell whether it came out as written."""
        return self.found == self.case.expected


def read_cases(octets: bytes) -> tuple[Case, ...]:
    """Read a file of cases.

    Args:
        octets: a JSON list, at most 4 MB.

    Raises:
        EncodingError: if it is no list of cases; says which one is wrong.
    """
    document: Any = canonical_json.load(
        octets, cap=MAX_BYTES, what="file of policy tests", canonical=False
    )
    if not isinstance(document, list):
        raise EncodingError("a file of policy tests is a list")
    return tuple(_case(number, one) for number, one in enumerate(document, 1))


def _case(number: int, one: Any) -> Case:  # noqa: ANN401  JSON of any shape, checked here
    if not isinstance(one, dict) or one.keys() != _FIELDS:
        raise EncodingError(f"policy test {number} does not have exactly {sorted(_FIELDS)}")
    reasons, errors = one["reason"], one["num_errors"]
    fits = (
        isinstance(one["name"], str)
        and isinstance(one["request"], dict)
        and isinstance(one["entities"], list)
        and one["decision"] in {"allow", "deny"}
        and isinstance(reasons, list)
        and all(isinstance(reason, str) for reason in reasons)
        and type(errors) is int
    )
    if not fits:
        raise EncodingError(f"policy test {number} has a value of another type")
    expected = Result(one["decision"], tuple(sorted(reasons)), errors)
    return Case(one["name"], one["request"], one["entities"], expected)


def run_cases(rules: Rules, cases: Sequence[Case]) -> tuple[Outcome, ...]:
    """Run cases against the rules of a nation.

    Args:
        rules: the rules.
        cases: the cases.
    """
    return tuple(_run(rules, case) for case in cases)


def _run(rules: Rules, case: Case) -> Outcome:
    try:
        verdict = rules.engine.authorize(case.request, case.entities)
    except (ValueError, TypeError, KeyError) as error:
        return Outcome(case, Result("no decision", (), 0), str(error) or "malformed request")
    if not verdict.decided:
        return Outcome(case, Result("no decision", (), len(verdict.errors)), verdict.errors[0])
    decision = "allow" if verdict.allowed else "deny"
    return Outcome(case, Result(decision, verdict.policy_ids, len(verdict.errors)))


def unreached(rules: Rules, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """List the policies that are a reason of no case that came out as written.

    Args:
        rules: the rules.
        outcomes: what came of the cases.
    """
    reached = {name for one in outcomes if one.as_written for name in one.found.reasons}
    return tuple(sorted(rules.policies.keys() - reached))

"""The conditions of a policy, taken apart into facts joined by and, or, not and if.

A fact is an expression that Cedar answers with true, false or an error and that is not made of
smaller ones: `context.case.maximumPenaltyYears >= 4`. Whether a fact holds is asked of the engine
and never worked out here; only the joining is ours, and it is Cedar's: an error stops, and what
stands after a false of `and` or a true of `or` is not looked at.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from fedquery.policy.expressions import Expression


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, by its expression in canonical JSON, so that equal ones are one."""

    text: str

    @property
    def expression(self) -> Expression:
        """Give the expression in Cedar's JSON form."""
        parsed: Expression = json.loads(self.text)
        return parsed


@dataclass(frozen=True, slots=True)
class And:
    """Both, the left one first."""

    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Or:
    """Either, the left one first."""

    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class If:
    """One of two, as a third says."""

    test: "Condition"
    then: "Condition"
    otherwise: "Condition"


@dataclass(frozen=True, slots=True)
class Always:
    """What holds whatever the situation."""


Condition: TypeAlias = Fact | And | Or | Not | If | Always


def condition_of(policy: Mapping[str, Any], action: str) -> Condition:
    """Take apart when a policy applies: who asks, and its clauses in order.

    The scope's action is left out: each action is asked by itself, and stands for `action` in the
    clauses. The resource is left out: every policy speaks for its own nation's datasets
    (`house_rules`).

    Args:
        policy: the policy in Cedar's JSON form.
        action: what is asked for.
    """
    whole = _principal(policy["principal"])
    for clause in policy["conditions"]:
        part = _taken_apart(_with_action(clause["body"], action))
        whole = _both(whole, part if clause["kind"] == "when" else Not(part))
    return whole


def _with_action(expression: Any, action: str) -> Any:  # noqa: ANN401  any part of Cedar's JSON form
    """Put the action asked for in the place of `action`."""
    match expression:
        case {"Var": "action"}:
            return _entity({"type": "Action", "id": action})
        case {"Value": _}:
            return expression
        case dict():
            return {name: _with_action(inside, action) for name, inside in expression.items()}
        case list():
            return [_with_action(inside, action) for inside in expression]
        case _:
            return expression


def _both(left: Condition, right: Condition) -> Condition:
    return right if isinstance(left, Always) else And(left, right)


def _principal(scope: Mapping[str, Any]) -> Condition:
    principal = {"Var": "principal"}
    match scope["op"]:
        case "All":
            return Always()
        case "is":
            named = {"left": principal, "entity_type": scope["entity_type"]}
            within = {"in": _entity(scope["in"]["entity"])} if "in" in scope else {}
            return _fact({"is": {**named, **within}})
        case operator:
            return _fact({operator: {"left": principal, "right": _entity(scope["entity"])}})


def _entity(uid: Mapping[str, str]) -> Expression:
    return {"Value": {"__entity": dict(uid)}}


def _fact(expression: Expression) -> Fact:
    return Fact(json.dumps(expression, sort_keys=True))


def _taken_apart(expression: Expression) -> Condition:
    ((name, inside),) = expression.items()
    match name:
        case "&&":
            return And(_taken_apart(inside["left"]), _taken_apart(inside["right"]))
        case "||":
            return Or(_taken_apart(inside["left"]), _taken_apart(inside["right"]))
        case "!":
            return Not(_taken_apart(inside["arg"]))
        case "if-then-else":
            return If(*(_taken_apart(inside[part]) for part in ("if", "then", "else")))
        case _:
            return _fact(expression)


def facts_in(condition: Condition) -> Iterator[Fact]:
    """List the facts of a condition in their order, some of them more than once."""
    match condition:
        case Fact():
            yield condition
        case And(left, right) | Or(left, right):
            yield from facts_in(left)
            yield from facts_in(right)
        case Not(inner):
            yield from facts_in(inner)
        case If(test, then, otherwise):
            for part in (test, then, otherwise):
                yield from facts_in(part)
        case Always():
            return

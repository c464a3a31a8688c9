"""The policy engine: the only module that imports cedarpy.

It parses, validates and evaluates, and hands on what Cedar says; what that means is decided
elsewhere. All text must have passed `fedquery.policy.source.check_source` first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, TypeAlias

import cedarpy

ParsedSchema: TypeAlias = cedarpy.Schema

ENGINE = f"cedarpy {metadata.version('cedarpy')}"
"""Name and version of the engine, as decisions record it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint of Cedar's validator.

    Attributes:
        index: the place of the policy in its file, from 0; None where Cedar names none.
        message: Cedar's own words.
    """

    index: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Cedar said to one request.

    Attributes:
        allowed: whether the decision is Allow.
        policy_ids: the policies that decided, sorted; empty for a default deny.
        errors: what went wrong; where it is not empty, `allowed` means nothing.
        decided: whether it was a request at all; False for one that does not fit the schema.
    """

    allowed: bool
    policy_ids: tuple[str, ...]
    errors: tuple[str, ...]
    decided: bool = True


def parse_policies(text: str) -> dict[str, Any]:
    """Parse Cedar text into its official JSON form.

    Raises:
        ValueError: with Cedar's message, if it does not parse or is too deep for JSON.
    """
    try:
        parsed: dict[str, Any] = json.loads(cedarpy.policies_to_json_str(text))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return parsed


def parse_schema(text: str) -> ParsedSchema:
    """Parse a Cedar schema.

    Raises:
        ValueError: with Cedar's message, if it does not parse.
    """
    return cedarpy.Schema.from_str(text)


def validate_policies(text: str, schema: ParsedSchema) -> tuple[Finding, ...]:
    """Check policies against a schema and return every complaint."""
    result = cedarpy.validate_policies(text, schema)
    findings = tuple(
        Finding(int(e.policy_id[6:]) if e.policy_id.startswith("policy") else None, e.error)
        for e in result.errors
    )
    if not result.validation_passed and not findings:
        return (Finding(None, "the policies do not validate"),)
    return findings


class Engine:
    """Policies and schema, parsed once; immutable, safe to share between threads.

    Args:
        policies: the policy set in Cedar's JSON form, keyed by the ids to report.
        schema: the schema that the policies were validated against.

    Raises:
        ValueError: with Cedar's message, if the set does not parse.
    """

    __slots__ = ("_policies", "_schema")

    def __init__(self, policies: Mapping[str, Any], schema: ParsedSchema) -> None:
        # Cedar text names policies by position; only the JSON form carries ids of one's own.
        self._policies = cedarpy.PolicySet.from_json_str(json.dumps(policies))
        self._schema = schema

    def evaluate(
        self,
        actions: Sequence[str],
        principal: Mapping[str, Any],
        resource: Mapping[str, Any],
        context: str,
    ) -> tuple[Verdict, ...]:
        """Evaluate one request for each action.

        Args:
            actions: names of actions of the schema.
            principal: the asking agency, as a Cedar JSON entity.
            resource: the dataset, as a Cedar JSON entity.
            context: the context, as JSON text.

        Returns:
            One verdict for each action, in order.

        Raises:
            ValueError: if the entities do not fit the schema.
        """
        entities = cedarpy.Entities.from_json_str(json.dumps([principal, resource]), self._schema)
        # Without the schema Cedar would evaluate unknown actions and misshapen contexts.
        results = cedarpy.is_authorized_batch(
            [
                {
                    "principal": principal["uid"],
                    "action": {"type": "Action", "id": action},
                    "resource": resource["uid"],
                    "context": context,
                }
                for action in actions
            ],
            self._policies,
            entities,
            self._schema,
        )
        return tuple(_verdict(result) for result in results)

    def authorize(self, request: Mapping[str, Any], entities: Sequence[Any]) -> Verdict:
        """Evaluate one request as Cedar's own tools write it.

        Args:
            request: principal, action, resource and context.
            entities: the entities that it is about, as Cedar JSON.

        Raises:
            ValueError, TypeError, KeyError: if one of them has another shape.
        """
        known = cedarpy.Entities.from_json_str(json.dumps(list(entities)), self._schema)
        return _verdict(cedarpy.is_authorized(dict(request), self._policies, known, self._schema))

    def with_policies(self, policies: Mapping[str, Any]) -> "Engine":
        """Make an engine of other policies with the same schema.

        Args:
            policies: the policy set in Cedar's JSON form.

        Raises:
            ValueError: with Cedar's message, if the set does not parse.
        """
        return Engine(policies, self._schema)

    def evaluate_each(
        self, actions: Sequence[str], situations: Sequence[Mapping[str, Any]]
    ) -> list[tuple[Verdict, ...]]:
        """Evaluate many situations; entities that are alike are read once.

        Args:
            actions: names of actions of the schema.
            situations: each with its principal, resource and context.

        Returns:
            For each situation one verdict for each action, in order.

        Raises:
            ValueError: if the entities do not fit the schema.
        """
        alike: dict[str, list[int]] = {}
        for place, one in enumerate(situations):
            entities = json.dumps([one["principal"], one["resource"]])
            alike.setdefault(entities, []).append(place)
        found: dict[int, tuple[Verdict, ...]] = {}
        for entities, places in alike.items():
            results = cedarpy.is_authorized_batch(
                [request for place in places for request in _requests(actions, situations[place])],
                self._policies,
                cedarpy.Entities.from_json_str(entities, self._schema),
                self._schema,
            )
            verdicts = [_verdict(result) for result in results]
            for number, place in enumerate(places):
                first = number * len(actions)
                found[place] = tuple(verdicts[first : first + len(actions)])
        return [found[place] for place in range(len(situations))]


def _requests(actions: Sequence[str], situation: Mapping[str, Any]) -> list[dict[str, Any]]:
    context = json.dumps(situation["context"])
    return [
        {
            "principal": situation["principal"]["uid"],
            "action": {"type": "Action", "id": action},
            "resource": situation["resource"]["uid"],
            "context": context,
        }
        for action in actions
    ]


def _verdict(result: cedarpy.AuthzResult) -> Verdict:
    errors = tuple(result.diagnostics.errors)
    decided = result.decision is not cedarpy.Decision.NoDecision
    if not decided and not errors:
        errors = ("no decision",)
    # Cedar reports reasons in random order.
    return Verdict(result.allowed, tuple(sorted(result.diagnostics.reasons)), errors, decided)

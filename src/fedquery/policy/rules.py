"""One nation's rules, ready to decide with.

Compiling runs the engine's parser and must only be reached through `fedquery.policy.load`, which
measures the file first and tries it in a process of its own.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fedquery.policy import cedar
from fedquery.policy.complaint import PolicyError
from fedquery.policy.examine import examine
from fedquery.policy.locate import one_line
from fedquery.policy.source import Source


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy as people cite it.

    Attributes:
        policy_id: its name, such as "TH-90".
        effect: "permit" or "forbid".
        title: what it says, in words that the asker may read.
        law: what it rests on.
    """

    policy_id: str
    effect: str
    title: str
    law: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy file of one nation in force.

    Attributes:
        nation: the nation that it speaks for.
        digest: SHA-256 of the policy file, 32 octets.
        schema_digest: SHA-256 of the schema file, 32 octets.
        policies: its rules by id.
        json_form: the policy set in Cedar's official JSON form, keyed by id, for tools that explain
            it.
        teams: the joint teams that the schema names; a node tells the engine of no other.
        engine: the parsed set.
    """

    nation: str
    digest: bytes
    schema_digest: bytes
    policies: Mapping[str, Rule]
    json_form: str = field(repr=False)
    teams: frozenset[str]
    engine: cedar.Engine = field(repr=False, compare=False)

    @property
    def titles(self) -> dict[str, str]:
        """Map each policy id to its public title."""
        return {policy_id: rule.title for policy_id, rule in self.policies.items()}


def compile_rules(policy: Source, schema: Source, nation: str) -> Rules:
    """Parse, validate and lint a policy file that was found safe to parse.

    Args:
        policy: the policy file.
        schema: the schema that all nations share.
        nation: the nation that the file must speak for, as two capital letters.

    Raises:
        PolicyError: with line and column, if Cedar or the house rules refuse it.
    """
    examined = examine(policy, schema, nation)
    for complaint in examined.complaints:
        raise PolicyError(policy.name, complaint)
    json_form = {"staticPolicies": examined.policies, "templates": {}, "templateLinks": []}
    try:
        engine = cedar.Engine(json_form, cedar.parse_schema(schema.text))
    except ValueError as error:
        raise PolicyError.of_file(policy.name, one_line(error)) from None
    named = examined.policies
    rules = {key: _rule(value) for key, value in sorted(named.items())}
    return Rules(
        nation=nation,
        digest=policy.digest,
        schema_digest=schema.digest,
        policies=types.MappingProxyType(rules),
        json_form=json.dumps(json_form, sort_keys=True),
        teams=examined.words.teams,
        engine=engine,
    )


def _rule(policy: Mapping[str, Any]) -> Rule:
    notes = policy["annotations"]
    return Rule(notes["id"], policy["effect"], notes["title"], notes["law"])

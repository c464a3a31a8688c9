"""Which rules a new file adds, takes away or changes, by their ids.

A changed comment changes the digest of a file and no rule; what a changed rule changes for whom is
another question.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fedquery.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class ChangedRules:
    """Ids of rules, each list sorted.

    Attributes:
        added: those that only the new file has.
        removed: those that only the old file has.
        changed: those that read otherwise, be it in a title.
        schema: whether the schema is another one.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    schema: bool


def changed_rules(old: Rules | None, new: Rules) -> ChangedRules:
    """Compare two files of one nation, rule by rule.

    Args:
        old: the rules in force; None where there are none yet.
        new: the rules that are to follow them.
    """
    before, after = _policies(old), _policies(new)
    return ChangedRules(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            sorted(name for name in after.keys() & before.keys() if after[name] != before[name])
        ),
        schema=old is None or old.schema_digest != new.schema_digest,
    )


def _policies(rules: Rules | None) -> Mapping[str, Any]:
    policies: dict[str, Any] = {}
    if rules is not None:
        policies = json.loads(rules.json_form)["staticPolicies"]
    return policies

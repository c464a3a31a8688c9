"""What every nation's policy file must keep to beyond Cedar's own rules.

Each policy cites a law and has a title that the asker may read, its id names its nation, it speaks
for its own nation only, and it uses the ladder's chains the right way round: a permit says how high
("up to ..."), a forbid says from where on ("more than ...", "any answer"). A forbid on an "up to
..." group would leave the rungs above it open.
"""

import re
from collections.abc import Mapping
from typing import Any

from fedquery.policy.vocabulary import BESIDE_THE_LADDER

MAX_ANNOTATION = 200
_ID = re.compile(r"[A-Z]{2}-[0-9]{2,4}")
PERMIT_GROUPS = frozenset({"up to hit", "up to reference", "up to summary"})
FORBID_GROUPS = frozenset({"any answer", "more than hit", "more than reference"})
_BESIDE = " or ".join(f'== "{action}"' for action in sorted(BESIDE_THE_LADDER))


def check_set(policies: Mapping[str, Any]) -> str:
    """Return the complaint about a whole policy set in Cedar's JSON form, or an empty text."""
    if policies.get("templates") or policies.get("templateLinks"):
        return "templates are not used: write each policy out"
    return ""


def check_policy(policy: Mapping[str, Any], nation: str) -> str:
    """Return the complaint about one policy in Cedar's JSON form, or an empty text.

    Args:
        policy: the policy.
        nation: the nation that the file belongs to.
    """
    return (
        _check_annotations(policy.get("annotations", {}), nation)
        or _check_resource(policy["resource"], nation)
        or _check_action(policy["effect"], policy["action"])
    )


def _check_annotations(annotations: Mapping[str, str | None], nation: str) -> str:
    for name in ("id", "title", "law"):
        value = annotations.get(name)
        if not value or not value.strip():
            return f"a policy needs @{name}"
        # An escape such as \u{202e} becomes a character only here, after the source was checked.
        if len(value) > MAX_ANNOTATION or not value.isprintable():
            return f"@{name} must be printable text of at most {MAX_ANNOTATION} characters"
    policy_id = annotations["id"] or ""
    if not _ID.fullmatch(policy_id) or not policy_id.startswith(f"{nation}-"):
        return f'@id must read "{nation}-" and two to four digits'
    return ""


def _check_resource(resource: Mapping[str, Any], nation: str) -> str:
    if resource != {"op": "in", "entity": {"type": "Nation", "id": nation}}:
        return f'a policy of {nation} must say `resource in Nation::"{nation}"`'
    return ""


def _check_action(effect: str, action: Mapping[str, Any]) -> str:
    operator = action["op"]
    name = action.get("entity", {}).get("id")
    if operator == "==" and name in BESIDE_THE_LADDER:
        return ""
    if effect == "permit":
        if operator == "in" and name in PERMIT_GROUPS:
            return ""
        return f'a permit must name one group "up to ...", or {_BESIDE}'
    if operator == "All" or (operator == "in" and name in FORBID_GROUPS):
        return ""
    return f'a forbid must name "any answer" or one group "more than ...", or {_BESIDE}'

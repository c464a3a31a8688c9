"""What every nation's policy file must keep to beyond Cedar's own rules.

Each policy cites a law and has a title that the asker may read, its id names its nation, it speaks
for its own nation only, and it uses the ladder's chains the right way round: a permit says how high
("up to ..."), a forbid says from where on ("more than ...", "any answer"). A forbid on an "up to
..." group would leave the rungs above it open.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fedquery.policy.vocabulary import BESIDE_THE_LADDER

MAX_ANNOTATION = 200
_ID = re.compile(r"[A-Z]{2}-[0-9]{2,4}")
PERMIT_GROUPS = frozenset({"up to hit", "up to reference", "up to summary"})
FORBID_GROUPS = frozenset({"any answer", "more than hit", "more than reference"})
_BESIDE = " or ".join(f'== "{action}"' for action in sorted(BESIDE_THE_LADDER))


class Breach(NamedTuple):
    """One breach of the house rules.

    Attributes:
        part: the word of the policy that it is about, such as "id" or "resource".
        what: what is wrong.
    """

    part: str
    what: str


def breaches(policy: Mapping[str, Any], nation: str) -> Iterator[Breach]:
    """List how one policy in Cedar's JSON form breaks the house rules.

    Args:
        policy: the policy.
        nation: the nation that the file belongs to.
    """
    yield from _annotations(policy.get("annotations", {}), nation)
    what = _check_action(policy["effect"], policy["action"])
    if what:
        yield Breach("action", what)
    what = _check_resource(policy["resource"], nation)
    if what:
        yield Breach("resource", what)


def _annotations(annotations: Mapping[str, str | None], nation: str) -> Iterator[Breach]:
    for name in ("id", "title", "law"):
        value = annotations.get(name)
        if not value or not value.strip():
            yield Breach(name, f"a policy needs @{name}")
        # An escape such as \u{202e} becomes a character only here, after the source was checked.
        elif len(value) > MAX_ANNOTATION or not value.isprintable():
            yield Breach(
                name, f"@{name} must be printable text of at most {MAX_ANNOTATION} characters"
            )
        elif name == "id" and not (_ID.fullmatch(value) and value.startswith(f"{nation}-")):
            yield Breach(name, f'@id must read "{nation}-" and two to four digits')


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

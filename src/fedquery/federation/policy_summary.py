"""What a node tells of its policy before it is asked: its rules by title and level, no condition.

It stands in the manifest, which the node signs. Nothing rests on it: what was decided, and by which
file, stands in each answer and in the log.
"""

import re
from dataclasses import dataclass
from typing import Final

from fedquery.encoding.canonical_json import Json
from fedquery.errors import InputError
from fedquery.federation.offer import integer, listed, malformed, members, string

MOST_RULES: Final = 200
_ID: Final = re.compile(r"[A-Z]{2}-[0-9]{2,4}", re.ASCII)
_EFFECTS: Final = ("permit", "forbid")
_ACTION: Final = re.compile(r"([a-z]{1,20}( [a-z]{1,20}){0,3})?", re.ASCII)
_MOST_TITLE: Final = 200
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOST_MORE: Final = 100_000
_UP_TO: Final = "up to "


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """One rule, as far as it is told.

    Args:
        policy_id: its id, which a refusal names too.
        effect: "permit" or "forbid".
        action: what it names, such as "up to reference" or "more than hit"; "" for everything.
        title: its public title.
    """

    policy_id: str
    effect: str
    action: str
    title: str

    def __post_init__(self) -> None:
        """Refuse values out of form.

        Raises:
            InputError: with what is wrong.
        """
        if _ID.fullmatch(self.policy_id) is None or self.effect not in _EFFECTS:
            raise InputError("a rule has an id and permits or forbids")
        if _ACTION.fullmatch(self.action) is None:
            raise InputError("a rule names an action")
        # Another nation wrote it, and it is shown on a terminal.
        if not 1 <= len(self.title) <= _MOST_TITLE or not self.title.isprintable():
            raise InputError("a title is printable text of 1 to 200 characters")

    @property
    def level(self) -> str:
        """Give the highest level that a permit names; for a forbid, what it stops."""
        if self.effect == "permit":
            return self.action.removeprefix(_UP_TO)
        return self.action or "everything"

    def to_json(self) -> Json:
        """Give the JSON value."""
        return {
            "id": self.policy_id,
            "effect": self.effect,
            "action": self.action,
            "title": self.title,
        }

    @staticmethod
    def from_json(value: Json) -> "RuleSummary":
        """Read the JSON value strictly.

        Raises:
            EncodingError, InputError: if it is anything else.
        """
        return RuleSummary(
            *(string(item) for item in members(value, "id", "effect", "action", "title"))
        )


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """The policy of a node, as far as it is told.

    Args:
        digest: SHA-256 of the policy file in force, 32 octets.
        rules: its rules sorted by id, at most 200.
        more: how many more rules there are.
    """

    digest: bytes
    rules: tuple[RuleSummary, ...]
    more: int = 0

    def __post_init__(self) -> None:
        """Refuse values out of form.

        Raises:
            InputError: with what is wrong.
        """
        if _DIGEST.fullmatch(self.digest.hex()) is None or not 0 <= self.more <= _MOST_MORE:
            raise InputError("a policy has a digest of 32 octets")
        ids = [rule.policy_id for rule in self.rules]
        if len(ids) > MOST_RULES or ids != sorted(set(ids)):
            raise InputError("the rules of a summary are sorted, each once, at most 200")

    def to_json(self) -> Json:
        """Give the JSON value."""
        rules: list[Json] = [rule.to_json() for rule in self.rules]
        return {"digest": self.digest.hex(), "rules": rules, "more": self.more}

    @staticmethod
    def from_json(value: Json) -> "PolicySummary":
        """Read the JSON value strictly.

        Raises:
            EncodingError, InputError: if it is anything else.
        """
        digest, rules, more = members(value, "digest", "rules", "more")
        if _DIGEST.fullmatch(string(digest)) is None:
            raise malformed()
        return PolicySummary(
            bytes.fromhex(string(digest)),
            tuple(RuleSummary.from_json(item) for item in listed(rules, MOST_RULES)),
            integer(more),
        )

"""The disclosure ladder in the schema: what every rule of every nation rests on.

A permit says how high, a forbid from where on. A schema that put a rung into another group would
change what all files say without a letter of them changing, and each would still validate.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fedquery.policy.actions import read_actions
from fedquery.policy.complaint import PolicyError
from fedquery.policy.source import Source

LADDER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "hit": frozenset({"up to hit", "up to reference", "up to summary", "any answer"}),
        "reference": frozenset({"up to reference", "up to summary", "more than hit", "any answer"}),
        "summary": frozenset(
            {"up to summary", "more than reference", "more than hit", "any answer"}
        ),
    }
)
"""For each rung, all groups that it is in."""


def require_ladder(schema: Source) -> None:
    """Require that each rung is in its groups and in no other, and no other action is in any.

    Args:
        schema: a schema that the engine has accepted.

    Raises:
        PolicyError: if it is not so.
    """
    actions = read_actions(schema)
    missing = LADDER.keys() - actions.contexts.keys()
    if missing:
        raise PolicyError.of_file(schema.name, f"the ladder has no {min(missing)}")
    for action in actions.contexts:
        # Whatever is written in a way that is not read here has no groups, and is refused.
        if actions.groups[action] != LADDER.get(action, frozenset()) | {action}:
            raise PolicyError.of_file(
                schema.name, f"{action} is in other groups than the ladder gives it"
            )

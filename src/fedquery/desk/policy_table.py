"""The policies of all nations side by side: which rules of each permit or forbid what.

It is made of what nations tell of their policies. Conditions are not told, so it says which rules
there are, and not what a question would come to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fedquery.desk.nation_names import nation_name
from fedquery.desk.nation_view import EFFECTS, level_name
from fedquery.desk.voice import Voice
from fedquery.federation.policy_summary import PolicySummary, RuleSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """What rules may do alike.

    Attributes:
        effect: whether they permit or forbid.
        level: up to what, or what.
        rules: for each nation the ids of its rules, in the order of the columns.
    """

    effect: str
    level: str
    rules: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTable:
    """The policies side by side.

    Attributes:
        nations: the columns.
        digests: for each the beginning of the digest of its policy.
        rows: the rows: permits by what they permit, and then forbids.
    """

    nations: tuple[str, ...]
    digests: tuple[str, ...]
    rows: tuple[PolicyRow, ...]


def policy_table(policies: Mapping[str, PolicySummary], voice: Voice) -> PolicyTable:
    """Put policies side by side.

    Args:
        policies: by nation, what each tells of its own.
        voice: of the visitor.
    """
    columns = sorted(policies)
    sorts = {(one.effect, one.level): one for policy in policies.values() for one in policy.rules}
    return PolicyTable(
        nations=tuple(nation_name(code, voice.say) for code in columns),
        digests=tuple(policies[code].digest.hex()[:16] for code in columns),
        rows=tuple(
            PolicyRow(
                effect=voice.say(EFFECTS[effect]),
                level=level_name(rule, voice),
                rules=tuple(tuple(_ids(policies[code].rules, effect, level)) for code in columns),
            )
            for (effect, level), rule in sorted(sorts.items(), key=lambda one: _rank(*one[0]))
        ),
    )


def _ids(rules: Iterable[RuleSummary], effect: str, level: str) -> Iterable[str]:
    return (one.policy_id for one in rules if (one.effect, one.level) == (effect, level))


def _rank(effect: str, level: str) -> tuple[bool, str]:
    return effect != "permit", level

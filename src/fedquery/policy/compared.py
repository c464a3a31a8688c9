"""The difference between two files of a nation with all that is told of it, and as a document."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from fedquery.policy.changes import PlaneDifference
from fedquery.policy.difference import compare
from fedquery.policy.rules import Rules
from fedquery.policy.source import Source
from fedquery.policy.told import Reworded, Told, ToldRule, reworded, tell

SCHEMA: Final = "fedquery/policy-diff/v1"


@dataclass(frozen=True, slots=True)
class Compared:
    """The difference of one nation's two files.

    Attributes:
        old: the file before.
        new: the file after.
        planes: the difference in each plane.
        told: its changes in words.
        reworded: the rules whose words differ.
    """

    old: Rules
    new: Rules
    planes: tuple[PlaneDifference, ...]
    told: tuple[Told, ...]
    reworded: tuple[Reworded, ...]

    @property
    def not_covered(self) -> tuple[str, ...]:
        """List what was left out, in words."""
        return tuple(one for plane in self.planes for one in plane.not_covered)

    @property
    def situations(self) -> int:
        """Count the kinds of situations that were compared."""
        return sum(plane.situations for plane in self.planes)

    @property
    def checked(self) -> int:
        """Count those that the engine decided with both whole files."""
        return sum(plane.checked for plane in self.planes)

    def of(self, kind: str) -> list[Told]:
        """List the changes of a kind."""
        return [one for one in self.told if one.kind == kind]


def compare_files(old: Rules, new: Rules, schema: Source) -> Compared:
    """Compare two files of a nation.

    Args:
        old: the file before.
        new: the file after.
        schema: the schema of both.

    Raises:
        InputError: if they are of different nations or of another schema.
        DisagreementError: if the comparison is not what the engine says.
    """
    planes = compare(old, new, schema)
    return Compared(
        old=old,
        new=new,
        planes=planes,
        told=tuple(one for plane in planes for one in tell(plane, old, new)),
        reworded=tuple(reworded(old, new)),
    )


def difference_document(compared: Iterable[Compared]) -> dict[str, Any]:
    """Write the document for programs.

    Args:
        compared: the difference of each nation.
    """
    return {"schema": SCHEMA, "nations": [_nation(one) for one in compared]}


def _nation(one: Compared) -> dict[str, Any]:
    return {
        "nation": one.old.nation,
        "old": one.old.digest.hex(),
        "new": one.new.digest.hex(),
        "policy_schema": one.old.schema_digest.hex(),
        "situations": one.situations,
        "checked": one.checked,
        "not_covered": list(one.not_covered),
        "changes": [_change(told) for told in one.told],
        "reworded": [asdict(changed) for changed in one.reworded],
    }


def _change(told: Told) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "asked": told.asked,
        "before": told.before,
        "after": told.after,
        "sentence": told.sentence,
        "where": list(told.where),
        "rules_before": _ids(told.rules_before),
        "rules_after": _ids(told.rules_after),
        "fault_before": told.faults[0],
        "fault_after": told.faults[1],
        "situations": told.situations,
        "example": told.change.example,
    }


def _ids(rules: Sequence[ToldRule]) -> list[str]:
    return [rule.policy_id for rule in rules if rule.policy_id]

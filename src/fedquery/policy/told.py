"""A difference in sentences: who may now learn what, in which situations, and by which rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.policy import phrases
from fedquery.policy.attributes import AGENCY, DATASET, TEAMS
from fedquery.policy.changes import Change, PlaneDifference
from fedquery.policy.difference import compare
from fedquery.policy.grouping import Condition, describe
from fedquery.policy.outcomes import CLAIM, QUESTION, levels_of
from fedquery.policy.plane import Plane
from fedquery.policy.rules import Rules
from fedquery.policy.source import Source

_WHO: Final = (AGENCY, "principal.sort", TEAMS)
_WHICH: Final = (DATASET, "resource.kind", "resource.sensitive")
NO_RULE: Final = "no rule permits it"


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule that decides, as people cite it.

    Attributes:
        policy_id: its name; "" for that no rule permits it.
        title: its title.
    """

    policy_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """A change as a person reads it.

    Attributes:
        kind: "widened", "narrowed" or "reason".
        asked: "question", "claim" or the name of an action.
        sentence: what changes for whom.
        before: the level before.
        after: the level after.
        where: the conditions under which it does, each a part of "if".
        rules_before: the rules that made it so before, one or the other.
        rules_after: the rules that make it so after.
        faults: whether before, and whether after, rules cannot be evaluated there.
        situations: how many kinds of situations it covers.
        change: the change itself.
    """

    kind: str
    asked: str
    sentence: str
    before: str
    after: str
    where: tuple[str, ...]
    rules_before: tuple[ToldRule, ...]
    rules_after: tuple[ToldRule, ...]
    faults: tuple[bool, bool]
    situations: int
    change: Change


@dataclass(frozen=True, slots=True)
class Reworded:
    """A rule whose words changed; the asker reads the title, the law is what it rests on.

    Attributes:
        policy_id: its name.
        what: "title" or "law".
        before: the words before.
        after: the words after.
    """

    policy_id: str
    what: str
    before: str
    after: str


def tell(difference: PlaneDifference, old: Rules, new: Rules) -> Iterator[Told]:
    """Write the changes of a plane.

    Args:
        difference: the difference in the plane.
        old: the file before.
        new: the file after.
    """
    for change in difference.changes:
        yield _told(difference, change, old, new)


def effects(old: Rules, new: Rules, schema: Source) -> tuple[Told, ...]:
    """Tell what a new file changes for anybody's level; other reasons for the same are left out.

    Args:
        old: the file before.
        new: the file after.
        schema: the schema of both.

    Raises:
        InputError: if they are of different nations or of another schema.
        DisagreementError: if the comparison is not what the engine says.
    """
    planes = compare(old, new, schema)
    told = (one for plane in planes for one in tell(plane, old, new))
    return tuple(one for one in told if one.kind != "reason")


def reworded(old: Rules, new: Rules) -> Iterator[Reworded]:
    """List rules of both files whose words differ."""
    for policy_id in sorted(old.policies.keys() & new.policies.keys()):
        for what in ("title", "law"):
            before, after = (getattr(rules.policies[policy_id], what) for rules in (old, new))
            if before != after:
                yield Reworded(policy_id, what, before, after)


def _told(difference: PlaneDifference, change: Change, old: Rules, new: Rules) -> Told:
    plane = difference.plane
    conditions = [
        condition
        for tie, cells in zip(difference.ties, change.cube, strict=True)
        if (condition := describe(plane, tie, cells)) is not None
    ]
    levels = levels_of(plane)
    return Told(
        kind=change.kind,
        asked=plane.name,
        sentence=_sentence(plane, change, conditions, old.nation),
        before=levels[change.before],
        after=levels[change.after],
        where=tuple(one.text for one in conditions if not _in_sentence(one)),
        rules_before=_rules(change.rules_before, old),
        rules_after=_rules(change.rules_after, new),
        faults=change.faults,
        situations=change.situations,
        change=change,
    )


def _rules(names: Sequence[str], rules: Rules) -> tuple[ToldRule, ...]:
    return tuple(ToldRule(name, rules.policies[name].title if name else "") for name in names)


def _in_sentence(condition: Condition) -> bool:
    return set(condition.paths) <= {*_WHO, *_WHICH}


def _sentence(plane: Plane, change: Change, conditions: Sequence[Condition], nation: str) -> str:
    who = _who(conditions)
    which = _which(conditions, nation)
    if change.kind == "reason":
        return f"{who}: {_level(plane, change.before)} from {which}, as before, for another reason"
    if change.kind == "widened":
        more, less, may, when = change.after, change.before, "may now", "before"
    else:
        more, less, may, when = change.before, change.after, "may no longer", "now"
    return f"{who} {may} {_verb(plane, more)} {which}; {when}: {_level(plane, less)}"


def _verb(plane: Plane, level: int) -> str:
    if plane.name == QUESTION:
        return "learn of a hit from"
    if plane.name == CLAIM:
        return f"claim a {levels_of(plane)[level]} from"
    return f"use \u201c{plane.name}\u201d with"


def _level(plane: Plane, level: int) -> str:
    word = levels_of(plane)[level]
    return "no more than the hit" if plane.name == CLAIM and not level else word


def _who(conditions: Sequence[Condition]) -> str:
    told = {one.paths: one.text for one in conditions if set(one.paths) <= {*_WHO}}
    agencies = told.pop((AGENCY,), "")
    sort = told.pop(("principal.sort",), "")
    who = agencies or "agencies of any nation"
    if sort.startswith("not "):
        who = f"{who} other than {sort.removeprefix('not ')}"
    elif sort:
        who = f"{sort} of {agencies.removeprefix('agencies of ') or 'any nation'}"
    if who.startswith("not "):
        who = f"agencies of other nations than {who.removeprefix('not agencies of ')}"
    rest = list(told.values())
    text = f"{who} that are {phrases.listed(rest, 'and')}" if rest else who
    return text[0].upper() + text[1:]


def _which(conditions: Sequence[Condition], nation: str) -> str:
    told = {one.paths: one.text for one in conditions if set(one.paths) <= {*_WHICH}}
    sensitive = told.pop(("resource.sensitive",), "")
    word = (
        "" if not sensitive else "non-sensitive " if sensitive.startswith("not") else "sensitive "
    )
    kind = told.pop(("resource.kind",), "")
    named = told.pop((DATASET,), "")
    rest = "".join(f" ({one})" for one in told.values())
    if named and not named.startswith("not "):
        return f"{named}{rest}"
    which = f"{nation}'s {word}{kind + ' ' if kind else ''}datasets"
    return f"{which}{rest}" + (f" other than {named.removeprefix('not ')}" if named else "")

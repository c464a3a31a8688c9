"""What a set of cells means, in as few words as it takes: "at least 4", "signed by a prosecutor".

Cells that differ only in what does not matter are one; a choice is named by its values, a number by
its range, a set of signatures by who must and who must not have signed, and attributes that are
tied by the facts that tie them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.policy import phrases
from fedquery.policy.attributes import AGENCY, DATASET, TEAMS, Attribute
from fedquery.policy.cells import Tie, Truth
from fedquery.policy.plane import Plane

_RANGES: Final = 2
"""A number in more ranges than these is told by its facts."""

_SIGNERS: Final = "context.case.signedBy"
_VERBS: Final = {_SIGNERS: "signed by", TEAMS: "members of"}
_NATION_LETTERS: Final = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that situations have in common.

    Attributes:
        paths: the attributes that it speaks of.
        text: the condition as a person reads it.
    """

    paths: tuple[str, ...]
    text: str


def describe(plane: Plane, tie: Tie, cells: frozenset[int]) -> Condition | None:
    """Say what some cells of a tie have in common that the others have not.

    Args:
        plane: what is asked for.
        tie: the tie.
        cells: places of its cells.

    Returns:
        The condition; None where all cells are meant.
    """
    if len(cells) == len(tie.cells):
        return None
    text = ""
    if len(tie.paths) == 1:
        text = _of_one(plane.attributes[tie.paths[0]], tie, cells)
    return Condition(tie.paths, text or _by_facts(tie, cells))


def _of_one(one: Attribute, tie: Tie, cells: frozenset[int]) -> str:
    inside = [point[one.path] for cell in sorted(cells) for point in tie.cells[cell].points]
    outside = [
        point[one.path]
        for place, cell in enumerate(tie.cells)
        for point in cell.points
        if place not in cells
    ]
    if one.sort == "subset":
        return _subsets(one, inside, outside)
    if one.sort in {"number", "moment"}:
        return _ranges(one, sorted(map(_whole, inside)), sorted(map(_whole, outside)))
    if one.sort == "text":
        return ""
    if len(inside) > len(outside) + 1:
        return _choice(one, sorted(map(str, outside)), "not ") if _many(one) else ""
    return _choice(one, sorted(map(str, inside)), "")


def _many(one: Attribute) -> bool:
    return one.listed != (False, True)


def _choice(one: Attribute, values: Sequence[str], negation: str) -> str:
    if one.listed == (False, True):
        told = phrases.label(one.path)
        return told if values == ["True"] else f"not: {told}"
    any_name = str(one.neutral).partition("/")[2]
    if one.path == AGENCY:
        return f"{negation}agencies of {_agencies(values, any_name)}"
    if one.path == DATASET:
        return f"{negation}{phrases.listed([_dataset(value, any_name) for value in values])}"
    if one.path == "context.elements":
        values = sorted(values, key=int)
    told = phrases.listed([phrases.shown(value) for value in values])
    name = {"principal.sort": "", "context.purpose": "", "resource.kind": ""}.get(one.path)
    return f"{phrases.label(one.path)} {negation}{told}" if name is None else f"{negation}{told}"


def _agencies(values: Sequence[str], any_name: str) -> str:
    generic = sorted(value[:_NATION_LETTERS] for value in values if _is_generic(value, any_name))
    named = [value for value in values if not _is_generic(value, any_name)]
    told = [phrases.listed(generic)] if generic else []
    return phrases.listed([*told, *(f"{value} by name" for value in named)])


def _dataset(value: str, any_name: str) -> str:
    return "any dataset that no rule names" if _is_generic(value, any_name) else value


def _is_generic(value: str, any_name: str) -> bool:
    return value.partition("/")[2] == any_name


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a number or a moment is an integer")
    return value


def _ranges(one: Attribute, inside: Sequence[int], outside: Sequence[int]) -> str:
    """Write runs of values between which no value of another cell lies.

    Returns:
        The runs; nothing where an end is not known exactly, or there are many: a time of day has a
        run on each day.
    """
    runs: list[list[int]] = []
    for value in inside:
        if runs and not any(runs[-1][1] < other < value for other in outside):
            runs[-1][1] = value
        else:
            runs.append([value, value])
    others = {*outside, one.low - 1, one.high + 1}
    exact = all(low - 1 in others and high + 1 in others for low, high in runs)
    if len(runs) > _RANGES or not exact:
        return ""
    write = _span if one.sort == "moment" else _range
    return f"{phrases.label(one.path)} {phrases.listed([write(one, *run) for run in runs])}"


def _range(one: Attribute, low: int, high: int) -> str:
    if low == high:
        return phrases.number(one.path, low)
    if low <= one.low:
        return f"at most {phrases.number(one.path, high)}"
    least = phrases.number(one.path, low)
    return (
        f"at least {least}" if high >= one.high else f"{low:,} to {phrases.number(one.path, high)}"
    )


def _span(one: Attribute, low: int, high: int) -> str:
    parts = [f"from {phrases.moment(low)}"] if low > one.low else []
    parts += [f"before {phrases.moment(high + 1)}"] if high < one.high else []
    return f"exactly {phrases.moment(low)}" if low == high else " and ".join(parts)


def _subsets(one: Attribute, inside: Sequence[object], outside: Sequence[object]) -> str:
    words = [str(word) for word in one.listed]
    vectors = [
        [
            tuple(word in chosen for word in words)
            for chosen in sets
            if isinstance(chosen, frozenset)
        ]
        for sets in (inside, outside)
    ]
    told = []
    for needed in _cover(*vectors):
        have = [_named(one, words[place]) for place, wanted in needed if wanted]
        lack = [_named(one, words[place]) for place, wanted in needed if not wanted]
        parts = [f"{_VERBS.get(one.path, 'with')} {phrases.listed(have, 'and')}"] if have else []
        parts += [f"not {_VERBS.get(one.path, 'with')} {phrases.listed(lack)}"] if lack else []
        told.append(" but ".join(parts))
    return " or ".join(told)


def _named(one: Attribute, word: str) -> str:
    if one.path != _SIGNERS:
        return word
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _by_facts(tie: Tie, cells: frozenset[int]) -> str:
    inside = [tie.cells[cell].answers for cell in sorted(cells)]
    outside = [cell.answers for place, cell in enumerate(tie.cells) if place not in cells]
    told = []
    for needed in _cover(inside, outside):
        parts = [_told(tie, place, answer) for place, answer in needed]
        told.append(phrases.listed(parts, "and"))
    return "; or ".join(told)


def _told(tie: Tie, place: int, answer: object) -> str:
    expression = tie.facts[place].expression
    if answer is Truth.ERROR:
        return f"this cannot be worked out: {phrases.fact(expression, holds=True)}"
    return phrases.fact(expression, holds=bool(answer))


def _cover(
    inside: Sequence[tuple[object, ...]], outside: Sequence[tuple[object, ...]]
) -> list[list[tuple[int, object]]]:
    """List few and short sets of places and values: who has one is inside, and the other way."""
    left = list(dict.fromkeys(inside))
    found = []
    while left:
        needed = list(enumerate(left[0]))
        # What is false goes first: a person reads what holds.
        for literal in sorted(needed, key=lambda one: (bool(one[1]), -one[0])):
            shorter = [one for one in needed if one != literal]
            if not any(_has(other, shorter) for other in outside):
                needed = shorter
        found.append(needed)
        left = [one for one in left if not _has(one, needed)]
    for needed in [*found]:
        others = [one for one in found if one != needed]
        if all(any(_has(one, other) for other in others) for one in inside):
            found = others
    return found


def _has(answers: Sequence[object], needed: Sequence[tuple[int, object]]) -> bool:
    return all(answers[place] == value for place, value in needed)

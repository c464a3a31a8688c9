"""How many answers to a question were alike: one for each identifier and nation."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from fedquery.ask.outcome import Outcome
from fedquery.desk.outcome_words import WORDS, Shape, shape_of_all

State: TypeAlias = Literal["asking", "finished", "ended"]
Tally: TypeAlias = Mapping[Shape, int]


def tally_of(
    state: State, count: int, nations: Iterable[str], outcomes: Iterable[Outcome]
) -> dict[Shape, int]:
    """Count the answers to a question by their shapes.

    Args:
        state: whether more comes, all came, or nobody saw its end.
        count: how many identifiers were asked about.
        nations: whom.
        outcomes: what came so far.

    Returns:
        of each shape that there is, how many; in the order of `WORDS`.
    """
    cells: dict[tuple[int, str], list[Outcome]] = {
        (place, nation): [] for place in range(count) for nation in nations
    }
    for outcome in outcomes:
        cells.setdefault((outcome.place, outcome.nation), []).append(outcome)
    shapes = Counter(_shape(state, found) for found in cells.values())
    return {shape: shapes[shape] for shape in WORDS if shapes[shape]}


def _shape(state: State, found: list[Outcome]) -> Shape:
    shape = shape_of_all(found)
    if state == "finished":
        return shape if found else "unavailable"
    # Another dataset of the nation may say more, or have said what nobody saw: "no hit" of one of
    # two would be taken for the nation's.
    if shape in {"no-hit", "stale", "waiting"}:
        return "waiting" if state == "asking" else "unavailable"
    return shape

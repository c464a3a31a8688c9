"""What it costs to ask a list, or what is left of it: by its plan, and by what pays for that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from fedquery.ask.allowance import Allowance
from fedquery.ask.screening import walking
from fedquery.ask.screening.planning import Planner
from fedquery.ask.screening.purse import Purse
from fedquery.ask.screening.targets import Target
from fedquery.ask.screening.values import Cost, DatasetCost, NationCost
from fedquery.ask.session import Distrusted
from fedquery.ask.trust import Trusted
from fedquery.seal.size import REQUEST_LENGTH

# Octets of a request envelope beside its plaintext: header, encapsulated key, tag and signature.
_ENVELOPE: Final = 1_700


def cost_of(
    planner: Planner,
    states: Mapping[str, Trusted | Distrusted],
    targets: Mapping[str, Sequence[Target]],
    held: Mapping[str, dict[str, set[int]]],
) -> Cost:
    """Say what a list costs.

    Args:
        planner: plans it.
        states: by nation, what its manifest was worth when its targets were chosen.
        targets: by nation, its datasets in the order in which they are asked.
        held: by nation and dataset, the buckets of its version that are held.
    """
    return Cost(
        identifiers=planner.listed.places,
        distinct=planner.listed.subjects,
        nations=tuple(
            _of_nation(planner, nation, states[nation], some, held[nation])
            for nation, some in targets.items()
        ),
    )


def _of_nation(
    planner: Planner,
    nation: str,
    state: Trusted | Distrusted,
    targets: Sequence[Target],
    held: dict[str, set[int]],
) -> NationCost:
    if isinstance(state, Distrusted):
        return NationCost(nation=nation, why=state.why)
    left = planner.left(nation, state)
    purse = Purse.of(left)
    datasets = tuple(_of_dataset(planner, one, held[one.board.dataset], purse) for one in targets)
    cost = NationCost(nation=nation, datasets=datasets)
    if left is None:
        return cost
    elements = {one.dataset: one.elements for one in datasets}
    may = Allowance.of(left, elements)
    exceeded = may.exceeded_by(elements)
    if purse.short and not exceeded:
        # It would fit only if what has grants and what has none were asked by turns.
        exceeded = may.exceeded_at(sum(elements.values()), purse.short)
    return replace(cost, allowance=may, exceeded=exceeded)


def _of_dataset(planner: Planner, target: Target, held: set[int], purse: Purse) -> DatasetCost:
    publication, board = target.publication, target.board
    planned = planner.plan(target, held, purse)
    classes: dict[int, int] = {}
    for asks in planned.asks:
        classes[asks.size_class] = classes.get(asks.size_class, 0) + 1
    told = sum(len(asks.prefixes) for asks in planned.asks) * planned.prefix_len
    return DatasetCost(
        dataset=board.dataset,
        kind=board.kind,
        version=publication.version,
        forms=planned.inputs,
        kept=board.answered,
        classes=tuple(sorted(classes.items(), reverse=True)),
        whole_view=planned.prefix_len == 0,
        octets_up=sum(REQUEST_LENGTH[one.size_class] + _ENVELOPE for one in planned.asks),
        octets_down=sum(walking.octets_down(publication, one) for one in planned.asks),
        bits_told=told,
    )

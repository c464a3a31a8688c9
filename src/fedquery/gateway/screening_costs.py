"""What the gateway answers about the cost of a screening, from the SDK's values."""

from dataclasses import asdict, dataclass

from fedquery.ask.screening.values import Cost, NationCost


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """A ceiling of a nation, as far as it is known."""

    name: str
    left: int
    renews_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceededAnswer:
    """A ceiling that the list does not fit under."""

    window: str
    needs: int
    left: int
    renews_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetCostAnswer:
    """What is asked of one dataset."""

    dataset: str
    kind: str
    version: int
    forms: int
    kept: int
    elements: int
    whole_view: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NationCostAnswer:
    """What is asked of one nation, and what it lets this agency ask; octets are of both ways."""

    nation: str
    why: str
    elements: int
    octets: int
    bits_told: int
    datasets: tuple[DatasetCostAnswer, ...]
    windows: tuple[WindowAnswer, ...]
    granted: int
    exceeded: tuple[ExceededAnswer, ...]


def numbers_of(cost: Cost) -> str:
    """Say in words by how much a list exceeds what nations allow."""
    return "; ".join(
        f"{nation.nation}: {one.needs} elements, {one.left} left of the {one.window}"
        for nation in cost.exceeding
        for one in nation.exceeded
    )


def nation_cost(cost: NationCost) -> NationCostAnswer:
    """Write what a nation is asked, and what it lets this agency ask."""
    allowance = cost.allowance
    return NationCostAnswer(
        nation=cost.nation,
        why=cost.why,
        elements=cost.elements,
        octets=cost.octets,
        bits_told=cost.bits_told,
        datasets=tuple(
            DatasetCostAnswer(
                dataset=one.dataset,
                kind=one.kind,
                version=one.version,
                forms=one.forms,
                kept=one.kept,
                elements=one.elements,
                whole_view=one.whole_view,
            )
            for one in cost.datasets
        ),
        windows=tuple(
            WindowAnswer(**asdict(one)) for one in (allowance.windows if allowance else ())
        ),
        granted=allowance.granted if allowance else 0,
        exceeded=tuple(ExceededAnswer(**asdict(one)) for one in cost.exceeded),
    )

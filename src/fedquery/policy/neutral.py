"""The neutral situation of a nation, and the planes of attributes that vary around it.

They are read off a situation as the node writes it, so an attribute that is added to `situation`
is an attribute here too. Values of enumerated words come from the schema.
"""

import itertools
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from fedquery.policy import situation as limits
from fedquery.policy import vocabulary
from fedquery.policy.attributes import (
    AGENCY,
    DATASET,
    DAY_MS,
    NEUTRAL_NOW_MS,
    TEAMS,
    Attribute,
    read_moment,
)
from fedquery.policy.plane import Plane
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used

# What a question can have; a test compares it with the size classes of the envelope.
SIZE_CLASSES: Final = (1, 4, 16, 64, 512, 4096)
# What no rule names; where a rule does, a number follows.
ANY: Final = "one-that-no-rule-names"
_RANGES = {"context.case.maximumPenaltyYears": limits.MAX_PENALTY_YEARS}


def make_planes(
    nation: str,
    enumerated: Mapping[str, tuple[str, ...]],
    contexts: Mapping[str, tuple[str, ...]],
    named: Collection[str] = (),
) -> tuple[Plane, ...]:
    """List the planes of a nation's situations: the ladder's two, and one for each other action.

    Args:
        nation: whose datasets are asked.
        enumerated: the ids of each enumerated entity type.
        contexts: the fields of the context of each action that can be asked for.
        named: names of agencies and datasets, such as "KH/cyber-police", that rules name.
    """
    any_name = _unnamed({name.partition("/")[2] for name in named})
    ladder = [level.word for level in vocabulary.Level]
    rungs = [("question", ("hit",)), ("claim", tuple(word for word in ladder if word != "hit"))]
    beside = [(action, (action,)) for action in contexts if action not in ladder]
    made = []
    for name, actions in [*rungs, *beside]:
        whole = _neutral(nation, any_name, claimed=name == "claim").to_context_json()
        written = json.loads(whole)
        written["context"] = {
            field: value
            for field, value in written["context"].items()
            if field in contexts.get(actions[0], ())
        }
        attributes = {one.path: one for one in _attributes(written, enumerated, name)}
        written["context"].get("case", {}).update(signedBy=[])
        made.append(Plane(name, actions, attributes, json.dumps(written)))
    return tuple(made)


def _unnamed(taken: Collection[str]) -> str:
    """Give a name that stands for all that no rule names, whatever the rules name."""
    numbered = (f"{ANY}-{number}" for number in itertools.count(2))
    return next(
        name for name in (ANY, *itertools.islice(numbered, len(taken))) if name not in taken
    )


def _neutral(nation: str, any_name: str, *, claimed: bool) -> Situation:
    abroad = "TH" if nation != "TH" else "VN"
    return Situation(
        asker=Asker(f"{abroad}/{any_name}", abroad, "police"),
        dataset=Dataset(nation, any_name, "phone", sensitive=False),
        # All roles, so that the form shows what a set holds; the written form has none of them.
        case=CaseCard("-", 5, True, NEUTRAL_NOW_MS - DAY_MS, vocabulary.SIGNERS),
        purpose="fraud",
        person_role="suspect",
        aim="identify",
        elements=0 if claimed else 1,
        used=Used(),
        now_ms=NEUTRAL_NOW_MS,
        handling="open" if claimed else None,
    )


def _attributes(
    written: Mapping[str, Any], enumerated: Mapping[str, tuple[str, ...]], plane: str
) -> Iterator[Attribute]:
    agency = written["principal"]["uid"]["id"]
    nations = enumerated.get("Nation", ())
    any_name = str(agency).partition("/")[2]
    yield Attribute(
        AGENCY, "choice", agency, tuple(f"{one}/{any_name}" for one in nations), "Agency"
    )
    yield Attribute(TEAMS, "subset", frozenset(), enumerated.get("Team", ()), "Team")
    yield from _leaves("principal", written["principal"]["attrs"], enumerated)
    dataset = written["resource"]["uid"]["id"]
    yield Attribute(DATASET, "choice", dataset, (dataset,), "Dataset")
    yield from _leaves("resource", written["resource"]["attrs"], enumerated)
    for one in _leaves("context", written["context"], enumerated):
        if one.path != "context.elements":
            yield one
        else:
            sizes = (0,) if plane == "claim" else SIZE_CLASSES
            yield Attribute(one.path, "choice", one.neutral, sizes)


def _leaves(
    path: str,
    value: Any,  # noqa: ANN401  JSON of any shape
    enumerated: Mapping[str, tuple[str, ...]],
) -> Iterator[Attribute]:
    match value:
        case bool():
            yield Attribute(path, "choice", value, (False, True))
        case int():
            yield Attribute(path, "number", value, high=_RANGES.get(path, limits.MAX_COUNT))
        case str() if _is_moment(value):
            yield Attribute(path, "moment", read_moment(value), high=limits.MAX_TIME_MS)
        case str():
            yield Attribute(path, "text", value)
        case {"type": str(kind), "id": str(name)}:
            yield Attribute(path, "choice", name, enumerated.get(kind, (name,)), kind)
        case [{"type": str(kind)}, *_]:
            yield Attribute(path, "subset", frozenset(), enumerated.get(kind, ()), kind)
        case dict():
            for name, inside in value.items():
                yield from _leaves(f"{path}.{name}", inside, enumerated)
        case _:
            raise ValueError("a situation has an attribute of a form that is not known")


def _is_moment(text: str) -> bool:
    try:
        read_moment(text)
    except ValueError:
        return False
    return True

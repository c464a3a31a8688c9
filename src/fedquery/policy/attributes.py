"""The attributes that a decision can depend on, what values each has, and how a point is written.

They are read off a situation as the node writes it, so an attribute that is added to `situation`
is an attribute here too. Values of enumerated words come from the schema.
"""

import datetime as dt
import itertools
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from fedquery.policy import situation as limits
from fedquery.policy import vocabulary
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used

Value: TypeAlias = bool | int | str | frozenset[str]
Point: TypeAlias = Mapping[str, Value]
"""A value for each attribute that is not neutral, by path."""

AGENCY: Final = "agency"
TEAMS: Final = "teams"
DATASET: Final = "dataset"
NOW: Final = "context.now"

NEUTRAL_NOW_MS: Final = 1_795_496_400_000  # 2026-11-24T05:00:00Z, noon in Hanoi, a Tuesday
DAY_MS: Final = 86_400_000
# What a question can have; a test compares it with the size classes of the envelope.
SIZE_CLASSES: Final = (1, 4, 16, 64, 512)

# What no rule names; where a rule does, a number follows.
ANY: Final = "one-that-no-rule-names"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_RANGES = {"context.case.maximumPenaltyYears": limits.MAX_PENALTY_YEARS}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One fact that a policy can look at.

    Attributes:
        path: its name, such as "context.case.opened".
        sort: "choice" of listed values, "subset" of listed words, "number" or "moment" (both from
            `low` to `high`), or "text".
        neutral: the value that it has where it does not matter.
        listed: what can be chosen.
        kind: the entity type of a word.
        low: the least value, in its unit or in milliseconds since 1970.
        high: the greatest.
    """

    path: str
    sort: str
    neutral: Value
    listed: tuple[Value, ...] = ()
    kind: str = ""
    low: int = 0
    high: int = limits.MAX_COUNT


@dataclass(frozen=True, slots=True)
class Plane:
    """All situations in which some actions are asked for: they have the same attributes.

    Attributes:
        name: "question" and "claim" for the ladder, otherwise the action's own name.
        actions: what is asked for, on the ladder from the lowest rung.
        attributes: by path, in the order of the written form.
        written: the neutral situation as principal, resource and context, in JSON.
    """

    name: str
    actions: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    written: str

    def below(self, path: str) -> tuple[str, ...]:
        """List the attributes that an expression of this path reads."""
        if path in self.attributes:
            return (path,)
        if path in {"principal", "resource"}:
            whole = (AGENCY, TEAMS) if path == "principal" else (DATASET,)
            return tuple(one for one in whole if one in self.attributes)
        return tuple(one for one in self.attributes if one.startswith(f"{path}."))

    def write(self, point: Point) -> dict[str, Any]:
        """Write a situation as principal, resource and context.

        Args:
            point: the attributes that are not neutral.
        """
        written: dict[str, Any] = json.loads(self.written)
        for path, value in point.items():
            _set(written, self.attributes[path], value)
        return written

    def read(self, written: Mapping[str, Any]) -> dict[str, Value]:
        """Read the value of each attribute from a written situation."""
        return {path: _get(written, one) for path, one in self.attributes.items()}


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


def read_moment(text: str) -> int:
    """Read a moment as policies and situations write it, in milliseconds since 1970.

    Raises:
        ValueError: if it is none.
    """
    moment = dt.datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return (aware - _EPOCH) // dt.timedelta(milliseconds=1)


def write_moment(time_ms: int) -> str:
    """Write a moment as situations do."""
    moment = _EPOCH + dt.timedelta(milliseconds=time_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_ms % 1000:03d}Z"


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _set(written: dict[str, Any], one: Attribute, value: Value) -> None:
    principal = written["principal"]
    if one.path == AGENCY:
        principal["uid"] = _uid("Agency", str(value))
        principal["parents"][0] = _uid("Nation", str(value).partition("/")[0])
    elif one.path == TEAMS and isinstance(value, frozenset):
        principal["parents"][1:] = [_uid("Team", team) for team in sorted(value)]
    elif one.path == DATASET:
        written["resource"]["uid"] = _uid("Dataset", str(value))
    else:
        holder, name = _place(written, one)
        holder[name] = _json(one, value)


def _place(written: Mapping[str, Any], one: Attribute) -> tuple[dict[str, Any], str]:
    root, *steps, name = one.path.split(".")
    holder = written[root] if root == "context" else written[root]["attrs"]
    for step in steps:
        holder = holder[step]
    return holder, name


def _json(one: Attribute, value: Value) -> object:
    if isinstance(value, frozenset):
        return [_uid(one.kind, name) for name in sorted(value)]
    if one.kind:
        return _uid(one.kind, str(value))
    return write_moment(int(value)) if one.sort == "moment" else value


def _get(written: Mapping[str, Any], one: Attribute) -> Value:
    principal = written["principal"]
    if one.path == AGENCY:
        return str(principal["uid"]["id"])
    if one.path == TEAMS:
        return frozenset(team["id"] for team in principal["parents"][1:])
    if one.path == DATASET:
        return str(written["resource"]["uid"]["id"])
    holder, name = _place(written, one)
    value = holder[name]
    if one.sort == "subset":
        return frozenset(word["id"] for word in value)
    if one.kind:
        return str(value["id"])
    plain: Value = read_moment(value) if one.sort == "moment" else value
    return plain

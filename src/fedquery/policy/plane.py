"""A point among attributes, written as a situation and read from one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fedquery.policy.attributes import (
    AGENCY,
    DATASET,
    TEAMS,
    Attribute,
    Point,
    Value,
    read_moment,
    write_moment,
)


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

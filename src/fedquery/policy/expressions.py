"""What an expression of Cedar's JSON form is and reads: attributes, entities, items of a set."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Expression: TypeAlias = Mapping[str, Any]


def walk(expression: object) -> Iterator[Expression]:
    """List an expression and all within it, the outer ones first."""
    if isinstance(expression, dict):
        if len(expression) == 1:
            yield expression
        for inside in expression.values():
            yield from walk(inside)
    elif isinstance(expression, list):
        for inside in expression:
            yield from walk(inside)


def path_of(expression: object) -> str:
    """Name the attribute that an expression is, such as "context.case.opened"; "" for none."""
    match expression:
        case {"Var": str(name)}:
            return name
        case {".": {"left": left, "attr": str(name)}}:
            before = path_of(left)
            return f"{before}.{name}" if before else ""
        case _:
            return ""


def paths_read(expression: object) -> Iterator[str]:
    """List the attributes that an expression reads; whole records and entities by their own name.

    `x has name` reads nothing: in one form of context each attribute is there or not.
    """
    path = path_of(expression)
    if path:
        yield path
        return
    match expression:
        case {"has": {"left": left}} if path_of(left):
            return
        case dict():
            for inside in expression.values():
                yield from paths_read(inside)
        case list():
            for inside in expression:
                yield from paths_read(inside)
        case _:
            return


def entities_named(expression: object) -> Iterator[tuple[str, str]]:
    """List the entities that an expression names, as type and id."""
    for one in walk(expression):
        match one:
            case {"__entity": {"type": str(kind), "id": str(name)}}:
                yield kind, name
            case {"is": {"entity_type": str(kind)}}:
                yield kind, ""
            case _:
                pass


def entity_of(expression: Expression) -> tuple[str, str]:
    """Give the type and id of the entity that an expression is; two "" for none."""
    match expression:
        case {"Value": {"__entity": {"type": str(kind), "id": str(name)}}}:
            return kind, name
        case _:
            return "", ""


def items_of(expression: Expression) -> Sequence[Expression]:
    """List the items of a set; what is no set is the one item of itself."""
    if "Set" in expression:
        items: Sequence[Expression] = expression["Set"]
        return items
    return [expression]

"""What a policy names: attributes, entities and literal values, read from Cedar's JSON form."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DURATION = re.compile(
    r"(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9]+)s)?(?:([0-9]+)ms)?"
)
_UNITS_MS = (86_400_000, 3_600_000, 60_000, 1_000, 1)


@dataclass(frozen=True, slots=True)
class Named:
    """What some policies name, each once and in order.

    Attributes:
        attributes: attributes that they read or ask for with `has`.
        variables: principal, action, resource and context, where conditions read them.
        operators: operators and functions, as the JSON form calls them.
        entities: entities, as pairs of type and id.
        integers: integer literals.
        texts: string literals that stand for nothing else.
        durations_ms: literal durations, in milliseconds.
        times_ms: literal points in time, in milliseconds since 1970.
    """

    attributes: frozenset[str]
    variables: frozenset[str]
    operators: frozenset[str]
    entities: tuple[tuple[str, str], ...]
    integers: tuple[int, ...]
    texts: tuple[str, ...]
    durations_ms: tuple[int, ...]
    times_ms: tuple[int, ...]

    def ids(self, kind: str) -> tuple[str, ...]:
        """List the named entities of one type."""
        return tuple(name for found, name in self.entities if found == kind)


def named_in(policies: Iterable[Mapping[str, Any]]) -> Named:
    """List what policies name.

    Args:
        policies: policies in Cedar's JSON form.
    """
    found = list(_all(policies))

    def those(what: str) -> list[Any]:
        return [value for kind, value in found if kind == what]

    return Named(
        attributes=frozenset(those("attribute")),
        variables=frozenset(those("variable")),
        operators=frozenset(those("operator")),
        entities=tuple(dict.fromkeys(those("entity"))),
        integers=tuple(sorted(set(those("integer")))),
        texts=tuple(sorted(set(those("text")))),
        durations_ms=tuple(sorted(set(those("duration")))),
        times_ms=tuple(sorted(set(those("time")))),
    )


def duration_ms(text: str) -> int:
    """Read a duration as Cedar writes it, such as "1d2h" or "-90d".

    Raises:
        ValueError: if it is none.
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        raise ValueError("not a duration")
    parts = zip(match.groups()[1:], _UNITS_MS, strict=True)
    total = sum(int(count) * unit for count, unit in parts if count)
    return -total if match[1] else total


def time_ms(text: str) -> int:
    """Read a point in time as Cedar writes it, such as "2027-07-01T00:00:00+0700".

    Raises:
        ValueError: if it is none.
    """
    # Cedar knows a year 0, which this calendar does not; all of it is before any situation.
    moment = dt.datetime.fromisoformat("0004" + text[4:] if text.startswith("0000") else text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return (moment - _EPOCH) // dt.timedelta(milliseconds=1)


def _all(policies: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for policy in policies:
        yield from _walk(policy["principal"])
        for condition in policy["conditions"]:
            yield from _walk(condition["body"])


def _walk(node: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  any part of Cedar's JSON form
    if isinstance(node, list):
        for part in node:
            yield from _walk(part)
    elif isinstance(node, dict):
        yield from _here(node)
        for key, part in node.items():
            if key not in {"Value", "duration", "datetime", "pattern"}:
                yield from _walk(part)


def _here(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    match node:
        case {"type": str(kind), "id": str(name)}:
            yield "entity", (kind, name)
        case {"pattern": [*parts]}:
            # The shortest text that fits the pattern.
            yield "text", "".join(part["Literal"] for part in parts if part != "Wildcard")
        case {"attr": str(name)}:
            yield "attribute", name
        case {"Var": str(name)}:
            yield "variable", name
        case {"Value": value}:
            yield from _value(value)
        case {"duration": [{"Value": str(text)}]}:
            yield "operator", "duration"
            yield "duration", duration_ms(text)
        case {"datetime": [{"Value": str(text)}]}:
            yield "operator", "datetime"
            yield "time", time_ms(text)
        case _:
            for key in node:
                yield "operator", key


def _value(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  a literal of Cedar's JSON form
    match value:
        case bool():
            return
        case int():
            yield "integer", value
        case str():
            yield "text", value
        case {"__entity": {"type": str(kind), "id": str(name)}}:
            yield "entity", (kind, name)
        case list():
            for one in value:
                yield from _value(one)
        case _:
            return

"""Words for attributes, values and facts, as a person reads them in a table or a difference."""

from collections.abc import Mapping, Sequence
from typing import Final

from fedquery.policy.attributes import DAY_MS, Value, write_moment
from fedquery.policy.boundary import value_of
from fedquery.policy.expressions import path_of

_LABELS: Final[Mapping[str, str]] = {
    "agency": "the agency",
    "teams": "the agency's teams",
    "dataset": "the dataset",
    "principal.sort": "the agency is of",
    "resource.kind": "kind of",
    "resource.sensitive": "the dataset is sensitive",
    "context.purpose": "purpose",
    "context.personRole": "the person's role is",
    "context.aim": "the aim is to",
    "context.now": "the time",
    "context.elements": "elements of the question",
    "context.case.pseudonym": "the case's pseudonym",
    "context.case.maximumPenaltyYears": "maximum penalty",
    "context.case.transnational": "the case is transnational",
    "context.case.opened": "the opening of the case",
    "context.case.signedBy": "signatures",
    "context.record.handling": "the record is",
}
_SHOWN: Final[Mapping[str, str]] = {
    "fiu": "financial intelligence units",
    "regulator": "regulators",
}
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_WORDS: Final = {
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "==": "is",
    "!=": "is not",
    "in": "in",
}


def label(path: str) -> str:
    """Name an attribute."""
    if path in _LABELS:
        return _LABELS[path]
    name = path.rpartition(".")[2]
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def shown(word: str) -> str:
    """Write a word of the vocabulary as a person would."""
    return _SHOWN.get(word, word)


def listed(words: Sequence[str], last: str = "or") -> str:
    """Write a list with commas and a last word before its end."""
    if len(words) < 2:  # noqa: PLR2004  one word is no list
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def moment(time_ms: int) -> str:
    """Write a moment without what is zero in it."""
    text = write_moment(time_ms)
    if text.endswith("T00:00:00.000Z"):
        return text[:10]
    short = text.removesuffix("Z").removesuffix(".000").replace("T", " ")
    return (short[:-3] if short.count(":") > 1 and short.endswith(":00") else short) + " UTC"


def duration(time_ms: int) -> str:
    """Write a duration in the units that it is made of."""
    sign, left = ("-", -time_ms) if time_ms < 0 else ("", time_ms)
    parts = []
    for unit, unit_ms in (("d", DAY_MS), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        amount, left = divmod(left, unit_ms)
        parts += [f"{amount} {unit}"] * bool(amount)
    parts += [f"{left} ms"] * bool(left or not parts)
    return sign + " ".join(parts)


def number(path: str, amount: int) -> str:
    """Write the value of an attribute that is a number, with its unit."""
    return f"{amount:,} years" if path.endswith("Years") else f"{amount:,}"


def fact(expression: object, *, holds: bool) -> str:
    """Say that a fact holds, or that it does not.

    Args:
        expression: the fact in Cedar's JSON form.
        holds: whether it does.
    """
    match _named(expression):
        case str(name), {"left": left, "right": right} if name in _OPPOSITE:
            operator = _WORDS[name if holds else _OPPOSITE[name]]
            return f"{_term(left)} {operator} {_term(right)}"
        case "in", {"left": left, "right": right}:
            return f"{_term(left)} is {'' if holds else 'not '}in {_term(right)}"
        case _ if path_of(expression):
            text = _term(expression)
            return text if holds else f"not: {text}"
        case _:
            return f"{'' if holds else 'not: '}{_term(expression)}"


def _named(expression: object) -> tuple[str, object]:
    if isinstance(expression, dict) and len(expression) == 1:
        ((name, inside),) = expression.items()
        return name, inside
    return "", expression


_AGE: Final = ("context.now", "context.case.opened")
_INFIX: Final = {"+": "+", "-": "-", "*": "*", "&&": "and", "||": "or", **_WORDS}


def _term(expression: object) -> str:
    path = path_of(expression)
    if path:
        return label(path)
    name, inside = _named(expression)
    if name in {"datetime", "duration"}:
        known = value_of(expression, {})
        return "?" if known is None else moment(known) if name == "datetime" else duration(known)
    return _time(name, inside) or _of_two(name, inside) or _other(name, inside)


def _time(name: str, inside: object) -> str:
    match name, inside:
        case "durationSince", [left, right]:
            ages = (path_of(left), path_of(right)) == _AGE
            return "the age of the case" if ages else f"{_term(left)} since {_term(right)}"
        case "offset", [left, right]:
            return f"{_term(left)} {_signed(right)}"
        case "toTime", [{"offset": [left, right]}] if path_of(left) == _AGE[0]:
            return f"the time of day at UTC {_signed(right)}"
        case "toTime", [one]:
            return f"the time of day of {_term(one)}"
        case "toDate", [one]:
            return f"the day of {_term(one)}"
        case _:
            return ""


def _of_two(name: str, inside: object) -> str:
    match inside:
        case {"left": left, "right": right} if name in _INFIX:
            return f"{_part(left, name)} {_INFIX[name]} {_part(right, name)}"
        case {"left": left, "right": right} if name.startswith("contains"):
            which = {"containsAny": "any of ", "containsAll": "all of "}.get(name, "")
            return f"{_term(left)} include {which}{_term(right)}"
        case {"left": left, "pattern": list(pattern)}:
            text = "".join("*" if part == "Wildcard" else part["Literal"] for part in pattern)
            return f"{_term(left)} is like {text}"
        case {"left": left, "entity_type": str(kind)}:
            return f"{_term(left)} is of type {kind}"
        case {"attr": str(attribute)}:
            return f"there is a {attribute}"
        case _:
            return ""


def _part(expression: object, within: str) -> str:
    """Write a part in brackets where it would join with what stands beside it."""
    name, _ = _named(expression)
    # Only a sum of sums reads alike however it is bracketed.
    joins = name in _INFIX and not name == within == "+"
    return f"({_term(expression)})" if joins else _term(expression)


def _other(name: str, inside: object) -> str:
    match name, inside:
        case "Value", {"__entity": {"id": str(entity)}}:
            return entity
        case "Value", found:
            return f"{found:,}" if type(found) is int else str(found)
        case "Set", list(members):
            return listed([_term(one) for one in members])
        case "isEmpty", {"arg": one}:
            return f"{_term(one)}: none"
        case "", _:
            return str(inside)
        case _:
            return f"{name}({_inner(inside)})"


def _signed(shift: object) -> str:
    told = _term(shift)
    return told if told.startswith("-") else f"+{told}"


def _inner(inside: object) -> str:
    if isinstance(inside, dict):
        inside = list(inside.values())
    parts = inside if isinstance(inside, list) else [inside]
    return ", ".join(_term(part) for part in parts)


def value(path: str, sort: str, found: Value) -> str:
    """Write the value of an attribute."""
    if isinstance(found, frozenset):
        return listed(sorted(map(shown, found)), "and") or "none"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int):
        return moment(found) if sort == "moment" else number(path, found)
    return shown(found) if path != "agency" else found

"""One condition of a policy as a clause of an English sentence, from Cedar's JSON form.

A reader must be able to rely on the sentence, so nothing is guessed: an expression without words
raises `UnwordedError`, and whoever asked shows it as it is written in the file.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fedquery.policy import wording

Expression = Mapping[str, Any]

_OPPOSITE: Final = {"==": "!=", "!=": "==", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_MIRRORED: Final = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
_SIZES: Final = {
    "==": "is exactly",
    "!=": "is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
}
_CLOCKS: Final = {
    "==": "is exactly {}",
    "!=": "is not {}",
    ">": "is after {}",
    ">=": "is not before {}",
    "<": "is before {}",
    "<=": "is not after {}",
}
_MOMENTS: Final = {
    "==": "is exactly",
    "!=": "is not",
    ">": "is after",
    ">=": "is not before",
    "<": "is before",
    "<=": "is not after",
}
_WHOLE: Final = {
    "toDays": "days",
    "toHours": "hours",
    "toMinutes": "minutes",
    "toSeconds": "seconds",
    "toMilliseconds": "milliseconds",
}
# Attributes of enumerated words, how they are introduced, and how each word is said.
_NAMED: Final = {
    "principal.sort": ("the asking agency", wording.SORTS),
    "context.personRole": ("the person looked for", wording.PERSONS),
    "context.aim": ("the aim", wording.AIMS),
    "context.purpose": ("the purpose", None),
    "resource.kind": ("the dataset's kind of identifier", None),
    "context.record.handling": ("the record's handling code", None),
}


class UnwordedError(Exception):
    """An expression has no words of its own."""


def clause(expression: Expression, *, so: bool = True) -> str:
    """Say a condition.

    Args:
        expression: an expression that is true or false.
        so: whether it is said to be so, or not to be so.

    Raises:
        UnwordedError: if it has no words.
    """
    ((operator, inside),) = expression.items()
    if operator == "!":
        return clause(inside["arg"], so=not so)
    if operator in {"&&", "||"}:
        return _joined(operator, expression, so=so)
    if operator in _SIZES:
        return _comparison(operator if so else _OPPOSITE[operator], inside)
    say = _CLAUSES.get(operator)
    if say is None:
        raise UnwordedError
    return say(inside, so)


def _joined(operator: str, expression: Expression, *, so: bool) -> str:
    parts = _flat(operator, expression)
    # Not (A and B) is said as: not A, or not B.
    word = "and" if (operator == "&&") is so else "or"
    said = [_bracketed(part, word, so=so) for part in parts]
    return f" {word} ".join(said) if len(said) == 2 else f", {word} ".join(said)  # noqa: PLR2004  a pair


def _bracketed(part: Expression, word: str, *, so: bool) -> str:
    said = clause(part, so=so)
    inner = _joins(part, so=so)
    # A list within one part, "fraud or trafficking", would join with what stands beside it.
    joined = bool(inner) or " and " in said or " or " in said
    return f"({said})" if joined and inner != word else said


def _joins(part: Expression, *, so: bool) -> str:
    """Tell by which word the parts of an expression are joined, "" for one that has none."""
    ((operator, inside),) = part.items()
    if operator == "!":
        return _joins(inside["arg"], so=not so)
    if operator in {"&&", "||"}:
        return "and" if (operator == "&&") is so else "or"
    return "if" if operator == "if-then-else" else ""


def _flat(operator: str, expression: Expression) -> list[Expression]:
    if operator not in expression:
        return [expression]
    inside = expression[operator]
    return [*_flat(operator, inside["left"]), *_flat(operator, inside["right"])]


def _comparison(operator: str, inside: Mapping[str, Any]) -> str:
    left, right = inside["left"], inside["right"]
    if _is_literal(left) and not _is_literal(right):
        left, right, operator = right, left, _MIRRORED[operator]
    if operator in {"==", "!="}:
        for say in (_fact_is, _word_is, _entity_is, _text_is):
            said = say(left, right, operator == "==")
            if said:
                return said
    if _is_clock(left):
        said_clock = wording.clock(_literal("duration", right))
        if said_clock is not None:
            return f"{_clock_of(left)} {_CLOCKS[operator].format(said_clock)}"
    for say_term, words in ((_number, _SIZES), (_length, _SIZES), (_moment, _MOMENTS)):
        try:
            unit = wording.NUMBERS.get(_path(left), ("", ""))[1] if "Value" in right else ""
            return f"{say_term(left)} {words[operator]} {say_term(right)}{unit}"
        except UnwordedError:
            continue
    raise UnwordedError


def _fact_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    value = right.get("Value")
    return clause(left, so=value is same) if isinstance(value, bool) else ""


def _word_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    return _one_of(left, [right], same) if _path(left) in _NAMED else ""


def _entity_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    kind, name = _entity(right)
    word = "is" if same else "is not"
    path = _path(left)
    if (path, kind) == ("principal", "Agency"):
        return f"the asking agency {word} {name}"
    if (path, kind) == ("resource", "Dataset"):
        return f"the dataset {word} {name}"
    if (path, kind) == ("action", "Action") and name in wording.ACTIONS:
        return f"what is asked for {word} {wording.ACTIONS[name]}"
    return ""


def _text_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    value = right.get("Value")
    if _path(left) in wording.TEXTS and isinstance(value, str) and _is_plain(value):
        return f"{wording.TEXTS[_path(left)]} {'is' if same else 'is not'} “{value}”"
    return ""


def _is_plain(text: str) -> bool:
    """Tell whether a text cannot be taken for the words around it."""
    return text.isascii() and text.isprintable() and not {'"', "'", "`"} & set(text)


def _one_of(left: Expression, items: Sequence[Expression], same: bool) -> str:  # noqa: FBT001  in or not
    """Say that an attribute is one of some enumerated words."""
    lead, words = _NAMED[_path(left)]
    names = [_entity(item) for item in items]
    if not names or any(kind != _KINDS[_path(left)] for kind, _ in names):
        # A word of another type is never equal, and no sentence should hide that.
        raise UnwordedError
    if words is not None and any(name not in words for _, name in names):
        raise UnwordedError
    said = [words[name] if words is not None else f"“{name}”" for _, name in names]
    if same:
        return f"{lead} is {wording.listed(said, 'or')}"
    return f"{lead} is {'neither ' if len(said) > 1 else 'not '}{wording.listed(said, 'nor')}"


_KINDS: Final = {
    "principal.sort": "Sort",
    "context.personRole": "PersonRole",
    "context.aim": "Aim",
    "context.purpose": "Purpose",
    "resource.kind": "Kind",
    "context.record.handling": "Handling",
}


def _within(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  in or not
    left, items = inside["left"], _items(inside["right"])
    path = _path(left)
    if path in _NAMED:
        return _one_of(left, items, so)
    entities = [_entity(item) for item in items]
    kinds = {kind for kind, _ in entities}
    names = [name for _, name in entities]
    word = "is" if so else "is not"
    if path == "principal" and kinds == {"Nation"}:
        return f"the asking agency {word} an agency of {nations(names)}"
    if path == "principal" and kinds == {"Team"}:
        return f"the asking agency {word} in the joint team {teams(names)}"
    if path == "resource" and kinds == {"Nation"}:
        return f"the dataset {word} held by {nations(names)}"
    raise UnwordedError


def nations(names: Sequence[str]) -> str:
    """Say the names of nations."""
    return wording.listed([wording.NATIONS.get(name, name) for name in names], "or")


def teams(names: Sequence[str]) -> str:
    """Say the names of joint teams."""
    return wording.listed([f"“{name}”" for name in names], "or")


def _contains(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  does or does not
    left, right = inside["left"], inside["right"]
    if _path(left) == _SIGNED_BY:
        return _signed([right], "and", so)
    # [a, b].contains(x) is x in [a, b].
    if _path(right) in _NAMED:
        return _one_of(right, _items(left), so)
    raise UnwordedError


def _contains_any(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  does or does not
    return _signed_by(inside, "or", so)


def _contains_all(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  does or does not
    return _signed_by(inside, "and", so)


def _signed_by(inside: Mapping[str, Any], word: str, so: bool) -> str:  # noqa: FBT001  has or has not
    if _path(inside["left"]) != _SIGNED_BY:
        raise UnwordedError
    return _signed(_items(inside["right"]), word, so)


def _signed(items: Sequence[Expression], word: str, so: bool) -> str:  # noqa: FBT001  has or has not
    entities = [_entity(item) for item in items]
    if not entities or any(kind != "Role" or name not in wording.ROLES for kind, name in entities):
        raise UnwordedError
    roles = [wording.ROLES[name] for _, name in entities]
    if so:
        verb = "have" if word == "and" and len(roles) > 1 else "has"
        return f"{wording.listed(roles, word)} {verb} signed"
    if len(roles) == 1:
        return f"{roles[0].replace('an ', 'no ', 1).replace('a ', 'no ', 1)} has signed"
    if word == "or":
        return f"neither {wording.listed(roles, 'nor')} has signed"
    return f"not all of {wording.listed(roles, 'and')} have signed"


def _is_empty(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  is or is not
    if _path(inside["arg"]) != _SIGNED_BY:
        raise UnwordedError
    return "nobody has signed" if so else "somebody has signed"


def _has(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  has or has not
    if (_path(inside["left"]), inside["attr"]) != ("context", "record"):
        raise UnwordedError
    return wording.RECORD[0 if so else 1]


def _like(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  is or is not
    path = _path(inside["left"])
    parts = inside["pattern"]
    # A star that is meant as a star would read as one that stands for anything.
    texts = [part["Literal"] for part in parts if part != "Wildcard"]
    plain = all(_is_plain(text) and "*" not in text for text in texts)
    if path not in wording.TEXTS or not plain:
        raise UnwordedError
    pattern = "".join("*" if part == "Wildcard" else part["Literal"] for part in parts)
    verb = "has" if so else "does not have"
    return f"{wording.TEXTS[path]} {verb} the form “{pattern}”, where * is anything"


def _attribute(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  is so or not
    path = _path({".": inside})
    if path not in wording.FACTS:
        raise UnwordedError
    return wording.FACTS[path][0 if so else 1]


def _choice(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  is so or not
    test = clause(inside["if"])
    then, otherwise = (clause(inside[part], so=so) for part in ("then", "else"))
    return f"where {test}: {then}; and otherwise: {otherwise}"


def _value(inside: object, so: bool) -> str:  # noqa: FBT001  is so or not
    if not isinstance(inside, bool):
        raise UnwordedError
    return "in any case" if inside is so else "in no case"


_SIGNED_BY: Final = "context.case.signedBy"
_CLAUSES: Final[Mapping[str, Callable[[Any, bool], str]]] = {
    "in": _within,
    "contains": _contains,
    "containsAny": _contains_any,
    "containsAll": _contains_all,
    "isEmpty": _is_empty,
    "has": _has,
    "like": _like,
    ".": _attribute,
    "if-then-else": _choice,
    "Value": _value,
}


def _number(expression: Expression) -> str:
    """Say a number."""
    ((operator, inside),) = expression.items()
    if operator == "Value" and type(inside) is int:
        return wording.number(inside)
    if _path(expression) in wording.NUMBERS:
        return wording.NUMBERS[_path(expression)][0]
    if operator in {"+", "-", "*"}:
        word = {"+": "plus", "-": "minus", "*": "times"}[operator]
        left, right = _summand(operator, inside["left"]), _summand(operator, inside["right"])
        return f"{left} {word} {right}"
    if operator == "neg":
        return f"minus {_summand('*', inside['arg'])}"
    if operator in _WHOLE:
        return f"{_length(inside[0])} in whole {_WHOLE[operator]}"
    raise UnwordedError


def _summand(operator: str, expression: Expression) -> str:
    said = _number(expression)
    within = {"+", "-", "*", "neg"} & set(expression)
    # Only a sum of sums reads alike however it is bracketed.
    return f"({said})" if within and not (operator == "+" and within == {"+"}) else said


def _length(expression: Expression) -> str:
    """Say a length of time."""
    ((operator, inside),) = expression.items()
    if operator == "duration":
        return wording.duration(_literal("duration", expression))
    if operator == "durationSince":
        return f"the time from {_moment(inside[1])} to {_moment(inside[0])}"
    if operator == "toTime":
        return _clock_of(expression)
    raise UnwordedError


def _moment(expression: Expression) -> str:
    """Say a point in time."""
    ((operator, inside),) = expression.items()
    if _path(expression) in wording.TIMES:
        return wording.TIMES[_path(expression)]
    if operator == "datetime":
        try:
            return wording.moment(_literal("datetime", expression))
        except ValueError:
            # Cedar knows a year 0, which this calendar does not.
            raise UnwordedError from None
    if operator == "offset":
        shift = wording.duration(_literal("duration", inside[1]))
        return f"({_moment(inside[0])} plus {shift})"
    if operator == "toDate":
        return f"the beginning of the day (UTC) of {_moment(inside[0])}"
    raise UnwordedError


def _is_clock(expression: Expression) -> bool:
    return "toTime" in expression


def _clock_of(expression: Expression) -> str:
    (inner,) = expression["toTime"]
    if "offset" in inner and "duration" in inner["offset"][1]:
        zone = wording.offset(_literal("duration", inner["offset"][1]))
        if zone is not None:
            return _time_of_day(zone, inner["offset"][0])
    return _time_of_day("UTC", inner)


def _time_of_day(zone: str, expression: Expression) -> str:
    whose = "" if _path(expression) == "context.now" else f" of {_moment(expression)}"
    return f"the time of day ({zone}){whose}"


def _literal(function: str, expression: Expression) -> str:
    match expression.get(function):
        case [{"Value": str(text)}]:
            return text
        case _:
            raise UnwordedError


def _is_literal(expression: Expression) -> bool:
    return not expression.keys().isdisjoint({"Value", "duration", "datetime"})


def _items(expression: Expression) -> Sequence[Expression]:
    if "Set" in expression:
        items: Sequence[Expression] = expression["Set"]
        return items
    return [expression]


def _entity(expression: Expression) -> tuple[str, str]:
    match expression:
        case {"Value": {"__entity": {"type": str(kind), "id": str(name)}}}:
            return kind, name
        case _:
            return "", ""


def _path(expression: Expression) -> str:
    match expression:
        case {"Var": str(name)}:
            return name
        case {".": {"left": left, "attr": str(name)}}:
            before = _path(left)
            return f"{before}.{name}" if before else ""
        case _:
            return ""

"""One condition of a policy as a clause of an English sentence, from Cedar's JSON form.

A reader must be able to rely on the sentence, so nothing is guessed: an expression without words
raises `UnwordedError`, and whoever asked shows it as it is written in the file.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fedquery.policy import measures, membership, wording
from fedquery.policy.expressions import Expression, entity_of, path_of
from fedquery.policy.wording import UnwordedError

_OPPOSITE: Final = {"==": "!=", "!=": "==", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_MIRRORED: Final = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}


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
    if operator in _OPPOSITE:
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
    return measures.compared(left, operator, right)


def _is_literal(expression: Expression) -> bool:
    return not expression.keys().isdisjoint({"Value", "duration", "datetime"})


def _fact_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    value = right.get("Value")
    return clause(left, so=value is same) if isinstance(value, bool) else ""


def _word_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    return membership.one_of(left, [right], same) if path_of(left) in membership.NAMED else ""


def _entity_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    kind, name = entity_of(right)
    word = "is" if same else "is not"
    path = path_of(left)
    if (path, kind) == ("principal", "Agency"):
        return f"the asking agency {word} {name}"
    if (path, kind) == ("resource", "Dataset"):
        return f"the dataset {word} {name}"
    if (path, kind) == ("action", "Action") and name in wording.ACTIONS:
        return f"what is asked for {word} {wording.ACTIONS[name]}"
    return ""


def _text_is(left: Expression, right: Expression, same: bool) -> str:  # noqa: FBT001  == or !=
    value = right.get("Value")
    if path_of(left) in wording.TEXTS and isinstance(value, str) and _is_plain(value):
        return f"{wording.TEXTS[path_of(left)]} {'is' if same else 'is not'} “{value}”"
    return ""


def _is_plain(text: str) -> bool:
    """Tell whether a text cannot be taken for the words around it."""
    return text.isascii() and text.isprintable() and not {'"', "'", "`"} & set(text)


def _has(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  has or has not
    if (path_of(inside["left"]), inside["attr"]) != ("context", "record"):
        raise UnwordedError
    return wording.RECORD[0 if so else 1]


def _like(inside: Mapping[str, Any], so: bool) -> str:  # noqa: FBT001  is or is not
    path = path_of(inside["left"])
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
    path = path_of({".": inside})
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


_CLAUSES: Final[Mapping[str, Callable[[Any, bool], str]]] = {
    "in": membership.within,
    "contains": membership.contains,
    "containsAny": membership.contains_any,
    "containsAll": membership.contains_all,
    "isEmpty": membership.is_empty,
    "has": _has,
    "like": _like,
    ".": _attribute,
    "if-then-else": _choice,
    "Value": _value,
}

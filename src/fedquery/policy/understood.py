"""Which facts the search for boundaries can solve; of the others it is said that they may hide one.

A number or a time that stands in a form which `boundary` does not take apart changes its fact's
answer at values that nobody looks for. Whether the whole of a fact is of known forms is decided
here, so that a form that nobody thought of is reported and never passed over in silence.
"""

from dataclasses import dataclass

from fedquery.policy.boundary import COMPARISONS, ROUNDED, value_of
from fedquery.policy.expressions import path_of, paths_read

_OF_TWO = frozenset({"offset", "durationSince"})
_OF_ONE = frozenset({"toTime", "toDate", *ROUNDED})


@dataclass(frozen=True, slots=True)
class Numbers:
    """The attributes that are numbers or times, by path.

    Attributes:
        searched: those of which the values that matter are looked for.
        listed: those of which every value is tried.
    """

    searched: frozenset[str]
    listed: frozenset[str]


def understood(expression: object, numbers: Numbers) -> bool:  # noqa: PLR0911  one form a line
    """Tell whether every number and time of a fact stands in a comparison that can be solved.

    Args:
        expression: an expression that is true or false.
        numbers: the attributes that are numbers or times.
    """
    if not _reads(expression, numbers):
        return True
    match _named(expression):
        case "contains", {"left": {"Set": list(members)}, "right": right}:
            return all(_is_number(one, numbers) for one in (*members, right))
        case str(name), {"left": left, "right": right} if name in COMPARISONS:
            if _is_side(left, numbers) and _is_side(right, numbers):
                return True
            # `(a < 5) == (b < 7)` compares two answers.
            return name in {"==", "!="} and _both_understood(left, right, numbers)
        case (("&&" | "||"), {"left": left, "right": right}):
            return _both_understood(left, right, numbers)
        case "!", {"arg": inside}:
            return understood(inside, numbers)
        case "if-then-else", {"if": test, "then": then, "else": otherwise}:
            return understood(test, numbers) and _both_understood(then, otherwise, numbers)
        case _:
            return False


def _both_understood(one: object, other: object, numbers: Numbers) -> bool:
    return understood(one, numbers) and understood(other, numbers)


def _is_side(expression: object, numbers: Numbers) -> bool:
    """Tell whether a side of a comparison is a number, or one of several as conditions turn out."""
    match _named(expression):
        case "if-then-else", {"if": test, "then": then, "else": otherwise}:
            branches = _is_side(then, numbers) and _is_side(otherwise, numbers)
            return branches and understood(test, numbers)
        case _:
            return _is_number(expression, numbers)


def _is_number(expression: object, numbers: Numbers) -> bool:  # noqa: PLR0911  one form a line
    """Tell whether an expression is a number or a time that `boundary` can solve."""
    path = path_of(expression)
    if path:
        return path in numbers.searched or path in numbers.listed
    match _named(expression):
        case (("Value" | "duration" | "datetime"), _) if isinstance(expression, dict):
            return value_of(expression, {}) is not None
        case "neg", {"arg": inside}:
            return _is_number(inside, numbers)
        case "*", {"left": left, "right": right}:
            # A product of two attributes is no straight line.
            straight = not (_reads(left, numbers) and _reads(right, numbers))
            return straight and _is_number(left, numbers) and _is_number(right, numbers)
        case (("+" | "-"), {"left": left, "right": right}):
            return _is_number(left, numbers) and _is_number(right, numbers)
        case str(name), [left, right] if name in _OF_TWO:
            return _is_number(left, numbers) and _is_number(right, numbers)
        case str(name), [inside] if name in _OF_ONE:
            return _is_number(inside, numbers)
        case _:
            return False


def _named(expression: object) -> tuple[str, object] | None:
    if not isinstance(expression, dict) or len(expression) != 1:
        return None
    ((name, inside),) = expression.items()
    return name, inside


def _reads(expression: object, numbers: Numbers) -> bool:
    """Tell whether an expression reads a number or a time, or a record that holds one."""
    return any(
        path == one or one.startswith(f"{path}.")
        for path in paths_read(expression)
        for one in numbers.searched
    )

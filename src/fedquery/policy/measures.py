"""Numbers, lengths of time, moments and times of day, and how they compare, in English words."""

from typing import Final

from fedquery.policy import wording
from fedquery.policy.expressions import Expression, path_of
from fedquery.policy.wording import UnwordedError

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


def compared(left: Expression, operator: str, right: Expression) -> str:
    """Say how two numbers, lengths of time, moments or times of day stand to each other.

    Args:
        left: what is compared, not a literal where the other is none.
        operator: "==", "!=", ">", ">=", "<" or "<=".
        right: with what it is compared.

    Raises:
        UnwordedError: if they have no words, or are of two sorts.
    """
    if _is_clock(left):
        said_clock = wording.clock(_literal("duration", right))
        if said_clock is not None:
            return f"{_clock_of(left)} {_CLOCKS[operator].format(said_clock)}"
    for say_term, words in ((_number, _SIZES), (_length, _SIZES), (_moment, _MOMENTS)):
        try:
            unit = wording.NUMBERS.get(path_of(left), ("", ""))[1] if "Value" in right else ""
            return f"{say_term(left)} {words[operator]} {say_term(right)}{unit}"
        except UnwordedError:
            continue
    raise UnwordedError


def _number(expression: Expression) -> str:
    """Say a number."""
    ((operator, inside),) = expression.items()
    if operator == "Value" and type(inside) is int:
        return wording.number(inside)
    if path_of(expression) in wording.NUMBERS:
        return wording.NUMBERS[path_of(expression)][0]
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
    if path_of(expression) in wording.TIMES:
        return wording.TIMES[path_of(expression)]
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
    whose = "" if path_of(expression) == "context.now" else f" of {_moment(expression)}"
    return f"the time of day ({zone}){whose}"


def _literal(function: str, expression: Expression) -> str:
    match expression.get(function):
        case [{"Value": str(text)}]:
            return text
        case _:
            raise UnwordedError

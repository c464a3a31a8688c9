"""One value of a settings file against the rule of its setting; errors name its place, never it."""

import dataclasses
import re
from pathlib import Path

from fedquery.errors import ConfigError

_TEXT_CAP = 4096


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """What a setting must be beyond its type.

    Attributes:
        doc: one sentence for the operator's page.
        minimum: the least integer, or length of a text.
        maximum: the largest integer, or length of a text.
        pattern: what a text must match as a whole.
        form: the pattern in words, with an example.
        choices: the texts that are allowed, or () for any.
    """

    doc: str
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    form: str = ""
    choices: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where in which file a value stands, for the error."""

    path: Path
    key: str = ""

    def at(self, key: str) -> "Place":
        """Give the place of a key within this one."""
        return Place(self.path, f"{self.key}.{key}" if self.key else key)

    def wrong(self, why: str, *, do: str = "") -> ConfigError:
        """Make the error of what stands here."""
        return ConfigError(f"{self.path}: {self.key or 'the file'} {why}", do=do)


def scalar(value: object, hint: object, rule: Rule, place: Place) -> object:
    """Take a truth value, whole number, text or path.

    Args:
        value: what the file has.
        hint: bool, int, str or Path.
        rule: what it must be beyond that.
        place: where it stands.

    Raises:
        ConfigError: naming the place, if it is anything else.
    """
    if hint is bool:
        if not isinstance(value, bool):
            raise place.wrong("must be true or false")
        return value
    if hint is int:
        # bool is a subclass of int; `true` is no number here.
        if isinstance(value, bool) or not isinstance(value, int):
            raise place.wrong("must be a whole number")
        _bounds(value, rule, place, "")
        return value
    if hint is not str and hint is not Path:
        raise TypeError("a setting has a type that has no rule")
    if not isinstance(value, str) or len(value) > _TEXT_CAP or "\0" in value:
        raise place.wrong("must be a text")
    _bounds(len(value), rule, place, " characters")
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        raise place.wrong(f"must be {rule.form}")
    if rule.choices and value not in rule.choices:
        raise place.wrong(f"must be one of {', '.join(rule.choices)}")
    if hint is Path:
        return place.path.parent / Path(value).expanduser()
    return value


def _bounds(value: int, rule: Rule, place: Place, unit: str) -> None:
    if rule.minimum is not None and value < rule.minimum:
        raise place.wrong(f"must be at least {rule.minimum}{unit}")
    if rule.maximum is not None and value > rule.maximum:
        raise place.wrong(f"must be at most {rule.maximum}{unit}")

"""Strict TOML into frozen dataclasses: every key documented, typed and bounded, and no others.

A settings class is a frozen dataclass whose fields are made with `setting`:

    @dataclass(frozen=True, slots=True, kw_only=True)
    class NodeSettings:
        listen_port: int = setting("The port of the gRPC server.", minimum=1, maximum=65535)
        drain_s: int = setting("How long a stop waits for calls.", default=10)

Types: bool, int, str, pathlib.Path (relative ones start at the file's directory), `X | None` (None
by default), tuple[X, ...] for arrays, Mapping[str, X] for tables with free keys, and other settings
classes for tables; keys that such a table leaves out are those of its default, where it has one.
Not done here: key files (keyfile.py) and what belongs together across keys.
"""

import dataclasses
import difflib
import os
import re
import stat
import tomllib
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from fedquery.config.scalar import Place, Rule, scalar
from fedquery.errors import ConfigError

FILE_CAP = 256 * 1024  # bytes
_ITEMS_CAP = 1024

T = TypeVar("T")


def setting(
    doc: str,
    *,
    default: object = dataclasses.MISSING,
    default_factory: Callable[[], object] | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    pattern: str = "",
    form: str = "",
    choices: tuple[str, ...] = (),
) -> Any:  # noqa: ANN401 # as dataclasses.field, it stands for a value of the field's own type
    """Declare one documented setting of a settings class.

    Args:
        doc: one sentence for the operator's page, with the unit where there is one.
        default: the value where the file has none; without it the key is required.
        default_factory: makes the default, for tables.
        minimum: the least integer, or length of a text.
        maximum: the largest integer, or length of a text.
        pattern: a regular expression that a text must match as a whole.
        form: the same in words, with an example; the operator reads it instead.
        choices: the texts that are allowed.
    """
    if bool(pattern) != bool(form):
        raise TypeError("a pattern is told in words")
    metadata = {"rule": Rule(doc, minimum, maximum, pattern, form, choices)}
    if default_factory is not None:
        return dataclasses.field(default_factory=default_factory, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def load(path: Path, cls: type[T]) -> T:
    """Read a settings file.

    Args:
        path: the TOML file; a regular file that others cannot write.
        cls: the settings class of its top level.

    Raises:
        ConfigError: naming file, key and, for an unknown key, the nearest valid one; never a value.
    """
    place = Place(path)
    try:
        document = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        # The parser's text may quote the line; only the position is taken from it.
        found = re.search(r"\(at line [0-9]+, column [0-9]+\)", str(error))
        where = found.group() if found else "(at the end)"
        raise ConfigError(f"{path}: not valid TOML {where}") from None
    return _table(document, cls, place)


def describe(cls: type, prefix: str = "") -> list[tuple[str, str, str]]:
    """List each setting as (dotted key, default or "required", sentence), for docs and tests."""
    hints = get_type_hints(cls)
    rows: list[tuple[str, str, str]] = []
    for field in dataclasses.fields(cls):
        key = f"{prefix}{field.name}"
        rows.append((key, _default_text(field), _rule(field).doc))
        for inner in _settings_classes(hints[field.name]):
            free = "<name>." if get_origin(hints[field.name]) is Mapping else ""
            rows.extend(describe(inner, f"{key}.{free}"))
    return rows


def _default_text(field: "dataclasses.Field[Any]") -> str:
    if field.default is not dataclasses.MISSING:
        return "none" if field.default is None else str(field.default)
    return "required" if field.default_factory is dataclasses.MISSING else "see below"


def _settings_classes(hint: object) -> list[type]:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return [hint]
    return [inner for part in get_args(hint) for inner in _settings_classes(part)]


def _read(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({os.strerror(error.errno or 0)})") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ConfigError(f"{path}: is not a regular file")
        if status.st_mode & stat.S_IWOTH:
            raise ConfigError(f"{path}: everybody may write it", do=f"chmod o-w {path}")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            octets = file.read(FILE_CAP + 1)
    finally:
        os.close(descriptor)
    if len(octets) > FILE_CAP:
        raise ConfigError(f"{path}: larger than {FILE_CAP} bytes")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8") from None


def _rule(field: "dataclasses.Field[Any]") -> Rule:
    rule = field.metadata.get("rule")
    if not isinstance(rule, Rule):
        raise TypeError(f"the setting {field.name} is not documented")
    return rule


def _table(document: object, cls: type[T], place: Place, whole: object = None) -> T:
    """Read a table; `whole` is what it is where the file has none, and fills what it leaves out."""
    if not dataclasses.is_dataclass(cls):
        raise TypeError("a settings class is a dataclass")
    if not isinstance(document, dict):
        raise place.wrong("must be a table")
    fields = {field.name: field for field in dataclasses.fields(cls)}
    for key in document:
        if key not in fields:
            near = difflib.get_close_matches(key, list(fields), n=1, cutoff=0.5)
            known = ", ".join(sorted(fields))
            do = f"Did you mean {near[0]}?" if near else f"The keys here are: {known}."
            raise place.at(key[:80]).wrong("is not a known key", do=do)
    hints = get_type_hints(cls)
    values: dict[str, object] = {}
    for name, field in fields.items():
        rule = _rule(field)
        if name in document:
            values[name] = _value(
                document[name], hints[name], rule, place.at(name), _default(field)
            )
        elif isinstance(whole, cls):
            values[name] = getattr(whole, name)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise place.at(name).wrong("is missing", do=f"It is required: {rule.doc}")
    return cls(**values)


def _default(field: "dataclasses.Field[Any]") -> object:
    return field.default_factory() if callable(field.default_factory) else None


def _value(value: object, hint: object, rule: Rule, place: Place, whole: object = None) -> object:
    origin = get_origin(hint)
    if origin in {types.UnionType, Union}:
        (hint,) = (part for part in get_args(hint) if part is not types.NoneType)
        return _value(value, hint, rule, place)
    if origin is tuple:
        return _array(value, get_args(hint)[0], rule, place)
    if origin is Mapping:
        if not isinstance(value, dict) or len(value) > _ITEMS_CAP:
            raise place.wrong("must be a table")
        inner = get_args(hint)[1]
        return types.MappingProxyType(
            {key: _value(item, inner, rule, place.at(key)) for key, item in value.items()}
        )
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _table(value, hint, place, whole)
    return scalar(value, hint, rule, place)


def _array(value: object, hint: object, rule: Rule, place: Place) -> tuple[object, ...]:
    if not isinstance(value, list) or len(value) > _ITEMS_CAP:
        raise place.wrong("must be an array")
    return tuple(_value(item, hint, rule, place.at(str(at))) for at, item in enumerate(value))

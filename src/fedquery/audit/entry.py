"""Log entries as canonical JSON: one codec for all of them, strict in both directions."""

import functools
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar, Self, TypeAlias, get_type_hints

from fedquery.audit.form import Form
from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import EncodingError, InputError

# Below the 65,535 octets that an entry bundle can hold.
ENTRY_CAP = 16_384

_WHAT = "log entry"
# A field that commits to a detail is named after it.
_COMMIT = "_commit"
_Fields: TypeAlias = tuple[tuple[Callable[..., None], Callable[[str], object] | None], ...]


@functools.cache
def _forms_of(cls: type) -> dict[str, Form]:
    """Read the form of each field from its annotation."""
    hints = get_type_hints(cls, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(cls)}


@functools.cache
def _plain_of(cls: type, version: int) -> tuple[re.Pattern[str], tuple[str, ...], _Fields]:
    """Make the expression of a class's leaves in plain writing, its groups, and their readers."""
    plain = {name: form.plain() for name, form in sorted(_forms_of(cls).items())}
    members = {name: one.within(name) for name, one in plain.items()} | {"v": str(version)}
    text = ",".join(f'"{name}":{members[name]}' for name in sorted(members))
    # A slot is set by its own descriptor, as the constructor of a frozen class does in the end.
    each = tuple((getattr(cls, name).__set__, one.read) for name, one in plain.items())
    return re.compile(rf"\{{{text}\}}", re.ASCII), tuple(plain), each


class Entry:
    """A log entry; its classes are frozen dataclasses whose fields are annotated with forms.

    A leaf holds no identifier, no name of a person and no free text: such things stand beside the
    log, and the leaf commits to them (`detail`).
    """

    __slots__ = ("_octets",)

    _octets: bytes

    VERSION: ClassVar[int] = 1

    def __post_init__(self) -> None:
        """Check each field against its form, by writing it."""
        object.__setattr__(self, "_octets", canonical_json.dump(self._write()))

    @classmethod
    def _forms(cls) -> dict[str, Form]:
        return _forms_of(cls)  # type: ignore[arg-type]  # mypy takes the instances' __hash__ for it

    def _write(self) -> dict[str, Json]:
        written: dict[str, Json] = {"v": self.VERSION}
        for name, form in self._forms().items():
            try:
                written[name] = form.write(getattr(self, name))
            except (ValueError, EncodingError):
                raise InputError(f"a log entry's {name} is not in its form") from None
        return written

    def encode(self) -> bytes:
        """Write the leaf: canonical JSON, octets in hexadecimal."""
        return self._octets

    def commitments(self) -> dict[str, bytes]:
        """Give the commitment to each detail that stood beside the entry, by its name."""
        return {
            name.removesuffix(_COMMIT): getattr(self, name)
            for name in self._forms()
            if name.endswith(_COMMIT) and getattr(self, name)
        }

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read a leaf strictly.

        Raises:
            EncodingError: on anything that `encode` could not have written.
        """
        entry = cls.of_plain(octets)
        return cls._of_any(octets) if entry is None else entry

    @classmethod
    def of_plain(cls, octets: bytes) -> Self | None:
        """Read a leaf in plain writing, as strictly as `decode`.

        Returns:
            The entry; None where only `decode` can say whether this is one.
        """
        if len(octets) > ENTRY_CAP or not octets.isascii():
            return None
        plain, names, each = _plain_of(cls, cls.VERSION)  # type: ignore[arg-type]  # as above
        match = plain.fullmatch(octets.decode("ascii"))
        if match is None:
            return None
        entry = cls.__new__(cls)
        try:
            for (put, read), text in zip(each, match.group(*names), strict=True):
                put(entry, text if read is None else read(text))
        except ValueError:
            return None
        object.__setattr__(entry, "_octets", octets)
        return entry

    @classmethod
    def _of_any(cls, octets: bytes) -> Self:
        value = canonical_json.load(octets, cap=ENTRY_CAP, what=_WHAT)
        forms = cls._forms()
        if not isinstance(value, dict) or value.keys() != forms.keys() | {"v"}:
            raise EncodingError(f"malformed {_WHAT}")
        try:
            arguments: dict[str, Any] = {
                name: form.read(value[name]) for name, form in forms.items()
            }
            entry = cls(**arguments)
        except (ValueError, InputError):
            raise EncodingError(f"malformed {_WHAT}") from None
        # Writing it again refuses a true for a 1, hexadecimal capitals, and another version.
        if entry.encode() != octets:
            raise EncodingError(f"malformed {_WHAT}")
        return entry


def entry_type(octets: bytes) -> str:
    """Read the type of any leaf of a log, publications included.

    Raises:
        EncodingError: if it is not a leaf that says its type.
    """
    value = canonical_json.load(octets, cap=65_535, what=_WHAT)
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        raise EncodingError(f"malformed {_WHAT}")
    return kind

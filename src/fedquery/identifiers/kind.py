"""What a kind is: a name, and the module that reads its texts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TypeAlias

from fedquery.identifiers import vectors
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.reasons import Reason, refuse

Readings: TypeAlias = Callable[[str, str | None], tuple[Parsed, ...]]


@cache
def _readings(module: str) -> Readings:
    """Find the reader of a kind; its module and its tables are imported when first asked for."""
    found: Readings = import_module(f"{__package__}.{module}").readings
    return found


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of identifier.

    Attributes:
        name: its name on the wire, as `phone`.
        label: its name for people, as `phone number`.
        module: the module of this package whose `readings` reads its texts.
    """

    name: str
    label: str
    module: str

    def readings(self, text: str, region: str | None) -> tuple[Parsed, ...]:
        """List what a text can mean, best first and never empty.

        Args:
            text: any spelling of an identifier of this kind, up to 512 characters.
            region: the asker's nation, as `TH`, for spellings that leave it out.

        Raises:
            IdentifierError: if it can mean nothing of this kind.
        """
        return _readings(self.module)(text, region)

    def parse(self, text: str, region: str | None = None) -> Parsed:
        """Read a text that has one meaning.

        Args:
            text: any spelling of an identifier of this kind, up to 512 characters.
            region: the asker's nation, as `TH`, for spellings that leave it out.

        Raises:
            IdentifierError: if it is not of this kind, or can be read in several ways.
        """
        found = self.readings(text, region)
        if len(found) != 1:
            raise refuse(Reason.AMBIGUOUS)
        return found[0]

    @property
    def vectors_digest(self) -> bytes:
        """The SHA-256 of this kind's vectors: the name of its spelling rules, 32 octets."""
        return vectors.digest(self.name)

"""What an identifier is: a kind and one canonical text, which no accident prints."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

VERSION = "v1"

HIDDEN = "\N{BULLET}"


@dataclass(frozen=True, slots=True, repr=False)
class Identifier(ABC):
    """One identifier in its canonical form; made by `parse` and `decode`, never by hand.

    Attributes:
        kind: the name of its kind, as the wire writes it.
        canonical: the one text that all spellings of it come to. It is secret: show `masked()`.
    """

    kind: ClassVar[str]
    canonical: str

    def __repr__(self) -> str:
        """Show the kind alone: logs and tracebacks print whatever they can reach."""
        return f"<{self.kind} identifier, redacted>"

    def __str__(self) -> str:
        """Show the kind alone."""
        return repr(self)

    def __format__(self, format_spec: str) -> str:
        """Show the kind alone, so that no f-string prints more than `repr` does."""
        return format(repr(self), format_spec)

    def encode(self) -> bytes:
        """Encode it as the input of the OPRF (protocol.md, 1)."""
        return f"{self.kind}:{VERSION}:{self.canonical}".encode()

    @property
    def exact(self) -> bool:
        """Whether a match names one thing; otherwise it is a possible hit only."""
        return True

    def weaker(self) -> tuple["Identifier", ...]:
        """List the less exact forms that a record of the same thing may be kept under.

        They are asked too, closest first; finding one is a possible hit. None is exact. One may be
        of another kind, whose records are then looked for as well.
        """
        return ()

    def kept_under(self) -> tuple["Identifier", ...]:
        """List the forms under which a record is kept: its own, and the weaker ones of its kind.

        Records often know more than those who ask; a question that knows less finds them there.
        """
        return (self, *(form for form in self.weaker() if form.kind == self.kind))

    @abstractmethod
    def masked(self) -> str:
        """Show enough for a person to know it again, and too little to ask about it."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One reading of a text.

    Attributes:
        identifier: what it was read as.
        warnings: what the person who typed it should look at; fixed sentences, never the text.
    """

    identifier: Identifier
    warnings: tuple[str, ...] = ()

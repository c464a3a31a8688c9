"""What a kind is: a name, and a way to read texts."""

from collections.abc import Callable
from dataclasses import dataclass

from fedquery.identifiers import vectors
from fedquery.identifiers.identifier import Parsed
from fedquery.identifiers.reasons import Reason, refuse


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of identifier.

    Attributes:
        name: its name on the wire, as `phone`.
        label: its name for people, as `phone number`.
        readings: lists what a text can mean for an asker of a nation, best first and never empty;
            raises IdentifierError where it can mean nothing of this kind.
    """

    name: str
    label: str
    readings: Callable[[str, str | None], tuple[Parsed, ...]]

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

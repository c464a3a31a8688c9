"""An identifier as it was asked at the desk, kept so that it can be shown for as long."""

from dataclasses import dataclass, field

from fedquery.identifiers import Identifier, decode


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedIdentifier:
    """An identifier as it was asked; it can be shown when spelling rules are others by then.

    Attributes:
        kind: the name of its kind.
        encoded: the input of the OPRF, as `Identifier.encode` gives it.
        masked: enough to know it again, and too little to ask about it.
        typed: what was typed or pasted for it.
    """

    kind: str
    encoded: str = field(repr=False)
    masked: str = field(repr=False)
    typed: str = field(repr=False)

    @staticmethod
    def of(identifier: Identifier, typed: str) -> "AskedIdentifier":
        """Keep an identifier with what was typed for it."""
        return AskedIdentifier(
            kind=identifier.kind,
            encoded=identifier.encode().decode(),
            masked=identifier.masked(),
            typed=typed,
        )

    @property
    def shown(self) -> str:
        """Give its canonical text, for those who may read the case."""
        return self.encoded.split(":", 2)[2]

    @property
    def identifier(self) -> Identifier:
        """Read the identifier again.

        Raises:
            EncodingError: if the spelling rules of today give it another form.
        """
        return decode(self.encoded.encode())

"""Who shows a token, and whose lookups and screenings they may see."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bearer:
    """An officer whose token may be used.

    Attributes:
        officer: who it is.
        is_supervisor: whether what other officers of the agency asked may be read, claimed and
            erased too, and their long lists approved. Nobody asks in the name of another one, or
            approves what is their own.
    """

    officer: str
    is_supervisor: bool = False

    @property
    def asked_by(self) -> str | None:
        """Name whoever must have asked what this officer sees; None for anybody."""
        return None if self.is_supervisor else self.officer

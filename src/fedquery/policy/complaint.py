"""A complaint about a file: where, what, and which word was perhaps meant."""

from dataclasses import dataclass

from fedquery.errors import ConfigError


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """Something wrong at one place.

    Attributes:
        line: from 1; 0 for the file as a whole.
        column: in characters, from 1.
        what: what is wrong.
        meant: the nearest right word, as it would be written there; "" where none is near.
    """

    line: int
    column: int
    what: str
    meant: str = ""

    @property
    def text(self) -> str:
        """Say what is wrong and what was perhaps meant."""
        return f"{self.what}; did you mean {self.meant}?" if self.meant else self.what


class PolicyError(ConfigError):
    """A policy or schema file is refused for one complaint.

    Attributes:
        name: the file.
        complaint: the complaint; its line is 0 where no place in the file is to blame.
    """

    def __init__(self, name: str, complaint: Complaint, *, do: str = "") -> None:
        place = f", line {complaint.line}, column {complaint.column}" if complaint.line else ""
        super().__init__(f"{name}{place}: {complaint.text}", do=do)
        self.name = name
        self.complaint = complaint

    @staticmethod
    def of_file(name: str, what: str, *, do: str = "") -> "PolicyError":
        """Make the error of a file that is refused as a whole."""
        return PolicyError(name, Complaint(0, 0, what), do=do)

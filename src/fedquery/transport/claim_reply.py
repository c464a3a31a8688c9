"""What a holder tells of a claimed record, as values."""

from dataclasses import dataclass, field

from fedquery.errors import InputError
from fedquery.psi.names import MAX_INTEGER, check_name, check_range, check_text

MAX_REFERENCE = 64
MAX_CATEGORY = 40
MAX_SUMMARY_TEXT = 160


@dataclass(frozen=True, slots=True)
class Summary:
    """What the level `summary` adds to a reference.

    Attributes:
        first_seen_ms: when the record's fact was first seen.
        last_seen_ms: when it was last seen, not before.
        records: how many records the row stands for.
        text: up to 160 characters.
    """

    first_seen_ms: int
    last_seen_ms: int
    records: int
    text: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Check ranges and length."""
        check_range(self.first_seen_ms, 0, MAX_INTEGER, "first_seen_ms")
        check_range(self.last_seen_ms, self.first_seen_ms, MAX_INTEGER, "last_seen_ms")
        check_range(self.records, 1, 2**32 - 1, "the number of records")
        check_text(self.text, 0, MAX_SUMMARY_TEXT, "the text of a summary")


@dataclass(frozen=True, slots=True)
class ClaimReply:
    """What a holder tells of a claimed record.

    Attributes:
        contact_id: whom to write to, an id of the holder's manifest.
        reference: the holder's file reference, up to 64 characters; "" where `contact_us`.
        category: up to 40 characters.
        updated_ms: when the record was last changed; 0 where `contact_us`.
        summary: set at the level `summary` only.
        contact_us: the holder wants to be spoken to, and tells nothing here.
    """

    contact_id: str
    reference: str = field(default="", repr=False)
    category: str = field(default="", repr=False)
    updated_ms: int = 0
    summary: Summary | None = field(default=None, repr=False)
    contact_us: bool = False

    def __post_init__(self) -> None:
        """Check lengths and ranges, and that "contact us" stands alone."""
        check_name(self.contact_id, "a contact id")
        check_text(self.reference, 0, MAX_REFERENCE, "a reference")
        check_text(self.category, 0, MAX_CATEGORY, "a category")
        check_range(self.updated_ms, 0, MAX_INTEGER, "updated_ms")
        told = self.reference or self.category or self.updated_ms or self.summary
        if self.contact_us and told:
            raise InputError("a record is told of where only a contact is given")
        if not self.contact_us and not self.reference:
            raise InputError("a reference is missing")

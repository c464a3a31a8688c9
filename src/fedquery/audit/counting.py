"""What the figures of all logs have in common: months, agencies, and the word for a refusal.

Things are counted in the month in which they were asked, whenever they were answered.
"""

from typing import Final

from fedquery.audit.folding import Member
from fedquery.audit.month import Month

REFUSED: Final = "refused"


def within(month: Month | None, at_ms: int) -> bool:
    """Tell whether a moment is counted: in a month, or where there is none, always."""
    return month is None or month.begin_ms <= at_ms < month.end_ms


def asker_of(agency: str) -> Member:
    """Put an agency into the group of its nation."""
    return agency.partition("/")[0], agency

"""Who may not ask alone: above a size, but never where a life is in danger."""

import pytest

from fedquery.ask.second_person import is_needed


@pytest.mark.parametrize(
    ("count", "purpose", "needed"),
    [
        (32, "fraud", False),
        (33, "fraud", True),
        (33, "missing person", True),
        (33, "threat to life", False),
    ],
)
def test_what_needs_a_second_person(count, purpose, needed):
    """More than the setting says; nobody waits where a life is in danger."""
    assert needed == is_needed(count, purpose, 32)

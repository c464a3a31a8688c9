"""An asker of TH, an honest nation VN in memory, and a case."""

import contextlib

import pytest
from unit.ask import nation as made

from fedquery.ask.case import Case


@pytest.fixture
def case():
    """Give the case that lists are asked for."""
    return Case(
        number="FIU-7", purpose="fraud", maximum_penalty_years=10, opened_ms=made.NOW_MS - 1000
    )


@pytest.fixture
def vn():
    """Make the nation."""
    return made.honest()


@pytest.fixture
def session(tmp_path, vn):
    """Make the asker's session."""
    opened = made.asker(tmp_path / "asker", vn)
    with contextlib.closing(opened.connection):
        yield opened

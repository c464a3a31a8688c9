"""An asker of TH and an honest nation VN, in memory."""

import contextlib

import pytest
from unit.ask import nation as made


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

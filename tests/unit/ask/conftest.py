"""An asker of TH and an honest nation VN, in memory."""

import contextlib

import pytest
from unit.ask import nation as made
from unit.ask.published import again


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


@pytest.fixture
def restarted(session):
    """Give what begins another process of the same home."""
    with contextlib.ExitStack() as open_ones:

        def begin():
            opened = again(session)
            open_ones.callback(opened.connection.close)
            return opened

        yield begin

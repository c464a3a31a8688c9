"""A desk in memory, and a browser that visits it."""

import contextlib

import pytest
from unit.ask import nation as made
from unit.desk_pages import served
from unit.transport.conftest import log_lines  # noqa: F401 -- a fixture


@pytest.fixture
def session(tmp_path):
    """Make an asker of TH and an honest nation VN in memory."""
    opened = made.asker(tmp_path / "asker", made.honest())
    with contextlib.closing(opened.connection):
        yield opened


@pytest.fixture
def desk(session):
    """Make a desk."""
    opened = served.desk_of(session)
    with contextlib.closing(opened.connection):
        yield opened


@pytest.fixture
def browser(desk):
    """Open a browser that nobody is signed in with."""
    return served.Browser(desk)


@pytest.fixture
def officer(desk):
    """Make the account of an officer."""
    return served.account(desk)

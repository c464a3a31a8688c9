"""An asker whose clock is wrong is told so, whatever the coordinator refuses."""

import contextlib

import pytest

from fedquery.ask import home as asker_home
from fedquery.ask import schema
from fedquery.ask.clock import ClockError
from fedquery.ask.doctor import examine
from fedquery.ask.session import Session
from fedquery.config.service import wall_clock


async def test_a_wrong_clock_is_called_one(federation):
    """The coordinator refuses the signature; its clock says why, and doctor names the clock."""
    home = asker_home.open_home(federation.asker)
    with contextlib.closing(schema.connect(home.path)) as connection:
        session = Session.begin(home, connection, lambda: wall_clock() + 600_000)
        try:
            with pytest.raises(ClockError):
                await session.freshen()
            checks = await examine(session)
        finally:
            await session.coordinators.aclose()
    assert ("clock", False) == (checks[-1].name, checks[-1].ok)

"""A gateway signs what was asked by the clock, and goes on where a disk is full for a while."""

import asyncio
import sqlite3

import pytest

from fedquery.ask.signing_by_clock import sign_by_clock
from fedquery.errors import ConsistencyError, StorageError


class Rounds:
    """A client that is signed so many times, and a clock that moves by itself."""

    def __init__(self, rounds, *errors):
        self.stop = asyncio.Event()
        self.signed, self.waited = 0, []
        self._rounds, self._errors = rounds, list(errors)

    def checkpoint(self):
        """Sign, or fail."""
        self.signed += 1
        if self._errors:
            raise self._errors.pop(0)
        return True

    async def wait(self, stop, seconds):
        """Let the time pass; after the last round the gateway is told to stop."""
        self.waited.append(seconds)
        if len(self.waited) > self._rounds:
            stop.set()


async def test_each_round_is_signed_and_the_last_one_is_left(caplog):
    """Not at the start, when nothing was asked; and what is left is signed as the client closes."""
    client = Rounds(3)
    await sign_by_clock(client, 600, client.stop, client.wait)
    assert (3, [600] * 4) == (client.signed, client.waited)


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("database is full"), StorageError("no room")]
)
async def test_a_full_disk_is_told_and_tried_again(error, capsys):
    """The entries are there; one line says that they are not signed."""
    client = Rounds(2, error)
    await sign_by_clock(client, 600, client.stop, client.wait)
    assert 2 == client.signed
    assert "database is full" not in capsys.readouterr().err


async def test_a_log_that_went_back_ends_the_gateway():
    """Nothing more may be asked from a database that somebody changed."""
    client = Rounds(9, ConsistencyError("another history"))
    with pytest.raises(ConsistencyError):
        await sign_by_clock(client, 600, client.stop, client.wait)
    assert client.stop.is_set()
    assert 1 == client.signed


async def test_a_stop_ends_the_wait():
    """With the real clock: nobody waits ten minutes for the end."""
    client = Rounds(0)
    client.stop.set()
    await asyncio.wait_for(sign_by_clock(client, 600, client.stop), 5)
    assert 0 == client.signed

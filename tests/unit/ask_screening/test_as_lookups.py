"""A list comes to what its identifiers come to one by one: the oracle is the lookup."""

import asyncio
import contextlib
import itertools
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.ask import nation as made
from unit.ask.test_concluding import CASE
from unit.ask_screening.test_asking import screening
from unit.psi.holding import identifier

from fedquery.ask.looking import Looking
from fedquery.identifiers import decode

_NAMES = itertools.count()
_SAME = ("place", "nation", "dataset", "kind", "word", "why", "weak", "overdue", "version")


@pytest.mark.parametrize("late_ms", [0, 3_900_001])
@settings(max_examples=8, deadline=None)
@given(numbers=st.lists(st.integers(25, 55), min_size=1, max_size=30))
def test_a_list_comes_to_what_lookups_come_to(tmp_path_factory, late_ms, numbers):
    """Also where it is so short that it tells bits, doubled, or past the publication's time."""

    async def compare():
        nation = made.honest()
        session = made.asker(tmp_path_factory.mktemp("homes") / str(next(_NAMES)), nation)
        with contextlib.closing(session.connection):
            session.clock.now_ms += late_ms
            nation.created_ms = nation.lies.answered_ms = session.clock.now_ms
            listed = [decode(identifier(number)) for number in numbers]
            async with screening(session, listed, CASE) as one:
                await one.run()
                rows = list(one.results())
            session.connection.execute("DELETE FROM bucket")
            looking = Looking(session, secrets.token_bytes, lambda _outcome: None)
            lookup = await looking.run(listed, CASE, ["VN"], 2000)
        return [outcome for row in rows for outcome in row.outcomes], lookup.outcomes

    screened, looked_up = asyncio.run(compare())
    assert [tuple(getattr(one, name) for name in _SAME) for one in screened] == [
        tuple(getattr(one, name) for name in _SAME) for one in looked_up
    ]
    assert [bool(one.claim_id) for one in screened] == [bool(one.claim_id) for one in looked_up]

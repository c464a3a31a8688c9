"""What a lookup will say is known before its first answer, so that nothing is told too early."""

import secrets

import pytest
from unit.ask import nation as made
from unit.psi.holding import identifier

from fedquery.ask.awaiting import awaited
from fedquery.ask.case import Case
from fedquery.ask.looking import Looking
from fedquery.ask.session import Distrusted
from fedquery.identifiers import decode, parse

ASKED = [
    decode(identifier(5)),
    parse("account", "TH:004:1234567890", None).identifier,
    parse("url", "https://login.example.com/a", None).identifier,
]


@pytest.mark.parametrize("why", ["", "node-down"])
async def test_what_is_foreseen_is_what_comes(session, why):
    """Datasets, kinds that a nation has not, and a nation that cannot be asked."""
    await session.freshen()
    if why:
        session.nations["VN"] = Distrusted(why)
    foreseen = awaited(session, ASKED, ["VN"])
    case = Case(
        number="C-1", purpose="fraud", maximum_penalty_years=10, opened_ms=made.NOW_MS - 1000
    )
    lookup = await Looking(session, secrets.token_bytes, lambda _one: None).run(
        ASKED, case, ["VN"], 2000
    )
    came = {}
    for one in lookup.outcomes:
        came.setdefault((one.place, one.nation), set()).add(one.dataset)
    assert foreseen == came

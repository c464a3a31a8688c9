"""A list that no quota has room for is refused before its first question, with the numbers."""

from dataclasses import replace

import pytest
from unit.ask_screening.test_asking import screening
from unit.psi.holding import identifier

from fedquery.ask import quota_told
from fedquery.ask.screening import earlier
from fedquery.ask.screening.values import ListRefusedError
from fedquery.ask.session import Distrusted, Session
from fedquery.identifiers import decode
from fedquery.transport.head import GrantLeft, QuotaLeft

HOUR_MS = 3_600_000


@pytest.fixture
def told(session, case):
    """Have VN told, with an earlier answer in this case, what is left and granted."""

    def keep(hour, *grants):
        now_ms = session.clock()
        ends_ms = [now_ms + HOUR_MS * n for n in (1, 24, 9000)]
        left = QuotaLeft(hour, 2000, 50_000, 5000, *ends_ms, grants)
        pseudonym = case.pseudonym("VN", session.home.pseudonym_key)
        quota_told.keep(session.connection, "VN", pseudonym, left)
        session.connection.commit()
        return now_ms

    return keep


def listed(count):
    """Make a list."""
    return [decode(identifier(number)) for number in range(900, 900 + count)]


async def test_a_list_above_what_is_left_is_refused_before_its_first_question(session, case, told):
    """With what it needs, what is left, and when that renews; nothing is sent or counted."""
    now_ms = told(19)
    async with screening(session, listed(20), case) as one:
        with pytest.raises(ListRefusedError) as refused:
            await one.run()
    (nation,) = refused.value.cost.exceeding
    (exceeded,) = nation.exceeded
    assert ("hour", 20, 19) == (exceeded.window, exceeded.needs, exceeded.left)
    assert now_ms + HOUR_MS == exceeded.renews_ms
    assert [] == session.coordinators.sent
    async with screening(session, listed(19), case) as one:
        assert (await one.run()).finished


async def test_a_nation_that_is_distrusted_while_it_is_planned_costs_what_is_asked(
    session, case, monkeypatch
):
    """Targets and cost are of one state: a cost of nothing needs no second person and no mark."""
    adopt = earlier.adopt

    def distrusted(*args):
        session.nations["VN"] = Distrusted("rollback", alarm=True)
        return adopt(*args)

    monkeypatch.setattr(earlier, "adopt", distrusted)
    async with screening(session, listed(20), case) as one:
        cost = await one.prepare()
        assert ("", 20) == (cost.nations[0].why, cost.elements)
        await one.run()
    assert session.coordinators.sent


async def test_a_grant_makes_room(session, case, told):
    """Of the dataset that is asked, and of no other."""
    now_ms = told(0, GrantLeft(7, "phones", 20, 2 * 10**13, this_case=True))
    async with screening(session, listed(20), case) as one:
        cost = await one.prepare()
        assert 20 == cost.nations[0].allowance.granted
        assert () == cost.exceeding
    told(0, GrantLeft(8, "accounts", 20, now_ms + 2 * HOUR_MS, this_case=True))
    async with screening(session, listed(20), case) as one:
        assert "VN" == (await one.prepare()).exceeding[0].nation


async def test_a_list_is_begun_anyway_where_that_is_wanted(session, case, told):
    """The nation may have counted less than was forecast."""
    told(0)
    async with screening(session, listed(4), case) as one:
        assert (await one.run(anyway=True)).finished


@pytest.fixture
def two(session, monkeypatch):
    """Have VN offer its numbers twice, as two datasets."""
    state = Session.state

    def offered(opened, nation):
        trusted = state(opened, nation)
        (phones,) = trusted.datasets.values()
        other = replace(phones, publication=replace(phones.publication, dataset="numbers"))
        return replace(trusted, datasets={"phones": phones, "numbers": other})

    monkeypatch.setattr(Session, "state", offered)


@pytest.mark.usefixtures("two")
async def test_what_a_grant_is_for_is_asked_last(session, case, told):
    """The ordinary quota pays first, and is all that the other dataset has."""
    told(20, GrantLeft(7, "numbers", 20, 2 * 10**13, this_case=True))
    async with screening(session, listed(20), case) as one:
        cost = await one.prepare()
    assert ["phones", "numbers"] == [one.dataset for one in cost.nations[0].datasets]
    assert () == cost.exceeding


@pytest.mark.usefixtures("two")
async def test_a_list_that_could_be_paid_in_no_order_of_its_datasets_is_refused(
    session, case, told
):
    """All is enough together, but where the quota pays first a part of a grant goes unused."""
    grants = [("numbers", 10), ("phones", 17)]
    told(
        13,
        *(
            GrantLeft(number, dataset, left, 2 * 10**13, this_case=True)
            for number, (dataset, left) in enumerate(grants)
        ),
    )
    async with screening(session, listed(20), case) as one:
        (nation,) = (await one.prepare()).exceeding
    (exceeded,) = nation.exceeded
    assert ("hour", 40, 37) == (exceeded.window, exceeded.needs, exceeded.left)

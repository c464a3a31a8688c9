"""A list that is allowed is asked to its end, whatever pays for it and whatever size is refused."""

import dataclasses

import pytest
from unit.ask_screening.test_asking import screening
from unit.federation import conftest as world
from unit.psi.holding import identifier

from fedquery.ask import quota_told
from fedquery.ask.screening import sending
from fedquery.ask.screening.values import ListRefusedError
from fedquery.identifiers import decode
from fedquery.seal.envelope import read_request
from fedquery.seal.request import open_request
from fedquery.transport.head import AnswerHead, Decision, GrantLeft, QuotaLeft, Refusal
from fedquery.transport.question import decode_asked

FAR_MS = 2 * 10**13
NO_LIMIT = -1


def listed(count, first=30):
    """Make a list; identifiers below 40 are hits."""
    return [decode(identifier(number)) for number in range(first, first + count)]


class Charges:
    """Has VN charge as a node does, and refuse what nothing pays for or a rule forbids."""

    def __init__(self, vn, ordinary=NO_LIMIT, grants=(), most=4096):
        self.ordinary = ordinary
        self.grants = list(grants)
        self.most = most
        self.charged = []
        self.refused = []
        self.says = None
        self.honest, self._vn = vn.answer, vn
        vn.answer = self.answer

    @property
    def left(self):
        """Tell what is left, or what it says instead."""
        if self.says:
            return self.says
        told = tuple(
            GrantLeft(number, "phones", left, FAR_MS + number, this_case=False)
            for number, left in enumerate(self.grants)
            if left
        )
        return QuotaLeft(self.ordinary, NO_LIMIT, NO_LIMIT, NO_LIMIT, FAR_MS, 0, 0, told)

    def answer(self, envelope):
        """Charge a question, and answer it or refuse it."""
        opened = open_request(read_request(envelope), world.KEM)
        size_class = decode_asked(opened.message, opened.header.fields.size_class).size_class
        slug = "" if size_class <= self.most else "policy-denied"
        slug = slug or ("" if self._pays(size_class) else "quota")
        (self.refused if slug else self.charged).append(size_class)
        return self._said(envelope, slug)

    def again(self, envelope):
        """Refuse a question once more, by what it says now; it is not counted."""
        return self._said(envelope, "quota")

    def _said(self, envelope, slug):
        self._vn.lies.head = lambda head: dataclasses.replace(
            AnswerHead(decision=Decision(), refusal=Refusal(slug, "no")) if slug else head,
            quota_left=self.left,
        )
        return self.honest(envelope)

    def _pays(self, size_class):
        if self.ordinary == NO_LIMIT:
            return True
        if size_class <= self.ordinary:
            self.ordinary -= size_class
            return True
        for index, left in enumerate(self.grants):
            if size_class <= left:
                self.grants[index] -= size_class
                return True
        return False


@pytest.fixture
def small(monkeypatch):
    """Have lists know classes up to 64 alone, so that their edges are met by few elements."""
    monkeypatch.setattr(
        "fedquery.ask.screening.purse.classes_up_to", lambda _largest: (1, 4, 16, 64)
    )


@pytest.fixture
def told(session, case):
    """Have VN told, with an earlier answer in this case, what is left."""

    def keep(left):
        pseudonym = case.pseudonym("VN", session.home.pseudonym_key)
        quota_told.keep(session.connection, "VN", pseudonym, left)
        session.connection.commit()

    return keep


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "rooms", [(150,), (70, 80), (63, 63, 24), (0, 100, 50), (3, 5, 90, 52), (1, 149)]
)
async def test_a_list_that_is_told_to_fit_is_never_refused(session, vn, case, told, rooms):
    """Where quota and grants meet the questions are smaller; all is charged that was told."""
    nation = Charges(vn, rooms[0], rooms[1:])
    told(nation.left)
    async with screening(session, listed(150), case) as one:
        cost = await one.prepare()
        assert (150, ()) == (cost.elements, cost.exceeding)
        planned = dict(cost.nations[0].datasets[0].classes)
        summary = await one.run()
    assert summary.finished
    assert [] == nation.refused
    assert (0, 150) == (sum(nation.grants) + nation.ordinary, sum(nation.charged))
    assert planned == {size: nation.charged.count(size) for size in set(nation.charged)}
    assert 150 == summary.nations[0].elements


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("rooms", [(150,), (70, 80), (63, 63, 24), (0, 100, 50), (1, 149)])
async def test_a_list_goes_on_in_smaller_questions_where_the_forecast_was_wrong(
    session, vn, case, told, rooms
):
    """Others of the agency have asked meanwhile, and what is left is still enough."""
    nation = Charges(vn, rooms[0], rooms[1:])
    told(QuotaLeft(10**6, 10**6, 10**6, 10**6, FAR_MS, FAR_MS, FAR_MS))
    async with screening(session, listed(150), case) as one:
        assert (await one.run()).finished
    assert (0, 150) == (sum(nation.grants) + nation.ordinary, sum(nation.charged))


@pytest.mark.usefixtures("small")
async def test_what_is_left_is_asked_to_its_last_element_and_no_further(session, vn, case, told):
    """A list that is begun though it does not fit comes as far as the quota goes."""
    nation = Charges(vn, 101)
    told(nation.left)
    async with screening(session, listed(150), case) as one:
        with pytest.raises(ListRefusedError):
            await one.run()
        summary = await one.run(anyway=True)
    assert (101, 0) == (sum(nation.charged), nation.ordinary)
    assert 49 == summary.nations[0].words["refused"]
    assert 101 == summary.nations[0].elements
    # Four questions may be on their way when the first refusal comes back, and no others leave.
    assert len(nation.refused) <= sending.IN_FLIGHT


@pytest.mark.usefixtures("small")
async def test_what_others_take_meanwhile_ends_no_list_that_may_go_on(
    session, vn, case, monkeypatch
):
    """What a refusal tells is used up before the next question comes; the rest is asked."""
    monkeypatch.setattr(sending, "IN_FLIGHT", 1)
    nation = Charges(vn, 4)
    told = nation.answer

    def answer(envelope):
        before = len(nation.refused)
        octets = told(envelope)
        if len(nation.refused) > before:
            # Nearly as much as was wanted; when the next one comes, it is not there any more.
            most = nation.refused[-1] - 1
            nation.says = QuotaLeft(most, NO_LIMIT, NO_LIMIT, NO_LIMIT, FAR_MS)
            octets = nation.again(envelope)
        else:
            nation.says = None
        return octets

    vn.answer = answer
    async with screening(session, listed(150), case) as one:
        summary = await one.run(anyway=True)
    assert {64, 16, 4} <= set(nation.refused)
    assert ([1] * 4, 0) == (nation.charged, nation.ordinary)
    assert 146 == summary.nations[0].words["refused"]


@pytest.mark.usefixtures("small")
async def test_a_nation_that_refuses_all_and_tells_of_room_is_not_asked_for_ever(session, vn, case):
    """Its word of what is left decides nothing."""
    nation = Charges(vn, 0)
    nation.says = QuotaLeft(3, NO_LIMIT, NO_LIMIT, NO_LIMIT, FAR_MS)
    async with screening(session, listed(150), case) as one:
        summary = await one.run()
    assert {"refused": 150} == summary.nations[0].words
    assert len(nation.refused) <= 3 * sending.IN_FLIGHT


@pytest.mark.usefixtures("small")
async def test_a_nation_that_pays_for_one_element_in_each_round_does_not_fill_the_logs(
    session, vn, case
):
    """It refuses all else and tells of room for one more, as often as it is asked."""
    nation = Charges(vn, 0)
    nation.says = QuotaLeft(1, NO_LIMIT, NO_LIMIT, NO_LIMIT, FAR_MS)
    nation._pays = lambda size_class: size_class == 1
    async with screening(session, listed(150), case) as one:
        summary = await one.run(anyway=True)
    assert summary.nations[0].words["refused"]
    assert len(nation.refused) <= 8 * sending.IN_FLIGHT


async def test_a_rule_that_forbids_large_questions_keeps_no_list_back(session, vn, case):
    """It is asked in questions of 512, as it was before there were larger ones; nothing is paid."""
    nation = Charges(vn, most=512)
    async with screening(session, listed(4200), case) as one:
        cost = await one.prepare()
        assert (4096, 1) in cost.nations[0].datasets[0].classes
        summary = await one.run()
    assert summary.finished
    assert [4096] == nation.refused
    assert (4200, 8) == (sum(nation.charged), nation.charged.count(512))
    assert {"hit": 10, "no hit": 4190} == summary.nations[0].words


async def test_a_rule_that_forbids_any_list_ends_it(session, vn, case):
    """After the larger size that of before is tried, and no smaller one."""
    nation = Charges(vn, most=64)
    async with screening(session, listed(4200), case) as one:
        summary = await one.run()
    assert {4096, 512} == set(nation.refused)
    assert max(nation.charged) <= 64
    assert 4200 - sum(nation.charged) == summary.nations[0].words["refused"]


@pytest.mark.usefixtures("small")
async def test_pads_that_hide_the_count_are_sent_where_questions_are_smaller(
    session, vn, case, told
):
    """Two lists of other lengths below one class are charged alike at the edge of a grant too."""
    asked = []
    for count, first in ((66, 30), (110, 1000)):
        nation = Charges(vn, 400, [113])
        told(nation.left)
        async with screening(session, listed(count, first), case, padded=True) as one:
            summary = await one.run()
            asked.append(sorted(nation.charged))
            assert summary.finished
            assert [] == nation.refused
        vn.answer = nation.honest
        session.connection.execute("DELETE FROM bucket")
        session.connection.commit()
        assert 513 == sum(nation.charged)
    assert asked[0] == asked[1]

"""Grants pay for what the ordinary quota has no room for: whole, and never more than granted."""

import contextlib
import sqlite3
from concurrent.futures import Future
from dataclasses import replace

import pytest
from fedquery_node import charging, grants, quota, schema
from fedquery_node.config import CaseQuota, Quota, WindowQuota, load_settings
from fedquery_node.quota import HOUR_MS, Payer, SpentError, Used
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fedquery.errors import InputError
from fedquery.storage.writer import Writer

NOW_MS = 1_800_003_000_000
PAYER = Payer("TH/cyber-police", "TH", "case-1")
NODE_TOML = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"
"""
GRANT = grants.Grant(
    number=7,
    leaf_hash=bytes(32),
    agency=PAYER.agency,
    dataset="phones",
    pseudonym="",
    elements=100,
    until_ms=NOW_MS + HOUR_MS,
    proposed_ms=NOW_MS,
)


def ceilings(hour=5, nation=10**6, case=10**6):
    """Make ceilings of which the hour of the agency is the first to be spent."""
    return Quota(
        agency=WindowQuota(hour=hour, day=10**6, year=10**6),
        nation=WindowQuota(hour=nation, day=10**6, year=10**6),
        case=CaseQuota(total=case),
    )


@pytest.fixture
def home(tmp_path):
    """Make an empty database of a node."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    schema.create(tmp_path, load_settings(tmp_path))
    return tmp_path


@pytest.fixture
def connection(home):
    """Give that database."""
    with contextlib.closing(schema.connect(home)) as opened:
        yield opened


def give(connection, *given):
    """Approve grants."""
    for grant in given:
        grants.add(connection, grant)
        grants.put(connection, grant.number, grants.APPROVED)


def used_of(connection, number=7):
    """Say how much a grant has paid."""
    return grants.find(connection, number).used


def ask(connection, elements, *, limits=None, payer=PAYER, dataset="phones", now_ms=NOW_MS):
    """Charge a question; say which grant has paid, None for the quota, or "spent"."""
    limits = limits or ceilings()
    try:
        return charging.charge(connection, limits, payer, dataset, elements=elements, now_ms=now_ms)
    except SpentError:
        return "spent"


def test_the_ordinary_quota_pays_first(connection):
    """A grant pays for what has no room there, and takes nothing from the counters."""
    give(connection, GRANT)
    assert [None, 7, None, 7] == [ask(connection, n) for n in (4, 4, 1, 1)]
    assert 5 == used_of(connection)
    assert Used(5, 5, 5, 5, 5) == quota.used(connection, PAYER, NOW_MS)


@pytest.mark.parametrize("limits", [ceilings(hour=0), ceilings(nation=0), ceilings(case=0)])
def test_a_grant_lifts_every_ceiling(connection, limits):
    """Of the agency, of its nation and of the case: the holder has granted it beside them."""
    give(connection, GRANT)
    assert 7 == ask(connection, 64, limits=limits)


@pytest.mark.parametrize(
    "change",
    [
        {"agency": "TH/aml-office"},
        {"dataset": "accounts"},
        {"pseudonym": "case-2"},
        {"elements": 3},
        {"until_ms": NOW_MS},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_grant_pays_for_nothing_else(connection, change):
    """Not for another agency, dataset or case, not for more than it has, not after its end."""
    give(connection, replace(GRANT, **change))
    assert "spent" == ask(connection, 4, limits=ceilings(hour=0))
    assert Used(0, 0, 0, 0, 0) == quota.used(connection, PAYER, NOW_MS)


@pytest.mark.parametrize("state", [grants.PROPOSED, grants.REVOKED])
def test_a_grant_that_is_not_approved_pays_nothing(connection, state):
    """Neither before nor after."""
    give(connection, GRANT)
    grants.put(connection, 7, state)
    assert "spent" == ask(connection, 1, limits=ceilings(hour=0))
    assert () == grants.left(connection, PAYER, "phones", NOW_MS)


def test_a_question_is_paid_whole_by_one(connection):
    """Two grants of which neither has room do not pay together; what ends first pays first."""
    first = replace(GRANT, number=8, elements=3, until_ms=NOW_MS + 1)
    give(connection, GRANT, first)
    limits = ceilings(hour=0)
    assert [8, 7, 7] == [ask(connection, n, limits=limits) for n in (1, 4, 64)]
    assert [8, 8, 7] == [ask(connection, 1, limits=limits) for _ in range(3)]


def test_a_clock_that_steps_back_opens_no_grant_again(connection):
    """Its end is judged by the latest time at which something was charged."""
    give(connection, GRANT)
    assert None is ask(connection, 1, now_ms=GRANT.until_ms)
    assert "spent" == ask(connection, 5, now_ms=NOW_MS)


def test_a_time_at_which_a_grant_has_paid_is_remembered(connection):
    """As one at which the quota has."""
    give(connection, GRANT, replace(GRANT, number=8, until_ms=GRANT.until_ms + HOUR_MS))
    limits = ceilings(hour=0)
    assert 8 == ask(connection, 1, limits=limits, now_ms=GRANT.until_ms)
    assert 8 == ask(connection, 1, limits=limits, now_ms=NOW_MS)


def test_what_is_left_is_told(connection):
    """Windows with the room that agency and nation both have, their ends, and what grants have."""
    give(
        connection,
        GRANT,
        replace(GRANT, number=9, pseudonym="case-1", until_ms=NOW_MS + 5),
        replace(GRANT, number=10, pseudonym="case-2"),
        replace(GRANT, number=11, agency="TH/aml-office"),
        replace(GRANT, number=12, dataset="accounts"),
    )
    limits = ceilings(hour=5, nation=4, case=100)
    assert [None, 9] == [ask(connection, n, limits=limits) for n in (1, 16)]
    told = charging.left(connection, limits, PAYER, "phones", NOW_MS)
    assert (3, 10**6 - 1, 10**6 - 1, 99) == (told.hour, told.day, told.year, told.case)
    hour_ms = NOW_MS - NOW_MS % HOUR_MS + HOUR_MS
    assert (hour_ms, True) == (told.hour_ends_ms, hour_ms <= told.day_ends_ms < told.year_ends_ms)
    assert [(9, "phones", 84, True), (7, "phones", 100, False), (12, "accounts", 100, False)] == [
        (one.number, one.dataset, one.left, one.this_case) for one in told.grants
    ]
    assert 184 == told.granted("phones")


def test_grants_of_the_dataset_that_is_asked_are_told_first(connection):
    """Where there are more than fit an answer."""
    give(connection, *(replace(GRANT, number=n, dataset="accounts") for n in range(20, 30)))
    give(connection, replace(GRANT, number=40, until_ms=NOW_MS + 10 * HOUR_MS))
    told = grants.left(connection, PAYER, "phones", NOW_MS)
    assert [20, 21, 22, 40] == [one.number for one in told]


def test_a_ceiling_below_what_was_used_leaves_nothing(connection):
    """It was lowered since: nothing is left, and nothing less."""
    assert None is ask(connection, 4)
    assert 0 == charging.left(connection, ceilings(hour=1), PAYER, "phones", NOW_MS).hour


def test_a_number_that_is_no_grants_is_said(connection):
    """With what lists those that are."""
    with pytest.raises(InputError, match="no grant"):
        grants.find(connection, 1)


def charged_by(home, connections, change):
    """Let many callers charge through writers of their own, and sum up what was granted."""
    writers = [Writer(schema.connect(home)) for _ in range(connections)]
    futures: list[Future] = [writer.submit(change) for writer in writers for _ in range(16)]
    granted = 0
    for future in futures:
        with contextlib.suppress(SpentError):
            granted += future.result(30)
    for writer in writers:
        writer.close()
    return granted


def test_a_grant_is_exact_under_64_askers(home, connection):
    """Four processes' worth of writers and 64 askers get 10 of the quota, 99 of the grant."""
    give(connection, GRANT)

    def exact(connection: sqlite3.Connection) -> int:
        charging.charge(connection, ceilings(10), PAYER, "phones", elements=3, now_ms=NOW_MS)
        return 3

    assert 9 + 99 == charged_by(home, 4, exact)
    assert 99 == used_of(connection)


def test_reading_before_writing_would_pay_too_much(home, connection):
    """The known-bad twin: a look at the grant before it pays is no ceiling."""
    give(connection, replace(GRANT, elements=10**6))
    looked = {}

    def naive(connection: sqlite3.Connection) -> int:
        # What another asker was granted since the look is not seen.
        left = looked.setdefault("left", 100 - used_of(connection))
        if left < 3:
            return 0
        grants.charge(connection, PAYER, "phones", 3, NOW_MS)
        return 3

    assert charged_by(home, 4, naive) > 100


class Charging(RuleBasedStateMachine):
    """Quota and grants against a model that adds up in plain Python."""

    HOUR = 40
    agencies = st.sampled_from(["TH/cyber-police", "TH/aml-office"])
    cases = st.sampled_from(["case-1", "case-2"])
    datasets = st.sampled_from(["phones", "accounts"])

    @initialize()
    def begin(self):
        """Make the tables of a node that a charge needs."""
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        for statement in schema._TABLES:
            self.connection.execute(statement)
        self.limits = ceilings(hour=self.HOUR, nation=70)
        self.now_ms = NOW_MS
        self.grants = {}
        self.ordinary = {}

    def teardown(self):
        """Close the database."""
        self.connection.close()

    @rule(
        agency=agencies, case=st.sampled_from(["", "case-1", "case-2"]), dataset=datasets,
        elements=st.integers(1, 60), minutes=st.integers(1, 90),
    )  # fmt: skip
    def grant(self, agency, case, dataset, elements, minutes):
        """Grant something."""
        number = len(self.grants)
        given = grants.Grant(
            number, bytes(32), agency, dataset, case, elements,
            self.now_ms + 60_000 * minutes, self.now_ms, state=grants.APPROVED,
        )  # fmt: skip
        give(self.connection, given)
        self.grants[number] = given

    @precondition(lambda self: self.grants)
    @rule(data=st.data())
    def revoke(self, data):
        """Revoke something."""
        number = data.draw(st.sampled_from(sorted(self.grants)))
        grants.put(self.connection, number, grants.REVOKED)
        self.grants[number] = replace(self.grants[number], state=grants.REVOKED)

    @rule(minutes=st.integers(1, 40))
    def wait(self, minutes):
        """Let time pass."""
        self.now_ms += 60_000 * minutes

    @rule(agency=agencies, case=cases, dataset=datasets, elements=st.sampled_from([1, 4, 16]))
    def ask(self, agency, case, dataset, elements):
        """Ask: the quota pays, or the first grant with room, or nobody."""
        payer = Payer(agency, "TH", case)
        paid = ask(
            self.connection, elements, limits=self.limits, payer=payer, dataset=dataset,
            now_ms=self.now_ms,
        )  # fmt: skip
        hour = self.now_ms // HOUR_MS
        own = self.ordinary.get((hour, agency), 0)
        nation = sum(n for (at, _), n in self.ordinary.items() if at == hour)
        if own + elements <= self.HOUR and nation + elements <= 70:
            assert paid is None
            self.ordinary[hour, agency] = own + elements
            return
        fitting = [
            one
            for one in self.grants.values()
            if one.holds_at(self.now_ms)
            and (one.agency, one.dataset) == (agency, dataset)
            and one.pseudonym in {"", case}
            and one.used + elements <= one.elements
        ]
        if not fitting:
            assert "spent" == paid
            return
        first = min(fitting, key=lambda one: (one.until_ms, one.number))
        assert first.number == paid
        self.grants[paid] = replace(first, used=first.used + elements)

    @invariant()
    def books_agree(self):
        """What the database has is what the model has, and never more than was granted."""
        for number, grant in getattr(self, "grants", {}).items():
            found = grants.find(self.connection, number)
            assert grant.used == found.used <= found.elements


Charging.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestCharging = Charging.TestCase

"""The sum of several logs' statistics: true, and no narrower than what each of them prints."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedquery.audit import joint_statistics
from fedquery.audit.adding_up import require_adds_up
from fedquery.audit.joint_statistics import NOTHING, Bounds, join
from fedquery.audit.statistics import LogBehind, Statistics, title_of
from fedquery.audit.suppression import Hidden
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import OUTCOME, Population, Tally
from fedquery.errors import EncodingError, InputError

OUTCOMES = ("hit", "reference", "refused")
NATIONS = ("TH", "VN", "LA")
EVENT = st.tuples(
    st.sampled_from(OUTCOMES),
    st.sampled_from(("KH/police", "KH/fiu", "MM/police")),
    st.sampled_from(("policy-denied", "quota")),
)
# Each event is drawn once and counted so many times: numbers on both sides of what is hidden.
EVENTS = st.lists(st.tuples(EVENT, st.integers(1, 14)), max_size=7)


def statistics(party, events):
    """Count the questions of a node, and write what may be printed."""
    tally = Tally("questions", ("asker",), (("reason", "refused"),))
    for (outcome, agency, reason), times in events:
        for _ in range(times):
            tally.add(outcome, {"asker": (agency[:2], agency)}, {"reason": (reason,)})
    log = LogBehind(f"fedquery.log/mekong/{party}", 1000, bytes(32).hex())
    return Statistics("node", party, "2026-10", log, (tally.tabulated(),))


def expanded(events):
    """List every single event."""
    return [event for event, times in events for _ in range(times)]


def within(bounds, value):
    """Tell whether a number is what is known of it."""
    return bounds.low <= value and (bounds.high is None or value <= bounds.high)


def untrue(joint, events):
    """List the sums of a joint table that are not so."""
    (population,) = joint.populations
    found = [] if within(population.total, len(events)) else ["total"]
    for table in population.tables:
        for row in table.rows:
            those = [one for one in events if belongs(one, table.name, row.name)]
            if not within(row.total, len(those)):
                found.append((table.name, row.name))
            for column, cell in zip(table.columns, row.cells, strict=True):
                if not within(cell, sum(one[0] == column for one in those)):
                    found.append((table.name, row.name, column))
        for column, cell in zip(table.columns, table.sums, strict=True):
            if not within(cell, sum(one[0] == column for one in events)):
                found.append((table.name, column))
    return found


def belongs(event, table, name):
    """Tell whether an event is counted in a row."""
    outcome, agency, reason = event
    if table == "reason":
        return outcome == "refused" and reason == name
    return name in ({outcome} if table == OUTCOME else {agency, agency[:2]})


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=3))
def test_a_sum_is_between_its_bounds(drawn):
    """For every row and column, whatever is hidden, withheld or folded in which log."""
    joint = join([statistics(n, e) for n, e in zip(NATIONS, drawn, strict=False)], NATIONS)
    assert [] == untrue(joint, [one for events in drawn for one in expanded(events)])


def only_printed(cell):
    """Take a hidden number for 0: what a sum of the printed ones does."""
    return Bounds(0, 0) if not isinstance(cell, int) else Bounds(cell, cell)


def test_a_sum_that_forgets_what_is_hidden_is_found(monkeypatch):
    """The property above can fail."""
    events = [(("hit", "KH/police", "quota"), 12), (("refused", "KH/fiu", "quota"), 3)]
    found = [statistics("TH", events)]
    assert [] == untrue(join(found, NATIONS), expanded(events))
    monkeypatch.setattr(joint_statistics.Bounds, "of", only_printed)
    assert [] != untrue(join(found, NATIONS), expanded(events))


@settings(max_examples=100, deadline=None)
@given(st.lists(EVENTS, min_size=2, max_size=3))
def test_a_hidden_number_stays_hidden_in_the_sum(drawn):
    """What a sum says of a row is the sum of what the notes say of it, and no narrower."""
    found = [statistics(n, e) for n, e in zip(NATIONS, drawn, strict=False)]
    (population,) = join(found, NATIONS).populations
    for table in population.tables:
        for row in table.rows:
            for one in found:
                printed = one.populations[0].table(table.name)
                rows = printed.rows if printed else ()
                cells = [r.total for r in rows if (r.within, r.name) == (row.within, row.name)]
                if cells == [Hidden.FEW]:
                    assert row.total.high is None or row.total.high - row.total.low >= 3
                if cells == [Hidden.MORE]:
                    assert row.total.high is None


def test_exact_numbers_add_up_exactly():
    """Three logs without small numbers: every sum is one number."""
    events = [((outcome, "KH/police", "quota"), 9) for outcome in OUTCOMES]
    (population,) = join([statistics(n, events) for n in NATIONS], NATIONS).populations
    assert Bounds(81, 81) == population.total
    assert {"quota": Bounds(27, 27)} == {row.name: row.total for row in population.tables[-1].rows}
    (asker,) = [table for table in population.tables if table.name == "asker"]
    assert [("KH", "", (Bounds(27, 27),) * 3), ("KH/police", "KH", (Bounds(27, 27),) * 3)] == [
        (row.name, row.within, row.cells) for row in asker.rows
    ]


def test_the_sum_says_which_nations_are_missing():
    """Those of the member list of which there is no note; and it names each log behind it."""
    joint = join([statistics("TH", []), statistics("LA", [])], NATIONS)
    assert ("VN",) == joint.missing
    assert ["LA", "TH"] == [party for party, _ in joint.logs]
    assert ["fedquery.log/mekong/LA", "fedquery.log/mekong/TH"] == [
        log.origin for _, log in joint.logs
    ]


def test_what_a_log_does_not_tell_is_unknown_in_the_sum():
    """A number that is not told may be anything; one of nothing is nothing."""
    log = LogBehind("fedquery.log/mekong/TH", 1, bytes(32).hex())
    one = Statistics("node", "TH", "2026-10", log, (Population("break-glass", None),))
    two = replace(one, party="VN", populations=(Population("break-glass", 7),))
    assert Bounds(7, None) == join([one, two], NATIONS).populations[0].total
    assert NOTHING == Bounds.of(0)


@given(EVENTS)
def test_a_note_says_what_was_printed_and_reads_back(events):
    """The text has one form, with no number in it that is not printed."""
    said = statistics("TH", events)
    body = said.render()
    assert said == Statistics.parse(body)
    assert ("node", "TH", "2026-10") == title_of(body)


BODY = statistics(
    "TH", [(("hit", "KH/police", "quota"), 30), (("refused", "KH/fiu", ""), 2)]
).render()


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_what_is_printed_of_a_log_adds_up(events):
    """Whatever is hidden, withheld or told together, an honest note is never refused."""
    require_adds_up(statistics("TH", events))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"total":32', b'"total":31'),
        (b'"total":32', b'"total":9007199254740991'),
        (b'"name":"hit","total":"5+"', b'"name":"hit","total":33'),
        (b'"name":"KH/police","total":"5+"', b'"name":"KH/police","total":27'),
        (b'"name":"KH"', b'"name":"LA"'),
        (b'"name":"reason"', b'"name":"outcome"'),
    ],
)
def test_numbers_that_do_not_add_up_are_found(old, new):
    """A part above its sum, sums above their parts, members of no group, a table twice."""
    assert old in BODY
    with pytest.raises(EncodingError, match="add up"):
        require_adds_up(Statistics.parse(BODY.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("row", "sums"),
    [
        (Row("KH", "", 30, (10, 19)), (10, 20)),
        (Row("KH", "", 30, (10, 20)), (10, 21)),
        (Row("KH", "", 30, (10, Hidden.FEW)), (10, 20)),
        (Row("KH", "", Hidden.FEW, (5, 5)), (5, 5)),
    ],
)
def test_cells_that_do_not_add_up_are_found(row, sums):
    """To their row, and to their column."""
    population = Population("questions", 30, (Table("purpose", ("hit", "no"), sums, (row,)),))
    with pytest.raises(EncodingError, match="add up"):
        require_adds_up(replace(statistics("TH", []), populations=(population,)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"<5"', b"2"),
        (b'"5+"', b'"6+"'),
        (b'"total":32', b'"total":-1'),
        (b'"total":32', b'"total":32.0'),
        (b'"total":32', b'"total":true'),
        (b'"size":1000', b'"size":1000,"more":1'),
        (b'"withheld":false', b'"withheld":0'),
        (b"statistics/v1", b"statistics/v2"),
        (b"v1 node", b"v1 witness"),
        (b"2026-10", b"2026-13"),
        (b'"KH"', b'"K\\u001bH"'),
        (b'"cells":[]', b'"cells":[1,2,3,4,5,6,7]'),
        (b"}\n", b"}"),
        (b"\n{", b"\n {"),
    ],
)
def test_a_malformed_text_is_refused(old, new):
    """Small numbers, other signs, other types, other keys, control characters, other spelling."""
    assert old in BODY
    with pytest.raises(EncodingError, match="malformed"):
        Statistics.parse(BODY.replace(old, new))


@pytest.mark.parametrize("cut", range(0, len(BODY), 37))
def test_a_cut_text_is_refused(cut):
    """At any place."""
    with pytest.raises(EncodingError, match="malformed"):
        Statistics.parse(BODY[:cut])


def test_statistics_without_a_month_are_no_note():
    """Figures of two times whose difference is a few entries would tell of those."""
    with pytest.raises(InputError, match="month"):
        replace(statistics("TH", []), month="").render()

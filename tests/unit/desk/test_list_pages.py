"""What the pages of lists say: costs, progress, results and states, as functions of values."""

import json
from dataclasses import replace

import pytest
from unit.desk.conftest import FACTS, MEMBER, NOW_MS, OWNER, SUPERVISOR
from unit.desk.voices import ENGLISH

from fedquery.ask.allowance import Allowance, Exceeded, Window
from fedquery.ask.lists.lines import REASONS, Lines
from fedquery.ask.outcome import Outcome
from fedquery.ask.screening.values import (
    Cost,
    DatasetCost,
    NationCost,
    NationProgress,
    NationSummary,
    Progress,
    Row,
    Summary,
)
from fedquery.desk.kept_case import KeptCase
from fedquery.desk.kept_list import KeptList, NewList, Verdict
from fedquery.desk.list_complaints import of_reason, unread_of
from fedquery.desk.list_cost import costs_of, is_hopeless, renews_in_s, size_text
from fedquery.desk.list_oversight import officers_of
from fedquery.desk.list_progress import Pace, json_line, lines_of, share_of, whole_share
from fedquery.desk.list_results import Page, hit_lines, summary_lines
from fedquery.desk.list_view import STATES, Found, list_view
from fedquery.identifiers import parse
from fedquery.identifiers.reasons import Reason

PHONE = parse("phone", "+84855501990").identifier


def cost(nation="VN", **more):
    """Give the cost at a nation."""
    dataset = DatasetCost(
        dataset="phones",
        kind="phone",
        version=3,
        forms=500,
        kept=more.pop("kept", 0),
        classes=((512, 2),),
        whole_view=more.pop("whole_view", False),
        octets_up=900,
        octets_down=1_200_000,
        bits_told=77,
    )
    return NationCost(nation=nation, datasets=(dataset,), **more)


def test_what_a_list_costs_is_told_with_its_quota_and_when_it_renews():
    """Elements, octets, bits, what is left, grants, and by how much it does not fit."""
    allowance = Allowance((Window("day", 600, 5),), (("phones", 50),))
    exceeded = (Exceeded("day", 1_024, 600, NOW_MS + 1_500),)
    found = Cost(
        identifiers=500,
        distinct=500,
        nations=(cost(allowance=allowance, exceeded=exceeded, kept=7, whole_view=True),),
    )
    (line,) = costs_of(found, ENGLISH)
    assert ("1,024", "1,201 kB", "77") == (line.elements, line.octets, line.bits)
    assert ("600 left today; renews [5]", "50 of grants") == line.left
    assert (f"It needs 1,024, and there are 600. renews [{NOW_MS + 1_500}]",) == line.too_much
    assert "7 answered before, and not asked again" == line.remarks[0]
    assert 2 == renews_in_s(found, NOW_MS)
    assert not is_hopeless(found)


def test_a_nation_that_cannot_be_asked_says_why():
    """And where none can, that is said of the list."""
    found = Cost(identifiers=1, distinct=1, nations=(NationCost(nation="VN", why="node-down"),))
    (line,) = costs_of(found, ENGLISH)
    assert ((), "Its node does not answer.") == (line.left, line.remarks[0])
    assert not line.is_reachable
    assert is_hopeless(found)


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 B"), (9_999, "9,999 B"), (10_000, "10 kB"), (96_400, "96 kB"), (10**10, "10 GB")],
)
def test_a_size_has_few_digits(octets, said):
    """Whatever its unit."""
    assert said == size_text(octets, ENGLISH)


def progress(**changes):
    """Say how far VN is."""
    fields = {"nation": "VN", "forms": 1_000, "answered": 600, "hits": 3, "elements": 512}
    return Progress(job_id="1" * 16, nations=(NationProgress(**{**fields, **changes}),))


def told(now_ms=11_000, pace=None, **changes):
    """Say it in words."""
    found = lines_of(progress(**changes), pace or Pace(1_000, {"VN": 100}), now_ms, ENGLISH)
    return found[0].told


def test_rate_and_time_left_are_of_this_run():
    """What was answered before it makes it no faster."""
    assert "50 a second, less than a minute left" == told()
    assert "5 a second, about 2 min left" == told(now_ms=101_000)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"now_ms": 1_999}, ""),
        ({"answered": 100}, ""),
        ({"pace": Pace()}, ""),
        ({"answered": 1_000}, "all answered"),
        ({"why": "policy-denied"}, "Its policy does not permit it."),
        ({"waiting_until_ms": 99_000}, "it waits until [99000]"),
    ],
)
def test_where_nobody_can_tell_the_time_left_none_is_told(changes, said):
    """Not in the first second, not before an answer, and not where nothing is asked."""
    assert said == told(**changes)


def test_a_share_is_whole_only_at_the_end():
    """And of nothing it is none."""
    assert [0, 0, 99, 100] == [share_of(0, 0), share_of(0, 5), share_of(999, 1000), share_of(5, 5)]
    assert 60 == whole_share(progress())


def test_a_line_for_the_script_has_numbers_and_words():
    """One JSON object."""
    (line,) = lines_of(progress(), Pace(), 0, ENGLISH)
    found = json.loads(json_line(line))
    assert {"type": "nation", "nation": "VN", "answered": "600", "of": "1,000"}.items() <= (
        found.items()
    )


def outcome(nation, word, **more):
    """Give what a dataset said."""
    return Outcome(place=0, nation=nation, dataset="phones", kind="phone", word=word, **more)


def test_a_hit_is_a_lead_at_each_nation_that_has_it():
    """A possible one is told apart, and what others said is not in its line."""
    outcomes = (outcome("VN", "hit"), outcome("KH", "hit", weak=True), outcome("LA", "no hit"))
    row = Row(place=1, identifier=PHONE, outcomes=outcomes)
    lines = Lines()
    lines.places.extend([2, 7])
    (found,) = hit_lines([row], lines, ENGLISH)
    assert ("7", "phone number", "+84855501990") == (found.line, found.kind, found.text)
    assert {("hit", "Viet Nam"), ("possible", "Cambodia")} == {
        (shape, name) for shape, _, name in found.said
    }
    assert "A lead, not evidence" in found.lead
    assert "Viet Nam" in found.lead
    assert "" == hit_lines([row], None, ENGLISH)[0].line


def test_words_are_counted_by_nation_and_possible_hits_apart():
    """An alarm is said before all."""
    nation = NationSummary(nation="VN", words={"hit": 5, "no hit": 7}, weak=2, alarm=True)
    summary = Summary(job_id="1" * 16, identifiers=12, distinct=12, nations=(nation,))
    (line,) = summary_lines(summary, ENGLISH)
    assert [("hit", "3"), ("possible", "2"), ("no-hit", "7")] == [
        (one.shape, one.number) for one in line.counts
    ]
    assert "Viet Nam" in line.alarm


@pytest.mark.parametrize("wanted", ["", "0", "-1", "4", "x", "²"])
def test_a_page_that_is_not_there_is_the_first(wanted):
    """Whatever an address says."""
    assert Page(1, 3, 0) == Page.of(wanted, 101)


def test_pages_cover_everything_once():
    """And each leads to its neighbours."""
    assert [(0, 0, 2), (50, 1, 3), (100, 2, 0)] == [
        (page.first, page.newer, page.older)
        for page in (Page.of(str(number), 101) for number in (1, 2, 3))
    ]
    assert Page(1, 1, 0) == Page.of("", 0)


def new(**changes):
    """Say what is to be asked."""
    fields = {
        "list_id": "1" * 16,
        "case_id": "2" * 16,
        "account_id": OWNER.account_id,
        "facts": FACTS,
        "nations": ("VN",),
        "places": 41,
        "distinct": 40,
        "unread": 0,
        "kinds": (("phone", 41),),
        "digest": bytes(32),
    }
    return NewList(**{**fields, **changes})


def view(state, reader=OWNER, found=None, *, asked_ms=0, why="", case_state="open", **changes):
    """Lay out the page of a list."""
    kept = KeptList(new=new(**changes), begun_ms=1, state=state, asked_ms=asked_ms, why=why)
    case = KeptCase(
        case_id="2" * 16,
        number="1",
        title="",
        owner=OWNER.account_id,
        members=(OWNER.account_id, MEMBER.account_id),
        state=case_state,
        begun_ms=1,
        last_ms=1,
        facts=None,
    )
    found = found or Found(approval=None, review=None, is_long=False)
    return list_view(kept, case, reader, found, ENGLISH)


@pytest.mark.parametrize("state", STATES)
def test_only_what_was_never_asked_can_be_discarded_by_who_made_it(state):
    """What was asked is erased when its time is over."""
    unasked = state in {"ready", "waiting", "approved", "declined"}
    assert unasked == view(state).may_discard
    assert not view(state, SUPERVISOR).may_discard


@pytest.mark.parametrize("state", STATES)
def test_what_was_asked_is_not_discarded_and_no_page_says_that_it_was_not(state):
    """Also where what is left of it waits for a decision, was approved or was declined."""
    shown = view(state, asked_ms=5)
    assert not shown.may_discard
    assert shown.was_asked
    assert not [one for one in shown.notices if "Nothing was asked" in one]
    assert "not asked" not in shown.word or state == "ready"


LONG = Found(approval=None, review=None, is_long=True)
YES = Verdict(account_id=SUPERVISOR.account_id, at_ms=1, finding="approved", reason="x")


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_word(state):
    """That of the table."""
    assert view(state).word == STATES[state]


@pytest.mark.parametrize(
    ("state", "found", "may_ask", "needs_approval"),
    [
        ("ready", None, True, False),
        ("ready", LONG, True, True),
        ("waiting", LONG, False, True),
        ("approved", replace(LONG, approval=YES), True, False),
        ("approved", replace(LONG, approval=YES, has_lapsed=True), False, True),
        ("declined", LONG, False, True),
        ("asking", None, False, False),
        ("stopped", None, True, False),
        ("stopped", LONG, False, True),
        ("stopped", replace(LONG, approval=YES), True, False),
        ("ended", None, True, False),
    ],
)
def test_who_made_a_list_asks_it_where_nothing_is_in_the_way(state, found, may_ask, needs_approval):
    """Nobody else does, nor in a closed case."""
    shown = view(state, found=found)
    assert (may_ask, needs_approval) == (shown.may_ask, shown.needs_approval)
    for other in (MEMBER, SUPERVISOR):
        assert not view(state, other, found=found).may_ask
        assert not view(state, other, found=found).may_stop
    assert not view(state, found=found, case_state="closed").may_ask


@pytest.mark.parametrize("state", ["stopped", "ended", "approved"])
def test_what_is_left_after_a_day_is_asked_for_again(state):
    """By its officer, who is told that it needs another decision."""
    over = replace(LONG, approval=YES, has_lapsed=True)
    shown = view(state, found=over, asked_ms=5)
    assert (True, True) == (shown.may_ask, shown.needs_approval)
    said = "The approval is older than a day." in shown.notices
    assert said == (state != "ended")


def test_a_second_person_decides_and_reviews():
    """Never the one who made it."""
    assert view("waiting", SUPERVISOR, LONG).may_approve
    assert not view("waiting", OWNER, LONG).may_approve
    urgent = {"facts": replace(FACTS, purpose="threat to life")}
    assert view("ended", SUPERVISOR, asked_ms=1, **urgent).may_review
    assert not view("ended", OWNER, asked_ms=1, **urgent).may_review
    assert not view("ready", SUPERVISOR, **urgent).may_review


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("interrupted", "It was interrupted when the desk stopped."),
        ("by-officer", "It was stopped."),
        ("coordinator-down", "No coordinator carried the question."),
        ("never heard of", "It gave no answer."),
    ],
)
def test_why_a_list_stopped_is_said_in_words(why, said):
    """With what going on costs: nothing is counted twice."""
    notices = " ".join(view("stopped", asked_ms=1, why=why).notices)
    assert said in notices
    assert "not asked or counted again" in notices


@pytest.mark.parametrize("reason", [*REASONS.values(), *Reason])
def test_every_reason_why_a_line_is_not_read_has_a_sentence_of_the_desk(reason):
    """None is told in the words of the command line."""
    assert of_reason(reason) != reason


def test_lines_that_cannot_be_read_are_named_by_number():
    """The most frequent reason first, the first twenty by number."""
    lines = Lines()
    for line in range(30):
        lines.refuse(line, REASONS["empty"])
    lines.refuse(99, "it may be a passport or an account; begin the line with `passport:`")
    first, second = unread_of(lines, ENGLISH)
    assert (30, True) == (first.count, first.has_more)
    assert first.named.endswith(", 19")
    assert ("99", False) == (second.named, second.has_more)
    assert "It may be several things." in second.what


def test_supervisors_see_who_asked_how_much_by_lists():
    """Those who asked about most come first; an account that is gone is told as such."""
    kept = KeptList(new=new(), begun_ms=1, state="ended", asked_ms=2, why="")
    other = replace(kept, new=new(account_id="9" * 16, distinct=70))
    found = officers_of([kept, kept, other], {OWNER.account_id: "One"}, ENGLISH)
    assert [("One", "2", "80", "40", "1")] == [
        (one.name, one.lists, one.identifiers, one.largest, one.cases) for one in found[:1]
    ]
    assert "an account that is gone" == found[1].name

"""What is counted: each entry once, in the month in which it was asked, under the right words."""

from dataclasses import astuple, replace

import pytest
from support.audit_entries import (
    NOW,
    OCTOBER,
    asked,
    concluded,
    question,
    refusal,
    relay,
    relayed,
    review,
    situation,
)

from fedquery.audit.asker_figures import AskerFigures
from fedquery.audit.grants import GrantEntry, GrantingEntry
from fedquery.audit.month import Month
from fedquery.audit.node_figures import NodeFigures
from fedquery.audit.relay_figures import RelayFigures
from fedquery.audit.suppression import Hidden
from fedquery.audit.tally import OUTCOME
from fedquery.errors import InputError
from fedquery.policy.vocabulary import BREAK_GLASS

REFUSAL = refusal()


def counted(figures, entries):
    """Count entries; give the populations by name."""
    for index, entry in enumerate(entries):
        figures.add(index, entry)
    return {population.name: population for population in figures.populations()}


def node(*entries, month=OCTOBER):
    """Count the entries of a node's log."""
    return counted(NodeFigures(month, BREAK_GLASS), entries)


def told(population, name):
    """Read the totals of a table."""
    return {row.name: row.total for row in population.table(name).rows}


def test_questions_are_counted_by_outcome_and_by_all_that_they_are_told_apart_by():
    """Levels, askers, purposes, datasets and sizes; reasons and rules of what was refused."""
    entries = [question()] * 20 + [question("trafficking", agency="LA/police", size_class=16)] * 8
    entries += [question(dataset="accounts", granted_level="reference")] * 7
    entries += [replace(REFUSAL, policies=("VN-09", "VN-10"))] * 6
    entries += [replace(REFUSAL, reason="quota", policies=(), situation=b"")] * 5
    questions = node(*entries)["questions"]
    assert 46 == questions.total
    assert {"hit": 28, "reference": 7, "refused": 11} == told(questions, OUTCOME)
    assert {"TH": 38, "TH/cyber-police": 38, "LA": 8, "LA/police": 8} == told(questions, "asker")
    assert {"fraud": 33, "trafficking": 8, "not looked at": 5} == told(questions, "purpose")
    assert {"phones": 39, "accounts": 7} == told(questions, "dataset")
    assert {"4": 38, "16": 8} == told(questions, "size")
    assert {"policy-denied": 6, "quota": 5} == told(questions, "reason")
    assert {"VN-09": 6, "VN-10": 6, "no rule": 5} == told(questions, "rule")
    rows = {row.name: row.cells for row in questions.table("purpose").rows}
    assert ("hit", "reference", "refused") == questions.table("purpose").columns
    assert (8, 0, 0) == rows["trafficking"]
    assert (0, 0, 5) == rows["not looked at"]


def grant(**other):
    """Make the entry of a grant that was proposed."""
    values = {"nation": "VN", "agency": "TH/fiu", "dataset": "phones", "elements": 1000}
    return GrantEntry(**{**values, "until_ms": NOW, "at_ms": NOW, "retain_until_ms": NOW, **other})


def acted(index, act):
    """Make the entry of what became of the grant at a place of the log."""
    return GrantingEntry(nation="VN", index=index, act=act, at_ms=NOW, leaf_hash=bytes(32))


def test_grants_are_counted_by_what_became_of_them():
    """In the month in which they were proposed, by the newest that is known of each."""
    entries = [grant()] * 13 + [grant(agency="LA/police", dataset="accounts")] * 5
    entries += [grant(at_ms=OCTOBER.end_ms)] * 9
    entries += [acted(index, "approved") for index in range(13)]
    entries += [acted(index, "revoked") for index in range(6)]
    found = node(*entries)
    assert 18 == found["grants"].total
    assert {"approved": 7, "revoked": 6, "proposed": 5} == told(found["grants"], OUTCOME)
    assert {"TH": 13, "TH/fiu": 13, "LA": 5, "LA/police": 5} == told(found["grants"], "asker")
    assert {"phones": 13, "accounts": 5} == told(found["grants"], "dataset")
    assert 18_000 == found["granted"].total
    assert () == found["granted"].tables


@pytest.mark.parametrize(("count", "elements"), [(0, 0), (1, None), (4, None), (5, 5_000)])
def test_elements_of_a_few_grants_are_not_told(count, elements):
    """Of how many there are nobody learns more than that they are from one to four."""
    found = node(*[grant()] * count)
    assert (Hidden.FEW if 0 < count < 5 else count) == found["grants"].total
    assert elements == found["granted"].total


def test_claims_and_faults_are_no_questions():
    """A fault stands beside the first entry of its question: it would be counted twice."""
    claim = question(type="claim", size_class=1, granted_level="summary")
    denied = replace(claim, granted_level="", reason="policy-denied")
    fault = replace(question(), type="fault", granted_level="", reason="bad-point")
    found = node(*[question()] * 5, *[claim] * 6, *[denied] * 5, *[fault] * 9)
    assert (5, 11, 9) == tuple(found[one].total for one in ("questions", "claims", "faults"))
    assert {"summary": 6, "refused": 5} == told(found["claims"], OUTCOME)
    assert {"bad-point": 9} == told(found["faults"], OUTCOME)
    assert found["claims"].table("size") is None


@pytest.mark.parametrize(
    ("at_ms", "is_counted"),
    [
        (OCTOBER.begin_ms - 1, False),
        (OCTOBER.begin_ms, True),
        (OCTOBER.end_ms - 1, True),
        (OCTOBER.end_ms, False),
    ],
)
def test_a_month_begins_and_ends_in_utc(at_ms, is_counted):
    """To the millisecond; without a month everything is counted."""
    entries = [question(received_ms=at_ms)] * 5
    assert (5 if is_counted else 0) == node(*entries)["questions"].total
    assert 5 == node(*entries, month=None)["questions"].total


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-1", "1969-12", "9999-01", "2026-10-01", "٢٠٢٦-10"]
)
def test_what_is_no_month_is_refused(text):
    """One form, and the years that times have."""
    with pytest.raises(InputError, match="not a month"):
        Month.parse(text)


def test_december_ends_with_the_year():
    """The month after it is of the next year."""
    assert Month.parse("2027-01").begin_ms == Month.parse("2026-12").end_ms
    assert 31 * 86_400_000 == OCTOBER.end_ms - OCTOBER.begin_ms


def test_reviews_are_counted_with_the_answers_that_they_are_of():
    """Answers of the month, signed off whenever; a review of another answer counts nothing."""
    urgent = [question(BREAK_GLASS)] * 12
    others = [question(BREAK_GLASS, received_ms=OCTOBER.end_ms)] * 5
    entries = [*urgent, *others, *map(review, range(7)), *map(review, range(12, 17))]
    reviews = node(*entries)["break-glass"]
    assert (12, {"signed off": 7, "open": 5}) == (reviews.total, told(reviews, "review"))


def test_break_glass_answers_are_not_told_where_their_number_would_give_others_away():
    """Their number and what was refused are the row of their purpose: both, or neither."""
    urgent = [question(BREAK_GLASS)] * 12
    refused = replace(REFUSAL, situation=situation(BREAK_GLASS))
    found = node(*[question()] * 30, *[REFUSAL] * 9, *urgent, *[refused] * 2)
    (row,) = [r for r in found["questions"].table("purpose").rows if r.name == BREAK_GLASS]
    assert (14, (Hidden.MORE, Hidden.FEW)) == (row.total, row.cells)
    assert None is found["break-glass"].total
    assert () == found["break-glass"].tables
    # Six refusals are printed, and so is the rest of the row.
    found = node(*[question()] * 30, *[REFUSAL] * 9, *urgent, *[refused] * 6)
    assert 12 == found["break-glass"].total


def test_a_node_without_break_glass_answers_says_so():
    """Zero is told, where the purposes are."""
    assert 0 == node(*[question()] * 9)["break-glass"].total
    assert 0 == node()["break-glass"].total


def test_few_things_are_told_as_few_and_not_told_apart():
    """Four questions: not by whom, not what for."""
    questions = node(*[question()] * 4)["questions"]
    assert (Hidden.FEW, ()) == (questions.total, questions.tables)
    questions = node()["questions"]
    assert (0, ()) == (questions.total, questions.tables)


def test_reasons_are_not_told_where_the_number_of_refusals_is_hidden():
    """They would add up to it."""
    questions = node(*[question()] * 30, *[REFUSAL] * 2)["questions"]
    assert {"hit": Hidden.MORE, "refused": Hidden.FEW} == told(questions, OUTCOME)
    assert questions.table("reason").withheld
    assert questions.table("rule").withheld
    assert not node(*[question()] * 30)["questions"].table("reason").withheld


def test_relays_are_paired_with_what_came_of_them():
    """By digest, in order where the same octets went twice; without a word where nothing stands."""
    one, two, three = bytes(32), bytes([1] * 32), bytes([2] * 32)
    entries = [relay(one), relay(two), relayed(two, "no-answer"), relayed(one)] * 5
    entries += [relay(three)] * 12 + [relayed(three, "late")] * 6
    entries += [relayed(bytes([9] * 32))]
    found = counted(RelayFigures(OCTOBER), entries)["relays"]
    assert 22 == found.total
    assert {"answered": 5, "no-answer": 5, "late": 6, "no word": 6} == told(found, OUTCOME)
    assert {"VN": 22} == told(found, "holder")
    assert {"TH": 22, "TH/cyber-police": 22} == told(found, "asker")


def test_a_relay_counts_in_the_month_in_which_it_was_passed_on():
    """Its outcome may come in the next one; one of the month before is not this month's."""
    before = [relay(bytes(32), received_ms=OCTOBER.begin_ms - 1), relayed(bytes(32), "late")]
    found = counted(
        RelayFigures(OCTOBER), [*before * 5, *[relay(bytes(32)), relayed(bytes(32))] * 6]
    )
    assert {"answered": 6} == told(found["relays"], OUTCOME)


def of_asker(*pairs):
    """Count pairs of a question and what came of it; give the populations and the times."""
    figures = AskerFigures(OCTOBER)
    for number, (question_of, conclusions) in enumerate(pairs):
        digest = number.to_bytes(32, "big")
        for entry in (asked(digest, **question_of), *(concluded(digest, **c) for c in conclusions)):
            figures.add(0, entry)
    questions, claims = figures.populations()
    return questions, claims, figures.times(questions)


def test_an_asker_counts_hits_and_what_came_of_its_questions():
    """A hit is an answer that found one or more; what has no conclusion is told as that."""
    pairs = [({}, [{"hits": 2}])] * 6 + [({}, [{}])] * 9
    pairs += [({"nation": "LA"}, [{"outcome": "refused", "reason": "quota"}])] * 5
    pairs += [({"purpose": "trafficking"}, [{"outcome": "unavailable", "reason": "late"}])] * 7
    pairs += [({"purpose": "trafficking"}, [])] * 5
    pairs += [({"asking": "claim"}, [{"outcome": "released"}])] * 8
    questions, claims, _ = of_asker(*pairs)
    assert {"hit": 6, "no hit": 9, "refused": 5, "unavailable": 7, "not concluded": 5} == told(
        questions, OUTCOME
    )
    assert {"VN": 27, "VN/phones": 27, "LA": 5, "LA/phones": 5} == told(questions, "holder")
    assert {"quota": 5} == told(questions, "reason")
    assert {"late": 7} == told(questions, "reason unavailable")
    assert {"released": 8} == told(claims, OUTCOME)


def test_the_last_conclusion_counts():
    """The same octets, sent again after no answer came, are one question that was answered."""
    again = [{"outcome": "unavailable", "reason": "late"}, {"hits": 1, "after_ms": 9000}]
    questions, _, times = of_asker(*[({}, again)] * 5)
    assert {"hit": 5} == told(questions, OUTCOME)
    assert 9000 == times.median_ms


def test_times_are_those_of_answers_by_nearest_rank():
    """Half of 21 are not above the 11th, 19 of 20 not above the 20th; no answer took no time."""
    pairs = [({}, [{"after_ms": 10 * number}]) for number in range(1, 22)]
    pairs += [({}, [{"outcome": "unavailable", "reason": "late", "after_ms": 99_999}])] * 9
    assert (110, 200) == astuple(of_asker(*pairs)[2])
    assert (30, None) == astuple(of_asker(*pairs[:6])[2])
    assert (None, None) == astuple(of_asker(*pairs[:4])[2])


def test_whether_a_time_is_told_says_nothing_of_hidden_numbers():
    """Six answers, but hidden ones: the printed numbers say no more than that there are two."""
    pairs = [({}, [{"hits": 1}])] * 3 + [({}, [{"outcome": "refused", "reason": "quota"}])] * 3
    pairs += [({}, [{"outcome": "unavailable", "reason": "late"}])] * 20
    questions, _, times = of_asker(*pairs)
    assert [Hidden.FEW, Hidden.FEW] == [
        row.total for row in questions.table(OUTCOME).rows if row.name != "unavailable"
    ]
    assert (None, None) == astuple(times)

"""Differences by effect: what a changed line changes, for whom, in words; planted blind spots."""

import json

import pytest

from fedquery.errors import InputError
from fedquery.policy import boundary, difference, neutral, outcomes, searching
from fedquery.policy.difference import DisagreementError, compare, decide_each
from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used
from fedquery.policy.source import read_source
from fedquery.policy.told import reworded, tell
from fedquery.seal.size import SIZE_CLASSES

NOW_MS = 1_795_496_400_000
DAY_MS = 86_400_000
NATIONS = ("CN", "KH", "LA", "MM", "TH", "VN")

# A literal and its successor: the two files differ at the boundary values and nowhere else.
ONE_LINE = {
    "a number": ("context.case.maximumPenaltyYears >= 4", "context.case.maximumPenaltyYears >= 3"),
    "equality": ("context.case.maximumPenaltyYears != 7", "true"),
    "a counter": ("context.used.rowsShownToday < 100", "context.used.rowsShownToday < 101"),
    "a sum": (
        "context.used.elementsToday + context.elements > 5000",
        "context.used.elementsToday + context.elements > 5001",
    ),
    "a sum, equal": (
        "context.used.elementsToday + context.elements == 5000",
        "false",
    ),
    "a multiple": (
        "context.used.elementsToday * 3 - context.elements > 5000",
        "context.used.elementsToday * 3 - context.elements > 5002",
    ),
    "two lines that cross": (
        (
            "context.used.elementsToday + context.used.elementsThisHour == 5000"
            " && context.used.elementsToday - context.used.elementsThisHour == 100"
        ),
        "false",
    ),
    "a moment": (
        'context.now < datetime("2027-07-01T00:00:00+0700")',
        'context.now <= datetime("2027-07-01T00:00:00+0700")',
    ),
    "an age": (
        'context.now.durationSince(context.case.opened) > duration("90d")',
        'context.now.durationSince(context.case.opened) >= duration("90d")',
    ),
    "a time of day": (
        'context.now.offset(duration("7h")).toTime() < duration("19h")',
        'context.now.offset(duration("7h")).toTime() <= duration("19h")',
    ),
    "a time of day on a day": (
        'context.now < datetime("2020-02-02") && context.now.toTime() == duration("7h")',
        "false",
    ),
    "a day": (
        'context.now.toDate() == datetime("2027-07-01")',
        "false",
    ),
    "days": (
        "context.now.durationSince(context.case.opened).toDays() > 89",
        "context.now.durationSince(context.case.opened).toDays() > 90",
    ),
    "a choice": (
        'context.purpose in [Purpose::"fraud"]',
        'context.purpose in [Purpose::"fraud", Purpose::"trafficking"]',
    ),
    "a set": (
        'context.case.signedBy.containsAll([Role::"judge", Role::"officer"])',
        'context.case.signedBy.containsAny([Role::"judge", Role::"officer"])',
    ),
    "an agency by name": ('principal == Agency::"KH/cyber-police"', "false"),
    "a dataset by name": ('resource == Dataset::"TH/phones"', "false"),
    "a team": ('principal in Team::"Joint Team 2026-07"', "false"),
    "a nation": ('principal in Nation::"LA"', 'principal in [Nation::"LA", Nation::"MM"]'),
    "a text": ('context.case.pseudonym like "KH-*"', "false"),
    "a size": ("context.elements >= 64", "context.elements >= 16"),
    "an error": ("context.used.elementsToday * 9223372036854775807 > 4", "false"),
}


@pytest.fixture
def compared(compiled, rule, schema_text):
    """Compare two conditions of one permit."""

    def compare_conditions(old, new, action='in Action::"up to hit"', **other):
        files = [compiled(rule(when=when, action=action, **other)) for when in (old, new)]
        return files, compare(*files, read_source(schema_text, "policy schema"))

    return compare_conditions


def changes(found, plane="question"):
    """List the changes of a plane, but for other reasons."""
    (one,) = [each for each in found if each.plane.name == plane]
    return [change for change in one.changes if change.kind != "reason"]


@pytest.mark.parametrize("what", sorted(set(ONE_LINE) - {"an error"}))
def test_every_form_of_literal_is_seen_both_ways(what, compared):
    """What one file permits and the other does not is widened one way and narrowed the other."""
    old, new = ONE_LINE[what]
    forth, back = (
        {c.kind for c in changes(compared(*pair)[1])} for pair in ((old, new), (new, old))
    )
    assert forth
    assert back == {{"widened": "narrowed", "narrowed": "widened"}[kind] for kind in forth}


@pytest.mark.parametrize("what", sorted(set(ONE_LINE) - {"an error"}))
def test_an_example_is_a_situation_that_differs(what, compared):
    """Each change comes with one situation, and the whole files say there what the change says."""
    files, found = compared(*ONE_LINE[what])
    for one in found:
        for change in one.changes:
            levels = [next(decide_each(file, one.plane, [change.example])).level for file in files]
            assert [change.before, change.after] == levels


def test_an_erring_rule_is_a_fault_and_shown(compared):
    """A rule that overflows denies in the node, so that taking it away is a change."""
    files, found = compared(*ONE_LINE["an error"])
    plane = found[0]
    faults = {(change.kind, *change.faults) for change in plane.changes}
    assert {("narrowed", False, False), ("reason", True, False)} == faults
    assert files[0].nation == "TH"


@pytest.mark.parametrize("text", [pair[0] for pair in ONE_LINE.values()])
def test_a_file_does_not_differ_from_itself(text, compared):
    """Nor from itself with another comment or clauses the other way round."""
    _, found = compared(f"{text} && resource.sensitive", f"resource.sensitive && {text}")
    assert [] == changes(found)


def _blind_boundary(monkeypatch):
    monkeypatch.setattr(boundary.Solver, "boundary", lambda self, sides, path, at: iter(()))


def _blind_crossing(monkeypatch):
    monkeypatch.setattr(searching, "crossings", lambda pair, path, other: iter(()))


def _blind_names(monkeypatch):
    monkeypatch.setattr(searching.Search, "_named", lambda self, one: iter(()))


def _blind_sets(monkeypatch):
    monkeypatch.setattr(searching, "_subsets", lambda words: iter([frozenset()]))


def _blind_days(monkeypatch):
    monkeypatch.setattr(searching.Search, "_days", lambda self: iter(()))
    monkeypatch.setattr(searching.Search, "_days_of_boundaries", lambda self: iter(()))


def _blind_edge(monkeypatch):
    real = boundary.Solver._solved

    def solved(self, expression, path, goal, at):
        yield from (value + 2 for value in real(self, expression, path, goal, at))

    monkeypatch.setattr(boundary.Solver, "_solved", solved)


@pytest.mark.parametrize(
    ("blind", "what"),
    [
        (_blind_boundary, "a number"),
        (_blind_boundary, "an age"),
        (_blind_crossing, "two lines that cross"),
        (_blind_names, "an agency by name"),
        (_blind_sets, "a set"),
        (_blind_days, "a time of day on a day"),
        (_blind_edge, "a moment"),
    ],
)
def test_a_blind_spot_that_is_planted_is_noticed(blind, what, compared, monkeypatch):
    """These tests can fail: without each part of the search, its literal's change is missed."""
    assert changes(compared(*ONE_LINE[what])[1])
    blind(monkeypatch)
    assert [] == changes(compared(*ONE_LINE[what])[1])


def test_a_comparison_that_joins_facts_wrongly_is_refused(compared, monkeypatch):
    """The engine decides with the whole files too; where the two disagree there is no result."""
    monkeypatch.setattr(outcomes, "_and", lambda left, right: left)
    with pytest.raises(DisagreementError):
        compared("resource.sensitive && context.case.transnational", "false")


def test_where_it_is_too_much_attributes_are_held_and_said(
    compiled, rule, schema_text, monkeypatch
):
    """Where the diagrams grow too large, attributes are held at one value and named."""
    monkeypatch.setattr(difference, "MOST_NAMED", 20)
    monkeypatch.setattr(difference, "MOST_NODES", 20)
    names = ("elementsThisHour", "elementsToday", "elementsThisYear", "rowsShownToday")
    common = "".join(
        rule(
            policy_id=f"TH-{place:02}",
            effect="forbid",
            action='in Action::"any answer"',
            when=f"context.used.{name} > {place}",
        )
        for place, name in enumerate(names, 10)
    )
    old, new = (
        compiled(common + rule(when=when)) for when in ("resource.sensitive", "!resource.sensitive")
    )
    found = compare(old, new, read_source(schema_text, "policy schema"))
    assert any("context.used." in text for text in found[0].not_covered)
    assert {"widened", "narrowed"} == {change.kind for change in changes(found)}


def test_large_files_are_compared_by_level(compared, monkeypatch):
    """Where diagrams that name rules are too large, levels are compared, and that is said."""
    monkeypatch.setattr(difference, "MOST_NAMED", 1)
    _, found = compared(*ONE_LINE["a number"])
    assert [False] * len(found) == [one.reasons for one in found]
    assert () == found[0].not_covered
    (change,) = changes(found)
    assert ("widened", ("",), ("TH-01",)) == (change.kind, change.rules_before, change.rules_after)


def test_texts_are_said_not_to_be_covered(compared):
    """Of free text only what the files name is tried, and that is said."""
    _, found = compared(*ONE_LINE["a text"])
    assert any("pseudonym" in text for text in found[0].not_covered)


def test_the_issue_s_own_example(compiled, schema_text, rule):
    """Agencies of KH may now claim a reference from accounts in fraud signed by a prosecutor."""
    common = rule(policy_id="TH-01")
    fraud = 'context.purpose == Purpose::"fraud" && resource.kind == Kind::"account"'
    new = rule(
        policy_id="TH-02",
        action='in Action::"up to reference"',
        when=f'principal in Nation::"KH" && {fraud}'
        ' && context.case.signedBy.contains(Role::"prosecutor")',
    )
    files = compiled(common), compiled(common + new)
    found = compare(*files, read_source(schema_text, "policy schema"))
    told = [one for plane in found for one in tell(plane, *files) if one.kind == "widened"]
    assert [
        (
            (
                "Agencies of KH may now claim a reference from TH's account datasets;"
                " before: no more than the hit"
            ),
            ("fraud", "signed by a prosecutor"),
            ["TH-02"],
        )
    ] == [(one.sentence, one.where, [r.policy_id for r in one.rules_after]) for one in told]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("a number", ("maximum penalty 3 years",)),
        ("a moment", ("the time exactly 2027-06-30 17:00 UTC",)),
        ("a size", ("elements of the question 16",)),
        ("a counter", ("rows shown today 100",)),
    ],
)
def test_conditions_are_told_in_words(what, told, compared):
    """A range is told by its ends."""
    files, found = compared(*ONE_LINE[what])
    assert told == next(one.where for one in tell(found[0], *files) if one.kind == "widened")


def test_new_words_of_a_rule_are_told(compiled, rule):
    """A title is read by the asker, so a new one is a change, though of no level."""
    old = compiled(rule())
    new = compiled(rule().replace("title of TH-01", "another"))
    assert [("TH-01", "title", "another")] == [
        (one.policy_id, one.what, one.after) for one in reworded(old, new)
    ]


def test_files_of_two_nations_are_not_compared(compiled, rule, schema_text):
    """Nor files of another schema."""
    old, new = compiled(rule()), compiled(rule("VN-01", nation="VN"), "VN")
    with pytest.raises(InputError, match="nations"):
        compare(old, new, read_source(schema_text, "policy schema"))
    with pytest.raises(InputError, match="schema"):
        compare(old, old, read_source(schema_text + b"// later\n", "policy schema"))


def test_planes_hold_all_that_a_situation_has(compiled, rule, schema_text):
    """Every attribute that the node writes can vary, within what a situation may have."""
    _, found = (
        compiled(rule()),
        compare(compiled(rule()), compiled(rule()), read_source(schema_text, "policy schema")),
    )
    question = next(one.plane for one in found if one.plane.name == "question")
    whole = Situation(
        asker=Asker("KH/x", "KH", "fiu", frozenset({"Joint Team 2026-07"})),
        dataset=Dataset("TH", "x", "wallet", sensitive=True),
        case=CaseCard("x", 9, False, 5, frozenset({"judge"})),
        purpose="trafficking",
        person_role="none",
        aim="known",
        elements=64,
        used=Used(*range(10, 10 + len(Used.__slots__))),
        now_ms=NOW_MS + 1,
    )
    written = json.loads(whole.to_context_json())
    point = question.read(written)
    assert written == question.write(point)
    # Nothing of it is neutral, so that nothing was left out.
    assert [] == [
        path for path, value in point.items() if value == question.attributes[path].neutral
    ]
    assert SIZE_CLASSES == neutral.SIZE_CLASSES


QUESTIONS = "context.used.questionsToday"
ON_ONE_DAY = 'context.now.durationSince(datetime("2000-01-01")).toDays() == 9855'
NOBODY = ", ".join(f'Agency::"{nation}/one-that-no-rule-names"' for nation in NATIONS)
HIDDEN = {
    "all but the names that stand for any": ("false", f"!(principal in [{NOBODY}])"),
    "all but the dataset that stands for any": (
        "false",
        '!(resource == Dataset::"TH/one-that-no-rule-names")',
    ),
    "a limit that depends": (
        f'{QUESTIONS} < (if context.aim == Aim::"known" then 100 else 200)',
        f'{QUESTIONS} < (if context.aim == Aim::"known" then 100 else 300)',
    ),
    "a time of day on a day that is a sum": (
        f'{ON_ONE_DAY} && context.now.toTime() < duration("8h")',
        f'{ON_ONE_DAY} && context.now.toTime() < duration("9h")',
    ),
    "an overflow that comes later": (
        f"{QUESTIONS} * 2000000000000 >= 0",
        f"{QUESTIONS} * 1000000000000 >= 0",
    ),
    "all pseudonyms but one": ("false", '!(context.case.pseudonym like "-*")'),
}


@pytest.mark.parametrize("what", sorted(HIDDEN))
def test_a_widening_that_is_hidden_is_found(what, compared):
    """Whoever knows what the search tries cannot write a rule that widens just beside it."""
    assert any(change.kind == "widened" for change in changes(compared(*HIDDEN[what])[1]))


def test_a_name_that_stands_for_any_is_told_as_a_name_where_a_rule_names_it(compared):
    """A rule for one agency is not told as one for its nation, whatever the agency is called."""
    files, found = compared("false", 'principal == Agency::"KH/one-that-no-rule-names"')
    (one,) = [each for each in tell(found[0], *files) if each.kind == "widened"]
    assert "KH/one-that-no-rule-names" in " ".join((one.sentence, *one.where))


@pytest.mark.parametrize(
    "form",
    [
        (
            "context.used.questionsToday + context.used.rowsShownToday == 50"
            " && context.used.rowsShownToday + context.used.elementsToday == 60"
            " && context.used.questionsToday + context.used.elementsToday == {}"
        ),
        ("context.now.toTime() < context.case.opened.toTime() && context.used.questionsToday < {}"),
        "[{}].containsAny([context.used.questionsToday])",
        "[{}] == [context.used.questionsToday]",
        "{{a: context.used.questionsToday}}.a < {}",
        "{{a: context.used.questionsToday}} == {{a: {}}}",
        "context.used.questionsToday * context.used.rowsShownToday == {}",
        "{} == 1 + (if resource.sensitive then context.used.questionsToday else 7)",
    ],
)
def test_a_form_that_cannot_be_solved_is_said_not_to_be_covered(form, compared):
    """A number may stand where no boundary is looked for; then it is not said that all was."""
    _, found = compared(form.format(101), form.format(103))
    assert found[0].not_covered


def test_a_clause_on_the_action_is_asked_of_each_rung(compared):
    """A clause that reads the action holds for its own rung, and for no other."""
    _, found = compared(
        'action == Action::"reference"',
        'action in Action::"any answer"',
        action='in Action::"up to summary"',
    )
    assert [("widened", 1, 2)] == [
        (one.kind, one.before, one.after) for one in changes(found, "claim")
    ]


def test_a_product_is_told_with_its_brackets(compared):
    """`a * (b + c)` and `a * b + c` are different rules, and read differently."""
    sum_ = "(context.elements + context.used.rowsShownToday)"
    files, found = compared("false", f"3 * {sum_} - (4 - context.elements) == 93")
    where = [" ".join(one.where) for one in tell(found[0], *files) if one.kind == "widened"]
    assert "(3 * (elements of the question + rows shown today)) - (4 - elements" in " ".join(where)

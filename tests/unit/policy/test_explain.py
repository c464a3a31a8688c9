"""Sentences are true of what the engine does, or they are the file's own text."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedquery.policy import cedar
from fedquery.policy.choices import choices_for
from fedquery.policy.examine import examine
from fedquery.policy.explain import explain
from fedquery.policy.literals import named_in
from fedquery.policy.points import points, situation_at
from fedquery.policy.source import read_source
from fedquery.policy.vocabulary import HANDLINGS

HEAD = '@id("TH-01")\n@title("title")\n@law("EXAMPLE, Art. 1")\n'


@pytest.fixture(scope="module")
def examined(schema_text):
    """Examine a text; give the source and what was found."""
    schema = read_source(schema_text, "schema")

    def examine_text(text):
        source = read_source(text.encode(), "file")
        found = examine(source, schema, "TH")
        assert () == found.complaints
        return source, found

    return examine_text


@pytest.fixture(scope="module")
def explained(examined):
    """Explain one policy."""

    def explain_text(text):
        (one,) = explain(*examined(text))
        return one

    return explain_text


def policy(clauses, *, group="more than hit", effect="forbid", principal="principal"):
    """Write a policy; as a forbid on claims it may look at everything."""
    scope = f'({principal}, action in Action::"{group}", resource in Nation::"TH")'
    return f"{HEAD}{effect} {scope}\n{clauses};\n"


WORDED = {
    'context.purpose == Purpose::"fraud"': "the purpose is “fraud”",
    'Purpose::"fraud" != context.purpose': "the purpose is not “fraud”",
    'context.purpose in [Purpose::"fraud", Purpose::"trafficking"]': (
        "the purpose is “fraud” or “trafficking”"
    ),
    '!(context.purpose in [Purpose::"fraud", Purpose::"trafficking"])': (
        "the purpose is neither “fraud” nor “trafficking”"
    ),
    '[Sort::"fiu", Sort::"police"].contains(principal.sort)': (
        "the asking agency is a financial intelligence unit or a police agency"
    ),
    'context.personRole == PersonRole::"victim"': "the person looked for is a victim",
    'context.aim == Aim::"identify"': "the aim is to identify an unknown person",
    'context.record.handling != Handling::"open"': "the record's handling code is not “open”",
    'resource.kind == Kind::"phone"': "the dataset's kind of identifier is “phone”",
    "resource.sensitive": "the dataset is sensitive",
    "!resource.sensitive": "the dataset is not sensitive",
    "resource.sensitive == false": "the dataset is not sensitive",
    "true != context.case.transnational": "the case concerns one nation only",
    'principal in Nation::"KH"': "the asking agency is an agency of Cambodia",
    'principal in [Nation::"KH", Nation::"LA", Nation::"VN"]': (
        "the asking agency is an agency of Cambodia, Lao PDR or Vietnam"
    ),
    '!(principal in Team::"Joint Team 2026-07")': (
        "the asking agency is not in the joint team “Joint Team 2026-07”"
    ),
    'principal == Agency::"KH/police"': "the asking agency is KH/police",
    'resource != Dataset::"TH/phones"': "the dataset is not TH/phones",
    'action == Action::"summary"': "what is asked for is a summary",
    'context.case.signedBy.contains(Role::"prosecutor")': "a prosecutor has signed",
    '!context.case.signedBy.contains(Role::"officer")': "no officer has signed",
    'context.case.signedBy.containsAny([Role::"judge", Role::"prosecutor"])': (
        "a judge or a prosecutor has signed"
    ),
    '!context.case.signedBy.containsAny([Role::"judge", Role::"prosecutor"])': (
        "neither a judge nor a prosecutor has signed"
    ),
    'context.case.signedBy.containsAll([Role::"judge", Role::"prosecutor"])': (
        "a judge and a prosecutor have signed"
    ),
    '!context.case.signedBy.containsAll([Role::"judge", Role::"prosecutor"])': (
        "not all of a judge and a prosecutor have signed"
    ),
    "context.case.signedBy.isEmpty()": "nobody has signed",
    "context.case.maximumPenaltyYears >= 4": (
        "the maximum penalty for the offence is at least 4 years"
    ),
    "4 > context.case.maximumPenaltyYears": (
        "the maximum penalty for the offence is less than 4 years"
    ),
    "!(context.elements < 16)": "the number of identifiers in this question is at least 16",
    "!(context.elements <= 16)": "the number of identifiers in this question is more than 16",
    "!(context.elements > 16)": "the number of identifiers in this question is at most 16",
    "!(context.elements >= 16)": "the number of identifiers in this question is less than 16",
    "!(context.elements == 16)": "the number of identifiers in this question is not 16",
    "!(context.elements != 16)": "the number of identifiers in this question is exactly 16",
    "context.used.elementsToday + context.elements > 5000": (
        "the number of identifiers that the agency asked today plus the number of identifiers in"
        " this question is more than 5,000"
    ),
    "(context.elements - 1) * 2 <= -context.used.rowsShownToday": (
        "(the number of identifiers in this question minus 1) times 2 is at most minus the number"
        " of records that were shown to the agency today"
    ),
    "context.elements - (context.used.questionsToday - 1) == 0": (
        "the number of identifiers in this question minus (the number of questions of the agency"
        " that were answered today minus 1) is exactly 0"
    ),
    'context.now < datetime("2027-07-01T00:00:00+0700")': (
        "now is before 1 July 2027, 00:00 UTC+7"
    ),
    'context.case.opened >= datetime("2026-01-01")': (
        "the opening of the case is not before 1 January 2026, 00:00 UTC"
    ),
    'context.now.durationSince(context.case.opened) > duration("90d")': (
        "the time from the opening of the case to now is more than 90 days"
    ),
    'context.now.durationSince(context.case.opened) > duration("-1h30m")': (
        "the time from the opening of the case to now is more than minus 1 hour and 30 minutes"
    ),
    "context.now.durationSince(context.case.opened).toDays() > 90": (
        "the time from the opening of the case to now in whole days is more than 90"
    ),
    'context.now.offset(duration("6h30m")).toTime() >= duration("7h")': (
        "the time of day (UTC+6:30) is not before 07:00"
    ),
    'duration("19h") > context.now.toTime()': "the time of day (UTC) is before 19:00",
    'context.case.opened.toTime() < duration("12h")': (
        "the time of day (UTC) of the opening of the case is before 12:00"
    ),
    'context.case.opened.offset(duration("90d")) < context.now': (
        "(the opening of the case plus 90 days) is before now"
    ),
    'context.now.toDate() == datetime("2026-12-24")': (
        "the beginning of the day (UTC) of now is exactly 24 December 2026, 00:00 UTC"
    ),
    'context.case.pseudonym == "C-1"': "the name that the case has towards the holder is “C-1”",
    'context.case.pseudonym like "C*"': (
        "the name that the case has towards the holder has the form “C*”, where * is anything"
    ),
    "context has record": "a record is being claimed",
    'if resource.sensitive then context.aim == Aim::"known" else context.elements < 2': (
        "where the dataset is sensitive: the aim is to learn more of a known person; and"
        " otherwise: the number of identifiers in this question is less than 2"
    ),
    "resource.sensitive && context.elements < 2 || context.elements > 9": (
        "(the dataset is sensitive and the number of identifiers in this question is less than 2)"
        " or the number of identifiers in this question is more than 9"
    ),
    'context.purpose in [Purpose::"fraud", Purpose::"trafficking"] && resource.sensitive': (
        "(the purpose is “fraud” or “trafficking”) and the dataset is sensitive"
    ),
    "!(resource.sensitive && context.elements < 2)": (
        "the dataset is not sensitive or the number of identifiers in this question is at least 2"
    ),
}


@pytest.mark.parametrize("condition", WORDED)
def test_a_condition_has_words(condition, explained):
    """Each operator that a policy may use is said so."""
    (clause,) = explained(policy(f"when {{ {condition} }}")).clauses
    assert (True, WORDED[condition]) == (clause.worded, clause.text)


UNWORDED = [
    # Of another type, hence never equal: a sentence would hide that.
    'context.purpose == Sort::"fiu"',
    'principal.sort in [Purpose::"fraud"]',
    "context.case.signedBy.containsAny(context.case.signedBy)",
    # A star that is a star, and one that is anything.
    'context.case.pseudonym like "C\\**"',
    'principal has "sort"',
    "{mine: 1}.mine == 1",
    'decimal("1.5").lessThan(decimal("2.0"))',
    'ip("10.0.0.1").isInRange(ip("10.0.0.0/8"))',
    "principal == principal",
    "principal is Agency",
    "[1, 2].contains(context.elements)",
    # What it would print turns the rest of the line around.
    'context.case.pseudonym == "\\u{202e}"',
    'context.case.pseudonym like "\\u{202e}*"',
    '!(principal is Agency in Nation::"KH") && resource.sensitive',
]


@pytest.mark.parametrize("condition", UNWORDED)
def test_a_condition_without_words_is_shown_as_it_is_written(condition, explained):
    """The whole clause is the file's own text, whatever part of it has no words."""
    (clause,) = explained(policy(f"unless {{ {condition} }}")).clauses
    assert not clause.worded
    assert f"this holds: `{condition}`" == clause.text
    assert f"this does not hold: `{condition}`" == clause.contrary


def test_comments_swallow_nothing(explained):
    """On one line, a comment would hide what stands after it."""
    text = policy("when {\n  // never mind\n  principal is Agency // really\n  && true\n}")
    (clause,) = explained(text).clauses
    assert "this holds: `principal is Agency && true`" == clause.text


def test_a_clause_s_text_is_its_own(explained):
    """Words and written text alternate, and each stands at its place."""
    one = explained(
        policy("when { resource.sensitive }\nwhen { principal is Agency }\nunless { true }")
    )
    assert ["the dataset is sensitive", "this holds: `principal is Agency`", "in any case"] == [
        clause.text for clause in one.clauses
    ]


LEADS = {
    ("permit", "up to hit", "principal"): "Any agency may learn a hit from Thailand.",
    ("permit", "up to reference", 'principal in Nation::"KH"'): (
        "An agency of Cambodia may learn a hit and the reference from Thailand."
    ),
    ("permit", "up to summary", 'principal in Team::"Joint Team 2026-07"'): (
        "An agency in the joint team “Joint Team 2026-07” may learn a hit, the reference and a"
        " summary from Thailand."
    ),
    ("forbid", "any answer", "principal"): "No agency may learn anything from Thailand.",
    ("forbid", "more than hit", 'principal == Agency::"KH/police"'): (
        "The agency KH/police must not learn more than a hit from Thailand."
    ),
    ("forbid", "more than reference", 'principal is Agency in Nation::"VN"'): (
        "An agency of Vietnam must not learn more than a hit and the reference from Thailand."
    ),
}


@pytest.mark.parametrize("scope", LEADS)
def test_who_may_or_must_not_do_what(scope, explained):
    """Permit and forbid, whom they speak of, and how far they go."""
    effect, group, principal = scope
    one = explained(policy("", effect=effect, group=group, principal=principal))
    assert LEADS[scope] == one.sentence


def test_a_sentence_joins_its_clauses(explained):
    """All ifs hold together; one unless is enough."""
    clauses = (
        "unless { context has record } when { resource.sensitive }"
        ' when { context.aim == Aim::"known" } unless { context.elements < 2 }'
    )
    assert (
        "No agency may learn more than a hit from Thailand, if the dataset is sensitive, and if"
        " the aim is to learn more of a known person, unless a record is being claimed, or unless"
        " the number of identifiers in this question is less than 2."
    ) == explained(policy(clauses)).sentence


def test_what_a_refusal_needs(explained):
    """A forbid is opened by any of its conditions failing; a permit wants all of them."""
    clauses = "when { resource.sensitive } unless { context.elements < 2 }"
    assert (
        "the dataset is not sensitive",
        "the number of identifiers in this question is less than 2",
    ) == explained(policy(clauses)).needed
    assert (
        "the dataset is sensitive",
        "the number of identifiers in this question is at least 2",
    ) == explained(policy(clauses, effect="permit", group="up to hit")).needed


# Each fact as Cedar has it, in words, and read from a situation by hand.
FACTS = {
    'context.purpose == Purpose::"fraud"': (
        "the purpose is “fraud”",
        lambda s: s.purpose == "fraud",
    ),
    'context.case.signedBy.contains(Role::"judge")': (
        "a judge has signed",
        lambda s: "judge" in s.case.signed_by,
    ),
    "context.case.maximumPenaltyYears >= 4": (
        "the maximum penalty for the offence is at least 4 years",
        lambda s: s.case.maximum_penalty_years >= 4,
    ),
    "3 < context.used.elementsToday": (
        "the number of identifiers that the agency asked today is more than 3",
        lambda s: s.used.elements_today > 3,
    ),
    "resource.sensitive": ("the dataset is sensitive", lambda s: s.dataset.sensitive),
    'context.now.toTime() < duration("9h")': (
        "the time of day (UTC) is before 09:00",
        lambda s: s.now_ms % 86_400_000 < 9 * 3_600_000,
    ),
    'context.record.handling == Handling::"open"': (
        "the record's handling code is “open”",
        lambda s: s.handling == "open",
    ),
}
CONTRARY = {
    "the purpose is not “fraud”": "the purpose is “fraud”",
    "no judge has signed": "a judge has signed",
    "the maximum penalty for the offence is less than 4 years": (
        "the maximum penalty for the offence is at least 4 years"
    ),
    "the number of identifiers that the agency asked today is at most 3": (
        "the number of identifiers that the agency asked today is more than 3"
    ),
    "the dataset is not sensitive": "the dataset is sensitive",
    "the time of day (UTC) is not before 09:00": "the time of day (UTC) is before 09:00",
    "the record's handling code is not “open”": "the record's handling code is “open”",
}
MEANT = dict(FACTS.values())
TREES = st.recursive(
    st.sampled_from(sorted(FACTS)),
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
    ),
    max_leaves=6,
)
PIECE = re.compile(r",? (and|or) |(\()(?!UTC\))|(?<!UTC)(\))")


def read(said, situation):
    """Read a clause as a person does: brackets first, and one joining word at a time."""
    pieces = [piece for piece in PIECE.split(said) if piece]

    def group():
        values, word = [atom()], None
        while pieces and pieces[0] in {"and", "or"}:
            found = pieces.pop(0)
            # "A and B or C" would mean two things.
            assert word in {None, found}
            word = found
            values.append(atom())
        return all(values) if word in {None, "and"} else any(values)

    def atom():
        piece = pieces.pop(0)
        if piece == "(":
            value = group()
            assert ")" == pieces.pop(0)
            return value
        if piece in CONTRARY:
            return not MEANT[CONTRARY[piece]](situation)
        return MEANT[piece](situation)

    value = group()
    assert not pieces
    return value


@settings(max_examples=150, deadline=None)
@given(condition=TREES)
def test_a_sentence_is_true_where_the_engine_says_so(condition, examined, schema_text):
    """Read back by its words alone, a clause holds in exactly the situations of the policy."""
    source, found = examined(policy(f"when {{ {condition} }}"))
    (clause,) = explain(source, found)[0].clauses
    assert clause.worded
    engine = cedar.Engine(
        {"staticPolicies": dict(found.policies), "templates": {}, "templateLinks": []},
        cedar.parse_schema(schema_text.decode()),
    )
    choices = choices_for(named_in(found.policies.values()), found.words)
    for number, point in enumerate(points(choices, 24)):
        handled = {**point, "handling": sorted(HANDLINGS)[number % len(HANDLINGS)]}
        situation = situation_at(handled, "TH", ("TH", "VN"), claim=True)
        (verdict,) = engine.evaluate(
            ["reference"],
            situation.asker.entity(),
            situation.dataset.entity(),
            json.dumps(situation.cedar_context()),
        )
        assert bool(verdict.policy_ids) is read(clause.text, situation)
        assert bool(verdict.policy_ids) is not read(clause.contrary, situation)


def test_a_choice_does_not_take_in_the_clause_after_it(explained):
    """What follows an `otherwise` is a condition of its own, and reads as one."""
    one = explained(
        policy(
            'when { if context.aim == Aim::"known" then resource.sensitive'
            " else context.case.transnational } when { context.elements > 4 }"
        )
    )
    assert "; and otherwise: the case concerns more than one nation), and if the" in one.sentence


@pytest.mark.parametrize(
    "condition",
    [
        'context.case.pseudonym == "A” or the case concerns one nation only or “B"',
        'context.case.pseudonym == "A\' or the dataset is sensitive"',
        'context.case.pseudonym like "A” or the case is closed*"',
        'context.now > datetime("0000-01-01")',
    ],
)
def test_a_literal_cannot_pass_for_words_of_the_sentence(condition, explained):
    """What could be read as part of the sentence is shown as the file has it."""
    one = explained(policy(f"when {{ {condition} }}"))
    assert not one.clauses[0].worded
    assert condition in one.sentence

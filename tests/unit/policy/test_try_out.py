"""A policy that can never apply, can err, or breaks the ladder is found before it rules."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedquery.policy import cedar
from fedquery.policy.choices import choices_for
from fedquery.policy.examine import examine
from fedquery.policy.literals import duration_ms, named_in, time_ms
from fedquery.policy.points import count, points, situation_at
from fedquery.policy.source import read_source
from fedquery.policy.try_out import try_out

HEAD = '@id("TH-0{0}")\n@title("title")\n@law("EXAMPLE, Art. 1")\n'


@pytest.fixture(scope="module")
def tried(schema_text):
    """Try a file out; give the complaints by their words, and for which nothing was found out."""
    schema = read_source(schema_text, "schema")

    def complaints(text):
        source = read_source(text.encode(), "file")
        examined = examine(source, schema, "TH")
        assert not examined.complaints
        found, _, undecided = try_out(source, schema, examined)
        return [one.text for one in found], undecided

    return complaints


def permit(clauses, group="up to hit", number=1, effect="permit"):
    """Write a policy with its clauses."""
    scope = f'(principal, action in Action::"{group}", resource in Nation::"TH")'
    return f"{HEAD.format(number)}{effect} {scope}\n{clauses};\n"


DEAD = {
    "never true": "when { false }",
    "another type": 'when { context.purpose == Sort::"fiu" }',
    "contradiction": 'when { context.purpose == Purpose::"fraud" }'
    ' unless { context.purpose == Purpose::"fraud" }',
    "past midnight": 'when { context.now.toTime() > duration("25h") }',
    "no such number": "when { context.case.maximumPenaltyYears > 99 }",
    "no record is known": "when { context has record }",
    "another nation's data": 'when { resource == Dataset::"VN/phones" }',
    "two nations": 'when { principal in Nation::"CN" && principal in Nation::"KH" }',
    "before it was opened": 'when { context.case.opened > datetime("2030-01-01") &&'
    ' context.case.opened < datetime("2030-01-01") }',
}
ALIVE = {
    "a team": 'when { principal in Team::"Joint Team 2026-07" && principal in Nation::"LA" }',
    "two signatures": "when { "
    'context.case.signedBy.containsAll([Role::"judge", Role::"officer"]) }',
    "nobody signed": "when { context.case.signedBy.isEmpty() }",
    "an end": 'when { context.now < datetime("2026-01-01") }',
    "before all years": 'when { context.now > datetime("0000-02-29") }',
    "a beginning": 'when { context.now >= datetime("2030-01-01T00:00:00+0700") }',
    "office hours": 'when { context.now.offset(duration("7h")).toTime() >= duration("8h") &&'
    ' context.now.offset(duration("7h")).toTime() < duration("8h1m") }',
    "ninety days": 'when { context.now.durationSince(context.case.opened) > duration("90d") }',
    "ninety whole days": "when { context.now.durationSince(context.case.opened).toDays() > 90 }",
    "ninety days in two steps": "when { context.case.opened"
    '.offset(duration("30d")).offset(duration("60d")) < context.now }',
    "a day": 'when { context.now.toDate() == datetime("2026-12-24") }',
    "exactly": "when { context.used.elementsToday == 4711 && context.elements == 64 }",
    "a sum": "when { context.used.elementsToday + context.used.questionsToday > 4711 }",
    "one agency": 'when { principal == Agency::"VN/police" }',
    "one dataset": 'when { resource == Dataset::"TH/phones" }',
    "a pseudonym": 'when { context.case.pseudonym like "T9*x" }',
}


@pytest.mark.parametrize("why", sorted(DEAD))
def test_a_policy_that_never_applies_is_found(why, tried):
    """Each is valid Cedar, and each says nothing in every situation."""
    found, undecided = tried(permit(DEAD[why]))
    assert ["TH-01 never applies: no situation fulfils its conditions"] == found
    assert () == undecided


@pytest.mark.parametrize("why", sorted(ALIVE))
def test_a_policy_that_applies_somewhere_is_no_dead_one(why, tried):
    """The one situation in which it applies is found."""
    assert ([], ()) == tried(permit(ALIVE[why]))


def test_a_forbid_applies_too(tried):
    """What a forbid says is no permission, and it still applies."""
    assert ([], ()) == tried(permit("", "any answer", effect="forbid"))


@pytest.mark.parametrize(
    "clause",
    [
        "when { context.used.elementsToday * 1025 > 5 }",
        "when { context.elements + context.used.rowsShownToday * 2000 > 1 }",
    ],
)
def test_a_policy_that_can_overflow_is_found(clause, tried):
    """Cedar's validator passes it, and an overflow at night would refuse every answer."""
    (complaint,) = tried(permit(clause, "any answer", effect="forbid"))[0]
    assert "TH-01 cannot be evaluated in some situations" in complaint


def test_sums_of_counters_do_not_overflow(tried):
    """Counters end at 2^53, so that no honest ceiling is called an overflow."""
    total = " + ".join(f"context.used.{name}" for name in ("elementsToday", "elementsThisYear"))
    assert ([], ()) == tried(permit(f"when {{ {total} + context.elements > 5000 }}"))


@pytest.mark.parametrize(
    "clause",
    [
        'when { action == Action::"reference" }',
        "when { context has record }",
    ],
)
def test_a_policy_that_breaks_the_ladder_is_found(clause, tried):
    """A reference without a hit is no rung; with a hit for everybody beside it, it is one."""
    alone = permit(clause, "up to reference")
    assert [one for one in tried(alone)[0] if one.startswith("TH-01 breaks the ladder")]
    assert ([], ()) == tried(alone + permit("", number=2))


def test_a_search_that_is_too_long_is_given_up_and_said_so(tried):
    """Nothing is claimed of a policy that tells apart more than can be tried."""
    names = ("elementsToday", "elementsThisYear", "elementsThisCase", "elementsThisHour")
    ranges = " && ".join(
        f"context.used.{name} > {low} && context.used.{name} < {low + 1}"
        for low, name in enumerate(names, 1000)
    )
    found, undecided = tried(permit(f"when {{ {ranges} }}"))
    assert ([], ("TH-01",)) == (found, undecided)


@pytest.mark.parametrize(
    "clause",
    [
        "when { context.elements * 7 == 700 }",
        "when { context.used.elementsToday * 2 == 13 }",
        'when { context.now.toDate() == datetime("2026-12-24T01:00:00Z") }',
        'when { context.now.offset(duration("3d")) == context.case.opened.offset(duration("9d")) }',
    ],
)
def test_nothing_is_claimed_of_a_policy_that_computes_first(clause, tried):
    """The first applies at 100, which stands nowhere in it; two never do. Neither is said."""
    assert ([], ("TH-01",)) == tried(permit(clause))


def test_a_walk_visits_every_point_once(schema_text, compiled):
    """Scattered or not, all combinations come, and each comes once."""
    rules = compiled(permit(ALIVE["exactly"]))
    policies = json.loads(rules.json_form)["staticPolicies"]
    words = examine(read_source(b"", "file"), read_source(schema_text, "schema"), "TH").words
    choices = choices_for(named_in(policies.values()), words)
    walked = [tuple(sorted(point.items())) for point in points(choices, 10**6)]
    assert count(choices) == len(walked) == len(set(walked)) > 30


@pytest.mark.parametrize(
    ("clause", "tried_kinds"),
    [
        ('resource.kind == Kind::"account"', {"account", "phone"}),
        ('[Kind::"phone", Kind::"wallet"].contains(resource.kind)', {"phone", "wallet", "account"}),
        ("resource.sensitive", None),
    ],
)
def test_kinds_that_no_policy_names_are_tried_as_one(schema_text, compiled, clause, tried_kinds):
    """However many kinds there are, what a policy cannot tell apart is one value."""
    policies = json.loads(compiled(permit(f"when {{ {clause} }}")).json_form)["staticPolicies"]
    words = examine(read_source(b"", "file"), read_source(schema_text, "schema"), "TH").words
    found = [c for c in choices_for(named_in(policies.values()), words) if c.name == "kind"]
    assert ([] if tried_kinds is None else [tried_kinds]) == [set(one.values) for one in found]


@pytest.mark.parametrize(
    ("text", "ms"),
    [("90d", 90 * 86_400_000), ("-1d", -86_400_000), ("1d2h3m4s5ms", 93_784_005), ("7ms", 7)],
)
def test_durations_are_read_as_cedar_reads_them(text, ms):
    """The values around a literal duration are those around what Cedar takes it for."""
    assert ms == duration_ms(text)


def test_times_are_read_with_their_offset():
    """Midnight in Bangkok is seventeen o'clock."""
    assert time_ms("2027-06-30T17:00:00Z") == time_ms("2027-07-01T00:00:00+0700")


ATOMS = st.sampled_from(
    [
        'context.purpose == Purpose::"fraud"',
        'context.case.signedBy.contains(Role::"judge")',
        "context.case.maximumPenaltyYears >= 4",
        "context.case.maximumPenaltyYears < 4",
        "context.used.elementsToday > 10",
        "context.used.elementsToday + context.elements <= 12",
        'principal.sort in [Sort::"fiu", Sort::"police"]',
        'principal in Nation::"VN"',
        "resource.sensitive",
        'context.now < datetime("2027-01-01")',
        'context.now.durationSince(context.case.opened) > duration("90d")',
        'context.now.toTime() >= duration("19h")',
    ]
)
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(tree=TREES, seed=st.integers(0, 10**6))
def test_no_policy_that_applies_is_called_dead(tree, seed, tried, schema_text):
    """Whatever the condition: if any of many scattered situations fulfils it, it is not dead."""
    text = permit(f"when {{ {tree} }}")
    found, _ = tried(text)
    if not found:
        return
    source, schema = read_source(text.encode(), "file"), read_source(schema_text, "schema")
    examined = examine(source, schema, "TH")
    engine = cedar.Engine(
        {"staticPolicies": dict(examined.policies), "templates": {}, "templateLinks": []},
        cedar.parse_schema(schema.text),
    )
    everything = permit(
        " ".join(
            f"when {{ {atom} }}"
            for atom in (
                'context.case.signedBy.contains(Role::"judge")',
                'context.purpose == Purpose::"fraud"',
                "context.case.maximumPenaltyYears >= 4 || context.used.elementsToday > 11",
                'principal.sort == Sort::"fiu" && principal in Nation::"VN" && resource.sensitive',
                'context.now < datetime("2027-01-01") && context.elements > 1',
                'context.now.durationSince(context.case.opened) > duration("90d")',
            )
        )
    )
    wide = examine(read_source(everything.encode(), "file"), schema, "TH")
    choices = choices_for(named_in(wide.policies.values()), wide.words)
    for point in list(points(choices, 300 + seed % 50))[-50:]:
        situation = situation_at(point, "TH", wide.words.enumerated["Nation"], claim=False)
        (verdict,) = engine.evaluate(
            ["hit"],
            situation.asker.entity(),
            situation.dataset.entity(),
            json.dumps(situation.cedar_context()),
        )
        assert not verdict.policy_ids

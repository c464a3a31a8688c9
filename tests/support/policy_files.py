"""Policy files made by Hypothesis: every form of condition that the schema lets a rule have."""

from hypothesis import strategies as st

from fedquery.identifiers import kinds

NATIONS = ("CN", "KH", "LA", "MM", "TH", "VN")
SORTS = ("police", "fiu", "prosecution", "regulator")
ROLES = ("officer", "supervisor", "prosecutor", "judge")
PURPOSES = ("fraud", "trafficking", "money laundering", "missing person", "threat to life")
PERSON_ROLES = ("suspect", "convicted", "victim", "missing", "remains", "none")
HANDLINGS = ("open", "restricted", "source at risk")
KINDS = tuple(kinds())
TEAM = "Joint Team 2026-07"
COUNTERS = ("elementsThisHour", "elementsToday", "elementsThisCase", "rowsShownToday")
AGENCIES = ("KH/cyber-police", "VN/crime-police")

COMPARED = st.sampled_from(("<", "<=", ">", ">=", "==", "!="))
NUMBERS = st.sampled_from((0, 1, 3, 4, 16, 100, 4999, 5000))
DURATIONS = st.sampled_from(("-1d", "12h", "7h30m", "19h", "1d", "90d"))
MOMENTS = st.sampled_from(
    ("2026-06-30", "2026-11-24T05:00:00Z", "2026-12-31T23:59:59Z", "2027-07-01T00:00:00+0700")
)


def _words(kind, words):
    return st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True).map(
        lambda chosen: "[" + ", ".join(f'{kind}::"{word}"' for word in chosen) + "]"
    )


def _one_of(path, kind, words):
    return st.one_of(
        st.builds(
            '{} {} {}::"{}"'.format,
            st.just(path),
            st.sampled_from(("==", "!=")),
            st.just(kind),
            st.sampled_from(words),
        ),
        _words(kind, words).map(lambda listed: f"{path} in {listed}"),
        _words(kind, words).map(lambda listed: f"{listed}.contains({path})"),
    )


_YEARS = st.just("context.case.maximumPenaltyYears")
_USED = st.sampled_from([f"context.used.{name}" for name in COUNTERS])
_NUMERIC = st.one_of(_YEARS, _USED, st.just("context.elements"))
_SUM = st.one_of(
    st.builds("{} + {}".format, _NUMERIC, _NUMERIC),
    st.builds("{} - {}".format, _NUMERIC, _NUMERIC),
    st.builds("{} * 2 + {}".format, _USED, _NUMERIC),
    st.builds("{} - 3".format, _NUMERIC),
)
_MOMENT = st.sampled_from(("context.now", "context.case.opened"))
_LOCAL = st.builds(
    '{}.offset(duration("{}")).toTime()'.format, _MOMENT, st.sampled_from(("7h", "-1h", "6h30m"))
)

FACTS = st.one_of(
    _one_of("principal.sort", "Sort", SORTS),
    _one_of("context.purpose", "Purpose", PURPOSES),
    _one_of("context.personRole", "PersonRole", PERSON_ROLES),
    _one_of("resource.kind", "Kind", KINDS),
    st.sampled_from(
        ("resource.sensitive", "context.case.transnational", 'context.aim == Aim::"known"')
    ),
    st.builds('principal in Nation::"{}"'.format, st.sampled_from(NATIONS)),
    st.just(f'principal in Team::"{TEAM}"'),
    st.builds('principal == Agency::"{}"'.format, st.sampled_from(AGENCIES)),
    st.just('resource == Dataset::"TH/phones"'),
    st.builds("{} {} {}".format, _NUMERIC, COMPARED, NUMBERS),
    st.builds("({}) {} {}".format, _SUM, COMPARED, NUMBERS),
    st.builds("[3, 5, 10].contains({})".format, _NUMERIC),
    st.builds('{} {} datetime("{}")'.format, _MOMENT, COMPARED, MOMENTS),
    st.builds(
        'context.now.durationSince(context.case.opened) {} duration("{}")'.format,
        COMPARED,
        DURATIONS,
    ),
    st.builds('{} {} duration("{}")'.format, _LOCAL, COMPARED, DURATIONS),
    st.builds('{}.toDate() {} datetime("2026-11-24")'.format, _MOMENT, COMPARED),
    st.builds('context.case.signedBy.contains(Role::"{}")'.format, st.sampled_from(ROLES)),
    st.builds(
        "context.case.signedBy.{}({})".format,
        st.sampled_from(("containsAny", "containsAll")),
        _words("Role", ROLES),
    ),
    st.just("context.case.signedBy.isEmpty()"),
    st.just('context.case.pseudonym like "KH-*"'),
    st.just('context.case.pseudonym == "C-1"'),
    _one_of("context.record.handling", "Handling", HANDLINGS).map(
        lambda fact: f"(context has record && {fact})"
    ),
    # An error where the sum does not fit: a rule that errs must be seen as one that errs.
    st.just("context.used.elementsToday * 9223372036854775807 > 4"),
)
CONDITIONS = st.recursive(
    FACTS,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=4,
)
PRINCIPALS = st.sampled_from(
    (
        "principal",
        'principal in Nation::"KH"',
        f'principal in Team::"{TEAM}"',
        'principal == Agency::"KH/cyber-police"',
        "principal is Agency",
    )
)
GROUPS = {
    "permit": (
        'in Action::"up to hit"',
        'in Action::"up to reference"',
        'in Action::"up to summary"',
        '== Action::"follow up"',
    ),
    "forbid": (
        'in Action::"any answer"',
        'in Action::"more than hit"',
        'in Action::"more than reference"',
        '== Action::"follow up"',
    ),
}


@st.composite
def rules(draw, number):
    """Write one rule of Thailand."""
    effect = draw(st.sampled_from(("permit", "permit", "forbid")))
    clauses = draw(
        st.lists(
            st.builds("{} {{ {} }}".format, st.sampled_from(("when", "unless")), CONDITIONS),
            max_size=2,
        )
    )
    return (
        f'@id("TH-{number:02}")\n@title("rule {number}")\n@law("EXAMPLE, Art. 1")\n'
        f"{effect} ({draw(PRINCIPALS)}, action {draw(st.sampled_from(GROUPS[effect]))},"
        f' resource in Nation::"TH")\n{" ".join(clauses)};\n'
    )


@st.composite
def files(draw):
    """Write two files that have most of their rules in common."""
    old = [draw(rules(number)) for number in range(1, draw(st.integers(2, 5)))]
    new = [
        draw(rules(number)) if draw(st.booleans()) else text for number, text in enumerate(old, 1)
    ]
    new += [draw(rules(90))] * draw(st.booleans())
    return "".join(old), "".join(new)

"""Situations made by Hypothesis: near where rules change their answer, and far from there."""

from hypothesis import strategies as st
from support.policy_files import (
    AGENCIES,
    HANDLINGS,
    KINDS,
    NATIONS,
    PERSON_ROLES,
    PURPOSES,
    ROLES,
    SORTS,
    TEAM,
)

from fedquery.policy.situation import Asker, CaseCard, Dataset, Situation, Used

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
NOW_MS = 1_795_496_400_000
_MOMENTS_MS = (NOW_MS, 1_782_777_600_000, 1_798_761_599_000, 1_814_374_800_000)

_near = st.sampled_from((-1, 0, 1))
_counts = st.one_of(
    st.builds(
        lambda n, d: max(0, n + d), st.sampled_from((0, 3, 5, 16, 100, 4999, 2500, 10)), _near
    ),
    st.integers(0, 6000),
)
_moments = st.one_of(
    st.builds(
        lambda day, hours, d: day - day % DAY_MS + hours * HOUR_MS // 2 + d,
        st.sampled_from(_MOMENTS_MS),
        st.integers(0, 48),
        _near,
    ),
    st.builds(lambda m, d: m + d, st.sampled_from(_MOMENTS_MS), _near),
    st.integers(NOW_MS - 400 * DAY_MS, NOW_MS + 400 * DAY_MS),
)
_ages = st.one_of(
    st.builds(
        lambda age, d: age + d,
        st.sampled_from((-DAY_MS, HOUR_MS * 12, HOUR_MS * 15 // 2, DAY_MS, 90 * DAY_MS)),
        _near,
    ),
    st.integers(-3 * DAY_MS, 120 * DAY_MS),
)


@st.composite
def situations(draw):
    """Make a question or a claim to Thailand."""
    agency = draw(
        st.one_of(st.sampled_from(AGENCIES), st.sampled_from([f"{n}/police" for n in NATIONS]))
    )
    handling = draw(st.sampled_from((None, *HANDLINGS)))
    now_ms = draw(_moments)
    opened_ms = draw(st.one_of(_moments, _ages.map(lambda age: now_ms - age)))
    return Situation(
        asker=Asker(
            agency,
            agency[:2],
            draw(st.sampled_from(SORTS)),
            frozenset({TEAM}) if draw(st.booleans()) else frozenset(),
        ),
        dataset=Dataset(
            "TH",
            draw(st.sampled_from(("phones", "others"))),
            draw(st.sampled_from(KINDS)),
            draw(st.booleans()),
        ),
        case=CaseCard(
            draw(st.sampled_from(("C-1", "KH-7", "KH-", "other"))),
            draw(st.sampled_from((0, 1, 2, 3, 4, 5, 10, 50, 99))),
            draw(st.booleans()),
            opened_ms,
            frozenset(draw(st.sets(st.sampled_from(ROLES)))),
        ),
        purpose=draw(st.sampled_from(PURPOSES)),
        person_role=draw(st.sampled_from(PERSON_ROLES)),
        aim=draw(st.sampled_from(("identify", "known"))),
        elements=0 if handling else draw(st.sampled_from((1, 4, 16, 64, 512, 4096))),
        used=Used(
            elements_this_hour=draw(_counts),
            elements_today=draw(_counts),
            elements_this_case=draw(_counts),
            rows_shown_today=draw(_counts),
        ),
        now_ms=now_ms,
        handling=handling,
    )

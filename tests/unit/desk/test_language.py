"""Browsers get the language that they like best, whatever they send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.desk.language import ENGLISH, LANGUAGES, choose


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("lo", "lo"),
        ("lo-LA,lo;q=0.9,en;q=0.8", "lo"),
        ("de,th;q=0.3,my;q=0.9", "my"),
        ("en;q=0.1, vi;q=0.2", "vi"),
        ("KM-kh", "km"),
        ("zh-Hant-TW", "zh"),
        ("th;q=0", "en"),
        ("*", "en"),
        ("th;q=2", "en"),
        ("th;q=0.5;level=1, lo;q=0.1", "lo"),
        ("th,vi", "th"),
    ],
)
def test_the_best_language_is_chosen(header, expected):
    """Weights decide, then the order; what cannot be read is passed over."""
    assert expected == choose(header)


@given(st.text(alphabet=st.sampled_from("thlovi-*,;q=.01 \t\r\né"), max_size=3_000))
def test_any_header_gives_a_language(header):
    """No header is an error: it must not keep anybody from the page."""
    assert choose(header) in LANGUAGES


@given(st.permutations(sorted(LANGUAGES)))
def test_falling_weights_give_the_first(tags):
    """Browsers write their list in falling order."""
    header = ", ".join(f"{tag};q=0.{9 - place}" for place, tag in enumerate(tags))
    assert tags[0] == choose(header)


def test_a_long_header_is_cut():
    """What stands beyond the cap is not looked at."""
    assert ENGLISH == choose(" " * 1_000 + "th")
    assert "th" == choose(" " * 900 + "th")

"""Text that was made to be slow, and text that means nothing, take no longer than other text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedquery.errors import IdentifierError
from fedquery.identifiers.extraction import Certainty, extract

_LENGTH = 60_000
# What each scanner starts at, without what it ends with.
_PIECES = (
    "1", ".", "a.", "@", "a@", "(", "[", "1 ", "12 ", "1-", "1:", "ab:", "://", "http://", "aB3",
    "a1" * 13 + " ", "4" * 40 + " ", "0812345678 ", "000201", "00020101021129370016A0000006770",
    "<", "P<", "12/", "12/a(", "\u200b", "1\u200b", "ก", "โทร", "tel ", "กสิกร ", "line ", "wxid_",
    "2026-11-25T20:15:07Z ", "25-11-2026 ", "a[.]", "(dot)", "+", "+1", "1.000", "(1)", "EQ", "0:",
    "bitcoin:", "bitcoin:a", "TH:", "TH:1", "KASITHBK ", "x", "123456.", "::", "::ffff:", "[at]",
    "tel,phone\n", "tel,phone\n0812345678,1\n", "tel|", "tel\t", "a,b\n", "MM: 1/a(", "MB 1 ",
    "SCB ", "1111111 ", "1111111-", "=>1234567 ",
    "passport ", "AB 1", "99MM", "89a", "สกร1", "1.1.1.1 ",
)  # fmt: skip
# Ten times what they take on a busy machine; one that blows up takes hours.
_MOST_US = 400


@pytest.mark.parametrize("piece", _PIECES)
def test_repeated_pieces_take_linear_time(piece):
    """Microseconds a character, whatever is repeated."""
    text = piece * (_LENGTH // len(piece))
    began = time.process_time()
    try:
        extract(text, "TH")
    except IdentifierError as error:
        assert "more identifiers" in error.reason  # noqa: PT017 - both ends are right ones
    assert (time.process_time() - began) / len(text) * 1e6 < _MOST_US


def _spent(text):
    began = time.process_time()
    extract(text, "TH")
    return time.process_time() - began


def test_a_run_of_doubtful_groups_takes_linear_time():
    """Held against all that were doubtful before, four times the text took eleven times as long."""
    extract("1111111 ", "TH")
    assert _spent("1111111 " * 15_000) < 7 * _spent("1111111 " * 3_750)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(_PIECES),
            st.text(max_size=12),
            st.from_regex(r"[0-9+() .-]{1,24}", fullmatch=True),
        ),
        max_size=24,
    ),
    st.sampled_from([None, "CN", "KH", "LA", "MM", "TH", "VN"]),
)
def test_any_text_is_read_to_its_end(pieces, region):
    """Nothing is raised; places are in the text, in order, and a finding stands where it says."""
    text = "".join(pieces)
    at = 0
    for found in extract(text, region):
        assert at <= found.start < found.end <= len(text)
        assert found.certainty in Certainty
        at = found.end

"""Runs: numbers that follow each other closely, whoever asked about them, and nothing else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.desk.conftest import FACTS, NOW_MS

from fedquery.desk.asked import AskedIdentifier, KeptQuestion
from fedquery.desk.runs import FEWEST, NEAR, runs


def one(text, kind="phone"):
    """Keep an identifier as it was asked."""
    return AskedIdentifier(
        kind=kind, encoded=f"{kind}:v1:{text}", masked=f"…{text[-2:]}", typed=text
    )


def question(number, *texts, kind="phone", account_id="a" * 16):
    """Make a question about texts."""
    return KeptQuestion(
        question_id=f"{number:016x}",
        case_id="c" * 16,
        account_id=account_id,
        asked_ms=NOW_MS + number,
        asked=tuple(one(text, kind) for text in texts),
        nations=("VN",),
        facts=FACTS,
        state="finished",
    )


def test_a_range_that_officers_share_is_seen():
    """Each asks about two of four neighbours, in an order of their own."""
    first = question(1, "+66812345678", "+66812345671", account_id="a" * 16)
    second = question(2, "+66812345681", "+66812345675", account_id="b" * 16)
    (found,) = runs([first, second])
    assert (4, "+66812345671", "+66812345681") == (found.count, found.first.shown, found.last.shown)
    assert (first, second) == found.questions


@pytest.mark.parametrize(
    "texts",
    [
        ["+66812345671", "+66812345672", "+66812345673"],
        ["+66812345600", "+66812345611", "+66812345622", "+66812345633"],
        ["+66812345671", "+66812345671", "+66812345672", "+66812345673"],
        ["+66812345671", "+66812345672", "+84812345673", "+84812345674"],
        ["TH:004:12345671", "TH:004:12345672", "TH:006:12345673", "TH:006:12345674"],
        ["a100b", "a101b", "a102b", "a103b"],
        ["a.001", "a.002", "a.003", "a.004"],
        ["+9998", "+9999", "+10000", "+10001"],
    ],
    ids=["three", "far", "twice", "nations", "banks", "inside", "short", "lengths"],
)
def test_what_is_no_range_is_no_run(texts):
    """Too few, too far apart, or of different ranges."""
    assert () == runs([question(1, *texts)])


def test_kinds_are_kept_apart():
    """An account number near a device's number says nothing."""
    asked = [
        question(1, "12345671", "12345672", kind="imei"),
        question(2, "12345673", "12345674", kind="account"),
    ]
    assert () == runs(asked)


@given(st.sets(st.integers(10_000, 10_400), max_size=40), st.randoms(use_true_random=False))
def test_runs_are_the_same_in_whatever_order_and_cut_where_the_gaps_are(numbers, shuffled):
    """Each number near enough to another stands in one run with it; long enough ones are told."""
    order = list(numbers)
    shuffled.shuffle(order)
    asked = [question(place, f"+668{number}") for place, number in enumerate(order)]
    wanted, run = [], []
    for number in sorted(numbers):
        if run and number - run[-1] > NEAR:
            wanted, run = [*wanted, run], []
        run = [*run, number]
    wanted = [one for one in [*wanted, run] if len(one) >= FEWEST]
    found = runs(asked)
    assert sorted((len(one), f"+668{one[0]}") for one in wanted) == sorted(
        (one.count, one.first.shown) for one in found
    )
    assert all(lower.count >= higher.count for lower, higher in pairwise(found))

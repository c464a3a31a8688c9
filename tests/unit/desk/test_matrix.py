"""The table of answers, the tiles and the lines by which they come."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.desk.voices import ENGLISH

from fedquery.ask.outcome import Outcome, fold
from fedquery.desk.arriving import cell_line, end_line, tile_line
from fedquery.desk.matrix import Asked, matrix
from fedquery.desk.outcome_words import WORDS
from fedquery.desk.tiles import picture

PHONES = tuple(("phone", f"+8485550199{digit}") for digit in range(3))
NATIONS = ("LA", "VN")
SIX = ("CN", "KH", "LA", "MM", "TH", "VN")


def outcome(word="no hit", *, place=0, nation="VN", dataset="phones", **more):
    """Make an outcome."""
    return Outcome(place=place, nation=nation, dataset=dataset, kind="phone", word=word, **more)


def asked(awaited=None, identifiers=PHONES):
    """Make a question."""
    return Asked(identifiers, NATIONS, 0, awaited)


def shapes(found):
    """Give the shapes, row by row."""
    return [[cell.shape for cell in row.cells] for row in found.rows]


def test_there_is_a_cell_for_each_identifier_and_nation():
    """What has not come waits, and is never empty."""
    found = matrix(asked(), [outcome("hit", place=1)], ENGLISH)
    assert [["waiting"] * 2, ["waiting", "hit"], ["waiting"] * 2] == shapes(found)
    assert found.is_waiting
    assert [PHONES[1][1]] == [row.text for row, _ in found.hits()]


def test_no_hit_of_one_of_two_datasets_is_not_told_as_the_nations():
    """The other may have it: the cell waits until both have said so."""
    awaited = {(0, "VN"): frozenset({"phones", "sims"})}
    one = asked(awaited, PHONES[:1])
    first = [outcome("no hit")]
    assert [["waiting", "waiting"]] == shapes(matrix(one, first, ENGLISH))
    both = [*first, outcome("hit", dataset="sims")]
    assert [["waiting", "hit"]] == shapes(matrix(one, both, ENGLISH))
    neither = [*first, outcome("no hit", dataset="sims")]
    assert [["waiting", "no-hit"]] == shapes(matrix(one, neither, ENGLISH))


def test_a_hit_and_a_false_proof_are_shown_at_once():
    """Nobody waits for the rest to learn of them."""
    awaited = {(0, "VN"): frozenset({"phones", "sims"})}
    hit = matrix(asked(awaited, PHONES[:1]), [outcome("hit")], ENGLISH)
    assert [["waiting", "hit"]] == shapes(hit)
    false = matrix(asked(awaited, PHONES[:1]), [outcome("unavailable", alarm=True)], ENGLISH)
    assert false.rows[0].cells[1].is_alarm


def test_a_nation_of_which_nothing_is_known_yet_waits():
    """What was not foreseen is shown when the lookup has ended, and not before."""
    found = matrix(asked({}, PHONES[:1]), [outcome("no hit")], ENGLISH)
    assert [["waiting", "waiting"]] == shapes(found)


def test_the_age_is_that_of_the_oldest_data():
    """An age never says that all was looked at lately."""
    outcomes = [outcome(as_of_ms=9), outcome(dataset="sims", as_of_ms=4)]
    assert "age 4" == matrix(asked(), outcomes, ENGLISH).rows[0].cells[1].age


def test_titles_of_rules_are_those_of_their_nation():
    """Two nations may have rules of one id."""
    outcomes = [
        outcome("refused", nation=nation, why="policy-denied", policy_ids=("R-01",))
        for nation in NATIONS
    ]
    found = matrix(asked(), outcomes, ENGLISH, {"VN": {"R-01": "No police"}})
    la, vn = found.rows[0].cells
    assert (("R-01",), ("No police [R-01]",)) == (la.parts[0].said.rules, vn.parts[0].said.rules)


words = st.sampled_from(["hit", "no hit", "refused", "unavailable", "stale"])
outcomes_of = st.lists(
    st.builds(
        outcome,
        words,
        place=st.integers(0, 2),
        nation=st.sampled_from(NATIONS),
        dataset=st.sampled_from(["a", "b"]),
    )
)


@given(outcomes_of)
def test_the_table_says_what_the_sdk_says(outcomes):
    """Folding is done twice, and comes to the same."""
    found = {(cell.place, cell.nation): cell for cell in matrix(asked(), outcomes, ENGLISH).cells()}
    for one in fold(outcomes):
        assert one.word.replace(" ", "-") == found[one.place, one.nation].shape


@given(outcomes_of, st.randoms(use_true_random=False))
def test_the_order_in_which_answers_come_changes_nothing(outcomes, random):
    """What is told does not depend on who was faster."""
    distinct = list({(one.place, one.nation, one.dataset): one for one in outcomes}.values())
    mixed = list(distinct)
    random.shuffle(mixed)
    assert matrix(asked(), distinct, ENGLISH) == matrix(asked(), mixed, ENGLISH)


@given(outcomes_of)
def test_no_cell_goes_back_from_what_it_told(outcomes):
    """While answers come, a cell that has told no hit, refused or stale is never a hit later."""
    awaited = {(place, nation): frozenset({"a", "b"}) for place in range(3) for nation in NATIONS}
    distinct = list({(one.place, one.nation, one.dataset): one for one in outcomes}.values())
    last = {(cell.place, cell.nation): "waiting" for cell in matrix(asked(), [], ENGLISH).cells()}
    for count in range(len(distinct) + 1):
        for cell in matrix(asked(awaited), distinct[:count], ENGLISH).cells():
            before = last[cell.place, cell.nation]
            assert before in {"waiting", cell.shape}
            last[cell.place, cell.nation] = cell.shape


def test_a_tile_lights_up_at_a_hit_and_else_when_all_is_there():
    """The picture says no more than the table."""
    some = matrix(asked(), [outcome(), outcome("hit", place=1, nation="LA")], ENGLISH)
    tiles = {tile.nation: tile for tile in picture(SIX, "TH", some, ENGLISH).tiles}
    assert ("hit", "1 hit") == (tiles["LA"].shape, tiles["LA"].counts)
    assert ("waiting", "1 no hit") == (tiles["VN"].shape, tiles["VN"].counts)
    assert (None, "asks") == (tiles["TH"].shape, tiles["TH"].word)
    assert (None, "") == (tiles["CN"].shape, tiles["CN"].word)


@pytest.mark.parametrize("members", [SIX, (*SIX, "AA", "BB", "ZZ", "YY"), ("TH", "VN"), ()])
def test_no_two_tiles_overlap_and_all_lie_in_the_picture(members):
    """Whoever joins has a place."""
    found = picture(members, "TH", None, ENGLISH)
    assert sorted(members) == sorted(tile.nation for tile in found.tiles)
    assert len(members) == len({(tile.x, tile.y) for tile in found.tiles})
    assert all(tile.x < found.width and 0 <= tile.y < found.height for tile in found.tiles)


def test_lines_hold_words_and_no_identifier():
    """Whoever reads the stream learns what the page shows beside its identifiers."""
    found = matrix(asked(), [outcome("hit", as_of_ms=3)], ENGLISH)
    lines = [cell_line(cell, ENGLISH) for cell in found.cells()]
    lines += [tile_line(tile) for tile in picture(SIX, "TH", found, ENGLISH).tiles]
    lines.append(end_line("All have answered."))
    assert all(one.endswith(b"\n") and one.count(b"\n") == 1 for one in lines)
    assert not [one for one in lines for phone in PHONES if phone[1].encode() in one]
    read = [json.loads(one) for one in lines]
    assert ["hit", "Viet Nam: hit"] == [read[1]["shape"], read[1]["text"]]
    assert ["", "age 3 old"] == [read[0]["age"], read[1]["age"]]
    assert {one["shape"] for one in read[:-1]} <= {*WORDS, ""}


def test_a_row_does_not_print_its_identifier():
    """Logs and tracebacks print whatever they can reach."""
    assert PHONES[0][1] not in repr(matrix(asked(), [], ENGLISH))
    assert PHONES[0][1] not in repr(asked())

"""No figure without right answers; the same lists for all, each asked once."""

import pytest

from bench.peers import measuring, reference
from bench.peers.party import PartyError
from bench.peers.sets import Sets
from fedquery.identifiers import parse

PLAN = measuring.Plan(singles=4, runs=2, spend_s=60)


@pytest.fixture(autouse=True)
def quick_reference(monkeypatch):
    """Take no second for each reference."""
    monkeypatch.setattr(reference, "multiplications_per_s", lambda: 20_000)


def test_what_is_found_is_counted_and_octets_are_differences(tmp_path, pretender):
    """Each length has its octets alone, without those of the questions before it."""
    found = measuring.measure(pretender(), Sets(tmp_path, 1_000), PLAN, lambda _what: None)

    assert {"up": 3, "down": 6} == found["octets"]["hand_over"]
    assert [(1, 1, 2), (10, 10, 20)] == [
        (one["count"], one["up"], one["down"]) for one in found["octets"]["asked"]
    ]
    assert [4, 2] == [one["runs"] for one in found["asked"]]
    assert 100.0 == found["asked"][1]["per_s"]
    assert (500.0, 400.0) == (found["setup_us_per_row"], found["setup_cpu_us_per_row"])


def test_a_contender_that_misses_one_has_no_figure(tmp_path, pretender):
    """A faster wrong answer would win every comparison."""
    with pytest.raises(PartyError, match="pretender found 0 where 1 are"):
        measuring.measure(pretender(missed=1), Sets(tmp_path, 1_000), PLAN, lambda _what: None)


def test_a_list_is_not_asked_again_when_its_time_is_spent(tmp_path, pretender):
    """A slow contender has one run of each length, and not none."""
    found = measuring.measure(
        pretender(), Sets(tmp_path, 1_000), measuring.Plan(9, 9, 0), lambda _what: None
    )

    assert [1, 1] == [one["runs"] for one in found["asked"]]


def test_lists_are_new_half_of_them_rows_and_the_same_for_every_contender(tmp_path):
    """No answer that was kept helps; a contender sees what the others see."""
    lists = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sets = Sets(tmp_path / name, 5_000)
        rows = sets.bare().read_text(encoding="utf-8").split()[1:]
        assert 5_000 == len(set(rows))
        asked = [sets.asked(100) for _ in range(3)]
        texts = [path.read_text(encoding="utf-8").split()[1:] for path, _members in asked]
        for text, (_path, members) in zip(texts, asked, strict=True):
            assert 100 == len(set(text))
            assert 50 == members == len(set(text) & set(rows))
        assert len(set(map(tuple, texts))) == 3
        lists.append(texts)

    assert lists[0] == lists[1]


def test_single_identifiers_are_rows_every_second_time(tmp_path):
    """A single one that is always there, or never, would measure one branch only."""
    sets = Sets(tmp_path, 100)

    assert [1, 0, 1, 0] == [sets.asked(1)[1] for _ in range(4)]


def test_a_node_imports_the_rows_that_the_peers_read_and_all_are_valid_phones(tmp_path):
    """The peers take any text; a node that passed over rows would have less to do."""
    sets = Sets(tmp_path, 500)
    bare = sets.bare().read_text(encoding="utf-8").split()[1:]
    lines = sets.records().read_text(encoding="utf-8").splitlines()[1:]
    asked = sets.asked(100)[0].read_text(encoding="utf-8").split()[1:]

    assert bare == [line.partition(",")[0] for line in lines]
    assert [*bare, *asked] == [
        parse("phone", text).identifier.canonical for text in [*bare, *asked]
    ]

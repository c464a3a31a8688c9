"""Small numbers are hidden, and cannot be computed from what is printed beside them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.audit import attacker

from fedquery.audit import tabulation
from fedquery.audit.folding import Folding
from fedquery.audit.suppression import Edge, Hidden, Suppressed, is_small, suppress
from fedquery.audit.tabulation import TOGETHER, Table, one_way, two_way

COUNT = st.one_of(st.integers(0, 9), st.integers(0, 30))
OUTCOMES = ("hit", "reference", "refused")


@st.composite
def counted(draw):
    """Draw what was counted of a few agencies of a few nations."""
    members = draw(
        st.lists(
            st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz")),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    rows = st.lists(COUNT, min_size=3, max_size=3)
    drawn = {(group, f"{group}/{name}"): draw(rows) for group, name in members}
    return {
        member: {outcome: n for outcome, n in zip(OUTCOMES, row, strict=True) if n}
        for member, row in drawn.items()
        if sum(row)
    }


def outcomes_of(rows):
    """Count the outcomes of all."""
    found = {}
    for counts in rows.values():
        for outcome, count in counts.items():
            found[outcome] = found.get(outcome, 0) + count
    return found


def given_away(total, table):
    """List the hidden numbers of a table that a reader learns more of than it says."""
    domains, sums = attacker.read(total, table)
    found = []
    for number, row in enumerate(table.rows):
        told = [(("row", number), row.total)]
        told += [(("cell", number, column), cell) for column, cell in enumerate(row.cells)]
        for place, cell in told:
            if cell is Hidden.FEW and attacker.values(place, domains, sums) != [1, 2, 3, 4]:
                found.append(place)
            if cell is Hidden.MORE and len(attacker.values(place, domains, sums, 2)) < 2:
                found.append(place)
    return found


def tables(rows):
    """Tabulate: by outcome, and by agency and outcome."""
    outcomes = one_way("outcome", outcomes_of(rows))
    return outcomes, two_way("asker", rows, outcomes)


def printed_small(table):
    """List small numbers that are printed."""
    cells = [cell for row in table.rows for cell in (row.total, *row.cells)]
    return [cell for cell in (*cells, *table.sums) if isinstance(cell, int) and is_small(cell)]


@settings(max_examples=150, deadline=None)
@given(counted())
def test_no_hidden_number_can_be_computed_from_the_printed_ones(rows):
    """Each `<5` can be 1, 2, 3 and 4 as far as all sums of its table say; each `5+` two numbers."""
    total = sum(outcomes_of(rows).values())
    for table in tables(rows):
        assert [] == given_away(total, table)
        assert [] == printed_small(table)


@given(counted())
def test_what_is_printed_is_true(rows):
    """Every number that stands there is the one that was counted, or fits what hides it."""
    outcomes, table = tables(rows)
    names = [row.name for row in outcomes.rows]
    told = {(row.within, row.name): row for row in table.rows}
    for (group, member), counts in rows.items():
        assert fits(told.get(("", group)), sum_of(rows, lambda key, g=group: key[0] == g))
        if (group, member) in told:
            row = told[group, member]
            assert fits(row, sum(counts.values()))
            for column, cell in zip(table.columns, row.cells, strict=False):
                hidden = set(names) - set(table.columns)
                those = hidden if column == TOGETHER else {column}
                assert fits(cell, sum(counts.get(one, 0) for one in those))
    assert sum(table.sums) in {0, sum(outcomes_of(rows).values())}


def sum_of(rows, chosen):
    """Count all outcomes of some members."""
    return sum(sum(counts.values()) for key, counts in rows.items() if chosen(key))


def fits(cell, value):
    """Tell whether a printed number is true."""
    cell = getattr(cell, "total", cell)
    if cell is None:
        return True
    low, high = attacker.bounds(cell)
    return low <= value <= high


def only_small(edges):
    """Hide small numbers and nothing else: what everybody does first, and what is not enough."""
    return Suppressed(tuple(Hidden.FEW if is_small(e.value) else e.value for e in edges), ())


def small_and_next(edges):
    """Hide small numbers and the smallest beside each in its row: not enough in two directions."""
    cells = list(only_small(edges).cells)
    for edge in edges:
        row = [n for n, other in enumerate(edges) if other.tail == edge.tail]
        hidden = [n for n in row if isinstance(cells[n], Hidden)]
        left = [n for n in row if n not in hidden and edges[n].value]
        if len(hidden) == 1 and left:
            cells[min(left, key=lambda n: edges[n].value)] = Hidden.MORE
    return Suppressed(tuple(cells), ())


ROWS = {
    ("TH", "TH/cyber-police"): {"hit": 40, "refused": 3},
    ("TH", "TH/amlo"): {"hit": 12, "refused": 9},
    ("VN", "VN/crime-police"): {"hit": 31, "refused": 11},
    ("LA", "LA/police"): {"hit": 17, "refused": 6},
}


@pytest.mark.parametrize("bad", [only_small, small_and_next])
def test_the_attacker_finds_what_weaker_hiding_gives_away(monkeypatch, bad):
    """The property above can fail: for no complement, and for one that looks at rows alone."""
    total = sum(outcomes_of(ROWS).values())
    assert not any(given_away(total, table) for table in tables(ROWS))
    monkeypatch.setattr(tabulation, "suppress", bad)
    assert any(given_away(total, table) for table in tables(ROWS))


def test_a_complement_is_hidden_only_where_a_sum_would_give_a_number_away():
    """Three hidden ones with room hide each other; a single one takes the next smallest with it."""
    assert {"a": Hidden.FEW, "b": Hidden.FEW, "c": Hidden.FEW, "d": 100} == {
        row.name: row.total for row in one_way("t", {"a": 3, "b": 2, "c": 3, "d": 100}).rows
    }
    assert {"a": Hidden.FEW, "b": Hidden.MORE, "c": 50} == {
        row.name: row.total for row in one_way("t", {"a": 2, "b": 20, "c": 50}).rows
    }


@pytest.mark.parametrize(
    "counts",
    [
        {"a": 5, "b": 1},
        {"a": 3, "b": 3},
        {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1},
        {"a": 4, "b": 4, "c": 4},
        {"a": 6, "b": 1},
        {"a": 3},
    ],
)
def test_what_is_too_little_to_hide_in_is_withheld(counts):
    """All ones add up to as many as there are; one beside a 5 is what is left over."""
    assert Table("t", withheld=True) == one_way("t", counts)


def test_nothing_counted_is_no_table_withheld():
    """An empty table says that there was nothing."""
    assert Table("t") == one_way("t", {})
    assert Table("t") == two_way("t", {}, one_way("o", {}))


def test_rows_that_cannot_be_hidden_are_told_together():
    """Their sums stay; what they sum up to in each column is told of all of them at once."""
    rows = {
        ("a", ""): {"hit": 5, "refused": 1},
        ("b", ""): {"hit": 30, "refused": 11},
        ("c", ""): {"hit": 9, "refused": 8},
    }
    _, table = tables(rows)
    told = {row.name: row for row in table.rows}
    assert (6, ()) == (told["a"].total, told["a"].cells)
    assert (17, ()) == (told["c"].total, told["c"].cells)
    assert (23, (14, 9)) == (told[TOGETHER].total, told[TOGETHER].cells)
    assert (30, 11) == told["b"].cells
    assert ("hit", "refused") == table.columns
    assert (44, 20) == table.sums


def test_outcomes_that_are_hidden_are_one_column():
    """A column whose sum is not printed would be known from the others."""
    rows = {("a", ""): {"hit": 50, "summary": 2, "refused": 20}, ("b", ""): {"hit": 40}}
    outcomes, table = tables(rows)
    assert [Hidden.MORE, Hidden.FEW] == [row.total for row in outcomes.rows if row.name != "hit"]
    assert (("hit", TOGETHER), (90, 22)) == (table.columns, table.sums)


def test_a_nation_of_one_agency_says_the_same_twice():
    """The agency has its nation's numbers; hidden in one, they are hidden in the other."""
    _, table = tables(ROWS)
    told = {row.name: row for row in table.rows}
    assert (told["VN"].total, told["VN"].cells) == (
        told["VN/crime-police"].total,
        told["VN/crime-police"].cells,
    )


def test_an_edge_of_nothing_hides_nothing():
    """A 0 is printed, and no number is hidden behind it."""
    found = suppress([Edge("r", "c", 0), Edge("r", "d", 3), Edge("s", "c", 9), Edge("s", "d", 9)])
    assert 0 == found.cells[0]
    assert (1,) == found.unsafe


def test_folding_ends_with_everything_told_together():
    """Whatever is folded in whatever order, no member is lost and no row is alone in a rest."""
    totals = {(g, f"{g}{n}"): 7 + n for g in "ab" for n in range(3)}
    folding = Folding(totals, {g: [f"{g}{n}" for n in range(3)] for g in "ab"})
    steps = 0
    while not folding.says_nothing:
        groups = folding.groups()
        assert set(totals) == {m for rows in groups.values() for ms in rows.values() for m in ms}
        for rows in groups.values():
            assert all(len(ms) > 1 for row, ms in rows.items() if row[1] == TOGETHER)
        folding.fold(list(list(groups.values())[-1])[-1])
        steps += 1
    assert steps <= len(totals)

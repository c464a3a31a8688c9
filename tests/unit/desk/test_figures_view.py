"""Figures of a month in words: each number where it belongs, and what is hidden stays hidden."""

from unit.desk.voices import ENGLISH

from fedquery.audit.folding import TOGETHER
from fedquery.audit.statistics import AnswerTimes, LogBehind, Statistics
from fedquery.audit.suppression import Hidden
from fedquery.audit.tabulation import Row, Table
from fedquery.audit.tally import Population
from fedquery.desk.figures_view import figures_view


def view(*tables, total=1_200, times=None):
    """Tell figures of questions."""
    return figures_view(
        Statistics(
            "agency",
            "TH/cyber-police",
            "2026-03",
            LogBehind("log", 7, "00"),
            (Population("questions", total, tables),),
            times,
        ),
        ENGLISH,
    )


def test_rows_columns_and_parts():
    """A nation by its name, its dataset below it, an empty place where nothing is told apart."""
    rows = (
        Row("VN", "", 12, (5, Hidden.MORE)),
        Row("VN/phones", "VN", 12),
        Row(TOGETHER, "", Hidden.FEW, (0, 3)),
    )
    (part,) = view(Table("holder", ("hit", TOGETHER), (9, 9), rows)).parts
    assert ("Questions", "1,200") == (part.title, part.total)
    (grid,) = part.grids
    assert ("By nation asked", ("All", "hit", "the others together"), "") == (
        grid.caption,
        grid.heads,
        grid.note,
    )
    assert [
        ("Viet Nam", False, ("12", "5", "5+")),
        ("VN/phones", True, ("12", "", "")),
        ("the others together", False, ("<5", "0", "3")),
    ] == [(one.label, one.is_part, one.values) for one in grid.lines]


def test_words_of_each_table():
    """Purposes, outcomes and slugs in words; what no release knows as it stands in the log."""
    found = view(
        Table("purpose", rows=(Row("fraud", "", 5), Row("other", "", 5))),
        Table("outcome", rows=(Row("contact us", "", 5),)),
        Table("reason", rows=(Row("quota", "", 5), Row("new-slug", "", 5))),
    )
    assert [
        ["fraud", "other"],
        ["told whom to contact"],
        ["Its quota for this agency is spent. (quota)", "new-slug"],
    ] == [[line.label for line in grid.lines] for grid in found.parts[0].grids]


def test_what_is_withheld_says_so_and_what_is_empty_is_left_out():
    """A table of nothing is none."""
    found = view(Table("purpose", withheld=True), Table("size"), total=None)
    (grid,) = found.parts[0].grids
    assert ("not told", "By purpose", (), "There are too few to tell them apart.") == (
        found.parts[0].total,
        grid.caption,
        grid.lines,
        grid.note,
    )


def test_times_are_whole_seconds_and_never_shorter():
    """What is not told is not told."""
    found = view(times=AnswerTimes(1_001, None))
    assert (
        ("Half of all answers came within", "2 s"),
        ("19 of 20 came within", "not told"),
    ) == found.times

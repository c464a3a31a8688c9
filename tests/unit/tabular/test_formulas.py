"""Cells that a spreadsheet would compute are texts; all others are as they were."""

import pytest

from fedquery.tabular.formulas import defused


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")  # noqa: RUF001 -- the wide forms
def test_what_begins_like_a_formula_is_a_text(first):
    """An apostrophe before it is not shown."""
    assert [f"'{first}1+1"] == defused([f"{first}1+1"])


def test_everything_else_stays():
    """Numbers, empty cells, and signs that stand later."""
    row = ["VN", "", 7, "a=b", "'"]
    assert row == defused(row)

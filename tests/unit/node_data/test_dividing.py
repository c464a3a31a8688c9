"""Who sees which rows is read in time that grows with the rows, and not with their square."""

from contextlib import closing

import pytest
from fedquery_node import schema
from fedquery_node.config import load_settings
from fedquery_node.dividing import read_views

SETTINGS = """
nation = "VN"
federation = "mekong"
listen = "127.0.0.1:0"
policies = "policies"
[datasets.accounts]
kind = "account"
"""
VIEWERS = {"TH": frozenset({"TH"}), "LA": frozenset({"LA"})}


@pytest.fixture
def steps_of(tmp_path):
    """Give how many steps of SQLite it takes to divide a number of records, each with a form."""

    def steps_of(records):
        home = tmp_path / str(records)
        home.mkdir()
        (home / "node.toml").write_text(SETTINGS)
        schema.create(home, load_settings(home))
        with closing(schema.connect(home)) as connection:
            for number in range(records):
                exact, form = 2 * number + 1, 2 * number + 2
                connection.executemany(
                    "INSERT INTO subject VALUES (?, 'accounts', ?)",
                    [(exact, b"exact %d" % number), (form, b"form %d" % number)],
                )
                connection.execute(
                    "INSERT INTO found_under_kept VALUES (?, ?, 0, NULL)", (form, exact)
                )
                connection.execute(
                    "INSERT INTO record_kept VALUES"
                    " ('accounts', ?, ?, '', 'open', '', '', 0, 0, 0, ?, 0, NULL)",
                    (f"R-{number}", exact, ('["TH"]', '["LA"]')[number % 2]),
                )
            counted = []
            connection.set_progress_handler(lambda: counted.append(1), 100)
            views = read_views(connection, "accounts", VIEWERS)
        assert ["LA", "TH"] == sorted(view.viewers[0] for view in views)
        return len(counted)

    return steps_of


def test_forms_are_looked_for_once(steps_of):
    """Four times as many records with two lists take about four times the steps, not sixteen."""
    assert steps_of(1_600) < 6 * steps_of(400)

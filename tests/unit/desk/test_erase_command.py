"""`fedquery desk erase`: by time or by number, and not by accident."""

import json

import pytest
from click.testing import CliRunner
from unit.desk.conftest import NOW_MS, OWNER, new_question, outcome

from fedquery.ask.home import NewAgency, make_home
from fedquery.ask.outcome import Lookup
from fedquery.desk import cases, questions, schema
from fedquery.desk.erase_command import erase
from fedquery.desk.kept_case import NewCase
from fedquery.desk.store import DeskStore
from fedquery.errors import ConfigError, InputError


@pytest.fixture
def agency(tmp_path, octets):
    """Make the home of an agency, with a desk and one case of long ago."""
    home = tmp_path / "agency"
    make_home(home, NewAgency("TH/cyber-police", "police", "mekong"), octets)
    schema.create(home, octets)
    store = DeskStore.open(home, octets)
    long_ago_ms = 1_000_000
    kept = cases.begin(store, OWNER, NewCase(number="FIR 12/2026"), long_ago_ms)
    asked, _ = questions.begin(store, new_question(kept), long_ago_ms)
    questions.finish(store, asked.question_id, Lookup("2" * 16, NOW_MS, (outcome(),)))
    store.connection.close()
    return home


def run(home, *arguments):
    """Run the command."""
    return CliRunner().invoke(erase, arguments, obj=home, standalone_mode=False)


def left(home, octets):
    """Count the cases that are left."""
    store = DeskStore.open(home, octets)
    (count,) = store.connection.execute("SELECT count(*) FROM kept_case").fetchone()
    store.connection.close()
    return count


def test_what_is_due_is_counted_and_erased(agency, octets):
    """A dry run erases nothing."""
    would, beside = run(agency, "--due", "--dry-run").output.splitlines()
    assert "1 cases, 1 questions and 0 lists would be erased" == would
    assert "0 receipts and the cards of 0 cases would be erased" == beside
    assert 1 == left(agency, octets)
    counts = {"cases": 1, "questions": 1, "lists": 0, "receipts": 0, "receipts_kept": 0, "cards": 0}
    assert {"schema": "fedquery/desk-erase/v1", **counts} == json.loads(
        run(agency, "--due", "--json").output
    )
    assert 0 == left(agency, octets)
    assert "0 cases, 0 questions and 0 lists erased" in run(agency, "--due").output


def test_one_case_is_erased_by_its_number(agency, octets):
    """And a number that nobody has is told."""
    assert isinstance(run(agency, "--case", "FIR 13/2026").exception, InputError)
    assert 1 == left(agency, octets)
    assert "1 cases, 1 questions and 0 lists erased" in run(agency, "--case", "FIR 12/2026").output
    assert 0 == left(agency, octets)


@pytest.mark.parametrize(
    "arguments", [(), ("--due", "--case", "1"), ("--case", "1", "--dry-run"), ("--dry-run",)]
)
def test_it_is_said_what_is_to_be_erased(agency, octets, arguments):
    """Nothing is erased by leaving something away."""
    assert run(agency, *arguments).exit_code
    assert 1 == left(agency, octets)


def test_a_home_without_a_desk_says_so(tmp_path, octets):
    """And is given none by erasing."""
    home = tmp_path / "agency"
    make_home(home, NewAgency("TH/cyber-police", "police", "mekong"), octets)
    assert isinstance(run(home, "--due").exception, ConfigError)
    assert not schema.exists(home)

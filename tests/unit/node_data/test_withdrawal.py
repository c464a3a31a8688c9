"""Withdrawing: all or nothing, by reference, and no number of a row is ever another's."""

import numpy as np
import pytest
from fedquery_node import schema
from fedquery_node.config import load_settings
from fedquery_node.dividing import read_views
from fedquery_node.importer import Importer
from fedquery_node.records import _of_subject
from fedquery_node.rows import chunks_of
from fedquery_node.views import viewers_of
from fedquery_node.withdrawal import withdraw
from hypothesis import given, settings
from hypothesis import strategies as st
from support.importing import run
from unit.node_data.test_importer import GOOD, NODE_TOML, NOW_MS, lines


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Give the directory of an empty node."""
    path = tmp_path_factory.mktemp("node")
    (path / "node.toml").write_text(NODE_TOML)
    schema.create(path, load_settings(path))
    return path


@pytest.fixture
def connection(home):
    """Give its database, in which nothing stays."""
    opened = schema.connect(home)
    yield opened
    opened.execute("DELETE FROM record_kept")
    opened.execute("DELETE FROM found_under_kept")
    opened.execute("DELETE FROM subject")
    opened.close()


def importer(home, **changes):
    """Give an importer into `phones`."""
    return Importer(load_settings(home), "phones", frozenset({"TH", "LA"}), NOW_MS, **changes)


def rows(*numbers):
    """Make rows: each its own phone and reference."""
    return [
        {**GOOD, "identifier": f"+8485550{number:04}", "reference": f"R{number}"}
        for number in numbers
    ]


def named(*references):
    """Number references as a file does."""
    return list(enumerate(references, 1))


def references(connection):
    """Read what is recorded."""
    found = connection.execute("SELECT reference FROM record ORDER BY reference").fetchall()
    return [reference for (reference,) in found]


def test_what_is_named_is_gone(home, connection):
    """And nothing else; its identifier stands nowhere in the tables any more."""
    run(importer(home), connection, lines(*rows(1, 2, 3)))
    done = withdraw(connection, "phones", named(" R1", "R3\r", "R1"), skip_unknown=False)
    assert (2, {}) == (done.withdrawn, done.refused)
    assert ["R2"] == references(connection)
    kept = connection.execute("SELECT identifier FROM subject").fetchall()
    assert [b"phone:v1:+84855500002"] == [i for (i,) in kept if i.startswith(b"phone:")]


@pytest.mark.parametrize(
    ("reference", "reason"), [("R9", "reference-unknown"), ("R" * 65, "reference-form")]
)
def test_one_bad_line_keeps_everything(home, connection, reference, reason):
    """The line is told by its number."""
    run(importer(home), connection, lines(*rows(1, 2)))
    done = withdraw(connection, "phones", named("R1", reference), skip_unknown=False)
    assert (0, {reason: [2]}) == (done.withdrawn, done.refused)
    assert ["R1", "R2"] == references(connection)


def test_unknown_references_are_passed_over_where_that_is_said(home, connection):
    """But a line that is no reference never is."""
    run(importer(home), connection, lines(*rows(1, 2)))
    done = withdraw(connection, "phones", named("R9", "R" * 65, "R1"), skip_unknown=True)
    assert 0 == done.withdrawn
    done = withdraw(connection, "phones", named("R9", "R1"), skip_unknown=True)
    assert (1, {"reference-unknown": [1]}) == (done.withdrawn, done.refused)
    assert ["R2"] == references(connection)


def test_a_reference_of_another_dataset_is_unknown(home, connection):
    """References are each dataset's own."""
    run(importer(home), connection, lines(*rows(1)))
    done = withdraw(connection, "open", named("R1"), skip_unknown=False)
    assert {"reference-unknown": [1]} == done.refused


def test_the_number_of_a_withdrawn_row_is_never_given_to_another(home, connection):
    """A claim on the withdrawn row would be told the other's record."""
    run(importer(home), connection, lines(*rows(1)))
    (gone,) = connection.execute("SELECT subject_id FROM record").fetchone()
    withdraw(connection, "phones", named("R1"), skip_unknown=False)
    run(importer(home), connection, lines(*rows(2)))
    (new,) = connection.execute("SELECT subject_id FROM record").fetchone()
    assert new != gone


def test_a_changed_identifier_is_forgotten_too(home, connection):
    """A correction must not keep what it corrects."""
    run(importer(home), connection, lines(*rows(1)))
    corrected = {**rows(1)[0], "identifier": "+84855507777"}
    report = run(importer(home), connection, lines(corrected))
    assert (0, 1) == (report.added, report.changed)
    kept = connection.execute("SELECT identifier FROM subject").fetchall()
    assert (b"phone:v1:+84855500001",) not in kept


def test_what_is_the_same_keeps_the_time_of_its_last_change(home, connection):
    """`updated` is told to whoever claims: an import every night is no change."""
    run(importer(home), connection, lines(*rows(1)))
    again = Importer(load_settings(home), "phones", frozenset({"TH", "LA"}), NOW_MS + 1)
    report = run(again, connection, lines(*rows(1)))
    assert (0, 0) == (report.added, report.changed)
    assert [(NOW_MS,)] == connection.execute("SELECT updated_ms FROM record").fetchall()


SETS = st.sets(st.integers(0, 9))


@settings(max_examples=25, deadline=None)
@given(before=SETS, after=SETS.filter(bool), altered=SETS)
def test_a_whole_dataset_replaces_the_one_before(home, before, after, altered):
    """Whatever was there: afterwards it is the file, and the counts are those of the sets."""
    connection = schema.connect(home, checked=False)
    try:
        if before:
            run(importer(home), connection, lines(*rows(*before)))
        file = [{**row, "summary": "other"} if n in altered else row
                for n, row in zip(sorted(after), rows(*sorted(after)), strict=True)]  # fmt: skip
        report = run(importer(home, replace=True), connection, lines(*file))
        assert [f"R{n}" for n in sorted(after)] == references(connection)
        assert len(after - before) == report.added
        assert len(after & before & altered) == report.changed
        assert len(before - after) == report.withdrawn
        assert (2 * len(before - after) > len(before)) is report.withdraws_most
    finally:
        connection.execute("DELETE FROM record_kept")
        connection.execute("DELETE FROM subject")
        connection.close()


def test_a_row_that_is_refused_does_not_withdraw_its_record(home, connection):
    """One typo in a whole dataset refuses it, whatever may be passed over."""
    run(importer(home), connection, lines(*rows(1, 2)))
    bad = {**rows(2)[0], "identifier": "hello"}
    report = run(importer(home, replace=True, skip_bad=5), connection, lines(*rows(1), bad))
    assert (0, 0) == (report.imported, report.withdrawn)
    assert ["R1", "R2"] == references(connection)


def address(number, text, release="*"):
    """Make a row of an address."""
    return {**GOOD, "identifier": text, "reference": f"A{number}", "release_to": release}


def addresses(home, connection, *made):
    """Import addresses."""
    into = Importer(load_settings(home), "addresses", frozenset({"TH", "LA"}), NOW_MS)
    run(into, connection, lines(*made))


def published(connection):
    """List what the next version would hold."""
    chunks = chunks_of(connection, "addresses", 2)
    return sorted(one.decode() for chunk in chunks for one in chunk.inputs)


FIRST = "203.0.113.5:443 2026-11-25T13:20Z"
FORMS = [
    "ip:v1:203.0.113.5",
    "ip:v1:203.0.113.5/2026-11-25",
    "ip:v1:203.0.113.5/2026-11-25T13Z",
    "ip:v1:203.0.113.5/2026-11-25T13Z/443",
]


def test_a_record_is_published_under_its_less_exact_forms(home, connection):
    """Once each, however many records share them or are imported again."""
    addresses(home, connection, address(1, FIRST))
    assert FORMS == published(connection)
    other = address(2, "203.0.113.5:443 2026-11-25T14:20Z")
    addresses(home, connection, address(1, FIRST), other)
    assert {*FORMS, f"{FORMS[1]}T14Z", f"{FORMS[1]}T14Z/443"} == set(published(connection))
    assert 6 == len(published(connection))


def test_a_form_goes_with_the_last_record_that_is_found_under_it(home, connection):
    """And with it its identifier, while its number stays."""
    second = address(2, "203.0.113.5 2026-11-25")
    addresses(home, connection, address(1, FIRST), second)
    withdraw(connection, "addresses", named("A1"), skip_unknown=False)
    assert FORMS[:2] == published(connection)
    withdraw(connection, "addresses", named("A2"), skip_unknown=False)
    assert [] == published(connection)
    kept = connection.execute("SELECT identifier FROM subject WHERE dataset = 'addresses'")
    assert all(identifier.startswith(b"withdrawn:") for (identifier,) in kept)


def test_a_bare_address_has_its_own_record_and_those_found_under_it(home, connection):
    """A claim of the row finds all of them; a claim of an exact row its own alone."""
    addresses(home, connection, address(1, FIRST), address(2, "203.0.113.5"))
    for form, expected in ((FORMS[0], {"A1", "A2"}), (FORMS[1], {"A1"}), (FORMS[3], {"A1"})):
        (subject,) = connection.execute(
            "SELECT id FROM subject WHERE identifier = ?", (form.encode(),)
        ).fetchone()
        found = _of_subject(connection, subject, {"*"})
        assert expected == {record.reference for record in found}


def test_a_form_is_released_to_whom_the_record_is(home, connection):
    """TH's view has the forms of TH's record, and no others."""
    other = address(2, "203.0.113.6", "LA")
    addresses(home, connection, address(1, FIRST, "TH"), other)
    names = dict(connection.execute("SELECT id, identifier FROM subject"))
    views = read_views(connection, "addresses", viewers_of({"TH", "LA"}))
    numbers = np.array(sorted(names))
    seen = {
        view.viewers: {names[int(numbers[at])].decode() for at in view.places_of(numbers)}
        for view in views
    }
    assert {("TH",): set(FORMS), ("LA",): {"ip:v1:203.0.113.6"}} == seen

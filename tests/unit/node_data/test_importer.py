"""Importing: all or nothing, idempotent, refused rows named by line and reason."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fedquery_node import schema
from fedquery_node.config import load_settings
from fedquery_node.importer import Importer
from support.importing import run

from fedquery.tabular import FileError, Row, Typed

NOW_MS = 1_800_000_000_000
NODE_TOML = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"
[contacts]
desk = "Hanoi desk"
[datasets.phones]
kind = "phone"
[datasets.open]
kind = "phone"
release_to_default = ["*"]
[datasets.addresses]
kind = "ip"
"""
GOOD = {
    "identifier": "+84855501990",
    "reference": "R1",
    "category": "mule",
    "handling": "open",
    "summary": "seen in two cases",
    "contact": "desk",
    "first_seen": "2026-01-02",
    "last_seen": "2026-03-04",
    "release_to": "TH; LA",
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Give an empty database of a node."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    schema.create(tmp_path, load_settings(tmp_path))
    opened = schema.connect(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def importer(tmp_path: Path, connection: sqlite3.Connection) -> Importer:
    """Give an importer into the dataset `phones`."""
    return Importer(load_settings(tmp_path), "phones", frozenset({"TH", "LA"}), NOW_MS)


def lines(*rows: dict[str, str] | None) -> list[Row]:
    """Number rows as a file with a header line does."""
    return [Row(number, row) for number, row in enumerate(rows, 2)]


def records(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Read what was imported."""
    return connection.execute(
        "SELECT identifier, reference, handling, release_to, first_seen_ms, updated_ms"
        " FROM record JOIN subject ON subject.id = subject_id ORDER BY reference"
    ).fetchall()


def test_a_row_is_imported_in_canonical_form(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """A national spelling becomes the identifier that an asker's becomes."""
    report = run(importer, connection, lines({**GOOD, "identifier": "0855 501 990"}))
    assert (1, 1) == (report.rows, report.imported)
    expected = (b"phone:v1:+84855501990", "R1", "open", '["LA","TH"]', 1_767_312_000_000, NOW_MS)
    assert [expected] == records(connection)


def test_importing_twice_changes_nothing(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """The same file again gives the same records."""
    run(importer, connection, lines(GOOD))
    before = records(connection)
    run(importer, connection, lines(GOOD))
    assert before == records(connection)


def test_the_same_reference_again_replaces(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """A correction under the same reference leaves one record."""
    run(importer, connection, lines(GOOD))
    run(importer, connection, lines({**GOOD, "identifier": "+84855501991", "release_to": "TH"}))
    assert [(b"phone:v1:+84855501991", '["TH"]')] == [(r[0], r[3]) for r in records(connection)]


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("release-missing", {"release_to": ""}),
        ("release-unknown", {"release_to": "TH;XX"}),
        ("release-unknown", {"release_to": "VN"}),
        ("reference-missing", {"reference": " "}),
        ("reference-form", {"reference": "R" * 81}),
        ("summary-form", {"summary": "s" * 161}),
        ("summary-form", {"summary": "a\x07b"}),
        ("handling-unknown", {"handling": "secret"}),
        ("contact-unknown", {"contact": "nobody"}),
        ("date-form", {"first_seen": "02/01/2026"}),
        ("seen-backwards", {"first_seen": "2026-05-01"}),
    ],
)
def test_one_bad_row_refuses_the_file(
    importer: Importer, connection: sqlite3.Connection, reason: str, change: dict[str, str]
) -> None:
    """Nothing is imported, and the report names line and reason."""
    report = run(importer, connection, lines(GOOD, {**GOOD, "reference": "R2", **change}))
    assert {reason: [3]} == report.lines
    assert 0 == report.imported
    assert [] == records(connection)


def test_an_identifier_is_refused_with_its_reason_and_not_quoted(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """The report says what is wrong with an identifier, never which it was."""
    report = run(importer, connection, lines({**GOOD, "identifier": "855501990x"}))
    (reason,) = report.refused
    assert reason.startswith("identifier: ")
    assert "855501990" not in repr(report)


def test_bad_rows_can_be_passed_over_up_to_a_number(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """`skip_bad` is a ceiling: one more refuses the file."""
    rows = lines(GOOD, None, {**GOOD, "reference": "R2", "release_to": ""})
    one = Importer(importer.settings, "phones", importer.nations, NOW_MS, skip_bad=1)
    assert 0 == run(one, connection, rows).imported
    two = Importer(importer.settings, "phones", importer.nations, NOW_MS, skip_bad=2)
    report = run(two, connection, rows)
    assert {"columns": 1, "release-missing": 1} == dict(report.refused)
    assert (1, 1) == (report.imported, len(records(connection)))


def test_a_reference_that_stands_twice_is_refused(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """Within one file nobody could say which of the two rows is meant."""
    report = run(importer, connection, lines(GOOD, {**GOOD, "identifier": "+84855501992"}))
    assert {"reference-twice": [3]} == report.lines


def test_a_dry_run_imports_nothing_and_says_what_it_would(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """A dry run counts, and takes everything back."""
    assert 1 == run(importer, connection, lines(GOOD), dry_run=True).imported
    assert [] == records(connection)


def test_the_default_of_the_dataset_releases(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """Where node.toml says so, a row that names nobody is released to the default."""
    default = Importer(importer.settings, "open", importer.nations, NOW_MS)
    run(default, connection, lines({**GOOD, "release_to": ""}))
    assert ['["*"]'] == [row[3] for row in records(connection)]


def test_what_nobody_marked_is_not_open(importer: Importer, connection: sqlite3.Connection) -> None:
    """A missing handling code is restricted."""
    run(importer, connection, lines({**GOOD, "handling": ""}))
    assert ["restricted"] == [row[2] for row in records(connection)]


def test_a_file_without_rows_is_refused(importer: Importer, connection: sqlite3.Connection) -> None:
    """An empty export must not pass for a good one."""
    with pytest.raises(FileError):
        run(importer, connection, [])


def test_a_fault_in_the_middle_takes_everything_back(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """A file that breaks off leaves the database as it was, and usable."""

    def broken() -> Iterator[Row]:
        yield from lines(GOOD)
        raise FileError("line 3 cannot be read")

    with pytest.raises(FileError):
        run(importer, connection, broken())
    assert [] == records(connection)
    assert 1 == run(importer, connection, lines(GOOD)).imported


def test_batches_are_one_transaction(importer: Importer, connection: sqlite3.Connection) -> None:
    """A bad row behind the first batch takes the first batch back too."""
    many: list[dict[str, str] | None] = [{**GOOD, "reference": f"R{n}"} for n in range(20_001)]
    counted: list[int] = []
    report = run(importer, connection, lines(*many, None), counted.append)
    assert (20_002, 0) == (report.rows, report.imported)
    assert [*range(2_000, 20_001, 2_000), 20_002] == counted
    assert [] == records(connection)


def test_a_cell_that_was_no_text_is_looked_at(
    importer: Importer, connection: sqlite3.Connection
) -> None:
    """A date is no identifier, and a number is imported with a warning: its zeros are gone."""
    number = Row(2, {**GOOD, "identifier": "84855501990"}, typed={"identifier": Typed.NUMBER})
    dated = Row(3, {**GOOD, "reference": "R2"}, typed={"identifier": Typed.DATE})
    rounded = Row(4, None, "number-rounded")
    report = run(importer, connection, [number, dated, rounded])
    assert {"identifier: date-cell": [3], "number-rounded": [4]} == report.lines
    assert 1 == report.warnings["number-cell"]

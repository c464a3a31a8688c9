"""Imports from files: what each sort needs, what is gone on with, what is begun anew."""

import json
import sqlite3
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fedquery_node import import_command, schema
from fedquery_node.file_source import FileSource
from fedquery_node.importer import Importer
from fedquery_node.opening import PUBLISH_LOCK
from fedquery_node.stage import unfinished

from fedquery.errors import StorageError
from fedquery.storage.database import DirectoryLock

HEADER = "identifier,reference,release_to\n"
ROWS = 5_000


def file_of(directory, text, name="rows.csv"):
    """Write a file to import, where files to import may hold identifiers."""
    (directory / "import").mkdir(exist_ok=True)
    path = directory / "import" / name
    path.write_text(text, encoding="utf-8")
    return path


def numbered(numbers, nation="*"):
    """Make the rows of a file."""
    return HEADER + "".join(f"+8485{n:07},R{n},{nation}\n" for n in numbers)


def records(home):
    """Read which records there are."""
    connection = schema.connect(home)
    try:
        found = connection.execute("SELECT reference, release_to FROM record").fetchall()
        return {reference: json.loads(release_to) for reference, release_to in found}
    finally:
        connection.close()


def counts(ended):
    """Give what an import with --json said."""
    code, out, err = ended
    assert 0 == code, err
    found = json.loads(out)
    return found["rows"], found["added"], found["changed"], found["withdrawn"]


def configure(member, **source):
    """Write where the rows of `phones` come from."""
    settings = member.home / "node.toml"
    text = settings.read_text().partition("\n[datasets.phones.source]")[0]
    lines = [f"{key} = {json.dumps(value)}" for key, value in source.items()]
    settings.write_text("\n".join([text, "[datasets.phones.source]", *lines, ""]))


def break_off(monkeypatch, after, times=1):
    """Have the disk of a source fail behind a row, so many times; give where reading began."""
    began, rows = [], FileSource.rows

    def failing(self, position):
        began.append(position.line)
        for row in rows(self, position):
            if len(began) <= times and row[0].number > after:
                raise StorageError("the disk fails")
            yield row

    monkeypatch.setattr(FileSource, "rows", failing)
    return began


def test_an_import_that_broke_off_goes_on_where_it_was(member, tmp_path, monkeypatch):
    """No row twice, none left out; until it is whole nothing of it is a record."""
    path = file_of(tmp_path, numbered(range(ROWS)))
    began = break_off(monkeypatch, 3_000)
    assert 74 == member("import", "phones", path)[0]
    assert ({}, ["phones"]) == (records(member.home), unfinished(member.home))
    code, out, err = member("import", "phones", path)
    assert (0, f"{ROWS} rows, {ROWS} imported") == (code, out.splitlines()[0])
    assert "going on behind row 2001" in err
    assert [0, 2_001] == began
    assert (ROWS, []) == (len(records(member.home)), unfinished(member.home))


def test_refused_rows_of_both_parts_are_counted(member, tmp_path, monkeypatch):
    """A resumed import says what an unbroken one would."""
    text = numbered(range(ROWS)).replace("+84850000007,", "x,").replace("+84850004000,", "x,")
    path = file_of(tmp_path, text.replace(",R4001,", ",R1,"))
    break_off(monkeypatch, 3_000)
    assert 74 == member("import", "phones", path)[0]
    code, out, _ = member("import", "phones", path, "--json")
    found = json.loads(out)
    assert (65, ROWS, 3) == (code, found["rows"], sum(found["refused"].values()))
    assert [4003] == found["lines"]["reference-twice"]
    assert [9, 4002] == sorted(
        line for reason, named in found["lines"].items() if ":" in reason for line in named
    )
    assert ({}, []) == (records(member.home), unfinished(member.home))


@pytest.mark.parametrize("what", ["file", "settings", "--full"])
def test_what_was_read_of_something_else_is_not_gone_on_with(member, tmp_path, monkeypatch, what):
    """Another file, other settings: it begins at the first row."""
    path = file_of(tmp_path, numbered(range(ROWS)))
    began = break_off(monkeypatch, 3_000)
    assert 74 == member("import", "phones", path)[0]
    if what == "file":
        path.write_text(numbered(range(ROWS), "TH"))
    elif what == "settings":
        settings = member.home / "node.toml"
        settings.write_text(settings.read_text() + 'region = "TH"\n')
    code, _, err = member("import", "phones", path, *(["--full"] if what == "--full" else []))
    assert (0, [0, 0]) == (code, began), err
    assert (["TH"] if what == "file" else ["*"]) == records(member.home)["R1"]


def test_a_broken_stage_is_begun_anew(member, tmp_path, monkeypatch):
    """What a failing disk left of it costs time and nothing else."""
    path = file_of(tmp_path, numbered(range(ROWS)))
    began = break_off(monkeypatch, 3_000)
    assert 74 == member("import", "phones", path)[0]
    (member.home / "import" / "phones.db").write_bytes(b"no database of ours" * 1000)
    assert 0 == member("import", "phones", path)[0]
    assert [0, 0] == began


def test_a_stage_is_for_its_owner_alone(member, tmp_path, monkeypatch):
    """It holds identifiers, as the database does; and goes with the import, or its refusal."""
    path = file_of(tmp_path, numbered(range(ROWS)))
    break_off(monkeypatch, 3_000)
    assert 74 == member("import", "phones", path)[0]
    directory = member.home / "import"
    assert 0o700 == directory.stat().st_mode & 0o777
    for file in directory.iterdir():
        assert 0o600 == file.stat().st_mode & 0o777
    assert "IMPORT     of phones is unfinished" in member("status")[1]
    for arguments in ([path, "--dry-run"], [path]):
        assert 0 == member("import", "phones", *arguments)[0]
        assert ["phones.lock"] == [file.name for file in directory.iterdir()]


def test_a_file_that_changes_while_it_is_read_is_refused(member, tmp_path, monkeypatch):
    """Rows of two states are no file; the next import begins anew."""
    path = file_of(tmp_path, numbered(range(ROWS)))
    rows = FileSource.rows

    def changing(self, position):
        for row in rows(self, position):
            if row[0].number == 4_000:
                with path.open("a") as file:
                    file.write("+84859999999,R9999999,*\n")
            yield row

    monkeypatch.setattr(FileSource, "rows", changing)
    code, _, err = member("import", "phones", path)
    assert (65, True) == (code, "changed while it was read" in err)
    assert ({}, []) == (records(member.home), unfinished(member.home))
    monkeypatch.setattr(FileSource, "rows", rows)
    assert (ROWS + 1, ROWS + 1, 0, 0) == counts(member("import", "phones", path, "--json"))


def test_a_column_withdraws(member, tmp_path):
    """By reference alone: of a record that goes nobody needs to know more."""
    assert 0 == member("import", "phones", file_of(tmp_path, numbered(range(4))))[0]
    text = "identifier,reference,deleted,release_to\n,R1,Yes,\n,R9,1,\n+84850000002,R2,no,*\n"
    assert (3, 0, 0, 1) == counts(member("import", "phones", file_of(tmp_path, text), "--json"))
    assert {"R0", "R2", "R3"} == records(member.home).keys()
    assert (3, 0, 0, 0) == counts(member("import", "phones", file_of(tmp_path, text), "--json"))
    bad = text.replace("Yes", "perhaps").replace(",R9,", ",,")
    code, out, _ = member("import", "phones", file_of(tmp_path, bad))
    assert (65, True, True) == (code, "deleted-form" in out, "reference-missing" in out)


def test_a_column_that_withdraws_most_is_not_believed(member, tmp_path):
    """It may mean the opposite; --yes says that it does not."""
    assert 0 == member("import", "phones", file_of(tmp_path, numbered(range(4))))[0]
    text = "identifier,reference,deleted\n" + "".join(f",R{n},t\n" for n in range(3))
    code, _, err = member("import", "phones", file_of(tmp_path, text))
    assert (65, True, 4) == (code, "more than half" in err, len(records(member.home)))
    assert (3, 0, 0, 3) == counts(
        member("import", "phones", file_of(tmp_path, text), "--yes", "--json")
    )


def test_parquet_is_read(member, tmp_path):
    """With the same columns, and the same strictness."""
    table = pa.table(
        {
            "identifier": ["+84850000001", "+84850000002"],
            "reference": ["R1", "R2"],
            "release_to": ["*", "TH"],
        }
    )
    (tmp_path / "import").mkdir()
    path = tmp_path / "import" / "rows.parquet"
    pq.write_table(table, path)
    assert (2, 2, 0, 0) == counts(member("import", "phones", path, "--json"))
    assert {"R1": ["*"], "R2": ["TH"]} == records(member.home)


@pytest.fixture
def desk(member, tmp_path):
    """Give an SQLite file of another program, and a node that imports from it."""
    (tmp_path / "import").mkdir()
    path = tmp_path / "import" / "desk.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("CREATE TABLE entry (file, phone, step INTEGER)")
    connection.executemany(
        "INSERT INTO entry VALUES (?, ?, ?)", [(f"R{n}", 84850000000 + n, n) for n in range(5)]
    )
    configure(
        member,
        location=str(path),
        query="SELECT '+' || phone AS identifier, file AS reference, '*' AS release_to, step"
        " FROM entry;",
        cursor="step",
    )
    member.file = path
    yield member, connection
    connection.close()


def test_sqlite_is_read_while_its_program_writes(desk):
    """And the next time only what its cursor says is new; the last value is read again."""
    member, connection = desk
    assert (5, 5, 0, 0) == counts(member("import", "phones", "--json"))
    connection.execute("BEGIN")
    connection.execute("INSERT INTO entry VALUES ('R8', 84850000008, 8)")
    assert (1, 0, 0, 0) == counts(member("import", "phones", "--json"))
    connection.execute("COMMIT")
    assert (2, 1, 0, 0) == counts(member("import", "phones", "--json"))
    assert (1, 0, 0, 0) == counts(member("import", "phones", "--json"))
    assert (3, 0, 0, 0) == counts(member("import", "phones", "--since", "3", "--json"))
    assert (6, 0, 0, 0) == counts(member("import", "phones", "--full", "--json"))


def test_a_row_that_shares_the_last_cursor_is_not_missed_after_a_wait(desk):
    """What waited for a publication is read on from its last value, as a later import is."""
    member, connection = desk
    with DirectoryLock(member.home, PUBLISH_LOCK):
        assert 75 == member("import", "phones")[0]
    connection.execute("INSERT INTO entry VALUES ('R5', 84850000005, 4)")
    connection.execute("INSERT INTO entry VALUES ('R6', 84850000006, 6)")
    assert 0 == member("import", "phones")[0]
    assert {f"R{n}" for n in range(7)} == records(member.home).keys()


def test_a_beginning_behind_all_rows_leaves_out_none_later(desk):
    """A time that was mistyped, or a text for a column of numbers, is not gone on from."""
    member, connection = desk
    assert (5, 5, 0, 0) == counts(member("import", "phones", "--json"))
    for since in ("1000000", "2026-11-25"):
        assert (0, 0, 0, 0) == counts(member("import", "phones", "--since", since, "--json"))
    connection.execute("INSERT INTO entry VALUES ('R5', 84850000005, 5)")
    assert (2, 1, 0, 0) == counts(member("import", "phones", "--json"))


def test_a_row_without_a_cursor_is_refused_later_too(desk):
    """It would be behind no cursor, and so never be read."""
    member, connection = desk
    assert (5, 5, 0, 0) == counts(member("import", "phones", "--json"))
    connection.execute("INSERT INTO entry VALUES ('R5', 84850000005, NULL)")
    code, _, err = member("import", "phones")
    assert (65, True) == (code, "could go on from" in err)


def test_cursors_are_of_one_type(desk):
    """SQLite takes any text for greater than any number, and no number would come behind it."""
    member, connection = desk
    connection.execute("ALTER TABLE entry ADD COLUMN step2")
    connection.execute("UPDATE entry SET step2 = step")
    query = (
        "SELECT '+' || phone AS identifier, file AS reference, '*' AS release_to, step2 AS step"
        " FROM entry"
    )
    configure(member, location=str(member.file), query=query, cursor="step")
    assert (5, 5, 0, 0) == counts(member("import", "phones", "--json"))
    connection.execute("INSERT INTO entry VALUES ('R5', 84850000005, 5, '5')")
    code, _, err = member("import", "phones")
    assert (65, True) == (code, "cursor of row 2" in err), err


@pytest.mark.parametrize("since", ["1" * 30, "1" * 5_000])
def test_a_beginning_that_no_cursor_can_have_is_refused(desk, since):
    """As what was typed, and not as a fault."""
    member, _ = desk
    assert 65 == member("import", "phones", "--since", since)[0]


def test_another_query_is_begun_at_its_first_row(desk):
    """Its cursor is not that of the one before."""
    member, _ = desk
    assert (5, 5, 0, 0) == counts(member("import", "phones", "--json"))
    query = (
        "SELECT '+' || phone AS identifier, file AS reference, 'TH' AS release_to,"
        " -step AS step FROM entry"
    )
    configure(member, location=str(member.file), query=query, cursor="step")
    assert (5, 0, 5, 0) == counts(member("import", "phones", "--json"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "no query"),
        ("SELECT nothing FROM entry", "SQLITE_ERROR"),
        ("DELETE FROM entry", "SQLITE_ERROR"),
        ("ATTACH 'other.db' AS other", "SQLITE"),
        ("SELECT phone AS identifier, step FROM entry", "no column reference"),
        ("SELECT phone AS identifier, file AS reference, 1.5 AS step FROM entry", "row 1"),
        ("SELECT phone AS identifier, file AS reference, step, step FROM entry", "column 4"),
        ("SELECT phone AS identifier, file AS reference, step, 1 AS x FROM entry", "column 4"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(desk, query, said):
    """It reads and does nothing else; what SQLite says of it is told by name."""
    member, connection = desk
    configure(member, location=str(member.file), query=query, cursor="step")
    code, _, err = member("import", "phones")
    assert (65, True) == (code, said in err), err
    assert (5,) == connection.execute("SELECT count(*) FROM entry").fetchone()
    assert {} == records(member.home)


def test_values_that_are_no_text_exactly_are_refused(desk):
    """By row and reason."""
    member, connection = desk
    connection.execute("UPDATE entry SET file = x'00ff' WHERE step = 2")
    connection.execute("UPDATE entry SET file = 1.5 WHERE step = 3")
    code, out, _ = member("import", "phones", "--json")
    assert (65, {"cell-type": [3, 4]}) == (code, json.loads(out)["lines"])


def test_a_relative_place_begins_at_the_settings(member):
    """As every path of node.toml; one that is typed begins where the operator is."""
    (member.home / "rows.csv").write_text(numbered(range(2)))
    configure(member, location="rows.csv")
    assert (2, 2, 0, 0) == counts(member("import", "phones", "--json"))
    (member.home / "rows.csv").unlink()


def test_where_rows_come_from_is_said(member):
    """By nobody: then the import says where it can be. Without a cursor there is no --since."""
    code, _, err = member("import", "phones")
    assert (78, True) == (code, "source.location" in err)
    assert 2 == member("import", "phones", __file__, "--since", "1")[0]
    assert 2 == member("import", "phones", __file__, "--since", "1", "--full")[0]


def test_nothing_waits_for_the_reading(member, tmp_path, monkeypatch):
    """A publication and an answer go on while rows are read: the database is not held."""
    path = file_of(tmp_path, numbered(range(3)))
    assert 0 == member("import", "phones", path)[0]
    read, said = Importer.read, []

    def reading(self, *arguments):
        read(self, *arguments)
        said.append(member("publish")[0])

    monkeypatch.setattr(Importer, "read", reading)
    assert 0 == member("import", "phones", path)[0]
    assert [0] == said


def test_what_was_read_is_kept_while_a_publication_is_under_way(member, tmp_path):
    """Records do not change under it; afterwards nothing is read twice."""
    path = file_of(tmp_path, numbered(range(3)))
    with DirectoryLock(member.home, PUBLISH_LOCK):
        assert 75 == member("import", "phones", path)[0]
    assert ({}, ["phones"]) == (records(member.home), unfinished(member.home))
    code, _, err = member("import", "phones", path)
    assert (0, 3, True) == (code, len(records(member.home)), "going on behind row 4" in err)


def test_records_that_change_while_a_person_thinks_are_not_overwritten(
    member, tmp_path, monkeypatch
):
    """What they agreed to is what is done, or nothing."""
    assert 0 == member("import", "phones", file_of(tmp_path, numbered(range(9))))[0]

    def withdrawing():
        references = file_of(tmp_path, "R7\n", "gone.txt")
        assert 0 == member("withdraw", "--dataset", "phones", references)[0]

    monkeypatch.setattr(import_command, "_ask", withdrawing)
    code, _, err = member("import", "phones", file_of(tmp_path, numbered(range(7))), "--replace")
    assert (65, True) == (code, "changed meanwhile" in err)
    assert {f"R{n}" for n in (0, 1, 2, 3, 4, 5, 6, 8)} == records(member.home).keys()


NARROW = """
import resource, signal, sys
from fedquery.config.libsodium import load
from fedquery_node.__main__ import main
from fedquery_node.importer import Importer

def narrow(step):
    def narrowed(*arguments):
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        return step(*arguments)
    return narrowed

load()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
step = sys.argv[1]
setattr(Importer, step, narrow(getattr(Importer, step)))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("step", ["read", "compare", "take_over"])
def test_a_full_disk_keeps_the_records_as_they_were(member, tmp_path, step):
    """While rows are read, compared and taken over; with room it is run again."""
    assert 0 == member("import", "phones", file_of(tmp_path, numbered(range(9))))[0]
    path = file_of(tmp_path, numbered(range(ROWS), "TH"))
    arguments = [step, "--home", str(member.home), "import", "phones", str(path)]
    ended = subprocess.run(
        [sys.executable, "-c", NARROW, *arguments], capture_output=True, check=False
    )
    assert 74 == ended.returncode, ended.stderr
    assert {f"R{n}": ["*"] for n in range(9)} == records(member.home)
    assert (ROWS, ROWS - 9, 9, 0) == counts(member("import", "phones", path, "--json"))

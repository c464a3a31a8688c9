"""Imports from a PostgreSQL server: a real one, made for the session."""

import json
import sys

import pytest
from fedquery_node import schema
from fedquery_node.config import Columns, SourceSettings
from fedquery_node.import_source import START
from fedquery_node.postgresql_source import PostgresqlSource, SourceGoneError, connection_settings
from fedquery_node.query import Query
from fedquery_node.query_values import cursor_of
from support.postgresql import PASSWORD, server

from fedquery.errors import ConfigError

TABLE = """CREATE TABLE suspect (
    file text PRIMARY KEY, phone text, nations text[], seen date, closed boolean NOT NULL,
    changed timestamptz NOT NULL
)"""
QUERY = (
    "SELECT phone AS identifier, file AS reference, nations AS release_to, seen AS first_seen,"
    " closed AS deleted, changed FROM suspect WHERE file LIKE 'R%' -- no comment reaches further"
)


@pytest.fixture(scope="session")
def running():
    """Give a server."""
    with server() as made:
        yield made


@pytest.fixture
def database(running):
    """Give it with three rows."""
    running.execute("DROP TABLE IF EXISTS suspect", TABLE)
    for number in range(3):
        put(running, number, minute=number)
    return running


def put(database, number, *, minute, phone="+8485550{:04}", closed=False):
    """Write a row as its owner's system does."""
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO suspect VALUES (%s, %s, '{TH}', '2026-01-02', %s,"
            " timestamptz '2026-11-25 08:00+07' + %s * interval '1 minute')"
            " ON CONFLICT (file) DO UPDATE SET phone = excluded.phone, closed = excluded.closed,"
            " changed = excluded.changed",
            (f"R{number}", phone.format(number), closed, minute),
        )


@pytest.fixture
def node(member, database, tmp_path):
    """Give a node whose dataset comes from the server."""
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    password.chmod(0o600)

    def configure(**source):
        settings = member.home / "node.toml"
        text = settings.read_text().partition("\n[datasets.phones.source]")[0]
        found = {
            "location": database.location,
            "query": QUERY,
            "cursor": "changed",
            "password_file": str(password),
            **source,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in found.items() if value != ""]
        settings.write_text("\n".join([text, "[datasets.phones.source]", *lines, ""]))

    configure()
    member.configure = configure
    return member


def imported(node, *arguments):
    """Import, and give what is said of it."""
    code, out, err = node("import", "phones", *arguments, "--json")
    assert 0 == code, err
    found = json.loads(out)
    return found["rows"], found["added"], found["changed"], found["withdrawn"]


def records(node):
    """Read the records."""
    connection = schema.connect(node.home)
    try:
        return connection.execute(
            "SELECT reference, identifier, release_to FROM record"
            " JOIN subject ON subject.id = subject_id ORDER BY reference"
        ).fetchall()
    finally:
        connection.close()


def test_rows_come_from_the_server_and_then_only_what_changed(node, database):
    """With upserts and withdrawals; a row that is read again changes nothing."""
    assert (3, 3, 0, 0) == imported(node)
    assert ("R0", b"phone:v1:+84855500000", '["TH"]') == records(node)[0]
    put(database, 7, minute=60)
    put(database, 1, minute=61, phone="+8485551{:04}")
    put(database, 2, minute=62, closed=True)
    # R0 is read again: it was changed less than `overlap_s` before the last row of then.
    assert (4, 1, 1, 1) == imported(node)
    assert ["R0", "R1", "R7"] == [reference for reference, _, _ in records(node)]
    assert b"phone:v1:+84855510001" == records(node)[1][1]
    assert (3, 0, 0, 0) == imported(node)
    assert (4, 0, 0, 0) == imported(node, "--full")


def test_what_was_committed_late_is_not_missed(node, database):
    """A change is seen when it is committed, which may be after a later one was imported."""
    put(database, 5, minute=30)
    assert (4, 4, 0, 0) == imported(node)
    put(database, 6, minute=27)
    assert (2, 1, 0, 0) == imported(node)
    # Further back than `overlap_s` an import goes only when it is told.
    put(database, 8, minute=20)
    assert (2, 0, 0, 0) == imported(node)
    assert (3, 1, 0, 0) == imported(node, "--since", "2026-11-25 08:20+07")


def test_the_whole_dataset_is_read_from_its_first_row(node, database):
    """--replace withdraws what the query does not give, and nothing that it would."""
    imported(node)
    database.execute("DELETE FROM suspect WHERE file = 'R1'")
    assert (2, 0, 0, 1) == imported(node, "--replace", "--yes")
    assert ["R0", "R2"] == [reference for reference, _, _ in records(node)]


def test_a_query_without_a_cursor_gives_all_rows_each_time(node, database):
    """And those withdrawn by its column go."""
    node.configure(cursor="", query=QUERY.replace(", changed FROM", " FROM"))
    assert (3, 3, 0, 0) == imported(node)
    put(database, 0, minute=9, closed=True)
    assert (3, 0, 0, 1) == imported(node)


def test_the_last_of_several_rows_of_a_reference_counts(node):
    """Where there is a cursor: a table of events is a source too."""
    twice = (
        "SELECT * FROM (VALUES ('+84855500001', 'R', 'TH', 2), ('+84855500002', 'R', 'TH', 3),"
        " ('+84855500003', 'R', 'TH', 1)) AS t (identifier, reference, release_to, changed)"
    )
    node.configure(query=twice)
    assert (3, 1, 0, 0) == imported(node)
    assert [("R", b"phone:v1:+84855500002", '["TH"]')] == records(node)


def test_rows_that_cannot_be_taken_are_told_by_number_and_reason(node, database):
    """Nothing is imported, and nothing of a value is said."""
    database.execute("UPDATE suspect SET phone = 'SECRET' WHERE file = 'R1'")
    code, out, err = node("import", "phones")
    assert 65 == code
    assert "on line 2" in out
    assert "SECRET" not in out + err
    assert [] == records(node)


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("SELECT nothing FROM suspect", 65, "SQLSTATE 42703"),
        ("SELECT 1 / 0 AS identifier, 'R' AS reference, 1 AS changed", 65, "SQLSTATE 22012"),
        ("DELETE FROM suspect RETURNING *", 65, "SQLSTATE 42601"),
        ("SELECT 1; DROP TABLE suspect", 65, "SQLSTATE 42601"),
        ("SELECT phone AS identifier, changed FROM suspect", 65, "no column reference"),
        ("SELECT phone AS identifier, file AS reference, changed, seen FROM suspect", 65,
         "column 4"),
        ("SELECT phone AS identifier, file AS reference, NULL AS changed FROM suspect", 65,
         "row 1"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_refused(node, database, query, code, said):
    """Told by the server's number for it; its words quote values."""
    node.configure(query=query)
    found, _, err = node("import", "phones")
    assert (code, True) == (found, said in err), err
    assert [] == records(node)
    with database.connect() as connection:
        assert (3,) == connection.execute("SELECT count(*) FROM suspect").fetchone()


def test_a_function_that_writes_cannot(node, database):
    """The import reads, whatever the query calls."""
    database.execute(
        "CREATE OR REPLACE FUNCTION eat() RETURNS int LANGUAGE sql"
        " AS 'DELETE FROM suspect; SELECT 1'"
    )
    node.configure(query=QUERY.replace("SELECT", "SELECT eat() AS category,", 1))
    code, _, err = node("import", "phones")
    assert (65, True) == (code, "SQLSTATE 25006" in err), err


def test_a_wrong_password_is_told_without_it(node, tmp_path):
    """As a fault of the settings; a file that others may read is refused before it is read."""
    wrong = tmp_path / "wrong"
    wrong.write_text("SECRET")
    wrong.chmod(0o600)
    node.configure(password_file=str(wrong))
    code, out, err = node("import", "phones")
    assert 78 == code, err
    assert "SECRET" not in out + err
    wrong.chmod(0o644)
    assert "0600" in node("import", "phones")[2]


def test_a_password_in_an_address_is_refused(node, database):
    """On the command line and in node.toml, and it is not said again."""
    location = database.location.replace("@", ":SECRET@")
    code, out, err = node("import", "phones", location)
    assert (78, True) == (code, "has a password in it" in err)
    node.configure(location=database.location + "&password=SECRET")
    code, out_2, err_2 = node("import", "phones")
    assert 78 == code
    assert "SECRET" not in out + err + out_2 + err_2


def test_far_servers_are_verified():
    """By TLS and certificate, unless the address says otherwise; near ones are this machine."""
    far = connection_settings("postgresql://u@db.example/cases")
    assert "verify-full" == far["sslmode"]
    for near in ("postgresql://u@localhost/c", "postgresql://u@/c?host=/run", "postgresql:///c"):
        assert "sslmode" not in connection_settings(near)
    chosen = connection_settings("postgresql://u@db.example/cases?sslmode=verify-ca")
    assert "verify-ca" == chosen["sslmode"]
    with pytest.raises(ConfigError):
        connection_settings("postgresql://u@[/cases")


def test_a_server_that_is_not_there_is_told_apart_from_a_refusal(node):
    """With the exit code of a disk that fails: it is worth another try."""
    node.configure(location="postgresql://u@/postgres?host=/nowhere")
    code, _, err = node("import", "phones")
    assert (74, True) == (code, "does not answer" in err), err


@pytest.mark.parametrize("time", ["infinity", "0044-03-15 BC"])
def test_a_time_that_cannot_be_read_is_no_server_that_went_away(node, time):
    """Another try would come to the same."""
    node.configure(query=QUERY.replace("changed FROM", f"timestamptz '{time}' AS changed FROM"))
    code, _, err = node("import", "phones")
    assert (65, True) == (code, "a value" in err), err


MANY = (
    "SELECT '+8485' || lpad(n::text, 7, '0') AS identifier, 'R' || n AS reference,"
    " 'TH' AS release_to, n / 3 AS changed FROM generate_series(1, 9000) AS n"
)


def test_an_import_goes_on_when_the_server_went_away(node, database, monkeypatch):
    """What was read stays, its last value alone is read twice, and nothing is left out."""
    node.configure(query=MANY)
    asked = []
    rows = PostgresqlSource.rows

    def dying(self, after):
        asked.append(after)
        for number, row in enumerate(rows(self, after), 1):
            if len(asked) == 1 and number == 7_000:
                with database.connect() as other:
                    other.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE application_name = 'fedquery-node import'"
                    )
            yield row

    monkeypatch.setattr(PostgresqlSource, "rows", dying)
    code, _, err = node("import", "phones")
    assert (74, True) == (code, "source-unavailable" in err or "SQLSTATE 57P01" in err), err
    assert [] == records(node)
    assert (9_003, 9_000, 0, 0) == imported(node)
    first, second = asked
    assert START == first
    # It goes on behind whole groups of one cursor.
    assert second.line > 2_000
    assert cursor_of(second.mark) == second.line // 3 or second.line % 3 == 2
    assert not list((node.home / "import").glob("*.db"))


def test_the_source_alone_tells_that_the_server_went_away(database):
    """In the middle of a result."""
    query = Query(SourceSettings(query=MANY, cursor="changed"), Columns())
    location = f"{database.location}&passfile={pgpass(database)}"
    found = PostgresqlSource(location, query, None).rows(START)
    next(found)
    with database.connect() as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'fedquery-node import'"
        )
    with pytest.raises(SourceGoneError):
        list(found)


def pgpass(database):
    """Write a password file of libpq's own form."""
    path = database.directory / "pgpass"
    path.write_text(f"*:*:*:*:{PASSWORD}\n")
    path.chmod(0o600)
    return path


def test_without_psycopg_it_is_said_what_to_install(node, monkeypatch):
    """And no traceback."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    code, _, err = node("import", "phones")
    assert (78, True) == (code, "fedquery[postgresql]" in err), err

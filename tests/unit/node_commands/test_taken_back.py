"""What a killed import has left counts for nobody, and whoever is next removes it."""

import asyncio
import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from fedquery_node import generations, schema, serve, settling
from fedquery_node.home import open_home
from fedquery_node.pacing import Pace
from fedquery_node.upkeep import Upkeep
from unit.psi.holding import octets

from fedquery.config import logs

ROWS = "identifier,reference,release_to\n+84855501991,R1,*\n+84855501992,R2,*\n"


@pytest.fixture
def left(member, tmp_path):
    """Give a node with two records, one of which a killed import was about to withdraw."""
    path = tmp_path / "import" / "rows.csv"
    path.parent.mkdir()
    path.write_text(ROWS)
    assert 0 == member("import", "phones", path)[0]
    settings = member.home / "node.toml"
    settings.write_text(
        settings.read_text().replace(
            "[datasets.phones]", '[datasets.phones]\npublish_at = ["03:00"]'
        )
    )
    with contextlib.closing(schema.connect(member.home)) as connection:
        number = generations.begin(connection)
        connection.execute("UPDATE record_kept SET until = ? WHERE reference = 'R1'", (number,))
        connection.execute(
            "INSERT INTO record_kept SELECT dataset, 'R3', subject_id, category, handling, summary,"
            " contact, first_seen_ms, last_seen_ms, updated_ms, release_to, ?, NULL"
            " FROM record_kept WHERE reference = 'R2'",
            (number,),
        )
    member.path = path
    return member


def held(home):
    """Read which rows there are, whether or not they count, and whether something is coming."""
    with contextlib.closing(schema.connect(home)) as connection:
        rows = connection.execute("SELECT reference, until FROM record_kept ORDER BY 1").fetchall()
        return rows, connection.execute("SELECT coming FROM generation").fetchone()[0]


@pytest.mark.parametrize("command", ["publish", "schedule", "import", "withdraw"])
def test_each_command_removes_it(left, tmp_path, command):
    """Before it does its own."""
    assert ([("R1", 2), ("R2", None), ("R3", None)], 2) == held(left.home)
    names = tmp_path / "import" / "names.txt"
    names.write_text("R2\n")
    arguments = {
        "publish": ["publish"],
        "schedule": ["schedule", "--once"],
        "import": ["import", "phones", str(left.path)],
        "withdraw": ["withdraw", "--dataset", "phones", str(names)],
    }
    code, out, told = left(*arguments[command])
    assert 0 == code, (out, told)
    expected = [("R1", None)] if command == "withdraw" else [("R1", None), ("R2", None)]
    assert (expected, None) == held(left.home)


def test_a_serving_node_removes_it_beside_questions(left):
    """Twice a second some of it; nobody has to restart it."""
    with contextlib.closing(schema.connect(left.home)) as connection:
        upkeep = Upkeep(open_home(left.home), connection, octets(3))
        upkeep.take_back()
        assert not settling.is_needed(connection)
    assert ([("R1", None), ("R2", None)], None) == held(left.home)


class Failing:
    """An upkeep that has something new in force, and whose database fails behind that."""

    def __init__(self, force):
        self.force = force

    def refresh(self, _force, _now_ms, *, cosigned):
        """Give what is new."""
        assert not cosigned
        return self.force

    def take_back(self):
        """Fail."""
        raise sqlite3.OperationalError("failed")


def test_where_it_cannot_be_removed_the_node_serves_on(monkeypatch):
    """The fault stands in its log, and what is new is in force all the same."""
    faults, members = [], object()
    monkeypatch.setattr(logs, "fault", lambda name, _error: faults.append(name))
    before, after = (SimpleNamespace(members=members) for _ in range(2))
    service = SimpleNamespace(
        witnessing=SimpleNamespace(forked=False), in_force=before, clock=lambda: 5
    )
    with ThreadPoolExecutor(1) as thread:
        asyncio.run(serve._refresh(service, Failing(after), None, thread, cosigned=False))
    assert after is service.in_force
    assert ["upkeep-fault"] == faults


def test_what_fails_is_given_up_at_once(left):
    """Without a kill too what was written counts for nobody, and the next command removes it."""
    assert 0 == left("import", "phones", left.path)[0]
    home = left.home
    with contextlib.closing(schema.connect(home)) as connection:

        def fail():
            with generations.coming(connection, Pace()) as number:
                connection.execute("UPDATE record_kept SET until = ?", (number,))
                raise sqlite3.OperationalError("failed")

        with pytest.raises(sqlite3.OperationalError):
            fail()
        assert 2 == connection.execute("SELECT count(*) FROM record").fetchone()[0]
    assert held(home)[1] is None

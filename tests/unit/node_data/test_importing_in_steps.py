"""An import that is taken over in steps is in force as a whole or not at all, whatever cuts it."""

import sqlite3
from contextlib import closing, nullcontext

import pytest
from fedquery_node import generations, record_tables, records, schema, settling
from fedquery_node.config import load_settings
from fedquery_node.opening import PUBLISH_LOCK
from fedquery_node.pacing import Pace
from fedquery_node.withdrawal import withdraw
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from support.importing import run
from unit.node_data.test_importer import NODE_TOML, lines
from unit.node_data.test_importing_again import REFERENCES, Imports, files
from unit.node_data.test_withdrawal import importer, rows

from fedquery.errors import StorageError
from fedquery.storage.database import DirectoryLock
from fedquery.storage.transaction import transaction

BOUNDED = settings(
    max_examples=15, stateful_step_count=6, deadline=None, phases=[Phase.explicit, Phase.generate]
)


class KilledError(BaseException):
    """The process is no more."""


def told(connection):
    """Give what a claim of each number is told, and which records there are."""
    numbers = connection.execute("SELECT id FROM subject").fetchall()
    claims = {
        number: frozenset(record.reference for record in found)
        for (number,) in numbers
        if (found := records._of_subject(connection, number, {"TH"}))
    }
    kept = connection.execute(
        "SELECT reference, identifier, summary FROM record JOIN subject ON id = subject_id"
    )
    return claims, frozenset(kept)


class Steps(Imports):
    """Imports of one row at each step, looked at by another connection in each pause."""

    def __init__(self):
        super().__init__()
        self.other = schema.connect(self.home, checked=False)
        self.connection.execute("UPDATE generation SET in_force = 0, coming = NULL")

    def teardown(self):
        """Close both."""
        self.other.close()
        super().teardown()

    def cut(self, work, *, at, given_up, expect):
        """Do a work in steps and end it in a pause, as a kill does, or by giving it up."""
        before, (in_force,) = told(self.other), self.generation("in_force")
        seen, coming = [], None

        def pause(_s):
            nonlocal coming
            seen.append(told(self.other))
            # A serving node removes what counts for nobody meanwhile.
            settling.step(self.other, 1)
            seen.append(told(self.other))
            if len(seen) > 2 * at:
                (coming,) = self.generation("coming")
                raise KilledError

        def pace(_rows=0):
            return Pace(rows=1, most=1, sleep=pause)

        try:
            work(pace)
        except KilledError:
            # Of a kill the database remembers that something was under way.
            if not given_up:
                self.connection.execute("UPDATE generation SET coming = ?", (coming,))
        if self.generation("in_force") != (in_force,):
            expect()
        now = told(self.other)
        switched = [after for after in seen if after != before]
        assert all(after == now for after in switched)
        assert seen == [before] * (len(seen) - len(switched)) + switched
        # The next command removes what was left, in steps too, and nobody is told anything else.
        generations.take_back(self.connection, Pace(rows=1, most=1, sleep=lambda _s: None))
        assert now == told(self.other)
        assert not settling.is_needed(self.connection)

    def generation(self, column):
        """Read a number of the generation."""
        return self.connection.execute(f"SELECT {column} FROM generation").fetchone()  # noqa: S608 -- names of ours

    @rule(file=files, replace=st.booleans(), at=st.integers(0, 30), given_up=st.booleans())
    def import_in_steps(self, file, *, replace, at, given_up):
        """Import rows, and be killed somewhere, or not at all."""
        self.cut(
            lambda pace: self.importing(file, replace=replace, pace=pace),
            at=at,
            given_up=given_up,
            expect=lambda: self.expect(file, replace=replace),
        )

    @rule(named=st.sets(st.sampled_from(REFERENCES), min_size=1), at=st.integers(0, 8))
    def withdraw_in_steps(self, named, at):
        """Withdraw some records, and be killed somewhere, or not at all."""

        def expect():
            self.model = {r: row for r, row in self.model.items() if r not in named}

        self.cut(
            lambda pace: withdraw(
                self.connection,
                "addresses",
                enumerate(sorted(named), 1),
                skip_unknown=True,
                pace=pace,
            ),
            at=at,
            given_up=False,
            expect=expect,
        )


@pytest.fixture
def machine(tmp_path):
    """Give the machine with a node's database."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    schema.create(tmp_path, load_settings(tmp_path))
    return type("StepsHere", (Steps,), {"home": tmp_path})


def test_whatever_is_cut_is_the_old_or_the_new(machine):
    """Records and claims alike, in each pause, for whoever looks; and no identifier is left."""
    run_state_machine_as_test(machine, settings=BOUNDED)


@pytest.mark.parametrize("view", ["record", "found_under"])
def test_the_model_finds_rows_that_count_too_early(machine, view):
    """The test above can fail: a view that shows what is only coming is found."""
    (made,) = [one for one in record_tables.TABLES if one.startswith(f"CREATE VIEW {view} ")]
    with closing(schema.connect(machine.home)) as connection:
        connection.execute(f"DROP VIEW {view}")
        connection.execute(made.partition("WHERE")[0] + "WHERE until IS NULL")
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(BOUNDED, max_examples=60))


def test_the_model_finds_what_is_not_taken_back(machine, monkeypatch):
    """Nor does it pass where what would have ended stays marked as ending."""
    monkeypatch.setattr(settling, "_restore", lambda *_rows: 0)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=settings(BOUNDED, max_examples=60))


@pytest.fixture
def connection(machine):
    """Open the database."""
    with closing(schema.connect(machine.home)) as opened:
        yield opened


def test_nothing_begins_before_what_was_left_is_removed(connection):
    """Rows of a generation that was given up would come into force with the next one."""
    generations.begin(connection)
    with pytest.raises(StorageError, match="not removed"):
        generations.begin(connection)
    connection.execute("INSERT INTO subject VALUES (1, 'phones', CAST('phone:v1:+1' AS BLOB))")
    connection.execute(
        "INSERT INTO record_kept VALUES"
        " ('phones', 'R1', 1, '', 'open', '', '', 0, 0, 0, '', 1, NULL)"
    )
    generations.give_up(connection)
    with pytest.raises(StorageError, match="not removed"):
        generations.begin(connection)
    generations.take_back(connection, Pace())
    assert 1 == generations.begin(connection)


def test_what_was_given_up_is_not_put_in_force(connection):
    """By whoever wrote it, and did not know."""
    number = generations.begin(connection)
    generations.give_up(connection)
    with pytest.raises(StorageError, match="given up"):
        generations.put_in_force(connection, number)


@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_in_force_is_not_told_as_failed(machine, connection, monkeypatch, at_once):
    """Where removing fails behind it; in one transaction nothing of it is in force then."""
    run(importer(machine.home), connection, lines(*rows(1, 2)))

    def full(*_args):
        raise sqlite3.OperationalError

    with monkeypatch.context() as failing:
        failing.setattr(settling, "step", full)
        told = pytest.raises(sqlite3.OperationalError) if at_once else nullcontext()
        with told:
            done = withdraw(
                connection,
                "phones",
                [(1, "R1")],
                skip_unknown=False,
                pace=lambda _rows: Pace(at_once=at_once, sleep=lambda _s: None),
            )
            assert 1 == done.withdrawn
    found = connection.execute("SELECT reference FROM record ORDER BY reference").fetchall()
    assert ([("R1",), ("R2",)] if at_once else [("R2",)]) == found
    generations.take_back(connection, Pace(sleep=lambda _s: None))
    assert not settling.is_needed(connection)


def left_by_a_kill(home, *, in_force):
    """Leave rows as a kill does: before a generation comes into force, or right behind that."""
    with closing(schema.connect(home)) as connection:
        run(importer(home), connection, lines(*rows(1)))
        generations.begin(connection)
        (number,) = connection.execute("SELECT coming FROM generation").fetchone()
        connection.execute("UPDATE record_kept SET until = ?", (number,))
        connection.execute(
            "INSERT INTO subject (dataset, identifier)"
            " VALUES ('phones', CAST('phone:v1:+1' AS BLOB))"
        )
        connection.execute(
            "INSERT INTO record_kept"
            " SELECT 'phones', 'R2', id, '', 'open', '', '', 0, 0, 0, '', ?, NULL"
            " FROM subject WHERE identifier = CAST('phone:v1:+1' AS BLOB)",
            (number,),
        )
        if in_force:
            generations.put_in_force(connection, number)


@pytest.mark.parametrize(("in_force", "stays"), [(False, "R1"), (True, "R2")])
def test_a_serving_node_removes_it_in_steps(machine, in_force, stays):
    """Some rows at each call; what counts is told before, meanwhile and behind alike."""
    left_by_a_kill(machine.home, in_force=in_force)
    with closing(schema.connect(machine.home)) as connection:
        while settling.is_needed(connection) or generations._number_coming(connection) is not None:
            assert [(stays,)] == connection.execute("SELECT reference FROM record").fetchall()
            generations.take_back_some(connection, machine.home, 1)
        assert [(stays,)] == connection.execute("SELECT reference FROM record_kept").fetchall()
        (forgotten,) = connection.execute(
            "SELECT count(*) FROM subject WHERE identifier >= CAST('withdrawn:' AS BLOB)"
        ).fetchone()
        assert 1 == forgotten


def test_a_serving_node_leaves_alone_what_is_being_written(machine):
    """Whoever writes holds the lock of publications."""
    left_by_a_kill(machine.home, in_force=False)
    with (
        closing(schema.connect(machine.home)) as connection,
        DirectoryLock(machine.home, PUBLISH_LOCK),
    ):
        generations.take_back_some(connection, machine.home, 100)
        (held,) = connection.execute("SELECT count(*) FROM record_kept").fetchone()
        assert 2 == held
        assert 2 == generations._number_coming(connection)


def test_where_nothing_is_left_nothing_is_written(machine):
    """A serving node looks twice a second."""
    with closing(schema.connect(machine.home)) as connection:
        before = connection.total_changes
        statements = []
        connection.set_trace_callback(statements.append)
        generations.take_back_some(connection, machine.home, 100)
        assert before == connection.total_changes
        assert not [one for one in statements if not one.startswith("SELECT")]


@pytest.mark.parametrize("until", [None, 1])
def test_what_is_being_written_is_not_looked_through(connection, until):
    """A serving node looks twice a second, also while ten million rows are taken over."""
    with transaction(connection):
        generations.begin(connection)
        connection.execute("INSERT INTO subject VALUES (1, 'phones', CAST('phone:v1:+1' AS BLOB))")
        connection.executemany(
            "INSERT INTO record_kept VALUES"
            " ('phones', ?, 1, '', 'open', '', '', 0, 0, 0, '', ?, ?)",
            ((f"R{number}", until is None, until) for number in range(2_000)),
        )
    counted = []
    connection.set_progress_handler(lambda: counted.append(1), 100)
    assert not settling.is_needed(connection)
    assert len(counted) < 10


@pytest.fixture
def steps_for_one_row(tmp_path):
    """Give how many hundred steps SQLite takes to import one row beside so many records."""

    def steps_for_one_row(records):
        home = tmp_path / str(records)
        home.mkdir()
        (home / "node.toml").write_text(NODE_TOML)
        schema.create(home, load_settings(home))
        counted = []
        with closing(schema.connect(home)) as connection:
            run(importer(home), connection, lines(*rows(*range(records))))
            gone = {**rows(1)[0], "deleted": "yes"}
            connection.set_progress_handler(lambda: counted.append(1), 100)
            assert 1 == run(importer(home), connection, lines(gone)).withdrawn
        return len(counted)

    return steps_for_one_row


def test_a_file_of_one_row_does_not_go_through_the_dataset(steps_for_one_row):
    """What a report counts is counted by an index, and all else is as long as the file.

    Counting takes three steps of SQLite a record; finding each by its reference, fifteen.
    """
    assert steps_for_one_row(2_000) - steps_for_one_row(1_000) < 5 * 1_000 / 100

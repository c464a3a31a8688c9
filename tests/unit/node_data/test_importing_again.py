"""Imports one after the other, whatever they bring: the records are what a plain model says."""

import pytest
from fedquery_node import schema, settling
from fedquery_node.config import load_settings
from fedquery_node.importer import Importer
from fedquery_node.pacing import pace_for
from fedquery_node.withdrawal import withdraw
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.importing import run
from unit.node_data.test_importer import GOOD, NODE_TOML, NOW_MS, lines

# Few of each, so that they meet: records share identifiers, and identifiers share forms.
REFERENCES = [f"R{n}" for n in range(5)]
ADDRESSES = [f"203.0.113.{n}:443 2026-11-25T{hour}:20Z" for n in (1, 2) for hour in (13, 14)]
ADDRESSES += ["203.0.113.1", "203.0.113.2 2026-11-25"]

rows = st.fixed_dictionaries(
    {
        "reference": st.sampled_from(REFERENCES),
        "identifier": st.sampled_from(ADDRESSES),
        "summary": st.sampled_from(["a", "b"]),
        "deleted": st.sampled_from(["", "", "yes"]),
    }
)
files = st.lists(rows, min_size=1, max_size=6, unique_by=lambda row: row["reference"])


def forms_of(address):
    """List what an address is kept under, its own form first: hour and port, hour, day, bare."""
    bare, _, at = address.partition(":443 ")
    if at:
        day, hour = at.split("T")
        return [f"{bare}/{day}T{hour[:2]}Z{port}" for port in ("/443", "")] + [
            f"{bare}/{day}",
            bare,
        ]
    bare, _, day = address.partition(" ")
    return [f"{bare}/{day}", bare] if day else [bare]


# Each import is a few commits to a disk.
BOUNDED = settings(
    max_examples=15, stateful_step_count=8, deadline=None, phases=[Phase.explicit, Phase.generate]
)


class Imports(RuleBasedStateMachine):
    """A dataset of addresses, and a dictionary."""

    home = None

    def __init__(self):
        super().__init__()
        self.settings = load_settings(self.home)
        self.connection = schema.connect(self.home, checked=False)
        for table in ("record_kept", "found_under_kept", "subject", "spelling"):
            self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of ours
        self.model, self.numbers = {}, {}

    def teardown(self):
        """Close the database."""
        self.connection.close()

    def importing(self, file, *, replace, pace=pace_for):
        """Import a file, and give the report."""
        nations = frozenset({"TH"})
        importer = Importer(self.settings, "addresses", nations, NOW_MS, replace=replace, pace=pace)
        filled = ({**GOOD, "release_to": "TH", **row} for row in file)
        return run(importer, self.connection, lines(*filled))

    def imported(self, file, *, replace):
        """Import a file, and say what the model expects of it."""
        before = dict(self.model)
        report = self.importing(file, replace=replace)
        kept, gone = self.expect(file, replace=replace)
        assert len(kept.keys() - before.keys()) == report.added
        changed = [r for r, row in kept.items() if r in before and row != before[r]]
        assert len(changed) == report.changed
        assert len(gone & before.keys()) == report.withdrawn

    def expect(self, file, *, replace):
        """Do to the dictionary what an import does, and say what the file keeps and what goes."""
        kept = {row["reference"]: row for row in file if not row["deleted"]}
        gone = {row["reference"] for row in file if row["deleted"]}
        if replace:
            gone = self.model.keys() - kept.keys()
        self.model = {r: row for r, row in (self.model | kept).items() if r not in gone}
        return kept, gone

    @rule(file=files)
    def add(self, file):
        """Import rows beside those that are there."""
        self.imported(file, replace=False)

    @rule(file=files)
    def replace(self, file):
        """Import all rows."""
        self.imported(file, replace=True)

    @rule(reference=st.sampled_from(REFERENCES))
    def withdraw(self, reference):
        """Withdraw one record, if it is there."""
        withdraw(self.connection, "addresses", [(1, reference)], skip_unknown=True)
        self.model.pop(reference, None)

    @invariant()
    def the_records_are_the_model(self):
        """Each under its own identifier."""
        found = self.connection.execute(
            "SELECT reference, identifier, summary FROM record"
            " JOIN subject ON subject.id = subject_id"
        )
        expected = {
            (r, f"ip:v1:{forms_of(row['identifier'])[0]}".encode(), row["summary"])
            for r, row in self.model.items()
        }
        assert expected == set(found)
        (held,) = self.connection.execute("SELECT count(*) FROM record_kept").fetchone()
        assert len(expected) == held

    @invariant()
    def what_would_be_published_is_theirs(self):
        """Each form of a record that is there, and of no other."""
        found = self.connection.execute(
            "SELECT identifier FROM subject WHERE EXISTS (SELECT 1 FROM record WHERE subject_id"
            " = subject.id) OR EXISTS (SELECT 1 FROM found_under WHERE form_id = subject.id)"
        )
        expected = {
            f"ip:v1:{form}".encode()
            for row in self.model.values()
            for form in forms_of(row["identifier"])
        }
        assert expected == {identifier for (identifier,) in found}

    @invariant()
    def a_number_is_never_given_to_another_identifier(self):
        """A claim of an older version would be told another person's record."""
        for number, identifier in self.connection.execute("SELECT id, identifier FROM subject"):
            if identifier.startswith(b"withdrawn:"):
                self.numbers.setdefault(number, set())
            else:
                self.numbers.setdefault(number, set()).add(identifier)
        assert all(len(identifiers) <= 1 for identifiers in self.numbers.values())

    @invariant()
    def no_identifier_stays_without_a_record(self):
        """What was corrected or withdrawn is forgotten."""
        (left,) = self.connection.execute(
            "SELECT count(*) FROM subject WHERE substr(identifier, 1, 3) = CAST('ip:' AS BLOB)"
            " AND NOT EXISTS (SELECT 1 FROM record WHERE subject_id = subject.id)"
            " AND NOT EXISTS (SELECT 1 FROM found_under WHERE form_id = subject.id)"
        ).fetchone()
        assert 0 == left


@pytest.fixture
def machine(tmp_path):
    """Give the machine with a node's database."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    schema.create(tmp_path, load_settings(tmp_path))
    return type("ImportsHere", (Imports,), {"home": tmp_path})


def test_any_imports_come_to_what_they_say(machine):
    """Rows, corrections, withdrawals and whole datasets in any order."""
    run_state_machine_as_test(machine, settings=BOUNDED)


def test_the_model_finds_a_forgotten_form(machine, monkeypatch):
    """The test above can fail: an import that forgets nobody's forms is found."""
    monkeypatch.setattr(settling, "forget_bereft", lambda *_rows: None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=BOUNDED)

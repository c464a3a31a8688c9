"""What a publication that came to nothing leaves is removed: the seed first, and no others."""

import contextlib
import re
import sqlite3

import pytest
from fedquery_node import leftovers, publish_command, schema, serve
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import KeyStore
from fedquery_node.leftovers import remove_leftovers, remove_leftovers_at_start
from fedquery_node.opening import PUBLISH_LOCK
from fedquery_node.publication_commit import Commit

from fedquery.errors import ConfigError, FedqueryError, StorageError
from fedquery.storage import log_fork
from fedquery.storage.database import DirectoryLock
from tests.support.published_home import NOW_MS, PublishedHome


@pytest.fixture
def home(tmp_path):
    """Give a node's directory with one version, which serves."""
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    made = PublishedHome.make(path)
    with contextlib.closing(schema.connect(path)) as connection:
        made.write_rows(connection, 1)
        made.publish(connection)
    return made


@pytest.fixture
def connection(home):
    """Open its database."""
    with contextlib.closing(schema.connect(home.path)) as opened:
        yield opened


def left(home, dataset="phones"):
    """List the versions of which there are seeds, and the names of indexes."""
    directories = sorted(path.name for path in (home.path / "index" / dataset).glob("*"))
    return list(home.keys.seeds_of(dataset)), directories


def fail_to_commit(monkeypatch, error):
    """Have the next transaction of a publication fail."""

    def failing(*_arguments):
        raise error

    monkeypatch.setattr(Commit, "commit", failing)


def test_a_commit_that_fails_leaves_seed_and_index_until_they_are_removed(
    home, connection, monkeypatch
):
    """Both of the version that nobody has logged, and of the serving one neither."""
    with monkeypatch.context() as broken:
        fail_to_commit(broken, StorageError("the disk is full"))
        with pytest.raises(StorageError):
            home.publish(connection)
    VersionFiles.of(home.path, "phones", 2).begin()
    assert ([1, 2], ["1", "2", "2.unfinished"]) == left(home)
    assert (2,) == remove_leftovers(connection, home.path, home.keys)
    assert ([1], ["1"]) == left(home)
    assert () == remove_leftovers(connection, home.path, home.keys)
    assert 2 == home.publish(connection)


def test_of_every_dataset_whatever_is_published_next(home, connection):
    """Also of one that the settings do not name any more."""
    home.keys.create_seed("gone", 1, bytes(32))
    VersionFiles.of(home.path, "gone", 1).begin()
    assert (1,) == remove_leftovers(connection, home.path, home.keys)
    assert ([], []) == left(home, "gone")


def test_the_seed_goes_before_the_index(home, connection, monkeypatch):
    """A seed that cannot be destroyed keeps the index that says so."""
    home.keys.create_seed("phones", 2, bytes(32))
    files = VersionFiles.of(home.path, "phones", 2)
    files.finish(files.begin())

    def failing(*_arguments):
        raise ConfigError("the seed cannot be removed")

    monkeypatch.setattr(type(home.keys), "destroy_seed", failing)
    with pytest.raises(ConfigError):
        remove_leftovers(connection, home.path, home.keys)
    assert files.directory.exists()


def test_versions_after_the_next_are_not_touched(home, connection):
    """A database that was restored from too early names none of what was published since."""
    home.keys.create_seed("phones", 3, bytes(32))
    (home.path / "seeds" / "phones" / "notes.seed").write_text("not a version")
    assert () == remove_leftovers(connection, home.path, home.keys)
    assert ([1, 3], ["1"]) == left(home)


def test_before_a_seed_goes_the_database_has_committed_that_it_may(home, connection, monkeypatch):
    """Of a commit that failed when it was flushed, a power cut may find all; not behind another."""
    home.keys.create_seed("phones", 2, bytes(32))
    order = []
    connection.set_trace_callback(order.append)
    destroy = type(home.keys).destroy_seed
    monkeypatch.setattr(
        type(home.keys),
        "destroy_seed",
        lambda *arguments: (order.append("destroyed"), destroy(*arguments)),
    )
    remove_leftovers(connection, home.path, home.keys)
    assert "destroyed" == order[order.index("COMMIT") + 1]


@pytest.mark.parametrize(("code", "removed"), [(sqlite3.SQLITE_FULL, True), (10, False)])
def test_a_full_disk_has_its_room_again(home, connection, monkeypatch, code, *, removed):
    """Where the database cannot be written for that, and for no other reason."""
    home.keys.create_seed("phones", 2, bytes(32))

    class Failing:
        """A connection that cannot be written to."""

        @property
        def in_transaction(self):
            """Say what the connection says."""
            return connection.in_transaction

        def execute(self, statement, *values):
            """Fail where something is written."""
            if statement.startswith("INSERT"):
                error = sqlite3.OperationalError("failed")
                error.sqlite_errorcode = code
                raise error
            return connection.execute(statement, *values)

    expected = contextlib.nullcontext() if removed else pytest.raises(StorageError)
    with expected:
        remove_leftovers(Failing(), home.path, home.keys)
    assert (2 not in home.keys.seeds_of("phones")) == removed
    assert not connection.in_transaction


def test_what_is_under_way_is_not_removed(home, connection):
    """Whoever publishes holds the lock; it has removed what was left before."""
    home.keys.create_seed("phones", 2, bytes(32))
    with DirectoryLock(home.path, PUBLISH_LOCK):
        remove_leftovers_at_start(connection, home.path, home.keys)
    assert [1, 2] == left(home)[0]
    remove_leftovers_at_start(connection, home.path, home.keys)
    assert [1] == left(home)[0]


def test_where_the_log_went_back_nothing_is_removed(home, connection):
    """The newer database, which the older one has replaced, is put back: its versions serve."""
    home.keys.create_seed("phones", 2, bytes(32))
    (home.path / log_fork.DIRECTORY).mkdir()
    remove_leftovers_at_start(connection, home.path, home.keys)
    assert [1, 2] == left(home)[0]


def test_a_command_whose_commit_fails_leaves_nothing(home, connection, monkeypatch):
    """A full disk has its room again at once, and not with the next command."""
    under_way = publish_command.Publishing(home, connection, home.publisher, ["LA"])
    fail_to_commit(monkeypatch, StorageError("the disk is full"))
    with pytest.raises(StorageError, match="full"):
        under_way.publish("phones", NOW_MS, lambda _rows: None)
    assert ([1], ["1"]) == left(home)


@pytest.mark.parametrize("command", ["publish", "schedule", "import"])
def test_each_command_that_publishes_or_imports_removes_it(member, tmp_path, command):
    """Of a dataset that this command has nothing to do with."""
    keys = KeyStore(member.home)
    keys.create_seed("other", 1, bytes(32))
    files = VersionFiles.of(member.home, "other", 1)
    files.finish(files.begin())
    path = member.home / "node.toml"
    path.write_text(
        path.read_text().replace("[datasets.phones]", '[datasets.phones]\npublish_at = ["03:00"]')
    )
    rows = tmp_path / "import" / "rows.csv"
    rows.parent.mkdir()
    rows.write_text("identifier,reference,release_to\n+84855501992,R1,*\n")
    arguments = {
        "publish": ["publish"],
        "schedule": ["schedule", "--once"],
        "import": ["import", "phones", str(rows)],
    }
    code, out, told = member(*arguments[command])
    assert 0 == code, (out, told)
    assert () == keys.seeds_of("other")
    assert not files.directory.exists()


def test_a_node_that_starts_to_serve_removes_it(member):
    """Whatever else it does not start for: here, an address that nobody has."""
    keys = KeyStore(member.home)
    keys.create_seed("phones", 1, bytes(32))
    path = member.home / "node.toml"
    text = re.sub('listen = ".*"', 'listen = "192.0.2.1:1"', path.read_text())
    path.write_text(text)
    with pytest.raises(FedqueryError):
        serve.run(member.home)
    assert () == keys.seeds_of("phones")


def test_where_it_cannot_be_removed_the_first_failure_is_told(home, connection, monkeypatch):
    """And not that something is left; the next command removes it."""
    under_way = publish_command.Publishing(home, connection, home.publisher, ["LA"])
    fail_to_commit(monkeypatch, StorageError("the disk is full"))

    def failing(*_arguments):
        raise StorageError("another failure")

    monkeypatch.setattr(leftovers, "_require_given_up", failing)
    with pytest.raises(StorageError, match="full"):
        under_way.publish("phones", NOW_MS, lambda _rows: None)
    assert [1, 2] == left(home)[0]

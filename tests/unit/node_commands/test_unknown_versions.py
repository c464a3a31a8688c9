"""An older copy of the database destroys nothing of what a newer one published."""

import contextlib
import json
import sqlite3

import pytest
from fedquery_node import forget_command, schema, unknown_versions
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import KeyStore
from fedquery_node.leftovers import remove_leftovers, remove_leftovers_at_start
from fedquery_node.publications import newest_of, open_all

from fedquery.config import logs
from fedquery.errors import ConfigError
from tests.support.published_home import PublishedHome


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


def put_back(path, copy):
    """Put another state of a database in its place."""
    with contextlib.closing(sqlite3.connect(copy)) as source:
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.unlink()
        path.touch(mode=0o600)
        with contextlib.closing(sqlite3.connect(path)) as target:
            source.backup(target)


def copy_of(path, name):
    """Copy a database, as a backup does: under its own name, which may hold identifiers."""
    directory = path.parent.with_name(f"{path.parent.name}-{name}")
    directory.mkdir(mode=0o700)
    copy = directory / path.name
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def test_what_a_newer_database_published_is_kept(home):
    """With its seed, whatever starts with the older one; once the newer is back, it serves."""
    path = schema.database_path(home.path)
    before = copy_of(path, "before")
    with contextlib.closing(schema.connect(home.path)) as connection:
        home.write_rows(connection, 2)
        assert 2 == home.publish(connection)
    after = copy_of(path, "after")
    put_back(path, before)
    with contextlib.closing(schema.connect(home.path)) as connection:
        assert () == remove_leftovers(connection, home.path, home.keys)
        remove_leftovers_at_start(connection, home.path, home.keys)
        assert (("phones", 2),) == unknown_versions.find(connection, home.path)
        with pytest.raises(ConfigError, match=r"version 2 of phones .* older copy"):
            home.publish(connection)
    put_back(path, after)
    with contextlib.closing(schema.connect(home.path)) as connection:
        assert () == unknown_versions.find(connection, home.path)
        assert () == remove_leftovers(connection, home.path, home.keys)
        catalogue = open_all(connection, home.path, home.keys, {})
        home.require_whole(newest_of(catalogue, "phones"))
        assert 2 == newest_of(catalogue, "phones").publication.version
        assert 3 == home.publish(connection)


def test_a_version_whose_mark_a_kill_has_cost_is_marked_by_the_next_command(home):
    """Behind the commit there is a moment in which the index has none yet."""
    files = VersionFiles.of(home.path, "phones", 1)
    (files.directory / "logged").unlink()
    with contextlib.closing(schema.connect(home.path)) as connection:
        remove_leftovers(connection, home.path, home.keys)
    assert files.is_logged


def test_where_there_is_no_room_for_the_mark_it_is_published_all_the_same(home, monkeypatch):
    """The commit is over: to say that it failed would be false."""

    def full(_files):
        raise OSError("the disk is full")

    with contextlib.closing(schema.connect(home.path)) as connection:
        monkeypatch.setattr(VersionFiles, "mark_logged", full)
        assert 2 == home.publish(connection)


@pytest.fixture
def behind(member, tmp_path):
    """Give a node that has published twice, with the database of before the second time."""
    rows = tmp_path / "import" / "rows.csv"
    rows.parent.mkdir()
    rows.write_text("identifier,reference,release_to\n+84855501990,R1,*\n")
    assert 0 == member("import", "phones", rows)[0]
    assert 0 == member("publish")[0]
    path = schema.database_path(member.home)
    before = copy_of(path, "before")
    assert 0 == member("publish")[0]
    put_back(path, before)
    return member


def test_nothing_is_published_until_somebody_says_that_it_is_lost(behind):
    """The next version would take the place of one that others have the promise of."""
    code, _, err = behind("publish")
    assert (78, True) == (code, "forget-versions" in err)
    assert (1, 2) == KeyStore(behind.home).seeds_of("phones")
    code, out, _ = behind("status")
    assert (0, True) == (code, "UNKNOWN    version 2 of phones" in out)
    found = json.loads(behind("status", "--json")[1])
    assert [{"dataset": "phones", "version": 2}] == found["versions_unknown"]

    code, _, err = behind("forget-versions")
    assert (2, True) == (code, "--yes" in err)
    assert (1, 2) == KeyStore(behind.home).seeds_of("phones")
    code, out, _ = behind("forget-versions", "--yes")
    assert (0, "forgotten: phones 2; publish now\n") == (code, out)
    assert (1,) == KeyStore(behind.home).seeds_of("phones")
    assert not VersionFiles.of(behind.home, "phones", 2).directory.exists()
    assert 0 == behind("publish")[0]
    assert "knows every version" in behind("forget-versions")[1]


def test_a_person_may_say_no(behind, monkeypatch):
    """Then everything stays."""
    monkeypatch.setattr(forget_command.sys.stdin, "isatty", lambda: True, raising=False)
    code, _, err = behind("forget-versions")
    assert 0 != code
    assert "phones 2" in err
    assert (1, 2) == KeyStore(behind.home).seeds_of("phones")


def test_a_start_tells_of_it(behind, monkeypatch):
    """In the log of whatever starts with the older database."""
    events = []
    monkeypatch.setattr(logs, "event", lambda name, **fields: events.append((name, fields)))
    with contextlib.closing(schema.connect(behind.home)) as connection:
        remove_leftovers_at_start(connection, behind.home, KeyStore(behind.home))
    assert [("version-unknown", {"dataset": "phones", "version": 2})] == events


def test_the_first_test_can_fail(home, monkeypatch):
    """Without marks the older database takes the version for what a kill has left."""
    monkeypatch.setattr(VersionFiles, "mark_logged", lambda _files: None)
    path = schema.database_path(home.path)
    before = copy_of(path, "before")
    with contextlib.closing(schema.connect(home.path)) as connection:
        assert 2 == home.publish(connection)
    put_back(path, before)
    with contextlib.closing(schema.connect(home.path)) as connection:
        assert (2,) == remove_leftovers(connection, home.path, home.keys)

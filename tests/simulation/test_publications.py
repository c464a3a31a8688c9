"""A reader sees the old version or the new one: after any kill, and beside a publication."""

import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from fedquery_node import schema
from fedquery_node.publications import open_all
from support.published_home import PublishedHome

from fedquery.errors import ConfigError, StorageError

KILLS = 200
VERSIONS = 50
TESTS = Path(__file__).parents[1]


def killed(home, kills, *mistake):
    """Publish in processes that are killed at one step after the other."""
    command = [sys.executable, "-m", "support.publish_kills", str(home), str(kills), *mistake]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    return subprocess.run(
        command,
        cwd=TESTS,
        env=environment,
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )


@pytest.fixture
def home(tmp_path):
    """Give a private directory."""
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    return path


def test_a_killed_publication_leaves_the_old_version_or_the_new_one(home):
    """After each of 200 kills what is served has its own rows, and the next attempt succeeds.

    In the end nothing is left of those that were killed: no seed, no bucket, no directory.
    """
    done = killed(home, KILLS)
    assert 0 == done.returncode, done.stderr[-2000:]
    # Every step was reached, so that the last ones are among them.
    assert done.stdout.startswith(f"{KILLS} kills, ")
    assert int(done.stdout.split()[2]) >= 1


def test_a_commit_before_its_index_would_be_found(home):
    """The kills find the order of steps that would lose a version."""
    done = killed(home, KILLS, "committed-first")
    assert 1 == done.returncode
    assert "StorageError" in done.stderr


def test_readers_beside_fifty_publications_see_whole_versions(home):
    """What is opened at any moment has its own rows in every view, and never goes back.

    A version that retires while it is opened may be refused as a whole: a node then goes on with
    what it has, and looks again.
    """
    published = PublishedHome.make(home)
    with closing(schema.connect(home)) as connection:
        published.write_rows(connection, 1)
        published.publish(connection)
        ended, seen, faults = threading.Event(), [[], []], []
        readers = [
            threading.Thread(target=read, args=(published, ended, versions, faults))
            for versions in seen
        ]
        for reader in readers:
            reader.start()
        try:
            for version in range(2, VERSIONS + 1):
                published.write_rows(connection, version)
                assert version == published.publish(connection)
        finally:
            ended.set()
            for reader in readers:
                reader.join()
    assert [] == faults
    for versions in seen:
        assert versions == sorted(versions)
        assert VERSIONS == versions[-1]
        assert len(set(versions)) > 5


def read(published, ended, versions, faults):
    """Open what is served, over and over, until the last version was seen."""
    try:
        with closing(schema.connect(published.path, checked=False)) as connection:
            while not (ended.is_set() and versions and versions[-1] == VERSIONS):
                try:
                    catalogue = open_all(connection, published.path, published.keys, {})
                except (ConfigError, StorageError):
                    continue
                for served in catalogue.values():
                    published.require_whole(served)
                versions += [one.publication.version for one in catalogue.values() if one.newest]
    except BaseException as error:
        faults.append(error)
        raise

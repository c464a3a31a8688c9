"""Publish over and over, killed at one step after the other, and look at what is left each time.

python -m support.publish_kills DIRECTORY KILLS [committed-first]

A step is an operation on the disk or a statement to the database. Processes are forked, so that a
kill costs no start of an interpreter; this one has no threads and no connection when it forks. With
the third argument the index gets its name after the commit: the mistake that this must find.
"""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from fedquery_node import schema
from fedquery_node.index_files import VersionFiles
from fedquery_node.keystore import KeyStore
from fedquery_node.leftovers import remove_leftovers
from fedquery_node.publication_commit import Commit
from fedquery_node.publications import newest_of, open_all
from support.published_home import PublishedHome

from fedquery.storage import log_check

_AUDITED = frozenset({"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "sqlite3.connect"})
_CALLS = ("fsync", "write", "preadv", "ftruncate")


class Steps:
    """Counts steps, and kills this process before one of them."""

    def __init__(self, last: int) -> None:
        self.last, self.count = last, 0

    def __call__(self) -> None:
        """Count a step."""
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Count from now on."""
        sys.addaudithook(lambda event, _arguments: self() if event in _AUDITED else None)
        for name in _CALLS:
            setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object) -> object:
            self()
            return call(*arguments)

        return counted


def commit_first() -> None:
    """Make the mistake: the version is committed before its index has a name."""
    finish, commit, beside = VersionFiles.finish, Commit.commit, []

    def later(files: VersionFiles, unfinished: VersionFiles) -> None:
        beside[:] = [files, unfinished]

    def too_early(self: Commit, *arguments: object) -> None:
        commit(self, *arguments)
        finish(*beside)

    VersionFiles.finish, Commit.commit = later, too_early


def publish_until(home: Path, step: int) -> bool:
    """Publish in a process of its own that is killed before a step.

    Returns:
        whether it ended before there were so many steps.
    """
    process = os.fork()
    if process:
        _, status = os.waitpid(process, 0)
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            raise RuntimeError("a publication failed by itself")
        return not os.WIFSIGNALED(status)
    code = 1
    try:
        steps = Steps(step)
        opened = PublishedHome.open(home)
        with closing(schema.connect(home)) as connection:
            steps.watch()
            connection.set_trace_callback(lambda _statement: steps())
            opened.publish(connection)
        code = 0
    finally:
        os._exit(code)


def look(home: Path) -> int:
    """Require that what is left is whole, write the rows of the next version, give the newest.

    What a killed publication has left is removed as by the next start, whatever that is of.
    """
    opened = PublishedHome.open(home)
    with closing(schema.connect(home)) as connection:
        log_check.verify(schema.log_of(opened.settings), connection)
        remove_leftovers(connection, home, opened.keys)
        catalogue = open_all(connection, home, opened.keys, {})
        newest = newest_of(catalogue, "phones")
        version = newest.publication.version if newest else 0
        for served in catalogue.values():
            opened.require_whole(served)
            for view in served.views.values():
                view.buckets.close()
        require_nothing_left(connection, home, opened.keys)
        opened.write_rows(connection, version + 1)
    return version


def require_nothing_left(connection: sqlite3.Connection, home: Path, keys: KeyStore) -> None:
    """Require that there are seeds and indexes of versions alone that the log names.

    Raises:
        RuntimeError: if there are others.
    """
    named = connection.execute("SELECT version, seed_destroyed_ms FROM publication").fetchall()
    seeds = {version for version, destroyed_ms in named if destroyed_ms is None}
    directories = {path.name for path in (home / "index" / "phones").glob("*")}
    if not set(keys.seeds_of("phones")) <= seeds or not directories <= {
        str(version) for version, _ in named
    }:
        raise RuntimeError("something of a publication that came to nothing is left")


def main() -> int:
    """Kill at every step, twice over where there are fewer steps than kills."""
    home, kills = Path(sys.argv[1]), int(sys.argv[2])
    PublishedHome.make(home)
    if sys.argv[3:] == ["committed-first"]:
        commit_first()
    step, killed, version, ended = 1, 0, look(home), 0
    while killed < kills:
        before = version
        if publish_until(home, step):
            ended, step = ended + 1, 0
        else:
            killed += 1
        version = look(home)
        if version not in {before, before + 1}:
            raise RuntimeError("a version was lost or made twice")
        step += 1
    if not publish_until(home, 0):
        raise RuntimeError("a publication without a kill did not end")
    version = look(home)
    # Nothing of all that is left: one seed, and of versions that are over their claims alone.
    keys = PublishedHome.open(home).keys
    left = [path.name for path in (home / "index" / "phones").glob("*.unfinished")]
    tags = [path.parent.name for path in (home / "index" / "phones").glob("*/*.tags")]
    if keys.seeds_of("phones") != (version,) or left or set(tags) != {str(version)}:
        raise RuntimeError("something of a publication that was killed is left")
    sys.stdout.write(f"{killed} kills, {ended} of all steps, {version} versions\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

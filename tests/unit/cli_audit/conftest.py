"""A real log of a node, exported twice, and what an auditor has of it."""

import sqlite3
from types import SimpleNamespace

import pytest
from fedquery_node.home import open_home
from support.node_log import make_node, quietly

from fedquery.cli.__main__ import main as fedquery
from fedquery.storage.log import LogStore
from fedquery.storage.log_export import export
from fedquery.tlog.note import Signer


def files_of(directory):
    """Read all files of a directory."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    """Make a node, ask it, export its log; ask it more, and export it again.

    `old` and `new` are the exports, `since` the checkpoint of the old one, `home` the data
    directory, `members` the member list, `key` the log's key.
    """
    root = tmp_path_factory.mktemp("audited")
    root.chmod(0o700)
    node = make_node(root)
    node.fill(120)
    quietly(fedquery, "audit", "export", node.home, root / "old")
    node.fill(150)
    quietly(fedquery, "audit", "export", node.home, root / "new")
    signer = open_home(node.home).log_signer
    return SimpleNamespace(
        node=node,
        home=node.home,
        old=root / "old",
        new=root / "new",
        since=root / "old" / "checkpoint",
        members=root / "list",
        signer=signer,
        key=signer.verifier_key,
    )


def write_log(directory, entries, signer, sizes=()):
    """Export a log of some entries, with a checkpoint at some sizes before.

    Returns:
        The notes of those sizes.
    """
    store, notes = LogStore(signer.name), []
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("BEGIN")
    store.install(connection)
    done = 0
    for size in (*sizes, len(entries)):
        store.append(connection, entries[done:size])
        notes.append(store.sign_checkpoint(connection, signer, size)[1])
        done = size
    connection.execute("COMMIT")
    export(store, connection, directory)
    connection.close()
    return notes[:-1]


@pytest.fixture
def stranger():
    """Give the key of another log of the same name."""

    def make(name):
        return Signer(name, b"\x07" * 32)

    return make

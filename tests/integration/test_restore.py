"""A node from its backup, and an asker with a wrong clock: both are told what is the matter."""

import contextlib
import secrets
import shutil
import sqlite3

import pytest
from fedquery_node import schema
from fedquery_node.home import open_home
from fedquery_node.upkeep import Upkeep

from fedquery.cli.demo.processes import require
from fedquery.config.service import wall_clock
from fedquery.errors import ConfigError, StorageError

BACKED_UP = (
    *(f"keys/{name}.key" for name in ("signing", "log", "witness")),
    *("node.toml", "federation.note", "roots.txt"),
)


@pytest.fixture
def restored(federation, tmp_path):
    """Make a data directory of what docs/operating.md says to back up, and of nothing else."""
    home, again = federation.node("VN"), tmp_path / "restored"
    again.mkdir(mode=0o700)
    (again / "keys").mkdir(mode=0o700)
    for name in BACKED_UP:
        shutil.copy(home / name, again / name)
    shutil.copytree(home / "tls", again / "tls")
    with (
        contextlib.closing(sqlite3.connect(home / "node.db")) as source,
        contextlib.closing(sqlite3.connect(again / "node.db")) as target,
    ):
        source.backup(target)
    (again / "node.db").chmod(0o600)
    return again


def start(path):
    """Take everything into force as a node does when it starts to serve."""
    home = open_home(path)
    with contextlib.closing(schema.connect(home.path)) as connection:
        return Upkeep(home, connection, secrets.token_bytes).start(wall_clock())


def test_a_restored_node_serves_once_it_has_published(restored):
    """Its old KEM keys, seeds and buckets are gone for good: it makes new ones."""
    with pytest.raises((ConfigError, StorageError)) as caught:
        start(restored)
    _, command = caught.value.do.split("fedquery-node publish ")
    # One command for all of them, and not one at each start.
    assert {"addresses", "domains", "phones"} == set(command.split())
    require("fedquery_node", "--home", str(restored), "publish", *command.split())
    force = start(restored)
    assert [True, True, True] == [served.newest for served in force.catalogue.values()]
    assert 1 == len(force.kem_keys)

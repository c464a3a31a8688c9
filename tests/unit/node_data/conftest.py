"""A node with an empty dataset, that can publish."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fedquery_node import schema
from fedquery_node.config import load_settings
from fedquery_node.keystore import KeyStore
from fedquery_node.publish import Publisher
from unit.node_data.published import NODE_TOML


@pytest.fixture
def node(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Give a node's data directory with its database open."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    settings = load_settings(tmp_path)
    keys = KeyStore(tmp_path)
    keys.make_directories()
    keys.create("log", secrets.token_bytes(32))
    schema.create(tmp_path, settings)
    connection = schema.connect(tmp_path)
    publisher = Publisher(tmp_path, settings, keys, secrets.token_bytes, lambda: 0)
    yield SimpleNamespace(
        home=tmp_path, settings=settings, keys=keys, connection=connection, publisher=publisher
    )
    connection.close()

"""The node's settings, database and key files."""

from pathlib import Path

import pytest
from fedquery_node import schema
from fedquery_node.config import NodeSettings, load_settings
from fedquery_node.keystore import KeyStore

from fedquery.errors import ConfigError

NODE_TOML = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"

[contacts]
desk = "Hanoi desk"

[datasets.phones]
kind = "phone"
release_to_default = ["TH", "LA"]

[quota.agency]
hour = 10
day = 20
year = 30
"""


@pytest.fixture
def settings(tmp_path: Path) -> NodeSettings:
    """Read the example above."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    return load_settings(tmp_path)


def test_what_is_not_said_has_its_default(settings: NodeSettings) -> None:
    """Quotas exist even where the file names none: the default is never unlimited."""
    assert (10, 20, 30) == (
        settings.quota.agency.hour,
        settings.quota.agency.day,
        settings.quota.agency.year,
    )
    assert (1_000, 5_000, 100_000, 5_000) == (
        settings.quota.nation.hour,
        settings.quota.nation.day,
        settings.quota.nation.year,
        settings.quota.case.total,
    )
    assert ("TH", "LA") == settings.datasets["phones"].release_to_default
    assert 2_048 == settings.datasets["phones"].min_bucket
    assert "release_to" == settings.datasets["phones"].columns.release_to


@pytest.mark.parametrize(
    ("fault", "old", "new"),
    [
        ("unknown key", 'nation = "VN"', 'nation = "VN"\nnatoin = "VN"'),
        ("unknown kind", 'kind = "phone"', 'kind = "phones"'),
        ("small buckets", 'kind = "phone"', 'kind = "phone"\nmin_bucket = 100'),
        ("overlong promise", 'kind = "phone"', 'kind = "phone"\nnext_due_min = 1441'),
        ("not a nation", 'nation = "VN"', 'nation = "vn"'),
        ("text for a number", "hour = 10", 'hour = "10"'),
    ],
)
def test_a_wrong_setting_stops_the_node(tmp_path: Path, fault: str, old: str, new: str) -> None:
    """No value is guessed."""
    (tmp_path / "node.toml").write_text(NODE_TOML.replace(old, new))
    with pytest.raises(ConfigError):
        load_settings(tmp_path)


def test_a_database_is_made_by_init_alone(tmp_path: Path, settings: NodeSettings) -> None:
    """A missing database is an error, never a new and empty log."""
    with pytest.raises(ConfigError):
        schema.connect(tmp_path)
    schema.create(tmp_path, settings)
    connection = schema.connect(tmp_path)
    assert 0 == schema.log_of(settings).size(connection)
    assert 0o600 == schema.database_path(tmp_path).stat().st_mode & 0o777
    connection.close()


def test_a_seed_is_gone_when_it_is_destroyed(tmp_path: Path) -> None:
    """A retired version's seed cannot be read again; destroying twice is no error."""
    keys = KeyStore(tmp_path)
    keys.make_directories()
    keys.create_seed("phones", 3, b"s" * 32)
    assert b"s" * 32 == keys.read_seed("phones", 3)
    assert (3,) == keys.seeds_of("phones")
    keys.destroy_seed("phones", 3)
    keys.destroy_seed("phones", 3)
    keys.destroy_seed("other", 1)
    assert () == keys.seeds_of("phones")
    with pytest.raises(ConfigError):
        keys.read_seed("phones", 3)


def test_a_seed_is_never_overwritten(tmp_path: Path) -> None:
    """The key of a version that somebody may have been answered under cannot change."""
    keys = KeyStore(tmp_path)
    keys.make_directories()
    keys.create_seed("phones", 1, b"a" * 32)
    with pytest.raises(ConfigError):
        keys.create_seed("phones", 1, b"b" * 32)
    assert b"a" * 32 == keys.read_seed("phones", 1)


@pytest.mark.parametrize("name", ["signing", "log"])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    """The mode is checked at each read, and the message says what to run."""
    keys = KeyStore(tmp_path)
    keys.make_directories()
    keys.create(name, b"k" * 32)
    (tmp_path / "keys" / f"{name}.key").chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        keys.signing_key() if name == "signing" else keys.log_signer("example.log")
    assert "chmod" in caught.value.diagnostics()


def test_kem_keys_are_found_by_their_id_and_destroyed(tmp_path: Path) -> None:
    """A KEM key opens under its id until it is destroyed."""
    keys = KeyStore(tmp_path)
    keys.make_directories()
    key = keys.create_kem(b"x" * 32)
    assert key.public == keys.kem_key(key.key_id).public
    keys.destroy_kem(key.key_id)
    with pytest.raises(ConfigError):
        keys.kem_key(key.key_id)

"""Put notes of people in force, and find a dataset, as commands."""

from pathlib import Path

from fedquery.errors import ConfigError
from fedquery_node import adopting, members
from fedquery_node.config import DatasetSettings
from fedquery_node.home import NodeHome
from fedquery_node.opening import opened


def install_roster_file(path: Path, file: Path, now_ms: int) -> str:
    """Put a roster in force and say so.

    Raises:
        EncodingError, SignatureError, InputError, RollbackError, EquivocationError, ConfigError: as
            `adopting.install_roster`.
    """
    with opened(path, checked=False) as (home, connection):
        federation = members.load(home, connection, now_ms).federation
        note = file.read_bytes()
        roster = adopting.install_roster(home, connection, federation, note, now_ms)
    return f"roster {roster.number} of {roster.nation} is in force: {len(roster.keys)} keys"


def install_team_file(path: Path, file: Path, now_ms: int) -> str:
    """Put a team note in force and say so.

    Raises:
        EncodingError, SignatureError, InputError, RollbackError, EquivocationError, ConfigError: as
            `adopting.install_team`.
    """
    with opened(path, checked=False) as (home, connection):
        federation = members.load(home, connection, now_ms).federation
        team = adopting.install_team(home, connection, federation, file.read_bytes(), now_ms)
    parties = ", ".join(team.parties)
    return f"{team.name} ({parties}) is in force: {len(team.members)} agencies"


def dataset_of(home: NodeHome, name: str) -> DatasetSettings:
    """Find the settings of a dataset.

    Raises:
        ConfigError: if node.toml names no such dataset.
    """
    chosen = home.settings.datasets.get(name)
    if chosen is None:
        raise ConfigError(
            "node.toml names no such dataset", do="Add a [datasets.NAME] table with its kind."
        )
    return chosen

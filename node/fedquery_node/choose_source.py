"""Where the rows of an import come from: a file by what it is, or the address of a server."""

from pathlib import Path

from fedquery.errors import ConfigError
from fedquery_node.config import DatasetSettings
from fedquery_node.file_source import FileSource
from fedquery_node.import_source import Source
from fedquery_node.postgresql_source import SCHEMES, PostgresqlSource, connection_settings
from fedquery_node.query import Query
from fedquery_node.sqlite_source import MAGIC, SqliteSource


def source_of(home: Path, chosen: DatasetSettings, place: str) -> Source:
    """Choose what reads a place.

    Args:
        home: the data directory, in which relative paths of its settings begin.
        chosen: the settings of the dataset.
        place: a file or an address, as it was typed; "" for the one of the settings.

    Raises:
        ConfigError: if neither names one, or an address cannot be used.
        FileError: if there is no such file.
    """
    named = place or chosen.source.location
    if not named:
        raise ConfigError(
            "nothing says where the rows come from",
            do="Name a file, or write `source.location` into the dataset's part of node.toml.",
        )
    query = Query(chosen.source, chosen.columns)
    if named.startswith(SCHEMES):
        # A password in it is refused before anything is opened.
        connection_settings(named)
        return PostgresqlSource(named, query, chosen.source.password_file)
    path = Path(place) if place else home / named
    source = FileSource.of(path, chosen.columns)
    return SqliteSource(path, query) if _is_sqlite(path) else source


def _is_sqlite(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False

"""A node's data directory whose every version has rows of its own, and what a reader must find."""

import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fedquery_node import schema
from fedquery_node.config import NodeSettings, load_settings
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_reader import open_claims
from fedquery_node.keystore import KeyStore
from fedquery_node.publications import Served, ServedView
from fedquery_node.publish import Publisher
from fedquery_node.retire import retire_due

from fedquery.oprf.group import default_group
from fedquery.oprf.server import outputs
from fedquery.psi.bucket import bucket_number, check_bucket
from fedquery.psi.merkle import verify_path
from fedquery.psi.tag import claim_hash, claim_token, tag

NOW_MS = 1_800_000_000_000
# In every version; others are in one version each.
ALWAYS = 0
_NODE_TOML = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"
overlap_s = 0
[datasets.phones]
kind = "phone"
min_bucket = 512
"""


def phone(number: int) -> bytes:
    """Make the encoding of a number of a block that is kept for fiction here."""
    return f"phone:v1:+8485550{number:05}".encode()


@dataclass(frozen=True)
class PublishedHome:
    """The directory, and what publishes it.

    Attributes:
        path: the directory.
        settings: its settings.
        keys: its key files.
        publisher: publishes it.
    """

    path: Path
    settings: NodeSettings
    keys: KeyStore
    publisher: Publisher

    @classmethod
    def open(cls, path: Path) -> "PublishedHome":
        """Open a directory that `make` has made."""
        settings, keys = load_settings(path), KeyStore(path)
        log = schema.log_of(settings)

        def whole_log() -> int:
            connection = schema.connect(path, checked=False)
            try:
                return log.size(connection)
            finally:
                connection.close()

        publisher = Publisher(path, settings, keys, secrets.token_bytes, whole_log)
        return cls(path, settings, keys, publisher)

    @classmethod
    def make(cls, path: Path) -> "PublishedHome":
        """Make a directory without a publication."""
        (path / "node.toml").write_text(_NODE_TOML, encoding="utf-8")
        keys = KeyStore(path)
        keys.make_directories()
        keys.create("log", secrets.token_bytes(32))
        schema.create(path, load_settings(path))
        return cls.open(path)

    def write_rows(self, connection: sqlite3.Connection, version: int) -> None:
        """Give the dataset the rows that a version is to have, and no others."""
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM record_kept")
        for number in (ALWAYS, version):
            connection.execute(
                "INSERT OR IGNORE INTO subject (dataset, identifier) VALUES ('phones', ?)",
                (phone(number),),
            )
            connection.execute(
                "INSERT INTO record_kept"
                " SELECT 'phones', ?, id, 'mule', 'open', '', 'desk', 1, 2, 3, ?, 0, NULL"
                " FROM subject WHERE identifier = ?",
                (f"R{number}", json.dumps(["*"]), phone(number)),
            )
        connection.execute("COMMIT")

    def publish(self, connection: sqlite3.Connection) -> int:
        """Publish the next version and retire the one before, as the command does."""
        published = self.publisher.publish(connection, "phones", ["LA", "TH"], NOW_MS)
        retire_due(
            connection, self.path, self.keys, witnessed_size=self.witnessed_size, now_ms=NOW_MS
        )
        return published.publication.version

    @property
    def witnessed_size(self) -> Callable[[], int]:
        """Give what says how much of the log witnesses have seen: all of it."""
        return self.publisher.witnessed_size

    def require_whole(self, served: Served) -> None:
        """Require that a version which is served has its own rows, in buckets and claims.

        Raises:
            AssertionError: if it has not, or has those of another version.
        """
        version = served.publication.version
        for view in served.views.values():
            for number in (ALWAYS, version):
                assert self._found(served, view, number), (version, number)
            for number in (version - 1, version + 1):
                assert number == ALWAYS or not self._found(served, view, number), (version, number)

    def _found(self, served: Served, view: ServedView, number: int) -> bool:
        publication = served.publication
        output = outputs(view.key, [phone(number)], default_group().hash_to_group([phone(number)]))
        at = bucket_number(phone(number), publication.prefix_bits)
        tags = view.buckets.bucket(at)
        check_bucket(tags, publication.capacity)
        root, bits = view.opening.root, publication.prefix_bits
        verify_path(at, tags, view.buckets.path(at), bits, root)
        found = tag(output) in {tags[at : at + 8] for at in range(0, len(tags), 8)}
        files = VersionFiles.of(self.path, "phones", publication.version)
        with open_claims(files, view.view_id) as claims:
            hashes = [claim for _, claim in claims.of(tag(output))]
        assert ([claim_hash(claim_token(output))] if found else []) == hashes
        return found

"""Records of a node that publishes, and what a nation sees of them."""

import hashlib
import json
import sqlite3
from types import SimpleNamespace

from fedquery_node.index_files import VersionFiles
from fedquery_node.index_reader import OpenView, open_claims

from fedquery.oprf.group import default_group
from fedquery.oprf.server import outputs
from fedquery.psi.bucket import bucket_number
from fedquery.psi.commitment import Opening
from fedquery.psi.key import view_key
from fedquery.psi.publication import Publication
from fedquery.psi.tag import claim_token, tag

NOW_MS = 1_800_000_000_000
NODE_TOML = """
nation = "VN"
federation = "example"
listen = "127.0.0.1:0"
policies = "policies"
overlap_s = 600
[datasets.phones]
kind = "phone"
min_bucket = 512
"""


def phone(number: int) -> bytes:
    """Make the encoding of a number of a block that is kept for fiction here."""
    return f"phone:v1:+8485550{number:05}".encode()


def record(
    connection: sqlite3.Connection, number: int, release: list[str], *, again: int = 0
) -> int:
    """Put one record of a phone into the database; its reference differs by `again`."""
    connection.execute(
        "INSERT OR IGNORE INTO subject (dataset, identifier) VALUES ('phones', ?)", (phone(number),)
    )
    (subject,) = connection.execute(
        "SELECT id FROM subject WHERE identifier = ?", (phone(number),)
    ).fetchone()
    connection.execute(
        "INSERT INTO record_kept VALUES"
        " ('phones', ?, ?, 'mule', 'open', '', 'desk', 1, 2, 3, ?, 0, NULL)",
        (f"R{number}.{again}", subject, json.dumps(release, separators=(",", ":"))),
    )
    return int(subject)


def sees(node: SimpleNamespace, nation: str, number: int, version: int = 1) -> bool:
    """Tell whether a phone is in what a nation may see, by the node's own key."""
    view_id, public_key, root, salt = node.connection.execute(
        "SELECT view_id, public_key, root, salt FROM view WHERE version = ? AND viewer = ?",
        (version, nation),
    ).fetchone()
    (leaf,) = node.connection.execute(
        "SELECT leaf FROM publication WHERE version = ?", (version,)
    ).fetchone()
    publication = Publication.decode(leaf)
    bits, capacity = publication.prefix_bits, publication.capacity
    publication.verify_opening(nation, Opening(salt, bits, capacity, public_key, root))
    key = view_key(node.keys.read_seed("phones", version), "VN", "phones", version, view_id)
    assert public_key == key.public
    output = outputs(key, [phone(number)], default_group().hash_to_group([phone(number)]))
    files = VersionFiles.of(node.home, "phones", version)
    view = OpenView(files, view_id, prefix_bits=bits, capacity=capacity, root=root)
    tags = view.bucket(bucket_number(phone(number), bits))
    view.close()
    found = tag(output) in [tags[at : at + 8] for at in range(0, len(tags), 8)]
    with open_claims(files, view_id) as claims:
        hashes = [claim for _, claim in claims.of(tag(output))]
    assert ([hashlib.sha256(claim_token(output)).digest()] if found else []) == hashes
    return found

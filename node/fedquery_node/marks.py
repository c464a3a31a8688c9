"""Up to which cursor a dataset has what its source has: an import reads only what is new."""

import sqlite3
from typing import Final

from fedquery.encoding import canonical_json

_KEY: Final = "imported up to:"


def keep(connection: sqlite3.Connection, dataset: str, identity: bytes, mark: str) -> None:
    """Note it, in the transaction that takes the rows over.

    Args:
        connection: the node's database.
        dataset: the name of the dataset.
        identity: of which source the cursor is.
        mark: the cursor of the last row.
    """
    value = canonical_json.dump({"identity": identity.hex(), "mark": mark})
    connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_KEY + dataset, value))


def kept(connection: sqlite3.Connection, dataset: str, identity: bytes) -> str:
    """Read it; "" where nothing was ever imported from this source."""
    row = connection.execute(
        "SELECT value FROM remembered WHERE key = ?", (_KEY + dataset,)
    ).fetchone()
    if row is None:
        return ""
    value = canonical_json.load(row[0], cap=1024, what="cursor of an import")
    if not isinstance(value, dict) or value.get("identity") != identity.hex():
        return ""
    return str(value["mark"])

"""Rows straight into a stopped node's tables: publishing is measured, and not the import."""

from contextlib import closing
from pathlib import Path

from fedquery_node import schema, soundness

from bench import scene
from fedquery.config.service import wall_clock


def write(home: Path, dataset: str, rows: int) -> None:
    """Write records of as many different phones, each released to all, as an import leaves them.

    Args:
        home: the data directory.
        dataset: the dataset, which node.toml names and which has no rows.
        rows: how many.
    """
    with closing(schema.connect(home, checked=False)) as connection:
        connection.execute("PRAGMA cache_size = -262144")
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM subject").fetchone()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO subject VALUES (?, ?, ?)",
            (
                (last + number, dataset, f"phone:v1:{phone}".encode())
                for number, phone in enumerate(scene.phones(rows), 1)
            ),
        )
        connection.executemany(
            "INSERT INTO record_kept VALUES"
            " (?, ?, ?, 'fraud', 'open', '', 'desk', 1767312000000, 1791676800000, 1, '[\"*\"]',"
            " 0, NULL)",
            ((dataset, f"B-{number:08}", last + number) for number in range(1, rows + 1)),
        )
        # An import looks the database through, and remembers it.
        soundness.remember(connection, wall_clock())
        connection.execute("COMMIT")

"""By which spelling rules the rows of a dataset are kept, which is what its publications say.

A newer release does not respell what is in the database: what was written before canonical forms
changed is not in them. So rows keep the rules of their import, and are published under those, until
the whole dataset is imported anew.
"""

import sqlite3

from fedquery.identifiers import kinds
from fedquery.identifiers.rules import Rules
from fedquery.psi.publication import DIGEST_LENGTH
from fedquery.tabular import FileError

_WHOLE = "Import the whole dataset with --replace: the rows that are there are kept by other rules."


def digests_of(connection: sqlite3.Connection, dataset: str, kind: str) -> tuple[bytes, ...]:
    """Give the digests of the rules by which a dataset can be asked, the rows' own first.

    Those of this release for a dataset into which nothing was ever imported.
    """
    row = connection.execute("SELECT rules FROM spelling WHERE dataset = ?", (dataset,)).fetchone()
    return kinds()[kind].rules.digests if row is None else _split(row[0])


def after_import(
    connection: sqlite3.Connection, dataset: str, rules: Rules, *, whole: bool
) -> tuple[bytes, ...]:
    """Say by which rules the rows of a dataset can be asked once rows were imported.

    Args:
        connection: the node's database.
        dataset: the name of the dataset.
        rules: those by which rows are read now.
        whole: whether no row stays but those that are read now.

    Raises:
        FileError: if rows of other rules would stay beside them.
    """
    row = connection.execute("SELECT rules FROM spelling WHERE dataset = ?", (dataset,)).fetchone()
    after = kept_by(None if row is None else _split(row[0]), rules, whole=whole)
    if after is None:
        raise FileError("the rows of this dataset are kept by other spelling rules", do=_WHOLE)
    return after


def keep(connection: sqlite3.Connection, dataset: str, digests: tuple[bytes, ...]) -> None:
    """Note by which rules rows are kept from here on, in the caller's transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO spelling VALUES (?, ?)", (dataset, b"".join(digests))
    )


def kept_by(
    before: tuple[bytes, ...] | None, rules: Rules, *, whole: bool
) -> tuple[bytes, ...] | None:
    """Say by which rules a dataset can be asked once rows were added, or None where by none.

    Args:
        before: by which it could be asked, its rows' own first; None if it had no rows ever.
        rules: those by which rows are read now.
        whole: whether no row stays but those that are read now.
    """
    if whole or before is None:
        return rules.digests
    if before[0] != rules.digest:
        return None
    # All rows have the forms of those former rules alone that both imports knew.
    return (rules.digest, *(digest for digest in rules.digests[1:] if digest in before))


def difference(connection: sqlite3.Connection, dataset: str, today: tuple[bytes, ...]) -> str:
    """Say in words how the rules of a dataset's rows differ from those of this release, or "".

    Args:
        connection: the node's database.
        dataset: the name of the dataset.
        today: the digests of the rules of this release, today's first.
    """
    row = connection.execute("SELECT rules FROM spelling WHERE dataset = ?", (dataset,)).fetchone()
    kept = today if row is None else _split(row[0])
    if kept[0] != today[0]:
        return "its rows are kept by other spelling rules than this version's: import --replace"
    if missing := len(set(today) - set(kept)):
        return f"its rows lack the forms of {missing} former rules: import --replace"
    return ""


def _split(octets: bytes) -> tuple[bytes, ...]:
    return tuple(octets[at : at + DIGEST_LENGTH] for at in range(0, len(octets), DIGEST_LENGTH))

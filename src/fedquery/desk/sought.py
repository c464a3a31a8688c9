"""Which questions asked about an identifier: found by keyed marks, which tell it to nobody.

Whoever has keys/desk.key can try identifiers on marks. So they end with their questions as salts
do: `erasing` writes this table anew, and every page of the old one is overwritten.
"""

from collections.abc import Iterable
from typing import Final

from fedquery.desk.store import DeskStore

# No text that is marked elsewhere has a NUL in it: no mark stands for two things.
_SORT: Final = "asked\0"


def keep(store: DeskStore, question_id: str, encoded: Iterable[str]) -> None:
    """Keep what a question asks about, in the transaction that writes it.

    Args:
        store: the store.
        question_id: the question.
        encoded: its identifiers, as `Identifier.encode` gives them.
    """
    store.connection.executemany(
        "INSERT OR IGNORE INTO sought VALUES (?, ?)",
        [(_mark(store, one), question_id) for one in encoded],
    )


def since(store: DeskStore, encoded: Iterable[str], since_ms: int) -> dict[str, str]:
    """Find the questions about identifiers from a moment on, whoever may read them.

    Args:
        store: the store.
        encoded: the identifiers, as `Identifier.encode` gives them.
        since_ms: from when on they were asked.

    Returns:
        the id of the case of each, by its own id.
    """
    found: dict[str, str] = {}
    for one in encoded:
        rows = store.connection.execute(
            "SELECT question_id, case_id FROM sought JOIN question USING (question_id)"
            " WHERE mark = ? AND asked_ms >= ?",
            (_mark(store, one), since_ms),
        )
        found.update(rows.fetchall())
    return found


def _mark(store: DeskStore, encoded: str) -> bytes:
    return store.mark(_SORT + encoded)

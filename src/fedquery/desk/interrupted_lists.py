"""Lists that were asked when the desk ended: noted at the next start, or once there is room."""

import sqlite3

from fedquery.desk.kept_list import INTERRUPTED
from fedquery.desk.store import DeskStore
from fedquery.storage.full_disk import is_full


def stop_unfinished(store: DeskStore) -> int:
    """Note of what was under way when the desk ended that it is interrupted, and count it.

    Where the disk is full that is noted later, by `note_held`.
    """
    rows = store.connection.execute("SELECT list_id FROM kept_list WHERE state = 'asking'")
    store.unstopped.update(list_id for (list_id,) in rows.fetchall())
    count = len(store.unstopped)
    note_held(store)
    return count


def note_held(store: DeskStore) -> None:
    """Note what a full disk kept the start from noting, as far as there is room by now."""
    for list_id in sorted(store.unstopped):
        try:
            store.connection.execute(
                "UPDATE kept_list SET state = 'stopped', why = ?"
                " WHERE list_id = ? AND state = 'asking'",
                (INTERRUPTED, list_id),
            )
        except sqlite3.OperationalError as error:
            if not is_full(error):
                raise
            return
        store.unstopped.discard(list_id)

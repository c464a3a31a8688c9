"""Sessions that have ended and whose rows could not be removed, because the disk is full.

Whoever signs out is signed out, whatever the disk says. In this process such a session is none; its
row goes when there is room again. It cannot be used longer than any other that nobody uses: on a
full disk nobody writes down that it was.
"""

import sqlite3
from dataclasses import dataclass, field

from fedquery.desk import sessions
from fedquery.storage.full_disk import is_full


@dataclass(slots=True)
class EndedSessions:
    """The sessions of one desk that have ended and have their rows still."""

    _accounts: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    def __contains__(self, session_id: str) -> bool:
        """Say whether a session has ended, whatever its row says."""
        return session_id in self._accounts

    def end(self, connection: sqlite3.Connection, account_id: str, session_id: str) -> bool:
        """End a session of an account, also on a full disk; False where it has none of this id."""
        try:
            return sessions.end(connection, account_id, session_id)
        except sqlite3.OperationalError as error:
            if not is_full(error):
                raise
        if not sessions.is_of(connection, account_id, session_id):
            return False
        self._accounts[session_id] = account_id
        return True

    def remove(self, connection: sqlite3.Connection) -> None:
        """Remove the rows, as far as there is room by now."""
        for session_id, account_id in list(self._accounts.items()):
            try:
                sessions.end(connection, account_id, session_id)
            except sqlite3.OperationalError as error:
                if not is_full(error):
                    raise
                return
            del self._accounts[session_id]

"""The tables of lists, and of what a second person found of them; see `sealed_tables`."""

from typing import Final

TABLES: Final = (
    # The list itself and what came of it lie in the agency's screenings, under the same id.
    """CREATE TABLE kept_list (
        list_id TEXT PRIMARY KEY,
        case_id TEXT NOT NULL REFERENCES kept_case ON DELETE CASCADE,
        account_id TEXT NOT NULL,
        begun_ms INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN
            ('ready', 'waiting', 'approved', 'declined', 'asking', 'stopped', 'ended')),
        asked_ms INTEGER NOT NULL,
        why TEXT NOT NULL,
        urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
        sealed BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX list_by_case ON kept_list (case_id, begun_ms)",
    "CREATE INDEX list_by_time ON kept_list (asked_ms)",
    """CREATE TABLE list_verdict (
        list_id TEXT NOT NULL REFERENCES kept_list ON DELETE CASCADE,
        sort TEXT NOT NULL CHECK (sort IN ('approval', 'review')),
        account_id TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        finding TEXT NOT NULL
            CHECK (finding IN ('approved', 'declined', 'justified', 'not justified')),
        sealed BLOB NOT NULL,
        PRIMARY KEY (list_id, sort)
    ) STRICT, WITHOUT ROWID""",
)

"""The tables of records, and which of their rows are in force.

An import of a million rows is written in many small transactions, so that nobody waits for it, and
is in force at once all the same: each row says since which *generation* it counts, and until which,
and one number says which generation is in force. What reads `record` or `found_under` reads views,
which show the rows in force and no others; the tables below them are written by `taking_over` and
`withdrawal`, and cleared by `settling`, alone.
"""

from typing import Final

TABLES: Final = (
    # Several records of one identifier are one subject, hence one row.
    """CREATE TABLE subject (
        id INTEGER PRIMARY KEY,
        dataset TEXT NOT NULL,
        identifier BLOB NOT NULL,
        UNIQUE (dataset, identifier)
    ) STRICT""",
    # Of all datasets together: whatever takes rows over holds the lock of publications.
    """CREATE TABLE generation (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        in_force INTEGER NOT NULL,
        coming INTEGER CHECK (coming > in_force)
    ) STRICT""",
    "INSERT INTO generation VALUES (1, 0, NULL)",
    """CREATE TABLE record_kept (
        dataset TEXT NOT NULL,
        reference TEXT NOT NULL,
        subject_id INTEGER NOT NULL REFERENCES subject (id),
        category TEXT NOT NULL,
        handling TEXT NOT NULL CHECK (handling IN ('open', 'restricted', 'source at risk')),
        summary TEXT NOT NULL,
        contact TEXT NOT NULL,
        first_seen_ms INTEGER NOT NULL,
        last_seen_ms INTEGER NOT NULL,
        updated_ms INTEGER NOT NULL,
        release_to TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        PRIMARY KEY (dataset, reference, since)
    ) STRICT""",
    # With all that says whether a subject has a record in force, so that the rows stay unread.
    "CREATE INDEX record_by_subject ON record_kept (subject_id, since, until)",
    "CREATE INDEX record_by_since ON record_kept (since)",
    "CREATE INDEX record_by_until ON record_kept (until) WHERE until IS NOT NULL",
    # Since a generation that is in force, and not until one that is. The plus keeps SQLite from
    # going through all rows by the index of generations, in another order than they lie in.
    """CREATE VIEW record AS
        SELECT dataset, reference, subject_id, category, handling, summary, contact, first_seen_ms,
            last_seen_ms, updated_ms, release_to
        FROM record_kept
        WHERE +since <= (SELECT in_force FROM generation)
            AND (until IS NULL OR until > (SELECT in_force FROM generation))""",
    # Under which less exact and former forms the records of an identifier are found as well; a form
    # is a subject of its own, so that it is published and claimed like any other.
    """CREATE TABLE found_under_kept (
        form_id INTEGER NOT NULL REFERENCES subject (id),
        subject_id INTEGER NOT NULL REFERENCES subject (id),
        since INTEGER NOT NULL,
        until INTEGER,
        PRIMARY KEY (form_id, subject_id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX found_under_by_subject ON found_under_kept (subject_id)",
    "CREATE INDEX found_under_by_since ON found_under_kept (since)",
    "CREATE INDEX found_under_by_until ON found_under_kept (until) WHERE until IS NOT NULL",
    """CREATE VIEW found_under AS
        SELECT form_id, subject_id
        FROM found_under_kept
        WHERE +since <= (SELECT in_force FROM generation)
            AND (until IS NULL OR until > (SELECT in_force FROM generation))""",
)

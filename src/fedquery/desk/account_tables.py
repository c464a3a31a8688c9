"""The tables of accounts, sessions, known browsers and tries to sign in."""

from typing import Final

TABLES: Final[tuple[str, ...]] = (
    # `folded` is the name without its case; `last_step` is the newest code that was used.
    """CREATE TABLE account (
        account_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('officer', 'supervisor', 'auditor')),
        language TEXT NOT NULL,
        password TEXT NOT NULL,
        code_secret BLOB NOT NULL,
        last_step INTEGER NOT NULL,
        enabled INTEGER NOT NULL,
        created_ms INTEGER NOT NULL
    ) STRICT""",
    # A copy of this table signs nobody in: the cookie's token is not in it.
    """CREATE TABLE session (
        token_hash BLOB PRIMARY KEY,
        session_id TEXT NOT NULL UNIQUE,
        account_id TEXT NOT NULL REFERENCES account,
        begun_ms INTEGER NOT NULL,
        seen_ms INTEGER NOT NULL,
        address TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX session_of ON session (account_id)",
    # Who is tried is a keyed hash: people type passwords into the field of the name.
    """CREATE TABLE sign_in_try (
        subject BLOB PRIMARY KEY,
        tries INTEGER NOT NULL,
        last_ms INTEGER NOT NULL
    ) STRICT""",
    # Browsers in which an account has signed in, by a keyed hash of what their cookie holds.
    """CREATE TABLE known_browser (
        mark BLOB NOT NULL,
        account_id TEXT NOT NULL REFERENCES account,
        seen_ms INTEGER NOT NULL,
        PRIMARY KEY (mark, account_id)
    ) STRICT, WITHOUT ROWID""",
)

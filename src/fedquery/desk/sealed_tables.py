"""The tables of cases, questions, claims and notes; what is named `sealed` is sealed by `store`."""

from typing import Final

# With the salt of a case or of a question its key is made. Who erases the salt has erased all that
# is sealed by it, wherever SQLite has left a copy; so the mark of a case's number is here as well.
SALT: Final = """CREATE TABLE {name} (
        owner TEXT PRIMARY KEY,
        salt BLOB NOT NULL CHECK (length(salt) = 32),
        mark BLOB UNIQUE
    ) STRICT, WITHOUT ROWID"""

TABLES: Final = (
    SALT.format(name="salt"),
    """CREATE TABLE kept_case (
        case_id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        begun_ms INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE case_member (
        case_id TEXT NOT NULL REFERENCES kept_case ON DELETE CASCADE,
        account_id TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        PRIMARY KEY (case_id, account_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE question (
        question_id TEXT PRIMARY KEY,
        case_id TEXT NOT NULL REFERENCES kept_case ON DELETE CASCADE,
        account_id TEXT NOT NULL,
        asked_ms INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('asking', 'finished', 'ended')),
        sealed BLOB NOT NULL,
        came BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX question_by_case ON question (case_id, asked_ms)",
    "CREATE INDEX question_by_time ON question (asked_ms)",
    """CREATE TABLE outcome (
        question_id TEXT NOT NULL REFERENCES question ON DELETE CASCADE,
        number INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (question_id, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE claim (
        act_id TEXT PRIMARY KEY,
        question_id TEXT NOT NULL REFERENCES question ON DELETE CASCADE,
        claim_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        claimed_ms INTEGER NOT NULL,
        level TEXT NOT NULL CHECK (level IN ('reference', 'summary')),
        sealed BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX claim_by_question ON claim (question_id, claimed_ms)",
    """CREATE TABLE note (
        note_id TEXT PRIMARY KEY,
        case_id TEXT NOT NULL REFERENCES kept_case ON DELETE CASCADE,
        account_id TEXT NOT NULL,
        written_ms INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX note_by_case ON note (case_id, written_ms)",
    # What a case said of itself before it was changed, and afterwards.
    """CREATE TABLE case_change (
        change_id TEXT PRIMARY KEY,
        case_id TEXT NOT NULL REFERENCES kept_case ON DELETE CASCADE,
        account_id TEXT NOT NULL,
        changed_ms INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX case_change_by_case ON case_change (case_id)",
    # A question that is too long to be asked by one person: who wants it, and who decided. What is
    # to be asked is in `sealed` until it was asked.
    """CREATE TABLE approval (
        approval_id TEXT PRIMARY KEY,
        question_id TEXT NOT NULL UNIQUE,
        case_id TEXT NOT NULL REFERENCES kept_case ON DELETE CASCADE,
        account_id TEXT NOT NULL,
        wanted_ms INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'declined', 'asked')),
        decided_by TEXT NOT NULL,
        decided_ms INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        said BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX approval_by_case ON approval (case_id)",
    # A question that was asked under a threat to life, and what a second person found of it.
    """CREATE TABLE review (
        question_id TEXT PRIMARY KEY REFERENCES question ON DELETE CASCADE,
        account_id TEXT NOT NULL,
        reviewed_ms INTEGER NOT NULL,
        finding TEXT NOT NULL CHECK (finding IN ('waiting', 'justified', 'not justified')),
        sealed BLOB NOT NULL
    ) STRICT""",
    # Who did what, and when. The subject is the id of a question, an approval, a claim, a note, a
    # change or an account.
    """CREATE TABLE act (
        number INTEGER PRIMARY KEY,
        case_id TEXT NOT NULL REFERENCES kept_case ON DELETE CASCADE,
        at_ms INTEGER NOT NULL,
        account_id TEXT NOT NULL,
        what TEXT NOT NULL,
        subject TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX act_by_case ON act (case_id, number)",
    "CREATE INDEX act_by_subject ON act (subject)",
)

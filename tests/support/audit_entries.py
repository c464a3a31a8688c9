"""Entries as nodes, coordinators and agencies log them, and data directories with such logs."""

import hashlib
import sqlite3

from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.month import Month
from fedquery.audit.node import QuestionEntry, ReviewEntry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.config.keyfile import write_secret
from fedquery.encoding import canonical_json
from fedquery.storage.log import LogStore
from fedquery.tlog.note import Signer

OCTOBER = Month.parse("2026-10")
NOW = OCTOBER.begin_ms + 86_400_000
DATABASES = {"node": "node.db", "coordinator": "coordinator.db", "agency": "asker.db"}


def seed(text):
    """Make a seed of 32 octets out of a text."""
    return hashlib.sha256(text.encode()).digest()


def situation(purpose):
    """Write as much of a situation as is counted."""
    return canonical_json.dump({"context": {"purpose": {"type": "Purpose", "id": purpose}}})


def question(purpose="fraud", **other):
    """Make the entry of a question that was answered."""
    values = {
        "type": "answer",
        "nation": "VN",
        "dataset": "phones",
        "version": 7,
        "agency": "TH/cyber-police",
        "request_digest": bytes(32),
        "size_class": 4,
        "columns": "tags",
        "prefix_len": 5,
        "received_ms": NOW,
        "decided_ms": NOW,
        "asked_level": "hit",
        "granted_level": "hit",
        "policies": ("VN-01",),
        "situation": situation(purpose) if purpose else b"",
        "retain_until_ms": NOW,
    }
    return QuestionEntry(**{**values, **other})


def refusal(purpose="fraud", **other):
    """Make the entry of a question that was refused."""
    values = {"type": "refusal", "granted_level": "", "reason": "policy-denied"}
    return question(purpose, **{**values, **other})


def review(index):
    """Make the entry of a review, of the month after."""
    return ReviewEntry(
        nation="VN",
        index=index,
        leaf_hash=bytes(32),
        by="supervisor/VN/mai+0a1b2c3d",
        at_ms=OCTOBER.end_ms + 1,
    )


def relay(digest, **other):
    """Make the entry of a relay."""
    values = {
        "request_digest": digest,
        "from_agency": "TH/cyber-police",
        "to_nation": "VN",
        "size_class": 4,
        "received_ms": NOW,
    }
    return RelayEntry(**{**values, **other})


def relayed(digest, outcome="answered"):
    """Make the entry of what came back, in the month after."""
    return RelayedEntry(request_digest=digest, outcome=outcome, replied_ms=OCTOBER.end_ms + 5)


def asked(digest, **other):
    """Make the entry of a question that was asked."""
    values = {
        "asking": "question",
        "agency": "TH/cyber-police",
        "nation": "VN",
        "dataset": "phones",
        "version": 3,
        "request_digest": digest,
        "size_class": 4,
        "level": "hit",
        "purpose": "fraud",
        "person_role": "suspect",
        "aim": "identify",
        "asked_ms": NOW,
        "case_commit": bytes(32),
        "retain_until_ms": NOW,
    }
    return AskedEntry(**{**values, **other})


def concluded(digest, outcome="answered", hits=0, after_ms=100, reason=""):
    """Make the entry of what came of it."""
    return ConcludedEntry(
        request_digest=digest,
        outcome=outcome,
        hits=hits if outcome == "answered" else None,
        reason=reason,
        replied_ms=NOW + after_ms,
    )


def write_home(path, kind, origin, entries, signing_seed=None):
    """Make a data directory with a log that its key has signed, and the signing key beside it.

    Returns:
        The directory.
    """
    (path / "keys").mkdir(mode=0o700, parents=True)
    path.chmod(0o700)
    if signing_seed is not None:
        write_secret(path / "keys" / "signing.key", signing_seed)
    store = LogStore(origin)
    connection = sqlite3.connect(path / DATABASES[kind], isolation_level=None)
    connection.execute("BEGIN")
    store.install(connection)
    store.append(connection, [entry.encode() for entry in entries])
    store.sign_checkpoint(connection, Signer(origin, seed(f"log {origin}")), NOW)
    connection.execute("COMMIT")
    connection.close()
    return path

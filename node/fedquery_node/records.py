"""The records behind a claimed row: found by tag and token, shown as far as the policy permits."""

import hmac
import sqlite3
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from fedquery.psi.question import Claim
from fedquery.psi.tag import claim_hash
from fedquery_node.authorities import Vouched
from fedquery_node.home import NodeHome
from fedquery_node.index_files import VersionFiles
from fedquery_node.index_reader import open_claims
from fedquery_node.views import ALL, released_to

SOURCE_AT_RISK = "source at risk"


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        reference: the holder's file reference.
        category: its category.
        handling: its handling code.
        summary: up to 160 characters.
        contact: the id of a contact, or "".
        first_seen_ms: when its fact was first seen.
        last_seen_ms: when it was last seen.
        updated_ms: when it was last changed.
    """

    reference: str = field(repr=False)
    category: str = field(repr=False)
    handling: str
    summary: str = field(repr=False)
    contact: str
    first_seen_ms: int
    last_seen_ms: int
    updated_ms: int


def claimed(
    connection: sqlite3.Connection, home: NodeHome, claim: Claim, vouched: Vouched, now_ms: int
) -> list[Record]:
    """Find the records of a claimed row, those that are released to the asker now, newest first.

    A wrong tag, a wrong token, a closed claim window and a record that was withdrawn are one
    answer, nothing: whoever guesses learns nothing from the difference.

    Raises:
        StorageError: if the index cannot be read.
    """
    agency = vouched.agency
    row = connection.execute(
        "SELECT view.view_id FROM view JOIN publication USING (dataset, version)"
        " WHERE dataset = ? AND version = ? AND viewer IN (?, ?) AND claims_until_ms > ?"
        # An agency with a view of its own has found the row there.
        " ORDER BY length(viewer) DESC LIMIT 1",
        (claim.dataset, claim.version, agency.name, agency.nation, now_ms),
    ).fetchone()
    if row is None:
        return []
    files = VersionFiles.of(home.path, claim.dataset, claim.version)
    shown = claim_hash(claim.claim_token)
    with open_claims(files, row[0]) as rows:
        # In constant time for each row, so that nobody finds a token octet by octet.
        subjects = [
            subject for subject, kept in rows.of(claim.tag) if hmac.compare_digest(shown, kept)
        ]
    # The teams of now: what was released to one that has ended, or to which the agency belongs no
    # more, is withdrawn.
    names = {ALL, agency.nation} | vouched.teams
    return [record for subject in subjects for record in _of_subject(connection, subject, names)]


def _of_subject(
    connection: sqlite3.Connection, subject: int, names: AbstractSet[str]
) -> list[Record]:
    found = connection.execute(
        "SELECT reference, category, handling, summary, contact, first_seen_ms, last_seen_ms,"
        " updated_ms, release_to FROM record WHERE subject_id = ?1 OR subject_id IN"
        # The row may be of a less exact form.
        " (SELECT subject_id FROM found_under WHERE form_id = ?1) ORDER BY updated_ms DESC",
        (subject,),
    ).fetchall()
    return [Record(*row[:-1]) for row in found if names & released_to(row[-1])]

"""How a policy comes into force: proposed and checked, approved by operators, activated.

Each step is one transaction with its log entry. A file that does not pass is not kept, and what was
in force stays in force.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fedquery.audit.node import PolicyEntry
from fedquery.errors import BusyError, ConfigError, InputError
from fedquery.policy import cedar, told
from fedquery.policy.acceptance import Accepted, accept_file
from fedquery.policy.approval import Proposal, require_approved
from fedquery.policy.cases import MAX_BYTES, Case, read_cases
from fedquery.policy.changed_rules import ChangedRules, changed_rules
from fedquery.policy.complaint import PolicyError
from fedquery.policy.rules import Rules
from fedquery.policy.source import SCHEMA_FILE, read_source
from fedquery.policy.told import Told
from fedquery.storage.transaction import transaction
from fedquery.tlog.note import VerifierKey
from fedquery_node import policy_store, rules, signers
from fedquery_node.home import NodeHome
from fedquery_node.policy_store import Digests, PolicyFiles, Refused

_MOST_WHAT: Final = 600


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal that was taken in.

    Attributes:
        proposal: what operators sign.
        accepted: what checking it gave.
        changed: how it differs from what is in force.
        effects: what that changes for whom; None where nothing of this schema is in force.
        needed: how many operators must approve it.
    """

    proposal: Proposal
    accepted: Accepted
    changed: ChangedRules
    effects: tuple[Told, ...] | None
    needed: int


def operators_of(home: NodeHome) -> tuple[VerifierKey, ...]:
    """Read who may approve policies.

    Raises:
        ConfigError: if node.toml names something else, or so many are needed as there are not.
    """
    chosen = home.settings.policy
    keys = signers.read_listed(chosen.operators, "operator", home.nation, "policy.operators")
    # Operators of whom none is needed would be a lock that hangs open.
    if not min(1, len(keys)) <= chosen.needed <= len(keys):
        raise ConfigError(
            "node.toml: policy.needed must be 1 to the number of policy.operators, and 0 where"
            " there are none"
        )
    return keys


def propose(
    home: NodeHome, connection: sqlite3.Connection, file: Path, schema: Path | None, now_ms: int
) -> Proposed:
    """Check a file, run its tests, and take it in as the open proposal, in place of another one.

    Args:
        home: the data directory.
        connection: its database, outside a transaction.
        file: the policy file; tests/NATION.json beside it holds its tests.
        schema: the schema; None for the one beside the file.
        now_ms: the time.

    Raises:
        PolicyError: if it does not pass. That is remembered: `status` and the log of the serving
            node say so until a file passes.
        EncodingError: if the file of tests is none.
        InputError: if the file is in force already.
    """
    operators_of(home)
    files = rules.read_proposed(file, schema)
    if files.digests == policy_store.in_force(connection):
        raise InputError("this file and this schema are in force already", do="Nothing is to do.")
    cases = _cases(file, home.nation)
    try:
        accepted = _accepted(home, connection, files, cases, now_ms)
    except PolicyError as error:
        # Named as whoever proposes it knows it.
        beside = schema or file.parent / SCHEMA_FILE
        path = beside if error.name == SCHEMA_FILE else file
        raise PolicyError(str(path), error.complaint, do=error.do) from None
    in_force = _rules_in_force(home, connection)
    changed = changed_rules(in_force, accepted.rules)
    effects = None
    if in_force is not None and not changed.schema:
        schema_source = read_source(files.schema, SCHEMA_FILE)
        effects = told.effects(in_force, accepted.rules, schema_source)
    with transaction(connection):
        proposal = _taken_in(home, connection, files, now_ms)
    return Proposed(proposal, accepted, changed, effects, home.settings.policy.needed)


def activate(
    home: NodeHome, connection: sqlite3.Connection, notes: Sequence[bytes], now_ms: int
) -> tuple[Digests, tuple[VerifierKey, ...]]:
    """Put the open proposal in force, if enough operators have approved it.

    Args:
        home: the data directory.
        connection: its database, outside a transaction.
        notes: the signed proposals of the operators.
        now_ms: the time.

    Returns:
        What is in force now, and who has approved it.

    Raises:
        InputError: if nothing is proposed.
        SignatureError: as `require_approved`.
        PolicyError: if the file does not pass the check any more.
        BusyError: if another proposal was made meanwhile.
    """
    proposal = open_proposal(home, connection)
    if proposal is None:
        raise InputError("nothing is proposed", do="Run `fedquery-node policy propose` first.")
    approved = require_approved(proposal, notes, operators_of(home), home.settings.policy.needed)
    digests = Digests(proposal.policy_digest, proposal.schema_digest)
    files = policy_store.read_files(connection, digests)
    # Once more: the engine may be another one since, and the database may have been written to.
    _accepted(home, connection, files, (), now_ms)
    with transaction(connection):
        if open_proposal(home, connection) != proposal:
            raise BusyError("another file was proposed meanwhile")
        put_in_force(home, connection, digests, approved, now_ms)
        connection.execute("DELETE FROM proposal")
    return digests, approved


def put_in_force(
    home: NodeHome,
    connection: sqlite3.Connection,
    digests: Digests,
    approved: Sequence[VerifierKey],
    now_ms: int,
) -> None:
    """Log, remember and checkpoint what is in force from now on, in the caller's transaction."""
    entry = _entry("activated", home.nation, digests, approved, now_ms)
    home.log.append(connection, [entry.encode()])
    policy_store.put_in_force(connection, digests)
    home.log.sign_checkpoint(connection, home.log_signer, now_ms)


def open_proposal(home: NodeHome, connection: sqlite3.Connection) -> Proposal | None:
    """Give the proposal that waits for its activation."""
    row = connection.execute(
        "SELECT log_index, policy_digest, schema_digest FROM proposal"
    ).fetchone()
    return None if row is None else Proposal(home.log.origin, *row)


def _taken_in(
    home: NodeHome, connection: sqlite3.Connection, files: PolicyFiles, now_ms: int
) -> Proposal:
    digests = files.digests
    policy_store.keep(connection, files)
    entry = _entry("proposed", home.nation, digests, (), now_ms)
    index, _ = home.log.append(connection, [entry.encode()])
    connection.execute(
        "INSERT OR REPLACE INTO proposal VALUES (1, ?, ?, ?, ?)",
        (index, digests.policy, digests.schema, now_ms),
    )
    policy_store.remember_refused(connection, None)
    return Proposal(home.log.origin, index, digests.policy, digests.schema)


def _entry(
    act: str, nation: str, digests: Digests, approved: Sequence[VerifierKey], now_ms: int
) -> PolicyEntry:
    return PolicyEntry(
        act=act,
        nation=nation,
        policy_digest=digests.policy,
        schema_digest=digests.schema,
        engine=cedar.ENGINE,
        approved_by=tuple(sorted(signers.short_name(key) for key in approved)),
        at_ms=now_ms,
    )


def _accepted(
    home: NodeHome,
    connection: sqlite3.Connection,
    files: PolicyFiles,
    cases: Sequence[Case],
    now_ms: int,
) -> Accepted:
    try:
        return accept_file(files.policy, files.schema, home.nation, cases)
    except PolicyError as error:
        one = Refused(error.name, error.complaint.line, error.what[:_MOST_WHAT], now_ms)
        with transaction(connection):
            policy_store.remember_refused(connection, one)
        raise


def _rules_in_force(home: NodeHome, connection: sqlite3.Connection) -> Rules | None:
    digests = policy_store.in_force(connection)
    try:
        return None if digests is None else rules.load(connection, home, digests)
    except PolicyError:
        # Where the file in force does not load any more, a new one is all the more needed.
        return None


def _cases(file: Path, nation: str) -> tuple[Case, ...]:
    path = file.parent / "tests" / f"{nation}.json"
    try:
        with path.open("rb") as opened:
            return read_cases(opened.read(MAX_BYTES + 1))
    except FileNotFoundError:
        return ()

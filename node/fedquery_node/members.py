"""The members as this node knows them: who may ask, through whom, and for whom it publishes."""

import sqlite3
from dataclasses import dataclass

from fedquery.audit.node import MemberEntry
from fedquery.errors import ConfigError
from fedquery.federation.certificates import coordinator_uri
from fedquery.federation.member_file import (
    Listed,
    read_members,
    remember,
    seen_of,
    write_members,
)
from fedquery.federation.members import Agency, Federation
from fedquery.seal.signing import VerifyKey
from fedquery.storage.transaction import transaction
from fedquery.transport.admission import PeerRule
from fedquery_node.home import NodeHome

_METHODS = frozenset(
    {"Ask", "Manifest", "Tile", "Checkpoint", "AddCheckpoint", "Witnessed", "Cosigned"}
)


@dataclass(frozen=True, slots=True)
class Asking:
    """An agency that may ask.

    Attributes:
        agency: its entry in the member list.
        key: the key of its questions.
    """

    agency: Agency
    key: VerifyKey


@dataclass(frozen=True, slots=True)
class Members:
    """The member list in force, from the side of one nation.

    Attributes:
        federation: the list.
        nation: this nation.
    """

    federation: Federation
    nation: str

    def asking(self, agency: str) -> Asking | None:
        """Find an agency of another nation; one's own does not ask its own node."""
        entry = self.federation.agencies.get(agency)
        if entry is None or entry.nation == self.nation:
            return None
        return Asking(entry, VerifyKey.decode(entry.signing_public))

    @property
    def others(self) -> tuple[str, ...]:
        """Give every other nation, ascending."""
        return tuple(sorted(self.federation.nations.keys() - {self.nation}))

    @property
    def peer_rules(self) -> list[PeerRule]:
        """Say who may call this node: the coordinators, and nobody else."""
        return [
            PeerRule(coordinator_uri(entry.name), entry.ca_der, _METHODS)
            for entry in self.federation.coordinators
        ]


def load(home: NodeHome, connection: sqlite3.Connection, now_ms: int) -> Listed:
    """Read the member list of a node's data directory and verify that it fits this node.

    Raises:
        ConfigError: if it is missing or expired, or this node is not in it as its settings say.
        EncodingError, SignatureError, RollbackError, EquivocationError: if it is not to be used.
    """
    listed = read_members(home.path, now_ms, seen_of(connection))
    _require_fit(listed.federation, home)
    return listed


def install(
    home: NodeHome, connection: sqlite3.Connection, note: bytes, roots: bytes | None, now_ms: int
) -> Federation:
    """Put a member list in force in a node's data directory, and log that.

    A serving node takes it over within seconds.

    Args:
        home: the data directory.
        connection: its database, outside a transaction.
        note: the signed list.
        roots: the pinned root keys, the first time.
        now_ms: the time.

    Raises:
        ConfigError: as `load`, or if other root keys are pinned.
        EncodingError, SignatureError, RollbackError, EquivocationError: if it is not to be used.
    """
    listed = write_members(
        home.path,
        note,
        roots,
        now_ms,
        seen_of(connection),
        fits=lambda one: _require_fit(one, home),
    )
    with transaction(connection):
        adopt(home, connection, listed, now_ms)
    return listed.federation


def adopt(home: NodeHome, connection: sqlite3.Connection, listed: Listed, now_ms: int) -> None:
    """Remember and log a member list if it is new, in the caller's transaction."""
    if seen_of(connection) == listed.seen:
        return
    entry = MemberEntry(
        federation=listed.federation.name,
        number=listed.federation.number,
        note_digest=listed.digest,
        adopted_ms=now_ms,
    )
    home.log.append(connection, [entry.encode()])
    remember(connection, listed)
    home.log.sign_checkpoint(connection, home.log_signer, now_ms)


def _require_fit(federation: Federation, home: NodeHome) -> None:
    if federation.name != home.settings.federation:
        raise ConfigError("the member list is of another federation than node.toml names")
    entry = federation.nodes.get(home.nation)
    if entry is None:
        raise ConfigError(
            "the member list does not name this node",
            do="Have card.json enrolled, and the new list signed by the quorum.",
        )
    if entry.signing_public != home.signing_key.verify_key.public:
        raise ConfigError(
            "the member list names another signing key for this node",
            do="Have the card.json of this data directory enrolled.",
        )
    # With another key every checkpoint would be refused by askers and witnesses.
    keys = (home.log_signer.verifier_key, home.cosigner.verifier_key)
    if (entry.log_vkey, entry.witness_vkey) != keys:
        raise ConfigError(
            "the member list names another log or witness key for this node",
            do="Have the card.json of this data directory enrolled.",
        )

"""The manifest: what this node offers, with the proof of each thing in one checkpoint.

That is the newest checkpoint that a quorum of witnesses has cosigned, if it holds all that is
offered; an asker that wants a quorum could do nothing with a newer one. What was published just now
is in none of those yet, so that the newest one stands there, until its cosignatures come.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fedquery.errors import SignatureError, StorageError
from fedquery.federation.ceilings import Ceilings, WindowCeilings
from fedquery.federation.manifest import Manifest
from fedquery.federation.offer import Logged, Offer, OfferedKem
from fedquery.federation.policy_summary import MOST_RULES, PolicySummary, RuleSummary
from fedquery.federation.signed_manifest import sign_manifest
from fedquery.policy.rules import Rules
from fedquery.storage import log_cosignatures
from fedquery.storage.snapshot import snapshot
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.trust_policy import TrustPolicy
from fedquery_node.config import Quota, WindowQuota
from fedquery_node.home import NodeHome
from fedquery_node.kem_keys import KemKey
from fedquery_node.publications import Catalogue, Served

LIFE_MS = 12 * 3_600_000
_SHOWN: Final = "manifest checkpoint"
_SIZE_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Made:
    """A manifest.

    Attributes:
        note: signed by the node.
        checkpoint_size: the size of the log that it shows.
    """

    note: bytes = field(repr=False)
    checkpoint_size: int


def build(
    connection: sqlite3.Connection,
    home: NodeHome,
    rules: Rules,
    catalogue: Catalogue,
    kem_keys: Iterable[KemKey],
    *,
    trust: TrustPolicy,
    now_ms: int,
) -> Made:
    """Build and sign the manifest.

    Args:
        connection: the node's database; one snapshot is read.
        home: the data directory.
        rules: the rules in force.
        catalogue: what is served.
        kem_keys: the keys that may be sealed to.
        trust: which witnesses are a quorum.
        now_ms: the time.

    Raises:
        StorageError: if the log has no checkpoint that holds all of it.
    """
    usable = [key for key in kem_keys if now_ms < key.not_after_ms]
    indices = [*(one.log_index for one in catalogue.values()), *(one.log_index for one in usable)]
    with snapshot(connection):
        checkpoint, note = _checkpoint(
            connection, home, trust, max(1 + max(indices, default=-1), _shown(connection))
        )

        def logged(leaf: bytes, index: int) -> Logged:
            proof = home.log.inclusion_proof(connection, index, checkpoint.size)
            return Logged(leaf, index, proof)

        offered: dict[str, list[Served]] = {}
        for served in catalogue.values():
            offered.setdefault(served.publication.dataset, []).append(served)
        datasets = tuple(
            Offer(
                dataset,
                versions[0].publication.kind,
                tuple(
                    logged(one.leaf, one.log_index)
                    for one in sorted(versions, key=lambda one: -one.log_index)
                ),
            )
            for dataset, versions in sorted(offered.items())
        )
        kems = tuple(
            OfferedKem(
                key.private.public,
                key.not_before_ms,
                key.not_after_ms,
                logged(key.leaf, key.log_index),
            )
            for key in sorted(usable, key=lambda key: key.not_after_ms)
        )
    manifest = Manifest(
        nation=home.nation,
        created_ms=now_ms,
        expires_ms=now_ms + LIFE_MS,
        contact=dict(home.settings.contacts),
        datasets=datasets,
        kem_keys=kems,
        checkpoint=note,
        policy=summary_of(rules),
        ceilings=ceilings_of(home.settings.quota),
    )
    return Made(sign_manifest(manifest, home.signing_key), checkpoint.size)


def remember(connection: sqlite3.Connection, made: Made) -> None:
    """Remember which state of the log was shown, in the caller's transaction."""
    if made.checkpoint_size > _shown(connection):
        value = made.checkpoint_size.to_bytes(_SIZE_LENGTH, "big")
        connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", (_SHOWN, value))


def _shown(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM remembered WHERE key = ?", (_SHOWN,)).fetchone()
    return 0 if row is None else int.from_bytes(row[0], "big")


def witnessed_size(connection: sqlite3.Connection, home: NodeHome, trust: TrustPolicy) -> int:
    """Say how many entries are in the newest checkpoint that a quorum of witnesses has cosigned.

    Where no quorum is asked for, that is all of them.
    """
    if not trust.needed:
        return home.log.size(connection)
    seen = _witnessed(connection, home, trust)
    return 0 if seen is None else seen[0].size


def _witnessed(
    connection: sqlite3.Connection, home: NodeHome, trust: TrustPolicy
) -> tuple[Checkpoint, bytes] | None:
    """Find the newest checkpoint that a quorum of witnesses has cosigned."""
    key, own = home.log_signer.verifier_key, home.cosigner.verifier_key.public_key
    by = [witness.key for witness in trust.witnesses]
    for checkpoint, note in log_cosignatures.cosigned(
        connection, at_least=max(1, trust.needed), by=by
    ):
        try:
            trust.require(note, key, own)
        except SignatureError:
            # Among them are lines of those who are no members any more.
            continue
        return checkpoint, note
    return None


def _checkpoint(
    connection: sqlite3.Connection, home: NodeHome, trust: TrustPolicy, least: int
) -> tuple[Checkpoint, bytes]:
    """Choose the checkpoint that a manifest shows, of a size of at least `least`."""
    seen = _witnessed(connection, home, trust)
    if seen is not None and seen[0].size >= least:
        return seen
    latest = home.log.latest_checkpoint(connection)
    if latest is None:
        raise StorageError("the log has no checkpoint yet")
    return latest[0], log_cosignatures.with_lines(connection, latest[0].size)


def summary_of(rules: Rules) -> PolicySummary:
    """Say of a policy what askers may know before they ask: titles and levels, no condition."""
    told = [
        RuleSummary(rule.policy_id, rule.effect, rule.action, rule.title)
        for _, rule in sorted(rules.policies.items())
    ]
    return PolicySummary(rules.digest, tuple(told[:MOST_RULES]), len(told[MOST_RULES:]))


def ceilings_of(quota: Quota) -> Ceilings:
    """Say of the quota what askers may know before they ask."""
    return Ceilings(_windows(quota.agency), _windows(quota.nation), quota.case.total)


def _windows(limits: WindowQuota) -> WindowCeilings:
    return WindowCeilings(limits.hour, limits.day, limits.year)

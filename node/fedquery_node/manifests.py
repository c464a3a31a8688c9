"""The manifest: what this node offers, with the proof of each thing in its newest checkpoint."""

import sqlite3
from collections.abc import Iterable

from fedquery.errors import StorageError
from fedquery.federation.manifest import Manifest, sign_manifest
from fedquery.federation.offer import Logged, Offer, OfferedKem
from fedquery.federation.policy_summary import MOST_RULES, PolicySummary, RuleSummary
from fedquery.policy.rules import Rules
from fedquery.storage.snapshot import snapshot
from fedquery_node.home import NodeHome
from fedquery_node.kem_keys import KemKey
from fedquery_node.publications import Catalogue, Served

LIFE_MS = 12 * 3_600_000
# A manifest is made anew before it is this old, so that whoever fetches it has hours of it left.
RENEWED_AFTER_MS = 3_600_000


def build(
    connection: sqlite3.Connection,
    home: NodeHome,
    rules: Rules,
    catalogue: Catalogue,
    kem_keys: Iterable[KemKey],
    *,
    now_ms: int,
) -> bytes:
    """Build and sign the manifest.

    Args:
        connection: the node's database; one snapshot is read.
        home: the data directory.
        rules: the rules in force.
        catalogue: what is served.
        kem_keys: the keys that may be sealed to.
        now_ms: the time.

    Raises:
        StorageError: if the log has no checkpoint that holds all of it.
    """
    with snapshot(connection):
        latest = home.log.latest_checkpoint(connection)
        if latest is None:
            raise StorageError("the log has no checkpoint yet")
        checkpoint, note = latest

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
            for key in sorted(kem_keys, key=lambda key: key.not_after_ms)
            if now_ms < key.not_after_ms
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
    )
    return sign_manifest(manifest, home.signing_key)


def summary_of(rules: Rules) -> PolicySummary:
    """Say of a policy what askers may know before they ask: titles and levels, no condition."""
    told = [
        RuleSummary(rule.policy_id, rule.effect, rule.action, rule.title)
        for _, rule in sorted(rules.policies.items())
    ]
    return PolicySummary(rules.digest, tuple(told[:MOST_RULES]), len(told[MOST_RULES:]))

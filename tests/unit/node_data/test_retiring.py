"""Versions that retire: when, and what is left of them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from fedquery_node.index_files import VersionFiles
from fedquery_node.retire import retire_due
from unit.node_data.published import NOW_MS, record, sees


def retire(node: SimpleNamespace, now_ms: int, seen: int = 1000) -> tuple[tuple[str, int], ...]:
    """Retire what is due where witnesses have seen so many entries of the log."""
    return retire_due(
        node.connection, node.home, node.keys, witnessed_size=lambda: seen, now_ms=now_ms
    )


def test_a_retired_version_loses_its_seed_then_its_buckets_then_its_claims(
    node: SimpleNamespace,
) -> None:
    """After the overlap the seed is gone; claims stay for their window; the serving one stays."""
    record(node.connection, 1, ["TH"])
    for _ in range(2):
        node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    assert () == retire(node, NOW_MS + 599_999)
    assert (1, 2) == node.keys.seeds_of("phones")
    assert (("phones", 1),) == retire(node, NOW_MS + 600_000)
    assert (2,) == node.keys.seeds_of("phones")
    old = VersionFiles.of(node.home, "phones", 1).directory
    assert {"logged", "v1.claims"} == {path.name for path in old.iterdir()}
    retire(node, NOW_MS + 72 * 3_600_000)
    assert not old.exists()
    assert sees(node, "TH", 1, version=2)


def test_what_witnesses_have_seen_last_is_served_until_they_see_a_newer_one(
    node: SimpleNamespace,
) -> None:
    """Askers believe no newer version before; beyond its own time it is not served all the same."""
    record(node.connection, 1, ["TH"])
    published = [
        node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS).publication
        for _ in range(3)
    ]
    # The log holds these three alone, so that a size of 1 is the first one.
    late_ms = NOW_MS + 3 * 3_600_000
    assert (("phones", 2),) == retire(node, late_ms, seen=1)
    assert (1, 3) == node.keys.seeds_of("phones")
    due_ms = published[0].next_due_ms
    assert () == retire(node, due_ms - 1, seen=1)
    assert (("phones", 1),) == retire(node, due_ms, seen=1)


def test_what_nobody_believes_any_more_retires_as_soon_as_witnesses_have_seen_a_newer_one(
    node: SimpleNamespace,
) -> None:
    """The one before is answered from for the overlap, and not longer for having been kept."""
    record(node.connection, 1, ["TH"])
    for _ in range(2):
        node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    late_ms = NOW_MS + 3 * 3_600_000
    assert () == retire(node, late_ms, seen=1)
    assert (("phones", 1),) == retire(node, late_ms, seen=2)


@pytest.mark.parametrize("witnessed", [0, 1, 2, 100])
def test_publications_that_follow_fast_never_retire_what_askers_believe(
    node: SimpleNamespace, witnessed: int
) -> None:
    """Of more versions than a manifest has room for, the newest that witnesses saw is kept.

    Where a quorum has been missing since, askers believe that one and no later: to retire it would
    leave them without an answer as of the fourth publication, an hour after the witnesses went.
    """
    record(node.connection, 1, ["TH"])
    publisher = replace(node.publisher, witnessed_size=lambda: witnessed)
    for _ in range(9):
        publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    offered = [
        version
        for (version,) in node.connection.execute(
            "SELECT version FROM publication WHERE state != 'retired' ORDER BY version"
        )
    ]
    # The log holds these publications alone: its entry 0 is version 1.
    believed = witnessed if 0 < witnessed < 7 else 6
    assert [believed, 7, 8, 9] == offered


def test_no_more_versions_are_offered_than_a_manifest_takes(node: SimpleNamespace) -> None:
    """Publications that follow fast retire the oldest, whatever is left of its overlap."""
    record(node.connection, 1, ["TH"])
    for _ in range(7):
        node.publisher.publish(node.connection, "phones", ["TH"], NOW_MS)
    states = dict(
        node.connection.execute("SELECT version, state FROM publication WHERE dataset = 'phones'")
    )
    offered = [version for version, state in states.items() if state != "retired"]
    assert [4, 5, 6, 7] == sorted(offered)
    assert "serving" == states[7]
    assert sees(node, "TH", 1)

"""Who witnesses whom, by the member list alone."""

import pytest

from fedquery.errors import QuorumError
from fedquery.federation.membership import draft, remove, set_quorum
from fedquery.federation.names import coordinator_log_origin, node_log_origin
from fedquery.federation.witnesses import log_keys, policy_of, quorum_of, witnesses_of
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.note import sign


def test_a_node_is_witnessed_by_all_others(world):
    """Not by itself; a coordinator's log is witnessed by every node."""
    federation = world.four_nations().federation
    assert ["KH", "LA", "VN"] == list(witnesses_of(federation, node_log_origin("mekong", "TH")))
    hub = coordinator_log_origin("mekong", "hub")
    assert list(world.CODES) == list(witnesses_of(federation, hub))
    assert {hub, coordinator_log_origin("mekong", "alternate")} < log_keys(federation).keys()
    assert len(world.CODES) + 2 == len(log_keys(federation))


def test_two_quorums_share_a_witness():
    """With a majority, two histories cannot each have a quorum of other witnesses."""
    for count in range(1, 33):
        assert 2 * quorum_of(count) > count
        assert 2 * (quorum_of(count) - 1) <= count
    assert (0, 1, 2, 2, 3, 3) == tuple(map(quorum_of, (0, 1, 2, 3, 4, 5)))


def test_the_policy_is_met_by_a_majority_of_the_others(world):
    """Two of three; the log's own witness key does not count."""
    federation = world.four_nations().federation
    origin = node_log_origin("mekong", "TH")
    policy, key = policy_of(federation, origin), world.log_signer("TH").verifier_key
    body = Checkpoint(origin, 3, bytes(32)).format()

    def note(*nations):
        return sign(body, [world.log_signer("TH"), *(world.cosigner(one).at(5) for one in nations)])

    found = policy.require(note("KH", "VN", "TH"), key)
    assert (2, 3, 2, ("LA",)) == (found.count, found.of, found.needed, found.missing)
    for nations in ((), ("KH",), ("TH", "VN")):
        with pytest.raises(QuorumError):
            policy.require(note(*nations), key)
    assert policy.parse(policy.format()) == policy


def test_without_others_no_witness_is_asked_for(world):
    """A federation of one node has nobody to witness it, and a log of nobody has no policy."""
    listed = set_quorum(world.four_nations(), 1)
    for nation in ("KH", "LA", "VN"):
        listed = remove(listed, nation)
    federation = listed.federation
    assert 0 == policy_of(federation, node_log_origin("mekong", "TH")).needed
    with pytest.raises(ValueError, match="no log"):
        policy_of(draft("x", training=True, now_ms=0, days=1).federation, "fedquery.log/x/TH")

"""Who witnesses which log of a federation, and how many are a quorum, by the member list alone.

Each node cosigns the logs of all other nodes and of all coordinators. A majority of them is a
quorum: of two histories of one log, only one can be cosigned by that many honest witnesses. What
an agency wants of witnesses beyond that stands in a trust policy file of its own.
"""

from typing import Final

from fedquery.errors import InputError
from fedquery.federation.log_owner import owner_of
from fedquery.federation.members import Federation
from fedquery.federation.names import witness_name
from fedquery.tlog.cosignature import CosignatureKey
from fedquery.tlog.note import VerifierKey
from fedquery.tlog.trust_lines import NONE, Group, Witness
from fedquery.tlog.trust_policy import TrustPolicy

_GROUP: Final = "others"


def log_keys(federation: Federation) -> dict[str, VerifierKey]:
    """Give the logs of all nodes and coordinators: origin to key."""
    keys = [
        *(node.log_vkey for node in federation.nodes.values()),
        *(coordinator.log_vkey for coordinator in federation.coordinators),
    ]
    return {key.name: key for key in keys}


def witnesses_of(federation: Federation, origin: str) -> dict[str, CosignatureKey]:
    """Give the witnesses of a log: nation to key, of all nodes but the one whose log it is.

    Args:
        federation: the members.
        origin: the log; one that is no node's is witnessed by every node.
    """
    return {
        nation: node.witness_vkey
        for nation, node in sorted(federation.nodes.items())
        if node.log_vkey.name != origin
    }


def own_witness_name(origin: str) -> str:
    """Name the witness of the nation whose node's log it is; "" where it is no node's.

    It never counts for that log, under whatever key: one that was replaced is its nation's too.
    """
    try:
        _, kind, name = owner_of(origin)
    except InputError:
        return ""
    return witness_name(name) if kind == "node" else ""


def quorum_of(witnesses: int) -> int:
    """Say how many of so many witnesses are a majority; 0 where there are none."""
    return witnesses // 2 + 1 if witnesses else 0


def policy_of(federation: Federation, origin: str) -> TrustPolicy:
    """Give the trust policy for a log that follows from the member list.

    Raises:
        ValueError: if it is no log of this federation.
    """
    log_key = log_keys(federation).get(origin)
    if log_key is None:
        raise ValueError("this is no log of the federation")
    named = witnesses_of(federation, origin)
    witnesses = tuple(Witness(nation, key) for nation, key in named.items())
    if not witnesses:
        return TrustPolicy((), (), (), NONE)
    group = Group(_GROUP, quorum_of(len(witnesses)), tuple(named))
    return TrustPolicy((), witnesses, (group,), _GROUP)

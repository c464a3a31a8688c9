"""Who must have seen a log follows from the member list, or from what a party has installed."""

from dataclasses import replace

import pytest
from unit.federation import conftest as world

from fedquery.errors import QuorumError, SignatureError
from fedquery.federation.trust import Trust
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.note import sign_line
from fedquery.tlog.trust_policy import TrustPolicy

LISTED = world.four_nations().federation
VN = LISTED.nodes["VN"].log_vkey
_HEAD = Checkpoint(VN.name, 7, bytes(32))


def cosigned_by(*codes):
    """Give a checkpoint of VN's log that these nations have cosigned."""
    lines = [sign_line(_HEAD.format(), world.cosigner(code).at(1_772_352_000)) for code in codes]
    return sign_checkpoint(_HEAD, world.log_signer("VN")) + b"".join(lines)


def installed(quorum):
    """Make a policy that names the witnesses of all nations."""
    lines = [f"witness {code} {node.witness_vkey.format()}" for code, node in LISTED.nodes.items()]
    return TrustPolicy.parse("\n".join([*lines, *quorum, ""]).encode())


def test_the_policy_of_the_list_is_a_file_for_other_programs():
    """It names the log, the witnesses of all other nations, and a majority of them."""
    policy = Trust(LISTED).policy_for(VN)
    assert [VN] == [log.key for log in policy.logs]
    assert (["KH", "LA", "TH"], 2) == ([one.name for one in policy.witnesses], policy.needed)
    assert policy == TrustPolicy.parse(policy.format())


def test_a_majority_opens_a_checkpoint_and_fewer_do_not():
    """And the nation's own witness is none."""
    trust = Trust(LISTED)
    found = trust.require(cosigned_by("TH", "LA"), VN)
    assert (2, 3, ("KH",)) == (found.count, found.of, found.missing)
    for codes in ([], ["TH"], ["VN", "TH"]):
        with pytest.raises(QuorumError):
            trust.require(cosigned_by(*codes), VN)


def test_a_nation_alone_has_no_witnesses():
    """As in a federation that begins: nothing is asked for that nobody could give."""
    alone = Trust(replace(LISTED, nodes={"VN": LISTED.nodes["VN"]}))
    found = alone.require(cosigned_by(), VN)
    assert (0, 0, 0, ()) == (found.count, found.of, found.needed, alone.counted(VN))


def test_what_a_party_has_installed_comes_first():
    """One policy for all logs names every nation's witness, and a nation counts not for itself."""
    trust = Trust(LISTED, installed(["group all-four 2 KH LA TH VN", "quorum all-four"]))
    assert ("KH", "LA", "TH") == trust.counted(VN)
    with pytest.raises(QuorumError) as caught:
        trust.require(cosigned_by("VN", "TH"), VN)
    assert ("KH", "LA") == caught.value.missing
    assert 2 == trust.require(cosigned_by("VN", "TH", "KH"), VN).count
    # The twin: as the file alone reads it, two of the four have cosigned.
    assert trust.installed.require(cosigned_by("VN", "TH"), VN)


def test_a_witness_key_that_a_nation_had_before_is_no_voice_for_its_own_log():
    """Known-bad: the key was replaced in the member list, and the file still names the first."""
    node = replace(LISTED.nodes["VN"], witness_vkey=replace(
        world.cosigner("VN"), seed=world.seed("renewed")).verifier_key)  # fmt: skip
    renewed = replace(LISTED, nodes={**LISTED.nodes, "VN": node})
    policy = installed(["group all-four 2 KH LA TH VN", "quorum all-four"])
    for federation in (LISTED, renewed):
        trust = Trust(federation, policy)
        assert ("KH", "LA", "TH") == trust.counted(VN)
        with pytest.raises(QuorumError):
            trust.require(cosigned_by("VN", "TH"), VN)


def test_an_installed_policy_may_ask_for_less_or_for_a_certain_one():
    """Each agency says for itself; a false line refuses in any case."""
    assert Trust(LISTED, installed(["quorum none"])).require(cosigned_by(), VN)
    certain = Trust(LISTED, installed(["quorum KH"]))
    assert 1 == certain.require(cosigned_by("KH"), VN).count
    with pytest.raises(QuorumError):
        certain.require(cosigned_by("LA", "TH"), VN)
    moved = cosigned_by("KH").replace(b"\n7\n", b"\n8\n")
    with pytest.raises(SignatureError):
        certain.require(moved, VN)

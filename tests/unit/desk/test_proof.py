"""The proof says of each step what became of it now: verified, failed, not yet, not looked at."""

from dataclasses import replace
from types import SimpleNamespace
from typing import get_args

import pytest
from unit.ask import nation as made
from unit.ask.conftest import session, vn
from unit.ask.test_asker_log import claim, look
from unit.desk.voices import ENGLISH

from fedquery.ask import receipts
from fedquery.ask.collecting import collect
from fedquery.ask.place import proof_path
from fedquery.ask.receipt import Check
from fedquery.desk import proof, verifying
from fedquery.desk.proof import Checked, proof_of
from fedquery.seal.signing import SigningKey
from fedquery.transport.head import AnswerHead, Decision, Refusal

__all__ = ["session", "vn"]
CHECKS = get_args(Check)
DATA = ("opening", "proof", "buckets")


def states(found):
    """Give the state of each step by its name."""
    return {step.name: step.state for step in found.steps}


def details(found):
    """Give the detail of each step by its name."""
    return {step.name: step.detail for step in found.steps}


async def asked(session):
    """Ask VN, and give the name of the receipt that was kept."""
    return (await look(session, made.KNOWN)).outcomes[0].receipt


def proved(session, name):
    """Verify the receipt, and say so."""
    return proof_of(verifying.check(session.home, session.trust, name), "VN", ENGLISH)


async def test_an_honest_answer_is_verified_step_by_step(session, vn):
    """And what a receipt cannot show is said not to be looked at."""
    vn.log_answers()
    found = proved(session, await asked(session))
    assert "verified" == found.state
    expected = dict.fromkeys(CHECKS, "verified")
    seen = states(found)
    assert ("not looked at", "not yet") == (seen.pop("identifier"), seen.pop("place"))
    seen.pop("witnesses")
    assert expected == seen


async def test_its_place_in_the_log_is_verified_once_it_was_collected(session, vn):
    """With its number and the size of the log."""
    vn.log_answers()
    name = await asked(session)
    await collect(session)
    found = proved(session, name)
    assert "verified" == states(found)["place"]
    assert "It is entry 2, proved in the log of 3 entries." == details(found)["place"]


async def test_a_false_proof_of_its_place_is_a_failure(session, vn):
    """Of the whole answer."""
    vn.log_answers()
    name = await asked(session)
    await collect(session)
    path = proof_path(session.home.receipts, name)
    path.write_bytes(path.read_bytes().replace(b"index 2", b"index 1"))
    found = proved(session, name)
    assert ("failed", "failed") == (found.state, states(found)["place"])


@pytest.mark.parametrize(
    ("damage", "failed"),
    [
        (lambda one: replace(one, salt=bytes(32)), "question"),
        (
            lambda one: replace(one, answer=one.answer[:-1] + bytes([one.answer[-1] ^ 1])),
            "signature",
        ),
        (
            lambda one: replace(one, checkpoint=one.checkpoint.replace(b"\n\n", b"\nx\n\n")),
            "checkpoint",
        ),
        (lambda one: replace(one, index=one.index + 1), "log"),
    ],
    ids=["question", "signature", "checkpoint", "log"],
)
async def test_the_first_check_that_fails_is_named(session, damage, failed):
    """Those before it are verified, and those behind it were not looked at."""
    name = await asked(session)
    path = session.home.receipts / name
    path.write_bytes(damage(receipts.read(path)).encode())
    found = proved(session, name)
    seen = states(found)
    at = CHECKS.index(failed)
    assert "failed" == found.state == seen[failed]
    assert {"verified"} == {seen[one] for one in CHECKS[:at]} | {"verified"}
    assert {"not looked at"} == {seen[one] for one in (*CHECKS[at + 1 :], "witnesses", "place")}
    assert details(found)[failed].startswith("Stop.")


async def test_a_key_that_was_replaced_since_is_no_failure(session):
    """The member list of now verifies nothing of it, and accuses nobody."""
    name = await asked(session)
    node = replace(
        session.federation.nodes["VN"], signing_public=SigningKey(bytes(32)).verify_key.public
    )
    nodes = {**session.federation.nodes, "VN": node}
    session.federation = replace(session.federation, nodes=nodes)
    found = proved(session, name)
    assert "not looked at" == found.state
    assert {"not looked at"} == set(states(found).values())
    assert "does not name now" in details(found)["signature"]


async def test_a_file_that_is_no_receipt_is_a_failure(session):
    """At the first check."""
    name = await asked(session)
    (session.home.receipts / name).write_bytes(b"{}")
    assert "failed" == states(proved(session, name))["question"]


async def test_a_receipt_that_is_gone_proves_nothing(session):
    """And is no alarm."""
    name = await asked(session)
    (session.home.receipts / name).unlink()
    found = proved(session, name)
    assert {"not looked at"} == {found.state, *states(found).values()}
    assert "The receipt is not on this disk any more." == details(found)["question"]


def test_without_an_answer_there_is_nothing_to_verify():
    """Each step says so."""
    found = proof_of(verifying.NO_ANSWER, "VN", ENGLISH)
    assert "not looked at" == found.state
    assert "No answer came, so there is nothing to verify." == details(found)["signature"]


async def test_a_refusal_brings_no_data(session, vn):
    """Its signature is verified all the same."""
    refusal = Refusal("policy-denied", "no")
    vn.lies.head = lambda _head: AnswerHead(decision=Decision(), refusal=refusal)
    found = proved(session, await asked(session))
    seen = states(found)
    assert ("verified", "verified") == (found.state, seen["publication"])
    assert {"not looked at"} == {seen[one] for one in DATA}
    assert "It names no entry of the log, so this cannot be proved." == details(found)["place"]


async def test_a_claim_brings_no_data(session):
    """It is proved as far as an answer without data is."""
    found = await look(session, made.KNOWN)
    name = (await claim(session, found.outcomes[0])).receipt
    seen = states(proved(session, name))
    assert {"not looked at"} == {seen[one] for one in DATA}
    assert "verified" == seen["signature"]


@pytest.mark.parametrize(
    ("count", "needed", "state"),
    [(3, 3, "verified"), (4, 3, "verified"), (2, 3, "not yet"), (2, 0, "not looked at")],
)
def test_fewer_witnesses_than_a_quorum_are_told(count, needed, state):
    """With the numbers; a quorum of then may be none of now, so it is no failure."""
    cosigned = SimpleNamespace(count=count, of=5, needed=needed)
    shown = SimpleNamespace(cosigned=cosigned, head=SimpleNamespace(receipt=None), proved_size=0)
    found = proof_of(Checked(CHECKS, shown), "VN", ENGLISH)
    assert state == states(found)["witnesses"]
    assert details(found)["witnesses"].startswith(f"{count} of 5 witnesses")


def test_every_check_has_its_words():
    """A check that is added has to be said."""
    assert set(CHECKS) == set(proof._CHECKS)

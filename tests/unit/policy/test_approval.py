"""Approvals of a proposal: of different operators, for this very proposal, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, InputError, SignatureError
from fedquery.policy.approval import Proposal, require_approved, sign_proposal
from fedquery.tlog.note import Signer, sign

LINH, MINH, MAI = (
    Signer(f"operator/VN/{label}", bytes([number]) * 32)
    for number, label in enumerate(("linh", "minh", "mai"), 1)
)
OPERATORS = (LINH.verifier_key, MINH.verifier_key)
OPEN = Proposal("fedquery.log/mekong/VN", 118, b"\x01" * 32, b"\x02" * 32)


def approved(*notes, needed=2, operators=OPERATORS):
    """Name who has approved the open proposal."""
    return [key.name for key in require_approved(OPEN, notes, operators, needed)]


def test_two_operators_approve():
    """In two files, or in one that was passed on; sorted, each once."""
    notes = [sign_proposal(OPEN, MINH), sign_proposal(OPEN, LINH)]
    assert ["operator/VN/linh", "operator/VN/minh"] == approved(*notes)
    assert ["operator/VN/linh", "operator/VN/minh"] == approved(sign(OPEN.render(), [MINH, LINH]))
    assert [] == approved(needed=0)


def test_a_false_signature_is_refused():
    """Even where enough others have signed: somebody changed something."""
    note = sign_proposal(OPEN, MINH)
    octets = note.rindex(b" ") + 20
    wrong = note[:octets] + (b"A" if note[octets:][:1] != b"A" else b"B") + note[octets + 1 :]
    with pytest.raises(SignatureError):
        approved(sign_proposal(OPEN, LINH), wrong, needed=1)


def test_who_signs_twice_counts_once():
    """In two files, and twice in one."""
    note = sign_proposal(OPEN, LINH)
    with pytest.raises(SignatureError, match="1 of the 2"):
        approved(note, note)
    with pytest.raises(SignatureError, match="1 of the 2"):
        approved(sign(OPEN.render(), [LINH, LINH]))
    assert ["operator/VN/linh"] == approved(note, note, needed=1)


def test_a_foreign_key_does_not_count():
    """Neither a stranger's, nor one that takes an operator's name."""
    with pytest.raises(SignatureError):
        approved(sign_proposal(OPEN, LINH), sign_proposal(OPEN, MAI))
    with pytest.raises(SignatureError, match="1 of the 2"):
        approved(sign(OPEN.render(), [LINH, MAI]))
    with pytest.raises(SignatureError):
        approved(sign_proposal(OPEN, LINH), sign_proposal(OPEN, Signer(MINH.name, bytes(32))))


@pytest.mark.parametrize(
    "other",
    [
        Proposal(OPEN.origin, OPEN.index, b"\x03" * 32, OPEN.schema_digest),
        Proposal(OPEN.origin, OPEN.index, OPEN.policy_digest, b"\x03" * 32),
        # The same files, proposed again later: yesterday's signature does not bring them back.
        Proposal(OPEN.origin, OPEN.index + 1, OPEN.policy_digest, OPEN.schema_digest),
        Proposal("fedquery.log/mekong/TH", OPEN.index, OPEN.policy_digest, OPEN.schema_digest),
    ],
    ids=["policy", "schema", "index", "log"],
)
def test_a_signature_for_another_proposal_is_refused(other):
    """Whichever part of it is another."""
    assert sign_proposal(other, LINH) != sign_proposal(OPEN, LINH)
    with pytest.raises(SignatureError, match="another proposal"):
        approved(sign_proposal(OPEN, MINH), sign_proposal(other, LINH), needed=1)


def test_none_of_none_is_enough_only_where_none_are_needed():
    """A node without operators takes no signature for one."""
    with pytest.raises(SignatureError):
        approved(sign_proposal(OPEN, LINH), needed=0, operators=())
    with pytest.raises(SignatureError, match="0 of the 1"):
        approved(needed=1)


@given(
    st.from_regex(r"[!-~]{1,64}", fullmatch=True),
    st.integers(min_value=0, max_value=10**15),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
)
def test_a_proposal_is_read_as_it_was_written(origin, index, policy, schema):
    """Reading undoes writing."""
    proposal = Proposal(origin, index, policy, schema)
    assert proposal == Proposal.parse(proposal.render())


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: body[:-1],
        lambda body: body + b"\n",
        lambda body: body.replace(b"/v1", b"/v2"),
        lambda body: body.replace(b" 118", b" 0118"),
        lambda body: body.replace(b"policy 01", b"policy 0A"),
        lambda body: body.replace(b"schema", b"policy"),
    ],
    ids=["empty", "cut", "longer", "version", "index", "capitals", "twice"],
)
def test_what_is_no_proposal_is_refused(change):
    """A person must sign what the node reads, and nothing beside it."""
    with pytest.raises(EncodingError):
        Proposal.parse(change(OPEN.render()))


def test_no_proposal_is_made_that_could_not_be_read():
    """A digest of another length, and a log's name with a line break."""
    with pytest.raises(InputError):
        Proposal("a", 0, b"short", bytes(32))
    with pytest.raises(InputError):
        Proposal("a\nb", 0, bytes(32), bytes(32))

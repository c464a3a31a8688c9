"""A witness cosigns one history of a log, says which of the statuses applies, and tells a fork."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.tlog.tiled import TiledLog

from fedquery.errors import EncodingError, SignatureError
from fedquery.tlog import add_checkpoint, witness
from fedquery.tlog.add_checkpoint import AddCheckpoint
from fedquery.tlog.append import consistency_proof, root
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import Cosigner, cosigned_at_s
from fedquery.tlog.note import Signer, open_note, sign
from fedquery.tlog.tree import EMPTY_ROOT
from fedquery.tlog.witness import Finding, NotCosignedError

ORIGIN = "fedquery.log/mekong/VN"
LOG = Signer(ORIGIN, bytes(range(32)))
OTHER = Signer("fedquery.log/mekong/KH", bytes(range(1, 33)))
WITNESS = Cosigner("fedquery/TH/witness", bytes(range(2, 34)))
LOGS = {one.name: one.verifier_key for one in (LOG, OTHER)}
TIME_S = 1_790_000_000
_VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "tlog" / "merkle.json").read_text("utf-8")
)


def log_of(entries):
    """Make a log of these entries."""
    log = TiledLog()
    log.append(list(entries))
    return log


def head(log, size=None):
    """Give the head of a log at a size."""
    size = log.size if size is None else size
    return Checkpoint(ORIGIN, size, root(size, log.read) if size else EMPTY_ROOT)


def entries_of(*parts):
    """Make so many entries of each sort; with one count more, the log begins as without it."""
    return [b"%d of %d" % (n, sort) for sort, count in enumerate(parts) for n in range(count)]


def request(log, old, size=None, signer=LOG):
    """Make the request that an honest coordinator makes."""
    new = head(log, size)
    proof = consistency_proof(old, new.size, log.read) if 0 < old <= new.size else ()
    return AddCheckpoint(old, proof, sign_checkpoint(new, signer))


def decide(asked, kept, logs=LOGS):
    """Do what a witness does, but for the storage."""
    checkpoint = witness.require_signed(asked, logs)
    witness.require_extension(asked, checkpoint, kept)
    return checkpoint


def refused(asked, kept, logs=LOGS):
    """Have a request refused, and give what for."""
    with pytest.raises(NotCosignedError) as caught:
        decide(asked, kept, logs)
    return caught.value.status, caught.value.finding, caught.value.body


# --- The format.


@given(
    old=st.integers(0, 2**63 - 1),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    note=st.binary(min_size=1, max_size=300),
)
def test_a_request_is_read_as_it_was_written(old, proof, note):
    """Reading undoes writing, whatever the note is."""
    made = AddCheckpoint(old, proof, note)
    assert made == AddCheckpoint.parse(made.format())


@given(st.binary(max_size=200))
def test_what_is_read_is_the_one_form(octets):
    """Octets are refused with the one error, or are what `format` writes."""
    for candidate in (octets, b"old 5\n\n" + octets, b"old 0\n" + octets):
        try:
            parsed = AddCheckpoint.parse(candidate)
        except EncodingError:
            continue
        assert candidate == parsed.format()


def test_the_form_is_that_of_the_specification():
    """Byte by byte: old, proof lines, an empty line, the checkpoint."""
    asked = AddCheckpoint(20852014, (bytes(32), b"\xff" * 32), b"a note\n")
    assert (
        b"old 20852014\n"
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        b"//////////////////////////////////////////8=\n"
        b"\n"
        b"a note\n"
    ) == asked.format()


_HASH = "A" * 43 + "="
MALFORMED = {
    "empty": b"",
    "no note": b"old 5\n\n",
    "no empty line": b"old 5\nnote\n",
    "no old": b"5\n\nnote",
    "capital": b"OLD 5\n\nnote",
    "two spaces": b"old  5\n\nnote",
    "leading zero": b"old 05\n\nnote",
    "sign": b"old +5\n\nnote",
    "negative": b"old -1\n\nnote",
    "too large": b"old 9223372036854775808\n\nnote",
    "carriage return": b"old 5\r\n\r\nnote",
    "short hash": b"old 5\nAAAA\n\nnote",
    "long hash": b"old 5\n" + b"A" * 44 + b"\n\nnote",
    "no padding": b"old 5\n" + b"A" * 43 + b"\n\nnote",
    "trailing bits": b"old 5\n" + b"A" * 42 + b"B=\n\nnote",
    "64 hashes": f"old 5\n{(_HASH + chr(10)) * 64}\nnote".encode(),
    "note over the cap": b"old 5\n\n" + b"x" * (add_checkpoint.NOTE_CAP + 1),
}


@pytest.mark.parametrize("fault", MALFORMED)
def test_malformed(fault):
    """Each is refused with the one error of the format."""
    with pytest.raises(EncodingError, match="malformed add-checkpoint request"):
        AddCheckpoint.parse(MALFORMED[fault])


def test_caps_leave_room_for_what_is_honest():
    """The longest proof and a note of 32 cosigners with long names are taken."""
    body = head(log_of(entries_of(3))).format()
    cosigners = [Cosigner("n" * 60 + str(n), bytes([n]) * 32).at(TIME_S) for n in range(32)]
    asked = AddCheckpoint(2**62, (bytes(32),) * 63, sign(body, [LOG, *cosigners]))
    assert asked == AddCheckpoint.parse(asked.format())
    assert len(asked.format()) <= add_checkpoint.REQUEST_CAP


# --- The statuses.


def test_an_extension_is_cosigned_with_the_time():
    """First from nothing, then from what was kept; the line verifies and says when."""
    log, kept = log_of(entries_of(300)), witness.nothing_of(ORIGIN)
    for size in (0, 1, 5, 256, 257, 300, 300):
        kept = decide(request(log, kept.size, size), kept)
        line = witness.cosign(kept, WITNESS, TIME_S)
        opened = open_note(kept.format() + b"\n" + line, [WITNESS.verifier_key], 10_000)
        assert TIME_S == cosigned_at_s(opened.signatures[0])
        assert line == add_checkpoint.read_cosignature(kept, line, WITNESS.verifier_key)


def test_unknown_logs_are_not_found():
    """404, also where the signature is somebody's known key."""
    log, nothing = log_of(entries_of(3)), witness.nothing_of(ORIGIN)
    assert (404, "nothing", b"") == refused(request(log, 0), nothing, {})
    assert (404, "nothing", b"") == refused(
        request(log, 0), nothing, {OTHER.name: OTHER.verifier_key}
    )


def test_what_the_log_has_not_signed_is_forbidden():
    """403: by nobody known, with a false line of the log, or by a cosigner alone."""
    body, nothing = head(log_of(entries_of(3))).format(), witness.nothing_of(ORIGIN)
    stranger = Signer(ORIGIN, bytes(32))
    false = sign(body, [LOG]).replace(b"\n3\n", b"\n4\n")
    alone = sign(body, [WITNESS.at(TIME_S)])
    for note in (sign(body, [stranger]), false, alone):
        assert 403 == refused(AddCheckpoint(0, (), note), nothing)[0]
    # Lines of unknown keys are passed over, as signed-note says.
    decide(AddCheckpoint(0, (), sign(body, [stranger, LOG])), nothing)


def test_what_is_no_checkpoint_is_a_bad_request():
    """400: no note, no checkpoint, extension lines, or an old size above the new one."""
    nothing = witness.nothing_of(ORIGIN)
    body = head(log_of(entries_of(3))).format()
    for note in (b"x", b"x\n\n", sign(b"x\n", [LOG]), sign(body + b"more\n", [LOG])):
        assert 400 == refused(AddCheckpoint(0, (), note), nothing)[0]
    above = AddCheckpoint(4, (), sign(body, [LOG]))
    assert 400 == refused(above, head(log_of(entries_of(4))))[0]


def test_another_old_size_is_a_conflict_that_says_the_size():
    """409 with the size that is kept, whether that is larger, smaller or none."""
    log = log_of(entries_of(9))
    assert (409, "nothing", b"5\n") == refused(request(log, 4), head(log, 5))
    assert (409, "nothing", b"0\n") == refused(request(log, 4), witness.nothing_of(ORIGIN))
    # A smaller checkpoint is kept as a sign; a coordinator that is late has it too.
    assert (409, "older", b"9\n") == refused(request(log, 0, 7), head(log))
    # Whatever the old size: one size with two roots is a fork.
    fork = log_of(entries_of(4, 5))
    assert (409, "fork", b"9\n") == refused(request(fork, 4), head(log))


def test_another_history_is_unprocessable_and_proves_the_fork():
    """422; the proof of the fork's own tree shows its root at the old size: another one."""
    log, fork = log_of(entries_of(9)), log_of(entries_of(4, 8))
    for old in (5, 6, 7, 9):
        assert (422, "fork", b"") == refused(request(fork, old), head(log, old))
    # At a power of two the proof begins with the old root and cannot tell what went wrong.
    assert (422, "unproven", b"") == refused(request(fork, 8), head(log, 8))
    # The same size and another root needs no proof.
    same = AddCheckpoint(9, (), sign_checkpoint(head(log_of(entries_of(3, 6))), LOG))
    assert (422, "fork", b"") == refused(same, head(log))


def test_a_false_proof_of_an_honest_log_is_no_fork():
    """Whoever submits garbage must not make evidence against a log."""
    log = log_of(entries_of(9))
    good = request(log, 5)
    for proof in ((), good.proof[:-1], (*good.proof, bytes(32)), good.proof[::-1]):
        asked = AddCheckpoint(5, proof, good.note)
        assert (422, "unproven", b"") == refused(asked, head(log, 5))


def test_nothing_is_proven_where_nothing_is_to_prove():
    """422 for a proof beside an old size of 0, and for one between equal sizes."""
    log = log_of(entries_of(9))
    first = AddCheckpoint(0, (bytes(32),), sign_checkpoint(head(log), LOG))
    assert 422 == refused(first, witness.nothing_of(ORIGIN))[0]
    same = AddCheckpoint(9, (bytes(32),), sign_checkpoint(head(log), LOG))
    assert (422, "nothing", b"") == refused(same, head(log))
    empty = AddCheckpoint(0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), LOG))
    assert 422 == refused(empty, witness.nothing_of(ORIGIN))[0]


def test_one_log_is_not_taken_for_another():
    """A caller that looks up the wrong row is a bug, and nothing is cosigned."""
    log = log_of(entries_of(3))
    with pytest.raises(ValueError, match="two logs"):
        decide(request(log, 0), witness.nothing_of(OTHER.name))


def _faults(vector):
    size1, size2, proof = vector["size1"], vector["size2"], list(vector["proof"])
    yield size1, size2, [*proof, "00" * 32]
    yield size1, size2 - 1, proof
    if proof:
        yield size1, size2, proof[:-1]
        yield size1, size2, [*proof[:-1], "ab" * 32]


def test_the_vectors_of_others_decide():
    """Consistency vectors of transparency-dev/merkle: each is taken, with one fault it is not."""
    roots, taken, spoilt = [None, *_VECTORS["roots"]], 0, 0

    def at(size):
        return Checkpoint(ORIGIN, size, bytes.fromhex(roots[size]))

    for vector in _VECTORS["consistency"]:
        kept, new = at(vector["size1"]), at(vector["size2"])
        note = sign_checkpoint(new, LOG)
        proof = tuple(map(bytes.fromhex, vector["proof"]))
        assert new == decide(AddCheckpoint(kept.size, proof, note), kept)
        taken += 1
        for size1, size2, hashes in _faults(vector):
            if size1 > size2 or size2 == vector["size2"] == size1 == 0:
                continue
            changed = sign_checkpoint(at(size2), LOG)
            asked = AddCheckpoint(size1, tuple(map(bytes.fromhex, hashes)), changed)
            assert 422 == refused(asked, at(size1))[0], (vector, hashes)
            spoilt += 1
    assert len(_VECTORS["consistency"]) == taken
    assert spoilt >= 2 * taken


# --- One witness, one history.


def _without_the_old_size(asked, checkpoint, kept):
    """Be a witness that trusts the submitter's old size (known bad)."""
    if asked.old_size in {0, checkpoint.size} or asked.proof:
        return
    raise NotCosignedError(422, str(kept))


def _without_the_same_size(asked, checkpoint, kept):
    """Be a witness that takes another root of the same size (known bad)."""
    if asked.old_size == checkpoint.size == kept.size:
        return
    witness.require_extension(asked, checkpoint, kept)


def _taking_any_first(asked, checkpoint, kept):
    """Be a witness that begins anew whenever the old size is 0 (known bad)."""
    if asked.old_size == 0:
        return
    witness.require_extension(asked, checkpoint, kept)


TWINS = {
    "trusts the old size": _without_the_old_size,
    "takes another root": _without_the_same_size,
    "begins anew": _taking_any_first,
}
_HISTORIES = [log_of(entries_of(*parts)) for parts in ((40,), (17, 23), (16, 30), (0, 40), (39, 1))]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(range(len(_HISTORIES))),
        st.integers(0, 40),
        st.one_of(st.none(), st.integers(0, 40)),
    ),
    min_size=1,
    max_size=25,
)


def play(steps, require):
    """Show one witness checkpoints of several histories; give those that it cosigned."""
    kept, cosigned = witness.nothing_of(ORIGIN), []
    for which, size, claimed in steps:
        log = _HISTORIES[which]
        # None is the honest submitter; others claim what they like, proven from their own tree.
        old = min(kept.size if claimed is None else claimed, size)
        asked = request(log, old, size)
        try:
            checkpoint = witness.require_signed(asked, LOGS)
            require(asked, checkpoint, kept)
        except NotCosignedError:
            continue
        kept = checkpoint
        cosigned.append((which, checkpoint))
    return cosigned


def is_one_history(cosigned):
    """Compare against the entries themselves: each is a beginning of the next."""
    return all(
        older.size <= newer.size and older.root == head(_HISTORIES[which], older.size).root
        for (_, older), (which, newer) in pairwise(cosigned)
    )


@settings(max_examples=300, deadline=None)
@given(_STEPS)
def test_whatever_is_shown_one_history_is_cosigned(steps):
    """A log that forks at will, and coordinators that claim anything, get one history cosigned."""
    assert is_one_history(play(steps, witness.require_extension))


@pytest.mark.parametrize("twin", TWINS)
def test_a_witness_with_one_check_less_is_caught(twin):
    """The test above sees a split view where a check is left out."""
    shown = [(0, 20, None), (1, 20, None), (1, 20, 20), (1, 20, 0), (1, 30, 20), (1, 30, 0)]
    assert is_one_history(play(shown, witness.require_extension))
    assert not is_one_history(play(shown, TWINS[twin]))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4))
def test_a_fork_that_is_told_is_one(old, size, which):
    """Finding FORK is never said of one history, and of two only where they differ at that size."""
    old, size = sorted((old, size))
    log, fork = _HISTORIES[0], _HISTORIES[which]
    kept = head(log, old)
    differs = head(fork, old).root != kept.root
    asked = request(fork, old, size)
    if differs:
        power_of_two = old < size and old & (old - 1) == 0
        expected = Finding.UNPROVEN if power_of_two else Finding.FORK
        assert (422, expected, b"") == refused(asked, kept)
    else:
        assert head(fork, size) == decide(asked, kept)


# --- Replies.


def test_replies_are_read_strictly():
    """Another's line, a line over another body, and other sizes than are written are refused."""
    checkpoint = head(log_of(entries_of(3)))
    line = witness.cosign(checkpoint, WITNESS, TIME_S)
    key = WITNESS.verifier_key
    stranger = witness.cosign(checkpoint, Cosigner("x", bytes(32)), TIME_S)
    # Lines of others, which a witness may add, are left out.
    assert line == add_checkpoint.read_cosignature(checkpoint, stranger + line, key)
    for reply in (stranger, witness.cosign(head(log_of(entries_of(4))), WITNESS, TIME_S)):
        with pytest.raises(SignatureError):
            add_checkpoint.read_cosignature(checkpoint, reply, key)
    for reply in (b"", b"\n", line[:-1], b"x" * 20_000, line + b"more\n\n" + line):
        with pytest.raises((EncodingError, SignatureError)):
            add_checkpoint.read_cosignature(checkpoint, reply, key)
    assert 17 == add_checkpoint.read_kept_size(b"17\n")
    for reply in (b"", b"17", b"17\n\n", b"017\n", b"-1\n", b"9" * 30 + b"\n", b"\xff\n"):
        with pytest.raises(EncodingError, match="malformed witness reply"):
            add_checkpoint.read_kept_size(reply)

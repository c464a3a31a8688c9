import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedquery.errors import EncodingError, SignatureError
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer, VerifierKey, sign, sign_line
from fedquery.tlog.tree import EMPTY_ROOT, MAX_SIZE

_ORIGIN = "fedquery.log/example/VN"
_LOG = Signer(_ORIGIN, b"\x01" * 32)
_WITNESSES = [Cosigner(f"fedquery.witness/{i}", bytes([0x10 + i]) * 32) for i in range(3)]
_COSIGNERS = [witness.verifier_key for witness in _WITNESSES]
_CHECKPOINT = Checkpoint(_ORIGIN, 7, bytes(range(32)))
_BODY = b"fedquery.log/example/VN\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def _cosigned(count: int) -> bytes:
    lines = [sign_line(_BODY, witness.at(1_700_000_000)) for witness in _WITNESSES[:count]]
    return sign_checkpoint(_CHECKPOINT, _LOG) + b"".join(lines)


def test_the_bytes_are_those_of_the_specification():
    """A checkpoint is three lines: origin, size, root."""
    assert _CHECKPOINT.format() == _BODY
    assert Checkpoint.parse(_BODY) == _CHECKPOINT


@given(st.integers(0, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_checkpoints_round_trip(size, root):
    """Parsing is the inverse of writing."""
    checkpoint = Checkpoint(_ORIGIN, size, root)
    assert checkpoint == Checkpoint.parse(checkpoint.format())


_ROOT = b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
_MALFORMED = {
    "empty": b"",
    "origin alone": b"x\n",
    "no root": b"x\n7\n",
    "no last newline": b"x\n7\n" + _ROOT,
    "empty origin": b"\n7\n" + _ROOT + b"\n",
    "space in the origin": b"x y\n7\n" + _ROOT + b"\n",
    "plus in the origin": b"x+y\n7\n" + _ROOT + b"\n",
    "leading zero": b"x\n07\n" + _ROOT + b"\n",
    "two zeros": b"x\n00\n" + _ROOT + b"\n",
    "plus sign": b"x\n+7\n" + _ROOT + b"\n",
    "minus sign": b"x\n-7\n" + _ROOT + b"\n",
    "underscore": b"x\n1_0\n" + _ROOT + b"\n",
    "hexadecimal": b"x\n0x7\n" + _ROOT + b"\n",
    "space before the size": b"x\n 7\n" + _ROOT + b"\n",
    "empty size": b"x\n\n" + _ROOT + b"\n",
    "arabic digits": "x\n\u0667\n".encode() + _ROOT + b"\n",
    "superscript digit": "x\n\u00b2\n".encode() + _ROOT + b"\n",
    "size of 2**63": b"x\n9223372036854775808\n" + _ROOT + b"\n",
    "size of ten thousand digits": b"x\n" + b"9" * 10_000 + b"\n" + _ROOT + b"\n",
    "short root": b"x\n7\nAAAA\n",
    "long root": b"x\n7\n" + b"A" * 44 + b"\n",
    "root without padding": b"x\n7\n" + _ROOT[:-1] + b"\n",
    "root with set trailing bits": b"x\n7\n" + _ROOT[:-2] + b"9=\n",
    "root in hex": b"x\n7\n" + bytes(32).hex().encode() + b"\n",
    "extension line": b"x\n7\n" + _ROOT + b"\nextension\n",
    "empty extension line": b"x\n7\n" + _ROOT + b"\n\n",
    "carriage returns": b"x\r\n7\r\n" + _ROOT + b"\r\n",
    "not utf-8": b"\xff\n7\n" + _ROOT + b"\n",
}


@pytest.mark.parametrize("fault", _MALFORMED)
def test_malformed_checkpoints_are_refused(fault):
    """What `format` could not have written is refused, although its log has signed it."""
    with pytest.raises(EncodingError):
        Checkpoint.parse(_MALFORMED[fault])


def test_impossible_checkpoints_are_programming_errors():
    """No log has a negative size or a short root."""
    for size, root in [(-1, EMPTY_ROOT), (MAX_SIZE + 1, EMPTY_ROOT), (0, b"")]:
        with pytest.raises(ValueError, match=r"size|root"):
            Checkpoint(_ORIGIN, size, root)


def test_a_checkpoint_opens_under_the_key_of_its_log():
    """The log's own signature opens it, and a quorum of cosigners is counted."""
    for count in range(4):
        opened = open_checkpoint(_cosigned(count), _LOG.verifier_key, _COSIGNERS, quorum=count)
        assert opened.checkpoint == _CHECKPOINT
        assert count + 1 == len(opened.note.signatures)


def test_a_missing_quorum_is_refused():
    """Two cosigners are not three, and the log does not count as one of them."""
    with pytest.raises(SignatureError):
        open_checkpoint(_cosigned(2), _LOG.verifier_key, _COSIGNERS, quorum=3)
    own = Cosigner(_ORIGIN, b"\x01" * 32)
    note = _cosigned(0) + sign_line(_BODY, own.at(1))
    with pytest.raises(SignatureError):
        open_checkpoint(note, _LOG.verifier_key, _COSIGNERS, quorum=1)


def test_cosigners_alone_do_not_open_a_checkpoint():
    """Without the log's own signature it is not the log's checkpoint."""
    note = sign(_BODY, [witness.at(5) for witness in _WITNESSES])
    with pytest.raises(SignatureError):
        open_checkpoint(note, _LOG.verifier_key, _COSIGNERS, quorum=3)


def test_the_checkpoint_of_another_log_is_refused():
    """A key does not vouch for an origin that is not its name."""
    other = Checkpoint("fedquery.log/example/TH", 7, bytes(32))
    with pytest.raises(ValueError, match="log itself"):
        sign_checkpoint(other, _LOG)
    with pytest.raises(SignatureError):
        open_checkpoint(sign(other.format(), [_LOG]), _LOG.verifier_key)
    with pytest.raises(SignatureError):
        open_checkpoint(
            _cosigned(0), VerifierKey(_ORIGIN, Signer("x", bytes(32)).verifier_key.public_key)
        )

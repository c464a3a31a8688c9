from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fedquery.errors import EncodingError, SignatureError
from fedquery.tlog.checkpoint import Checkpoint
from fedquery.tlog.cosignature import CosignatureKey, Cosigner, _message, cosigned_at_s
from fedquery.tlog.note import (
    NoteSignature,
    Signer,
    VerifierKey,
    open_note,
    sign,
    signature_line,
    split_note,
)

_REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
_VECTORS = Path(__file__).parents[2] / "vectors" / "tlog"
_NOTE = (_VECTORS / "cosigned.note").read_bytes()
_BODY = Checkpoint("fedquery.log/example/VN", 7, bytes(32)).format()
_COSIGNER = Cosigner("fedquery.witness/TH", bytes(range(32)))
_KEY = _COSIGNER.verifier_key
_CAP = 10_000


def test_a_real_cosignature_verifies():
    """The line of a public witness on a real checkpoint verifies and says its time."""
    opened = open_note(_NOTE, [CosignatureKey.parse(_REMORA)], _CAP)
    assert (
        Checkpoint.parse(opened.body).size,
        cosigned_at_s(opened.signatures[0]),
    ) == (1432088532, 0x6A122120)


def test_the_example_of_the_specification_is_read():
    """Its key is not published, but its line has the time that its text says, and its message too.

    tlog-cosignature, Ed25519 signed message: the example there is this checkpoint.
    """
    body, lines = split_note((_VECTORS / "cosignature-example.note").read_bytes(), _CAP)
    log, witness = lines
    assert ("example.com/behind-the-sofa", "witness.example.com/w1") == (log[0], witness[0])
    line = NoteSignature(witness[0], witness[1][:4], witness[1][4:])
    assert 1679315147 == cosigned_at_s(line)
    assert (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    ) == _message(1679315147, body)
    assert 20852163 == Checkpoint.parse(body).size


def test_a_real_cosignature_over_another_body_is_refused():
    """The same line under a checkpoint of another size does not verify."""
    with pytest.raises(SignatureError):
        open_note(
            _NOTE.replace(b"1432088532", b"1432088533"), [CosignatureKey.parse(_REMORA)], _CAP
        )


def test_a_cosignature_opens_with_its_time():
    """What was cosigned at a time opens with that time."""
    for time_s in (0, 1_700_000_000, 2**63 - 1):
        opened = open_note(sign(_BODY, [_COSIGNER.at(time_s)]), [_KEY], _CAP)
        assert (_BODY, time_s) == (opened.body, cosigned_at_s(opened.signatures[0]))


def test_the_time_is_signed():
    """A cosignature with another time does not verify."""
    signature = _COSIGNER.at(1_000).sign_body(_BODY)
    later = (1_001).to_bytes(8, "big") + signature[8:]
    with pytest.raises(SignatureError):
        open_note(_BODY + b"\n" + signature_line(_KEY.name, _KEY.key_id, later), [_KEY], _CAP)


def test_times_that_no_cosignature_has_are_refused():
    """A time is 0 to 2**63 - 1 seconds."""
    for time_s in (-1, 2**63):
        with pytest.raises(ValueError, match="time"):
            _COSIGNER.at(time_s)
    # The signature itself is right: only its time is not one that a cosignature may have.
    message = f"cosignature/v1\ntime {2**63}\n".encode() + _BODY
    signed = Ed25519PrivateKey.from_private_bytes(_COSIGNER.seed).sign(message)
    signature = (2**63).to_bytes(8, "big") + signed
    with pytest.raises(SignatureError):
        _KEY.verify(_BODY, signature)


def test_cosignatures_of_another_length_are_refused():
    """A cosignature has exactly 72 octets behind its key id."""
    signature = _COSIGNER.at(5).sign_body(_BODY)
    for octets in (b"", signature[:8], signature[:-1], signature + b"\x00", signature[8:]):
        with pytest.raises(SignatureError):
            _KEY.verify(_BODY, octets)
        with pytest.raises(ValueError, match="not a cosignature"):
            cosigned_at_s(NoteSignature("x", b"none", octets))


def test_a_plain_signature_is_not_a_cosignature():
    """One key in both uses has two ids, and neither kind of line passes for the other."""
    plain = Signer(_COSIGNER.name, bytes(range(32)))
    assert plain.verifier_key.public_key == _KEY.public_key
    assert plain.key_id != _KEY.key_id
    with pytest.raises(SignatureError):
        open_note(sign(_BODY, [plain]), [_KEY], _CAP)
    with pytest.raises(SignatureError):
        open_note(sign(_BODY, [_COSIGNER.at(5)]), [plain.verifier_key], _CAP)


def test_cosigner_keys_round_trip_and_are_of_their_own_type():
    """A key text of type 0x04 is not one of type 0x01."""
    assert CosignatureKey.parse(_REMORA).format() == _REMORA
    with pytest.raises(EncodingError):
        VerifierKey.parse(_REMORA)
    with pytest.raises(EncodingError):
        CosignatureKey.parse(VerifierKey("x", bytes(32)).format())

"""A log that Go's checksum database has written is read, verified and written alike."""

import json
from pathlib import Path

import pytest
from unit.tlog.tiled import TiledLog

from fedquery.errors import ConsistencyError, FedqueryError, InclusionError, SignatureError
from fedquery.storage.log_reading import read_log
from fedquery.tlog import append, proofs, tree
from fedquery.tlog.bundle import encode_bundle
from fedquery.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import CosignatureKey, Cosigner, cosigned_at_s
from fedquery.tlog.note import Signer, VerifierKey, sign_line
from fedquery.tlog.proof_file import ProofFile
from fedquery.tlog.tile import TILE_WIDTH, bundle_path, tile_in, tiles_of

_WRITTEN = Path(__file__).parents[2] / "vectors" / "tlog" / "sumdb"
_VECTORS = json.loads((_WRITTEN / "vectors.json").read_text("utf-8"))
_LOG = VerifierKey.parse(_VECTORS["log"])
_WITNESS = CosignatureKey.parse(_VECTORS["witness"])
_NOTES = {int(size): note.encode() for size, note in _VECTORS["checkpoints"].items()}
_SIZE = max(_NOTES)
_ENTRIES = [b"entry %d" % index for index in range(_SIZE)]
_LEAVES = [tree.leaf_hash(entry) for entry in _ENTRIES]
_TIME_S = 1_700_000_000


def _checkpoint(size: int) -> Checkpoint:
    return open_checkpoint(_NOTES[size], _LOG, [_WITNESS], quorum=1).checkpoint


def _hashes(vector: dict) -> list[bytes]:
    return [bytes.fromhex(value) for value in vector["proof"]]


def _read(tile) -> bytes:
    path = _WRITTEN / tile_in(tile.level, tile.index, _SIZE).path()
    return path.read_bytes()[: tile.octets]


@pytest.fixture(scope="module")
def ours():
    """Keep the same entries as a log of ours."""
    log = TiledLog()
    log.append(_ENTRIES)
    return log


def test_their_log_is_read(ours):
    """Their directory gives every entry, and its files are what we write, octet for octet."""
    assert _ENTRIES == list(read_log(_WRITTEN))
    expected = {tile.path(): ours.read(tile) for tile in tiles_of(_SIZE)}
    for first in range(0, _SIZE, TILE_WIDTH):
        entries = _ENTRIES[first : first + TILE_WIDTH]
        expected[bundle_path(first // TILE_WIDTH, len(entries))] = encode_bundle(entries)
    files = (path for path in (_WRITTEN / "tile").rglob("*") if path.is_file())
    assert expected == {str(path.relative_to(_WRITTEN)): path.read_bytes() for path in files}
    assert _NOTES[_SIZE] == (_WRITTEN / "checkpoint").read_bytes()


@pytest.mark.parametrize("size", _NOTES)
def test_their_checkpoints_open_and_are_signed_alike(ours, size):
    """Signature, cosignature with its time, and root; with their seeds we write the same octets."""
    opened = open_checkpoint(_NOTES[size], _LOG, [_WITNESS], quorum=1)
    assert (_LOG.name, size) == (opened.checkpoint.origin, opened.checkpoint.size)
    assert append.root(size, ours.read) == opened.checkpoint.root
    assert _TIME_S == cosigned_at_s(opened.note.by_name(_WITNESS.name)[0])
    signer, witness = Signer(_LOG.name, b"\x01" * 32), Cosigner(_WITNESS.name, b"\x02" * 32)
    line = sign_line(opened.note.body, witness.at(_TIME_S))
    assert _NOTES[size] == sign_checkpoint(opened.checkpoint, signer) + line


def test_no_flipped_octet_of_their_checkpoint_opens():
    """Each octet: where both signatures are wanted, the note is refused."""
    note = _NOTES[_SIZE]
    for at in range(len(note)):
        changed = note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
        with pytest.raises(FedqueryError):
            open_checkpoint(changed, _LOG, [_WITNESS], quorum=1)
    with pytest.raises(SignatureError):
        open_checkpoint(note, Signer(_LOG.name, bytes(32)).verifier_key)


@pytest.mark.parametrize(
    "vector", _VECTORS["inclusion"], ids=lambda vector: f"{vector['index']} in {vector['size']}"
)
def test_their_inclusion_proofs_verify_and_are_ours(vector):
    """Each proof is what we make from their tiles, shows its entry, and no other."""
    index, size, proof = vector["index"], vector["size"], _hashes(vector)
    assert proof == list(append.inclusion_proof(index, size, _read))
    root = _checkpoint(size).root
    proofs.verify_inclusion(_LEAVES[index], index, size, proof, root)
    ProofFile(index, tuple(proof), _NOTES[size]).verify(_LEAVES[index], _LOG, [_WITNESS], quorum=1)
    with pytest.raises(InclusionError):
        proofs.verify_inclusion(tree.leaf_hash(b"another"), index, size, proof, root)


@pytest.mark.parametrize(
    "vector", _VECTORS["consistency"], ids=lambda vector: f"{vector['old']} to {vector['new']}"
)
def test_their_consistency_proofs_verify_and_are_ours(vector):
    """Each proof is what we make from their tiles, and shows these two roots and no other."""
    old, new, proof = vector["old"], vector["new"], _hashes(vector)
    assert proof == list(append.consistency_proof(old, new, _read))
    roots = _checkpoint(old).root, _checkpoint(new).root
    proofs.verify_consistency(old, new, *roots, proof)
    with pytest.raises(ConsistencyError):
        proofs.verify_consistency(old, new, roots[0], tree.leaf_hash(b"another"), proof)

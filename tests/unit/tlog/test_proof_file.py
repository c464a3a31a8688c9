import pytest
from unit.tlog.tiled import TiledLog

from fedquery.errors import EncodingError, InclusionError, SignatureError
from fedquery.tlog.append import inclusion_proof
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.cosignature import Cosigner
from fedquery.tlog.note import Signer, sign_line
from fedquery.tlog.proof_file import ProofFile
from fedquery.tlog.tree import leaf_hash

_LOG = Signer("fedquery.log/example/VN", b"\x01" * 32)
_WITNESS = Cosigner("fedquery.witness/TH", b"\x02" * 32)


def _made(index: int, size: int, extra: bytes | None = None) -> ProofFile:
    log = TiledLog()
    root = log.append([b"%d" % i for i in range(size)]).root
    checkpoint = Checkpoint(_LOG.name, size, root)
    note = sign_checkpoint(checkpoint, _LOG)
    note += sign_line(checkpoint.format(), _WITNESS.at(1_700_000_000))
    return ProofFile(index, inclusion_proof(index, size, log.read), note, extra)


_FILE = _made(137, 300)


def test_the_bytes_are_those_of_the_specification():
    """A file is its header, the index, the hashes, an empty line and the checkpoint."""
    lines = _made(1, 2, b"extra data").format().split(b"\n")
    assert lines[:3] == [b"c2sp.org/tlog-proof@v1", b"extra ZXh0cmEgZGF0YQ==", b"index 1"]
    assert [len(lines[3]), *lines[4:7]] == [44, b"", b"fedquery.log/example/VN", b"2"]


@pytest.mark.parametrize("extra", [None, b"x", bytes(65_536)])
def test_files_round_trip_and_verify(extra):
    """What was written is read, and shows its leaf under the log's key and a quorum."""
    made = _made(137, 300, extra)
    read = ProofFile.parse(made.format())
    assert made == read
    leaf = leaf_hash(b"137")
    checkpoint = read.verify(leaf, _LOG.verifier_key, [_WITNESS.verifier_key], quorum=1)
    assert checkpoint.size == 300


def test_a_log_of_one_entry_has_a_proof_of_no_hashes():
    """The smallest file has no hash lines."""
    made = _made(0, 1)
    assert (made, ()) == (ProofFile.parse(made.format()), made.proof)
    made.verify(leaf_hash(b"0"), _LOG.verifier_key)


def test_a_file_shows_its_own_leaf_only():
    """Another leaf, a missing quorum and another log's key are refused."""
    with pytest.raises(InclusionError):
        _FILE.verify(leaf_hash(b"138"), _LOG.verifier_key)
    moved = ProofFile(138, _FILE.proof, _FILE.checkpoint)
    with pytest.raises(InclusionError):
        moved.verify(leaf_hash(b"137"), _LOG.verifier_key)
    with pytest.raises(SignatureError):
        _FILE.verify(leaf_hash(b"137"), Signer(_LOG.name, bytes(32)).verifier_key)
    other = Cosigner("fedquery.witness/LA", b"\x03" * 32).verifier_key
    with pytest.raises(SignatureError):
        _FILE.verify(leaf_hash(b"137"), _LOG.verifier_key, [other], quorum=1)


_TEXT = _FILE.format()
_HASH = _TEXT.split(b"\n")[2]
_MALFORMED = {
    "empty": b"",
    "other header": _TEXT.replace(b"@v1", b"@v2"),
    "no index": _TEXT.replace(b"index 137\n", b""),
    "leading zero": _TEXT.replace(b"index 137", b"index 0137"),
    "two indexes": _TEXT.replace(b"index 137", b"index 137\nindex 137"),
    "index out of range": _TEXT.replace(b"index 137", b"index 9223372036854775808"),
    "extra after the index": _TEXT.replace(b"index 137\n", b"index 137\nextra eA==\n"),
    "empty extra": _TEXT.replace(b"index", b"extra \nindex"),
    "extra over its cap": _TEXT.replace(b"index", b"extra " + b"A" * 87_384 + b"\nindex"),
    "short hash": _TEXT.replace(_HASH, b"AAAA"),
    "hash without padding": _TEXT.replace(_HASH, _HASH[:-1]),
    "64 hashes": _TEXT.replace(_HASH, b"\n".join([_HASH] * 64)),
    "no empty line": _TEXT.replace(b"\n\n", b"\n"),
    "carriage returns": _TEXT.replace(b"\n", b"\r\n"),
    "no checkpoint": _TEXT.split(b"\n\n")[0] + b"\n\n",
    "unsigned checkpoint": b"\n\n".join(_TEXT.split(b"\n\n")[:2]) + b"\n",
    "not ascii": _TEXT.replace(b"index", "\u00efndex".encode()),
    "over the cap": _TEXT + b"x" * 500_000,
}


@pytest.mark.parametrize("fault", _MALFORMED)
def test_malformed_files_are_refused(fault):
    """What `format` could not have written is refused."""
    assert _MALFORMED[fault] != _TEXT
    with pytest.raises(EncodingError):
        ProofFile.parse(_MALFORMED[fault])


def test_impossible_files_are_programming_errors():
    """Values that no file can hold are refused when they are made."""
    for values in [(-1, ()), (0, (b"short",)), (0, (bytes(32),) * 64), (0, (), b"", b"")]:
        with pytest.raises(ValueError, match=r"proof|extra"):
            ProofFile(*values[:2], b"note", *values[3:])

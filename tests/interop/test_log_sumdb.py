"""The Go checksum database's own code, golang.org/x/mod/sumdb, verifies whole exported logs."""

import json
import random
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from interop import exported
from interop.exported import ENTRIES, ORIGIN, SIGNER, SIZES, WITNESSES, cosigned
from interop.program import running

from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.note import Signer

_SIZE = SIZES[-1]
_KEYS = [SIGNER.verifier_key.format(), *(one.verifier_key.format() for one in WITNESSES)]
_BUNDLES = ("tile/entries/000", "tile/entries/001", "tile/entries/002.p/188")
_TILES = ("tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2")
_FLIPS = 12
_VECTORS = Path(__file__).parents[1] / "vectors" / "tlog" / "sumdb"


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def go(sumdb):
    """Run the other verifier."""
    with running(str(sumdb)) as program:
        yield program


@pytest.fixture
def copy(exported_log, tmp_path):
    """Give a copy of the exported log, to be changed."""
    return shutil.copytree(exported_log.directory, tmp_path / "copy")


def _verify(go, directory, *older):
    return go.call("verify", log=str(directory), keys=_KEYS, older=list(older))


def _flipped(octets, at, bit=0):
    return octets[:at] + bytes([octets[at] ^ 1 << bit]) + octets[at + 1 :]


@contextmanager
def _changed(path, octets):
    """Hold a file with other octets for a block."""
    kept = path.read_bytes()
    path.write_bytes(octets)
    yield
    path.write_bytes(kept)


def test_their_code_verifies_a_whole_exported_log(go, exported_log):
    """Signatures, tiles, entries, an inclusion proof of each, and every older checkpoint fit."""
    older = [exported_log.notes[size].decode() for size in SIZES]
    note = exported_log.notes[_SIZE].decode()
    assert {
        "origin": ORIGIN,
        "size": _SIZE,
        "root": note.splitlines()[2],
        "cosigners": [witness.name for witness in WITNESSES],
        "tiles": len(_TILES),
        "bundles": len(_BUNDLES),
        "entries": _SIZE,
        "older": list(SIZES),
    } == _verify(go, exported_log.directory, *older)


@pytest.mark.parametrize("size", [0, 1, 256, 257])
def test_their_code_verifies_small_logs(go, tmp_path, size):
    """The log of no entries has no tiles; one of 256 has a full tile and one above it."""
    log = exported.make(tmp_path, (0, size) if size else (0,))
    answer = _verify(go, log.directory, log.notes[0].decode())
    assert (size, size, [0]) == (answer["size"], answer["entries"], answer["older"])


@pytest.mark.parametrize("path", [*_BUNDLES, *_TILES])
def test_their_code_catches_a_flipped_octet(go, copy, path):
    """Whichever octet of a bundle or tile is flipped, the log is refused, and the file named."""
    octets = (copy / path).read_bytes()
    chance = random.Random(path)  # noqa: S311  # a repeatable choice of octets
    places = {0, len(octets) - 1, *(chance.randrange(len(octets)) for _ in range(_FLIPS))}
    for at in places:
        with _changed(copy / path, _flipped(octets, at, chance.randrange(8))):
            answer = _verify(go, copy)
        assert answer["error"].startswith(f"{path}: "), (at, answer)
    assert _SIZE == _verify(go, copy)["size"]


def test_no_flipped_octet_of_a_checkpoint_goes_unseen(go, copy):
    """Each octet: the note is refused, or the cosigner whose line was hit is not counted."""
    note = (copy / "checkpoint").read_bytes()
    whole = go.call("open", note=note.decode(), keys=_KEYS)
    # The lines of the log: the text, the empty line, its signature. A line of a cosigner whose name
    # or id was hit is a stranger's, and passed over.
    signed = note.index(b"\n", note.index(b"\n\n") + 2) + 1
    for at in range(len(note)):
        # A line of JSON holds text alone; what is not UTF-8 becomes another character.
        changed = _flipped(note, at).decode(errors="replace")
        answer = go.call("open", note=changed, keys=_KEYS)
        assert "error" in answer or (at >= signed and answer != whole), at
        if at < 8:
            with _changed(copy / "checkpoint", _flipped(note, at)):
                assert "checkpoint" in _verify(go, copy)["error"]


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("a tile is missing", lambda log: (log / _TILES[1]).unlink()),
        ("a bundle is missing", lambda log: (log / _BUNDLES[1]).unlink()),
        ("a tile is cut", lambda log: _cut(log / _TILES[2])),
        ("a bundle is cut", lambda log: _cut(log / _BUNDLES[2])),
        ("a bundle is longer", lambda log: _append(log / _BUNDLES[2], b"\x00\x00")),
        ("a tile is longer", lambda log: _append(log / _TILES[2], bytes(32))),
        ("two bundles changed places", lambda log: _swap(log / _BUNDLES[0], log / _BUNDLES[1])),
        ("two tiles changed places", lambda log: _swap(log / _TILES[0], log / _TILES[1])),
        ("a file too many", lambda log: (log / "tile/0/002").write_bytes(bytes(8192))),
        ("no checkpoint", lambda log: (log / "checkpoint").unlink()),
        ("an empty checkpoint", lambda log: (log / "checkpoint").write_bytes(b"")),
    ],
)
def test_their_code_refuses_a_log_that_is_not_whole(go, copy, fault, change):
    """What is missing, cut, surplus or out of order is refused."""
    change(copy)
    assert "error" in _verify(go, copy), fault


def _cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def _append(path, octets):
    path.write_bytes(path.read_bytes() + octets)


def _swap(one, other):
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


def test_their_code_refuses_another_history(go, exported_log):
    """A checkpoint that the log itself signed, of another tree, shows that it was rewritten."""
    for size in (1, 300, _SIZE):
        forked = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), SIGNER).decode()
        assert "older checkpoint" in _verify(go, exported_log.directory, forked)["error"]
    later = sign_checkpoint(Checkpoint(ORIGIN, _SIZE + 1, bytes(32)), SIGNER).decode()
    answer = _verify(go, exported_log.directory, later)
    assert f"the log had {_SIZE + 1} entries and has {_SIZE}" in answer["error"]


def test_their_code_wants_the_log_s_own_signature(go, exported_log, copy):
    """Neither another key of that name nor the cosigners alone make a checkpoint the log's."""
    other = Signer(ORIGIN, b"\x09" * 32).verifier_key.format()
    for keys in ([other], [other, *_KEYS[1:]], _KEYS[1:]):
        answer = go.call("verify", log=str(exported_log.directory), keys=keys, older=[])
        assert "error" in answer
    body = exported_log.notes[_SIZE].partition(b"\n\n")[0] + b"\n\n"
    (copy / "checkpoint").write_bytes(cosigned(body + b"\xe2\x80\x94 x AAAAAAA=\n"))
    assert "the log itself" in _verify(go, copy)["error"]


@pytest.mark.parametrize("size", SIZES[1:])
def test_their_code_accepts_our_inclusion_proofs(go, exported_log, size):
    """A proof that we made from the tiles is one of theirs, at the edges of tiles too."""
    note = exported_log.notes[size].decode()
    for index in {0, size // 2, size - 1}:
        given = {"note": note, "keys": _KEYS, "index": index, "entry": ENTRIES[index].hex()}
        proof = exported_log.inclusion(index, size)
        assert size == go.call("inclusion", proof=proof, **given)["size"]
        other = {**given, "entry": (ENTRIES[index] + b"!").hex()}
        assert "error" in go.call("inclusion", proof=proof, **other)
        assert "error" in go.call("inclusion", proof=[*proof, "00" * 32], **given)
        if proof:
            changed = _flipped(bytes.fromhex(proof[-1]), 31).hex()
            assert "error" in go.call("inclusion", proof=[*proof[:-1], changed], **given)


def test_their_code_accepts_our_consistency_proofs(go, exported_log):
    """Each pair of our checkpoints is shown to be one history, and a changed proof is refused."""
    for new in SIZES[1:]:
        for old in (size for size in SIZES[1:] if size <= new):
            given = {
                "note": exported_log.notes[new].decode(),
                "older": [exported_log.notes[old].decode()],
                "keys": _KEYS,
            }
            proof = exported_log.consistency(old, new)
            assert new == go.call("consistency", proof=proof, **given)["size"]
            assert "error" in go.call("consistency", proof=[*proof, "00" * 32], **given)
            if proof:
                changed = _flipped(bytes.fromhex(proof[0]), 0).hex()
                assert "error" in go.call("consistency", proof=[changed, *proof[1:]], **given)


def test_the_vectors_are_what_their_code_writes(sumdb, tmp_path):
    """The log in tests/vectors/tlog/sumdb is that of the program, octet for octet."""
    kept = _VECTORS
    subprocess.run([sumdb, "write", tmp_path], check=True, timeout=60)
    written = {p.relative_to(tmp_path): p.read_bytes() for p in _files(tmp_path)}
    assert {p.relative_to(kept): p.read_bytes() for p in _files(kept)} == written


def test_an_auditor_runs_it_alone(sumdb, exported_log, tmp_path):
    """From the command line: a log, its keys, an older checkpoint; 1 where they do not fit."""
    (tmp_path / "keys").write_text("\n".join(_KEYS) + "\n")
    (tmp_path / "older").write_bytes(exported_log.notes[257])
    command = [sumdb, "verify", exported_log.directory, tmp_path / "keys", tmp_path / "older"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert [257] == json.loads(done.stdout)["older"]
    (tmp_path / "keys").write_text(Signer(ORIGIN, b"\x09" * 32).verifier_key.format())
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert (1, b"") == (done.returncode, done.stdout)
    assert b"checkpoint" in done.stderr

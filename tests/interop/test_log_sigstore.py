"""Another verifier of transparency logs, @sigstore/verify, accepts what our logs sign and prove."""

import base64
import random

import pytest
from interop.exported import ENTRIES, ORIGIN, SIGNER, SIZES
from unit.tlog.tiled import TiledLog

from fedquery.tlog.append import inclusion_proof, root
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.note import Signer

_ORIGIN = "fedquery.log/example/VN"
_SIGNER = Signer(_ORIGIN, b"\x01" * 32)
# More than one tile, and not a power of two: the proof has inner and border hashes.
_SIZE = 300
_ENTRIES = [b'{"n":%d}' % number for number in range(_SIZE)]


@pytest.fixture(scope="module")
def log():
    """Keep a log of all entries."""
    tiled = TiledLog()
    tiled.append(_ENTRIES)
    return tiled


@pytest.fixture
def sigstore(run):
    """Run the other verifier."""
    with run("log_verifier.mjs") as program:
        yield program


def _given(log, index, size=_SIZE, signer=_SIGNER):
    checkpoint = Checkpoint(_ORIGIN, size, root(size, log.read))
    public = signer.verifier_key.public_key
    return {
        "log": {"name": _ORIGIN, "key_id": _SIGNER.key_id.hex(), "public_key": public.hex()},
        "note": sign_checkpoint(checkpoint, _SIGNER).decode(),
        "index": index,
        "proof": [step.hex() for step in inclusion_proof(index, size, log.read)],
        "entry": _ENTRIES[index].hex(),
    }


@pytest.mark.parametrize(
    ("index", "size"),
    [(0, 1), (0, 2), (2, 3), (0, 256), (255, 256), (256, 257), (0, 300), (255, 300), (299, 300)],
)
def test_their_verifier_accepts_our_checkpoint_and_proof(log, sigstore, index, size):
    """An entry is found in the tree of a signed checkpoint, at the edges of tiles too."""
    expected = {"origin": _ORIGIN, "size": size, "root": root(size, log.read).hex()}
    assert expected == sigstore.call("verify", **_given(log, index, size))


def test_their_verifier_refuses_a_changed_entry(log, sigstore):
    """An entry that is not the one of the proof is refused."""
    answer = sigstore.call("verify", **_given(log, 7) | {"entry": _ENTRIES[8].hex()})
    assert {"error": "calculated root hash does not match inclusion proof"} == answer


def test_their_verifier_refuses_a_changed_checkpoint(log, sigstore):
    """A checkpoint of another size than was signed is refused."""
    given = _given(log, 7)
    given["note"] = given["note"].replace(f"\n{_SIZE}\n", f"\n{_SIZE + 1}\n")
    assert {"error": "invalid checkpoint signature"} == sigstore.call("verify", **given)


def test_their_verifier_refuses_the_key_of_another_log(log, sigstore):
    """A checkpoint is refused under a key that did not sign it."""
    given = _given(log, 7, signer=Signer(_ORIGIN, b"\x02" * 32))
    assert {"error": "invalid checkpoint signature"} == sigstore.call("verify", **given)


# From here on: a whole exported log, read from its files alone.


def _exported(log, index):
    return {
        "log": {
            "name": ORIGIN,
            "key_id": SIGNER.key_id.hex(),
            "public_key": SIGNER.verifier_key.public_key.hex(),
        },
        "note": (log.directory / "checkpoint").read_text("utf-8"),
        "index": index,
        "proof": log.inclusion(index),
        "entry": log.entries()[index].hex(),
    }


def test_their_verifier_accepts_every_entry_of_an_exported_log(exported_log, sigstore):
    """Each of several hundred entries is in the cosigned checkpoint, by proofs from the tiles."""
    size = SIZES[-1]
    entries = exported_log.entries()
    assert entries == ENTRIES
    given = _exported(exported_log, 0)
    for index in range(size):
        answer = sigstore.call(
            "verify",
            **given
            | {
                "index": index,
                "proof": exported_log.inclusion(index),
                "entry": entries[index].hex(),
            },
        )
        assert (ORIGIN, size) == (answer["origin"], answer["size"]), index


@pytest.mark.parametrize("index", [1, 255, 256, 699])
def test_their_verifier_catches_a_flipped_octet_of_an_exported_log(exported_log, sigstore, index):
    """A flipped octet of an entry, of each hash of a proof, or of what was signed, is refused."""
    given = _exported(exported_log, index)
    chance = random.Random(index)  # noqa: S311  # a repeatable choice of octets
    assert "root" in sigstore.call("verify", **given)
    entry = _flip(given["entry"], chance)
    assert "inclusion proof" in sigstore.call("verify", **given | {"entry": entry})["error"]
    for at in range(len(given["proof"])):
        proof = list(given["proof"])
        proof[at] = _flip(proof[at], chance)
        assert "inclusion proof" in sigstore.call("verify", **given | {"proof": proof})["error"]
    for changed in _changed_notes(given["note"]):
        assert "error" in sigstore.call("verify", **given | {"note": changed}), changed


def _changed_notes(note):
    """Change each character that was signed, and each octet of the log's signature.

    Their verifier finds a line by the id of its key and does not look at the name in it.
    """
    body, _, lines = note.partition("\n\n")
    for at in range(len(body) + 1):
        yield note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1 :]
    line = lines.partition("\n")[0].split(" ")[2]
    octets = base64.b64decode(line)
    for at in range(len(octets)):
        changed = octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]
        yield note.replace(line, base64.b64encode(changed).decode())


def _flip(hexadecimal, chance):
    octets = bytearray.fromhex(hexadecimal)
    octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
    return octets.hex()

"""Another verifier of transparency logs, @sigstore/verify, accepts what our logs sign and prove."""

import pytest
from unit.tlog.tiled import TiledLog

from fedquery.tlog.append import inclusion_proof, root
from fedquery.tlog.checkpoint import Checkpoint, sign_checkpoint
from fedquery.tlog.note import Signer

pytestmark = pytest.mark.xdist_group("interop")

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

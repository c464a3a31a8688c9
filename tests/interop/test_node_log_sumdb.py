"""The log of a real node, exported by the command, holds under Go's own code."""

import json
import subprocess
from pathlib import Path

import pytest
from support.raw_asker import RawAsker, csv_of

from fedquery.cli.demo.federation import Federation

POLICIES = Path(__file__).parents[2] / "policies"
KNOWN = "+84855501990"


@pytest.fixture(scope="module")
def federation(tmp_path_factory):
    """Make a holder that has published."""
    root = tmp_path_factory.mktemp("sumdb")
    root.chmod(0o700)
    made = Federation(root, ("TH", "VN"), policies=POLICIES)
    try:
        made.make({nation: {"phones": "phone"} for nation in made.nations})
        rows = [(KNOWN, "R-1", "*", "open")]
        made.import_csv("VN", "phones", csv_of(tmp_path_factory.mktemp("i") / "import", "a", rows))
        made.publish("VN")
        yield made
    finally:
        made.close()


def test_their_code_verifies_what_the_command_exports(federation, sumdb, tmp_path):
    """Each file of the log holds; with one octet of an entry changed, none of it does."""
    key = RawAsker(federation).members.nodes["VN"].log_vkey
    exported = tmp_path / "exported"
    made = federation.run_asker(
        "audit", "export", str(federation.node("VN")), str(exported), "--json"
    )
    assert 0 == made.code
    (tmp_path / "keys").write_text(key.format())
    command = [sumdb, "verify", exported, tmp_path / "keys"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    said, found = json.loads(made.out), json.loads(done.stdout)
    assert (said["origin"], said["size"]) == (found["origin"], found["entries"])
    assert found["entries"] > 0
    (bundle,) = [path for path in (exported / "tile/entries").rglob("*") if path.is_file()]
    octets = bundle.read_bytes()
    bundle.write_bytes(octets[:-2] + bytes([octets[-2] ^ 1]) + octets[-1:])
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert (1, b"") == (done.returncode, done.stdout)

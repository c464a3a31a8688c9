"""The committed messages are what the generator gives for protos/, and drift is seen."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def generate(root, *arguments):
    """Run the generator of a tree."""
    return subprocess.run(
        [root / "protos" / "generate", *arguments],
        env={**os.environ, "PATH": PATH},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path):
    """Copy the protos and the committed messages."""
    shutil.copytree(ROOT / "protos", tmp_path / "protos")
    shutil.copytree(
        ROOT / "src/fedquery/v1",
        tmp_path / "src/fedquery/v1",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def test_the_committed_messages_are_up_to_date():
    """Generating anew gives the same bytes."""
    done = generate(ROOT, "--check")
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_drift_is_named(tree):
    """A changed proto, a changed message and a stray one each fail with the file's name."""
    package = tree / "src/fedquery/v1"
    (package / "stray_pb2.py").write_text("")
    proto = tree / "protos/fedquery/v1/node.proto"
    proto.write_text(proto.read_text().replace("bytes note = 1;", "bytes note = 2;"))
    done = generate(tree, "--check")
    assert done.returncode == 1
    assert "node_pb2.py" in done.stdout
    assert "stray_pb2.py" in done.stdout
    assert "make protos" in done.stderr


def test_generating_mends_drift(tree):
    """Without --check the messages are written, strays go, and __init__ stays."""
    package = tree / "src/fedquery/v1"
    before = {path.name: path.read_bytes() for path in package.iterdir()}
    (package / "stray_pb2.py").write_text("")
    (package / "node_pb2.py").write_text("")
    assert generate(tree).returncode == 0
    assert before == {path.name: path.read_bytes() for path in package.iterdir()}


def test_only_files_with_a_service_have_grpc_modules():
    """sealed.proto declares no service, so it has no gRPC module."""
    assert [path.name for path in sorted((ROOT / "src/fedquery/v1").glob("*_pb2_grpc.py"))] == [
        "node_pb2_grpc.py"
    ]


def test_another_argument_is_a_usage_error(tree):
    """A misspelt flag does not write anything."""
    assert generate(tree, "--chekc").returncode == 2

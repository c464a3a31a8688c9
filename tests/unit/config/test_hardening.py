"""Hardening: a crash leaves no core; tried on processes of their own."""

import subprocess
import sys

READ_BACK = (
    "import ctypes, os, resource; from fedquery.config.hardening import harden; harden();"
    "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),"
    "oct(os.umask(0)), os.environ['GRPC_ENABLE_FORK_SUPPORT'])"
)


def test_a_hardened_process_has_no_core_no_dump_and_private_files():
    """Core limit, dumpable flag, umask and gRPC's fork support are as they should be."""
    done = subprocess.run([sys.executable, "-c", READ_BACK], capture_output=True, check=True)
    assert b"(0, 0) 0 0o77 0\n" == done.stdout


def test_an_aborted_process_leaves_no_core(tmp_path):
    """SIGABRT after hardening writes no file, even where the limit was lifted before."""
    program = (
        "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (-1, -1));"
        "from fedquery.config.hardening import harden; harden(); os.abort()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    assert done.returncode == -6
    assert [] == list(tmp_path.iterdir())

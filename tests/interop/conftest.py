"""Install the other implementations, once for all tests that speak with them.

`package-lock.json` names each package by its version and its digest and says nowhere from whom to
fetch it: that is for the configuration of whoever runs the tests. It is written anew by
`npm install --package-lock-only --omit-lockfile-registry-resolved`.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from interop import exported
from interop.program import Program, running

_HERE = Path(__file__).parent
_INSTALL_S = 120
# Where Debian puts the sources of Go packages.
_GO_SOURCES = Path("/usr/share/gocode")

# What npm says where it cannot have a package. Everything else fails the tests, above all a package
# with another digest than the locked one (EINTEGRITY) and a lock that does not fit (EUSAGE).
_UNREACHABLE = (
    "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTCACHED",
    "ENOTFOUND", "ETIMEDOUT", "E403", "E404", "E407", "E429", "E500", "E502", "E503", "E504",
)  # fmt: skip

Run = Callable[[str], AbstractContextManager[Program]]


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def _install(folder: Path) -> None:
    """Install exactly what is locked, and run no script of any package."""
    command = [
        _find("npm"), "ci", "--ignore-scripts", "--engine-strict", "--prefer-offline",
        "--no-audit", "--no-fund", "--no-update-notifier",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_INSTALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the packages could not be fetched in time")
    if done.returncode == 0:
        return
    code = next((line.split()[-1] for line in done.stderr.splitlines() if " code " in line), "")
    if code == "EBADENGINE":
        pytest.skip("Node.js is older than the packages want")
    if code in _UNREACHABLE:
        pytest.skip(f"the packages cannot be had here ({code})")
    pytest.fail(f"npm ci failed:\n{done.stderr}")


@pytest.fixture(scope="session")
def exported_log(tmp_path_factory) -> exported.ExportedLog:
    """Make one exported log for all verifiers; whoever changes a file changes a copy."""
    return exported.make(tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="session")
def sumdb() -> Iterator[Path]:
    """Build the verifier on the code of the Go checksum database, from Debian's packages."""
    go = _find("go")
    if not (_GO_SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("golang.org/x/mod/sumdb (golang-golang-x-mod-dev) is not installed")
    with tempfile.TemporaryDirectory(prefix="fedquery-interop-") as name:
        program = Path(name) / "sumdb"
        subprocess.run(
            [go, "build", "-o", str(program), "."],
            cwd=_HERE / "sumdb",
            env={
                "PATH": os.environ["PATH"],
                "GO111MODULE": "off",
                "GOPATH": str(_GO_SOURCES),
                "GOCACHE": str(Path(name) / "cache"),
            },
            timeout=_INSTALL_S,
            check=True,
        )
        yield program


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Give what runs a program of this folder beside the installed packages."""
    node = _find("node")
    # Outside the folder of the test run, where other people's code would be searched for leaks.
    with tempfile.TemporaryDirectory(prefix="fedquery-interop-") as name:
        folder = Path(name)
        for file in (*_HERE.glob("*.json"), *_HERE.glob("*.mjs")):
            shutil.copy(file, folder)
        _install(folder)
        yield lambda program: running(node, str(folder / program))

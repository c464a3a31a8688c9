"""A virtual environment for each peer: what it pins does not go together with what we pin."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_LOCKED = _ROOT / "requirements"
_MADE = _ROOT / "var" / "peers"
_LONGEST_S = 900


class UnavailableError(Exception):
    """A peer cannot be installed here; the others are measured without it."""


def interpreter(peer: str, python: str = sys.executable) -> Path:
    """Give the interpreter of the environment of a peer, which is made where it is not there.

    Args:
        peer: whose locked requirements, `requirements/peers-PEER.txt`, are installed.
        python: the interpreter it is made with.

    Raises:
        UnavailableError: if pip does not find or does not accept what is locked.
    """
    locked = _LOCKED / f"peers-{peer}.txt"
    wanted = hashlib.sha256(locked.read_bytes() + python.encode()).hexdigest()
    home = _MADE / peer
    stamp, found = home / ".installed", home / "bin" / "python"
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return found
    _run(peer, python, "-m", "venv", "--clear", str(home))
    _run(peer, str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--only-binary", ":all:", "--require-hashes", "-r", str(locked))  # fmt: skip
    stamp.write_text(wanted, encoding="ascii")
    return found


def _run(peer: str, *command: str) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ, timeout=_LONGEST_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{peer} was not installed: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UnavailableError(
            f"{peer} was not installed (its wheels are for few Pythons; spu's are for 3.10 and "
            f"3.11, see --python): {last}"
        )

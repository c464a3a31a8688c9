"""A browser that trusts one certificate authority more, as an agency sets up its own machines.

Chromium reads the user's own trust from an NSS database (certutil, of libnss3-tools). It has a home
of its own here: nothing of this machine trusts what a test makes.
"""

import os
import shutil
import subprocess
from pathlib import Path


def trusting_home(directory: Path, authority: Path) -> Path:
    """Make a home whose browsers trust an authority.

    Args:
        directory: an empty directory.
        authority: its certificate, PEM.
    """
    store = directory / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil = shutil.which("certutil")
    if certutil is None:
        raise AssertionError("certutil is missing: apt-get install libnss3-tools")
    database = f"sql:{store}"
    for arguments in (
        ["-N", "--empty-password"],
        # C: an authority whose certificates are believed of servers, and of nothing else.
        ["-A", "-n", "agency", "-t", "C,,", "-i", str(authority)],
    ):
        subprocess.run([certutil, *arguments, "-d", database], check=True, capture_output=True)
    return directory


def environment(home: Path) -> dict[str, str]:
    """Give the environment of a browser that lives in a home."""
    # Both: where releases look for the database differs.
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "LANGUAGE": "en_US",
        "LC_ALL": "C.UTF-8",
    }

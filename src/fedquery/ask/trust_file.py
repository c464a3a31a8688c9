"""The trust policy that an agency has installed: trust.txt in its home, or none.

Without one, the member list says which witnesses must have seen a nation's log.
"""

import os
from pathlib import Path
from typing import Final

from fedquery.config.keyfile import read_pinned
from fedquery.config.whole_file import replace_file
from fedquery.errors import ConfigError, EncodingError, InputError
from fedquery.tlog.trust_policy import CAP, TrustPolicy

TRUST: Final = "trust.txt"


def read_trust(home: Path) -> TrustPolicy | None:
    """Read the policy of a home, or give None where the member list is to say it.

    Raises:
        ConfigError: if it does not parse, naming the line, or others may write it: whoever can
            write it says whom to believe.
    """
    path = home / TRUST
    try:
        octets = read_pinned(path, CAP)
    except FileNotFoundError:
        return None
    try:
        return _parse(octets)
    except EncodingError as error:
        raise ConfigError(
            f"{path}: {error.what}",
            do="Correct the line, or remove the file: then the member list says it.",
        ) from None


def read_policy(path: Path) -> tuple[TrustPolicy, bytes]:
    """Read a policy from a file that somebody gives: the policy, and its octets.

    Raises:
        InputError: if it does not parse, naming the file and the line.
        ConfigError: if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(CAP + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {os.strerror(error.errno or 0)}") from None
    try:
        return _parse(octets), octets
    except EncodingError as error:
        raise InputError(
            f"{path}: {error.what}", do="Correct it (c2sp.org/tlog-policy); nothing was changed."
        ) from None


def install_trust(home: Path, octets: bytes) -> None:
    """Put a policy in force that `read_policy` gave, whole or not at all.

    Raises:
        ConfigError: if it cannot be written; what was in force before still is.
    """
    replace_file(home / TRUST, octets)


def _parse(octets: bytes) -> TrustPolicy:
    policy = TrustPolicy.parse(octets)
    names = [*(one.name for one in policy.witnesses), *(one.name for one in policy.groups)]
    # To the specification a name is octets. Here people read it, on a terminal.
    if not all(one.isprintable() for one in names):
        raise EncodingError("malformed trust policy: it has a name that cannot be shown")
    return policy

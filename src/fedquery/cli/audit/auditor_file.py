"""The two files of an auditor's key: NATION.auditor.key (secret) and NATION.auditor.pub."""

import secrets
from pathlib import Path
from typing import Final

from fedquery.ask.auditor import CAP
from fedquery.config.keyfile import make_private_directory, read_secret, write_secret
from fedquery.errors import InputError, NotMadeError
from fedquery.seal.auditor import AuditorKey
from fedquery.seal.kem import SEED_LENGTH, KemPrivateKey

_PRIVATE_HALF: Final = "auditor.key"
_PUBLIC_HALF: Final = "auditor.pub"


def make_auditor_key(directory: Path, nation: str) -> tuple[Path, AuditorKey]:
    """Make a pair.

    Args:
        directory: where to; made where it is missing, for its owner alone.
        nation: whose auditor it is.

    Returns:
        The file with the public half, and that half.

    Raises:
        NotMadeError: if there is such a key already.
        ConfigError: if others may enter the directory.
    """
    make_private_directory(directory)
    if (directory / f"{nation}.{_PRIVATE_HALF}").exists():
        raise NotMadeError(
            f"{directory}: the key of an auditor of {nation} is there already",
            do="Keep it: what was sealed to it opens with nothing else. Name another --out.",
        )
    seed = secrets.token_bytes(SEED_LENGTH)
    write_secret(directory / f"{nation}.{_PRIVATE_HALF}", seed)
    key = AuditorKey(nation, KemPrivateKey(seed).public_key)
    path = directory / f"{nation}.{_PUBLIC_HALF}"
    path.write_text(key.format(), encoding="ascii")
    return path, key


def read_public(path: Path) -> AuditorKey:
    """Read the public half.

    Raises:
        EncodingError: if it is none.
    """
    with path.open("rb") as file:
        return AuditorKey.parse(file.read(CAP))


def read_private_half(path: Path) -> KemPrivateKey:
    """Read the secret half.

    Raises:
        InputError: if the file has another name: another key would open nothing.
        ConfigError: if it is none, or others may read it.
    """
    if not path.name.endswith(_PRIVATE_HALF):
        raise InputError(
            "an auditor's key file has another name", do="It is named NATION.auditor.key."
        )
    return KemPrivateKey(read_secret(path, SEED_LENGTH))

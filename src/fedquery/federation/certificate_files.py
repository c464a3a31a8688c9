"""Certificates on disk: private keys for their owner alone, nothing overwritten by accident."""

import os
from pathlib import Path
from typing import Final

from fedquery.errors import ConfigError
from fedquery.federation.certificates import Issued

_PUBLIC_MODE: Final = 0o644
_PRIVATE_MODE: Final = 0o600


def write_issued(issued: Issued, certificate: Path, key: Path) -> None:
    """Write a certificate and its key into two new files.

    Args:
        issued: what to write.
        certificate: the PEM file of the certificate, readable by all.
        key: the PEM file of its key, mode 0600.

    Raises:
        ConfigError: if one of them exists or cannot be written.
    """
    # The key first: a certificate without its key is harmless, but looks as if it could be used.
    _write(key, issued.key_pem, _PRIVATE_MODE)
    _write(certificate, issued.certificate_pem, _PUBLIC_MODE)


def _write(path: Path, octets: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, mode)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(octets)
            file.flush()
            os.fsync(descriptor)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except FileExistsError:
        raise ConfigError(f"{path} is there already", do="Move it away first.") from None
    except OSError:
        raise ConfigError(f"cannot write {path}") from None

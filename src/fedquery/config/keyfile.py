"""Secret and pinned files: who may read, write and swap them; secrets are one base64 line.

Whoever can write the directory can swap the file, whoever can read the file has the key: so both
are checked on every read, on the opened descriptor and not on the path, and a wrong mode stops the
start with the command that mends it.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from fedquery.encoding.base64 import b64decode, b64encode
from fedquery.errors import ConfigError, EncodingError

PRIVATE_CAP = 64 * 1024  # bytes
_PRIVATE_MODE = 0o600
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_DIRECTORY = os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY


def make_private_directory(path: Path) -> None:
    """Make a directory that its owner alone can enter, or check that it is one.

    Raises:
        ConfigError: if it is there and is not a directory of this user with mode 0700, or cannot
            be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _directory(path) as (descriptor, status):
            _enterable_by_owner(path, status)
            os.fsync(descriptor)
    except OSError as error:
        raise _unusable(path, error) from None


def check_private_directory(path: Path) -> None:
    """Check that its owner alone can enter a directory that is there.

    Raises:
        ConfigError: if it is missing or is not a directory of this user with mode 0700.
    """
    try:
        with _directory(path) as (_descriptor, status):
            _enterable_by_owner(path, status)
    except OSError as error:
        raise _unusable(path, error) from None


def check_private(path: Path) -> None:
    """Check a secret file that is not read now.

    Raises:
        ConfigError: as `read_private`.
    """
    with _opened_private(path):
        pass


def read_private(path: Path, cap: int = PRIVATE_CAP) -> bytes:
    """Read a file that only its owner may read or write, such as a private key in PEM.

    Args:
        path: the file; its last part may not be a symbolic link.
        cap: the largest size in bytes.

    Raises:
        ConfigError: if the file is not a regular file of this user with mode 0600, if its directory
            can be written by others, or if it is too large; with the command that mends it.
    """
    with _opened_private(path) as descriptor:
        try:
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                octets = file.read(cap + 1)
        except OSError as error:
            raise _unusable(path, error) from None
    if len(octets) > cap:
        raise ConfigError(f"{path}: larger than {cap} bytes")
    return octets


def read_pinned(path: Path, cap: int) -> bytes:
    """Read a file that is no secret, and that its owner alone may change, such as pinned keys.

    Args:
        path: the file; its last part may not be a symbolic link.
        cap: the largest size in bytes.

    Raises:
        FileNotFoundError: if it is missing.
        ConfigError: if the file is not a regular file of this user or of root, if others can write
            it or its directory, or if it is too large; with the command that mends it.
    """
    try:
        with _directory(path.parent) as (parent, above):
            _unwritable_by_others(path.parent, above)
            with os.fdopen(os.open(path.name, _READ, dir_fd=parent), "rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise ConfigError(f"{path}: is not a regular file")
                if status.st_mode & 0o022:
                    raise ConfigError(f"{path}: others may write it", do=f"chmod 0644 {path}")
                _owned_or_roots(path, status)
                octets = file.read(cap + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unusable(path, error) from None
    if len(octets) > cap:
        raise ConfigError(f"{path}: larger than {cap} bytes")
    return octets


def read_secret(path: Path, length: int) -> bytes:
    """Read a secret that `write_secret` wrote.

    Args:
        path: the file.
        length: how many octets the secret has.

    Raises:
        ConfigError: as `read_private`, or if it is not exactly one base64 line of that length.
    """
    line = read_private(path)
    try:
        octets = b64decode(line.decode("ascii").removesuffix("\n"), cap=length)
    except (UnicodeDecodeError, EncodingError):
        octets = b""
    if len(octets) != length or not line.endswith(b"\n"):
        raise ConfigError(f"{path}: does not hold one base64 line of {length} octets")
    return octets


def write_secret(path: Path, octets: bytes) -> None:
    """Write a secret into a new file, durable when this returns.

    Raises:
        ConfigError: if the file exists (a key is never overwritten) or cannot be written.
    """
    line = b64encode(octets).encode("ascii") + b"\n"
    try:
        with _directory(path.parent) as (parent, status):
            _unwritable_by_others(path.parent, status)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(path.name, flags, _PRIVATE_MODE, dir_fd=parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    # The umask can only have taken bits away; this gives the owner's back.
                    os.fchmod(descriptor, _PRIVATE_MODE)
                    file.write(line)
                    file.flush()
                    os.fsync(descriptor)
            except OSError:
                # Half a key must not be found by the next start.
                os.unlink(path.name, dir_fd=parent)
                raise
            os.fsync(parent)
    except OSError as error:
        raise _unusable(path, error) from None


def destroy(path: Path) -> None:
    """Overwrite and remove a secret file; one that is gone already is destroyed.

    Overwriting reaches the same blocks on file systems that write in place. On others (copy on
    write, worn flash) the old blocks live until they are reused: the disk must be encrypted.

    Raises:
        ConfigError: if it is not a regular file, or cannot be removed.
    """
    try:
        with _directory(path.parent) as (parent, _status):
            try:
                flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
                descriptor = os.open(path.name, flags, dir_fd=parent)
            except FileNotFoundError:
                return
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise ConfigError(f"{path}: is not a regular file")
                file.write(bytes(status.st_size))
                os.fsync(descriptor)
            os.unlink(path.name, dir_fd=parent)
            os.fsync(parent)
    except OSError as error:
        raise _unusable(path, error) from None


@contextlib.contextmanager
def _directory(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """Hold a directory open, so that the file is taken from the directory that was checked."""
    descriptor = os.open(path, _DIRECTORY)
    try:
        yield descriptor, os.fstat(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _opened_private(path: Path) -> Iterator[int]:
    try:
        with _directory(path.parent) as (parent, status):
            _unwritable_by_others(path.parent, status)
            descriptor = os.open(path.name, _READ, dir_fd=parent)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        _check_private(path, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def _enterable_by_owner(path: Path, status: os.stat_result) -> None:
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigError(f"{path}: others may enter it", do=f"chmod 0700 {path}")
    _owned(path, status)


def _unwritable_by_others(path: Path, status: os.stat_result) -> None:
    if status.st_mode & 0o022:
        raise ConfigError(f"{path}: others may write this directory", do=f"chmod 0700 {path}")
    _owned_or_roots(path, status)


def _owned_or_roots(path: Path, status: os.stat_result) -> None:
    # Root may own the directory of a service's key; root can read the key anyway.
    if status.st_uid not in {os.geteuid(), 0}:
        raise ConfigError(f"{path}: belongs to another user", do=f"chown {os.geteuid()} {path}")


def _owned(path: Path, status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise ConfigError(f"{path}: belongs to another user", do=f"chown {os.geteuid()} {path}")


def _check_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{path}: is not a regular file")
    _owned(path, status)
    if stat.S_IMODE(status.st_mode) != _PRIVATE_MODE:
        raise ConfigError(f"{path}: must have mode 0600", do=f"chmod 0600 {path}")


def _unusable(path: Path, error: OSError) -> ConfigError:
    # With O_NOFOLLOW a symbolic link is ELOOP; its usual text speaks of too many of them.
    if error.errno == errno.ELOOP:
        return ConfigError(f"{path}: is a symbolic link", do="Put the file itself there.")
    return ConfigError(f"{path}: {os.strerror(error.errno or 0)}")

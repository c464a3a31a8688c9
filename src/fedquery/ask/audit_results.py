"""The results of audits that an agency keeps: private files of its home, one for each name.

They hold digests and times, no identifier and no officer. Nothing is replaced: a result of today
does not take the place of one that found something.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fedquery.ask.case import has_identifier
from fedquery.audit import kept_result
from fedquery.audit.kept_result import CAP, KeptResult
from fedquery.config.keyfile import make_private_directory, read_private
from fedquery.config.whole_file import whole_file
from fedquery.errors import ConfigError, EncodingError, InputError, NotMadeError

DIRECTORY: Final = "audits"
_SUFFIX: Final = ".json"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_ADDRESS: Final = 32
MOST: Final = 100
"""How many results are read, the newest files; the others stay in their directory."""


@dataclass(frozen=True, slots=True)
class Named:
    """A result under its name.

    Attributes:
        name: its name.
        address: the first half of its SHA-256, in hexadecimal; "" where it cannot be read.
        kept: the result; None where it cannot be read.
    """

    name: str
    address: str
    kept: KeptResult | None


def require_room(home: Path, name: str) -> None:
    """Require that a result can be kept under a name, before an hour of work is spent on it.

    Args:
        home: the home of an agency.
        name: 1 to 60 lower-case letters, digits and hyphens.

    Raises:
        InputError: if the name is out of form, or has digits as an identifier has.
        NotMadeError: if there is one of this name.
        ConfigError: if there is no home of an agency.
    """
    if _NAME.fullmatch(name) is None or has_identifier(name):
        raise InputError(
            "a result is kept under lower-case letters, digits and hyphens, and no identifier",
            do="Name it as 2026-11-reconcile.",
        )
    if not (home / "fedquery.toml").exists():
        raise ConfigError(
            f"{home}: is no home of an agency, which would keep the result",
            do="Name the home with --home; elsewhere, print it with --json.",
        )
    path = _path(home, name)
    if path.exists():
        raise _taken(path)


def keep(home: Path, name: str, kept: KeptResult) -> Path:
    """Write a result into a private file, whole or not at all.

    Args:
        home: the home of an agency.
        name: the name, for which `require_room` has found room.
        kept: the result.

    Returns:
        the file.

    Raises:
        NotMadeError: if there is one of this name by now.
        ConfigError: if it cannot be written.
    """
    path = _path(home, name)
    make_private_directory(path.parent)
    try:
        with whole_file(path, replace=False) as file:
            file.write(kept.encode())
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written", why=error.strerror or "") from None
    return path


def listed(home: Path) -> tuple[Named, ...]:
    """Read the results, at most `MOST`, the newest first; those that cannot be read come last.

    Args:
        home: the home of an agency.
    """
    files = sorted(_files(home), key=_changed_ns, reverse=True)
    found = [_read(path) for path in files[:MOST]]
    return tuple(sorted(found, key=lambda one: (-_at_ms(one), one.name)))


def _read(path: Path) -> Named:
    try:
        octets = read_private(path, CAP)
        kept = kept_result.decode(octets)
    except (ConfigError, EncodingError):
        return Named(path.stem, "", None)
    return Named(path.stem, hashlib.sha256(octets).hexdigest()[:_ADDRESS], kept)


def _files(home: Path) -> Iterator[Path]:
    for path in (home / DIRECTORY).glob(f"*{_SUFFIX}"):
        if _NAME.fullmatch(path.stem) is not None:
            yield path


def _changed_ns(path: Path) -> int:
    try:
        return path.lstat().st_mtime_ns
    except FileNotFoundError:
        # It was removed meanwhile, and reading it will say so.
        return 0


def _at_ms(one: Named) -> int:
    return -1 if one.kept is None or one.kept.at_ms is None else one.kept.at_ms


def _path(home: Path, name: str) -> Path:
    return home / DIRECTORY / f"{name}{_SUFFIX}"


def _taken(path: Path) -> NotMadeError:
    return NotMadeError(f"{path}: a result of this name is there already", do="Name another one.")

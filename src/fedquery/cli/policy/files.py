"""Policy files as they are named on a command line."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from fedquery.errors import ConfigError, InputError
from fedquery.policy.source import MAX_BYTES
from fedquery.policy.trial import try_file

SCHEMA: Final = "schema.cedarschema"
_HERE: Final = (Path(),)
_NATION_LETTERS: Final = 2

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One policy file and the schema that goes with it.

    Attributes:
        path: as it is shown.
        nation: the nation that it must speak for.
        octets: the file; more than a policy may have where it is too large.
        schema: the schema.
    """

    path: Path
    nation: str
    octets: bytes
    schema: bytes


def policy_files(command: F) -> F:
    """Add what all commands take: files or directories, --schema and --nation."""
    decorators: tuple[Any, ...] = (
        click.argument("paths", metavar="[FILE|DIR]...", nargs=-1, type=click.Path(path_type=Path)),
        click.option(
            "--schema",
            type=click.Path(path_type=Path),
            help=f"The schema; by default {SCHEMA} beside each file.",
        ),
        click.option(
            "--nation", help="Whose file it is; by default its name says so, as in TH.cedar."
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def read_policies(
    paths: Iterable[Path], schema: Path | None, nation: str | None
) -> list[PolicyFile]:
    """Read policy files; of a directory all that end with .cedar.

    Args:
        paths: files and directories; the directory that one is in, if none is given.
        schema: the schema, or None for the one beside each file.
        nation: the nation, or None where the names of the files say it.

    Raises:
        InputError: if something is not a regular file, there is no policy file, or its name says no
            nation.
        OSError: if one cannot be read.
    """
    found = [file for path in tuple(paths) or _HERE for file in _files_of(path, ".cedar")]
    if not found:
        raise InputError("there is no policy file", do="Name a file, or a directory with TH.cedar.")
    return [
        PolicyFile(
            path=path,
            nation=_nation_of(path) if nation is None else _checked(nation),
            octets=read_capped(path, MAX_BYTES),
            schema=read_capped(schema or _beside(path), MAX_BYTES),
        )
        for path in found
    ]


def _beside(path: Path) -> Path:
    schema = path.parent / SCHEMA
    if path.exists() and not schema.exists():
        raise InputError(f"there is no {SCHEMA} beside {path.name}", do="Name it with --schema.")
    return schema


def read_capped(path: Path, cap: int) -> bytes:
    """Read a regular file, at most one octet more than the cap.

    Args:
        path: the file.
        cap: how many octets it may have.

    Raises:
        InputError: if it is no regular file: reading a pipe could wait for ever.
        OSError: if it cannot be read.
    """
    # Opening a pipe that nobody writes to would wait as well.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InputError(f"{path} is not a regular file", do="Name the file itself.")
        return file.read(cap + 1)


def _files_of(path: Path, suffix: str) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.iterdir() if one.suffix == suffix)
    else:
        yield path


def _nation_of(path: Path) -> str:
    try:
        return _checked(path.stem)
    except InputError:
        raise InputError(
            f"the name of {path.name} does not say whose policy it is",
            do="Call it NATION.cedar, as in TH.cedar, or give --nation.",
        ) from None


def _checked(nation: str) -> str:
    if len(nation) != _NATION_LETTERS or not (nation.isascii() and nation.isupper()):
        raise InputError("a nation is two capital letters", do="Give --nation TH.")
    return nation


def taken(file: PolicyFile) -> None:
    """Refuse a file that Cedar or the house rules refuse, before anything here parses it.

    Raises:
        ConfigError: for its first complaint, as FILE:LINE:COLUMN.
    """
    tried = try_file(file.octets, file.schema, file.nation, thorough=False)
    for one in tried.complaints:
        raise ConfigError(
            f"{file.path}:{one.line}:{one.column}: {one.text}",
            do="Correct it; `fedquery policy check` lists all.",
        )

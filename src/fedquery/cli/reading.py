"""Read identifiers from a file, standard input or a prompt; never from the command line.

What is on a command line is seen by every user of the machine and kept by the shell.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from fedquery.ask.lists.spelled import read_identifier
from fedquery.errors import IdentifierError, InputError
from fedquery.identifiers import Parsed

_MOST_LINES: Final = 512
_LINE_CAP: Final = 2_048
_FILE_CAP: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """One identifier as it was read.

    Attributes:
        line: the line on which it stood, from 1.
        parsed: what it was read as.
        text: what stood there.
    """

    line: int
    parsed: Parsed = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A line that is no identifier.

    Attributes:
        line: its number, from 1.
        reason: why, without what stood there.
    """

    line: int
    reason: str


class UnclearError(InputError):
    """Some lines are no identifiers; nothing was asked."""

    slug = "identifier-unclear"

    def __init__(self, unclear: Sequence[Unclear]) -> None:
        lines = "; ".join(f"line {one.line}: {one.reason}" for one in unclear[:20])
        super().__init__(
            f"{len(unclear)} of the lines cannot be read, and nothing was asked",
            why=lines,
            do="Write each in full: +856 20 ..., TH:004:...; or its kind before it, as imei: ...",
        )


def read_lines(source: str | None) -> list[str]:
    """Read the lines that are to be looked up.

    Args:
        source: a path, `-` for standard input, or None for a prompt or what is piped in.

    Raises:
        InputError: if the source is no file (perhaps it is an identifier), or is too long.
    """
    if source is not None and source != "-":
        return _of_file(source)
    if source is None and sys.stdin.isatty():
        return _of_prompt()
    octets = sys.stdin.buffer.read(_FILE_CAP + 1)
    return _lines(octets)


def read_identifiers(
    lines: Iterable[str], kind: str, region: str
) -> tuple[list[Asked], list[Unclear]]:
    """Read each line as an identifier; doubled ones count once.

    Args:
        lines: the lines; empty ones and those that begin with # are passed over.
        kind: the kind of all, or `auto`; a line may begin with its kind and a colon.
        region: the nation by whose habits numbers are read.
    """
    asked: dict[bytes, Asked] = {}
    unclear: list[Unclear] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            parsed = read_identifier(text, kind, region)
        except IdentifierError as error:
            unclear.append(Unclear(number, error.reason))
        else:
            asked.setdefault(parsed.identifier.encode(), Asked(number, parsed, text))
    return list(asked.values()), unclear


def _of_file(source: str) -> list[str]:
    path = Path(source)
    try:
        with path.open("rb") as file:
            return _lines(file.read(_FILE_CAP + 1))
    except OSError:
        # The argument may be an identifier, so it is not repeated.
        raise InputError(
            "the argument is not a file that can be read",
            why="identifiers are not taken from the command line, where others can see them",
            do="Pipe them in, write them into a file, or give no argument and type them.",
        ) from None


def _of_prompt() -> list[str]:
    click.echo("One identifier a line; an empty line ends.", err=True)
    lines: list[str] = []
    while len(lines) < _MOST_LINES:
        try:
            line = input()
        except EOFError:
            # Ctrl-D ends the list as an empty line does.
            break
        if not line.strip():
            break
        lines.append(line)
    return lines


def _lines(octets: bytes) -> list[str]:
    if len(octets) > _FILE_CAP:
        raise InputError(
            "too much was given at once",
            do="Ask about at most 512 identifiers, or `fedquery screen` a file.",
        )
    try:
        lines = octets.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError("the text is not UTF-8") from None
    if len(lines) > _MOST_LINES or any(len(line) > _LINE_CAP for line in lines):
        raise InputError(
            "too many lines, or one too long",
            do="Ask about at most 512 identifiers, or `fedquery screen` a file.",
        )
    return lines

"""`fedquery lookup --paste`: what is in a pasted text or picture, and which of it to ask about."""

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fedquery.ask import pasting, qr_picture
from fedquery.ask.lists.spelled import AUTO
from fedquery.ask.pasting import Found
from fedquery.cli.reading import Asked
from fedquery.errors import InputError
from fedquery.identifiers import kinds
from fedquery.identifiers.extraction import MAX_CHARACTERS, Certainty

F = TypeVar("F", bound=Callable[..., Any])

CERTAIN, LIKELY, ALL = "certain", "likely", "all"
_TAKES: Final = (CERTAIN, LIKELY, ALL)
_ASK: Final = "Ask about which? 1,3 or with a letter 2b, `certain`, `likely`, `all`; empty: none"
_STYLES: Final = {Certainty.CERTAIN: "green", Certainty.LIKELY: "", Certainty.DOUBTFUL: "yellow"}
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
# UTF-8 has four octets for a character at most.
_CAP: Final = max(qr_picture.MAX_OCTETS, 4 * MAX_CHARACTERS)
_OPTIONS = (
    click.option(
        "--paste", is_flag=True, help="Find identifiers in a text, or in a picture of QR codes."
    ),
    click.option(
        "--take", type=click.Choice(_TAKES), help="With --paste: which to ask about, unasked."
    ),
    click.option("--dry-run", is_flag=True, help="With --paste: show what was found, ask nobody."),
)


@dataclass(frozen=True, slots=True)
class Pasting:
    """How a pasted text is to be dealt with.

    Attributes:
        is_on: whether the input is a pasted text or picture.
        take: which findings are asked about, or None to ask the person.
        dry_run: whether nobody is asked.
    """

    is_on: bool
    take: str | None
    dry_run: bool


def paste_options(command: F) -> F:
    """Give a command the options of pasting."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def pasting_of(options: dict[str, Any]) -> Pasting:
    """Take the options of pasting out of those of a command.

    Raises:
        click.UsageError: if one stands without `--paste`.
    """
    found = Pasting(options.pop("paste"), options.pop("take"), options.pop("dry_run"))
    if not found.is_on and (found.take or found.dry_run):
        raise click.UsageError("--take and --dry-run belong to --paste")
    return found


def found_in(source: str | None, kind: str, region: str) -> tuple[Found, ...]:
    """Find identifiers in a file, standard input or what is pasted at a prompt.

    Args:
        source: a path, `-` for standard input, or None for a prompt or what is piped in.
        kind: the only kind that is wanted, or `auto`.
        region: the asker's nation.

    Raises:
        InputError: if it cannot be read, or is neither text nor picture.
    """
    octets = _octets(source)
    if qr_picture.is_picture(octets):
        found = pasting.in_picture(octets, region)
    else:
        found = pasting.in_text(_text(octets), region)
    return tuple(one for one in found if kind in (AUTO, one.finding.kind))


def _text(octets: bytes) -> str:
    # What Windows calls Unicode says so in its first octets (Unicode 16, 23.8). Older encodings say
    # nothing of themselves, and a guess would be another text.
    encoding = "utf-16" if octets.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(
            "it is neither text in Unicode nor a picture",
            do="Save it as UTF-8, in a text editor or spreadsheet, and try again.",
        ) from None


def _octets(source: str | None) -> bytes:
    if source is not None and source != "-":
        try:
            with Path(source).open("rb") as file:
                octets = file.read(_CAP + 1)
        except OSError:
            # The argument may be an identifier, so it is not repeated.
            raise InputError(
                "the argument is not a file that can be read",
                why="identifiers are not taken from the command line, where others can see them",
                do="Pipe the text in, or give no argument and paste it.",
            ) from None
    else:
        if source is None and sys.stdin.isatty():
            click.echo("Paste the text, then press Enter and Ctrl-D.", err=True)
        octets = sys.stdin.buffer.read(_CAP + 1)
    if len(octets) > _CAP:
        raise InputError("too much was pasted at once", do="Paste it in parts.")
    return octets


def print_found(out: Console, found: Sequence[Found], *, show: bool) -> None:
    """Print what was found, numbered; its other readings below it, lettered from b."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "kind", "identifier", "certainty", "where"):
        table.add_column(name)
    for number, one in enumerate(found, 1):
        sure = one.finding.certainty
        for letter, parsed in zip(_LETTERS, one.readings(), strict=False):
            first = letter == "a"
            text = one.text if show and first else parsed.identifier.masked()
            table.add_row(
                Text(f"{number}" if first else f"  {letter}"),
                Text(kinds()[parsed.identifier.kind].label, style="" if first else "dim"),
                Text(text, style="" if first else "dim"),
                Text(sure.value if first else "or", style=_STYLES[sure] if first else "dim"),
                Text(_where(one) if first else ""),
            )
    out.print(table)


def _where(one: Found) -> str:
    place = f"line {one.line}" if one.code is None else f"QR code {one.code + 1}"
    return f"{place}, {one.finding.scheme}" if one.finding.scheme else place


def chosen(found: Sequence[Found], take: str) -> list[Asked]:
    """Choose what to ask about, each identifier once.

    Args:
        found: what was found.
        take: `certain`; `likely` for these too; `all` for doubtful ones too, of which every reading
            is taken, because nobody guesses; or numbers of findings such as `1,3b`.

    Raises:
        InputError: if it is none of these.
    """
    if take in _TAKES:
        wanted = {
            CERTAIN: (Certainty.CERTAIN,),
            LIKELY: (Certainty.CERTAIN, Certainty.LIKELY),
            ALL: tuple(Certainty),
        }[take]
        pairs = [
            (one, parsed)
            for one in found
            if one.finding.certainty in wanted
            for parsed in (
                one.readings()
                if one.finding.certainty is Certainty.DOUBTFUL
                else (one.finding.parsed,)
            )
        ]
    else:
        pairs = [_named(found, word.strip()) for word in take.split(",") if word.strip()]
    asked = {parsed.identifier.encode(): Asked(one.line, parsed, one.text) for one, parsed in pairs}
    return list(asked.values())


def _named(found: Sequence[Found], word: str) -> tuple[Found, Any]:
    number = word.rstrip(_LETTERS)
    letter = word[len(number) :] or "a"
    if number.isascii() and number.isdecimal() and len(letter) == 1:
        place, reading = int(number) - 1, _LETTERS.index(letter)
        if 0 <= place < len(found) and reading < len(found[place].readings()):
            return found[place], found[place].readings()[reading]
    raise InputError("this is none of the numbers in the table", do="Write numbers as 1,3 or 2b.")


def ask_which(found: Sequence[Found]) -> list[Asked]:
    """Have a person choose on the terminal.

    Raises:
        InputError: if there is no terminal to ask on.
    """
    if not sys.stdin.isatty():
        raise InputError(
            "nobody is there to choose what to ask about",
            do="Add --take certain or --take likely, or --dry-run to see what is there.",
        )
    while True:
        try:
            return chosen(found, click.prompt(_ASK, default="", show_default=False, err=True))
        except InputError as error:
            click.echo(f"{error.what}. {error.do}", err=True)

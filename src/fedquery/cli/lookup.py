"""`fedquery lookup`: ask whether other nations hold records of identifiers."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from fedquery.ask import Case, Client, Lookup, Outcome, pasting
from fedquery.ask.case_store import opened_in
from fedquery.ask.config import load_settings
from fedquery.ask.lists.spelled import AUTO
from fedquery.ask.pasting import Found
from fedquery.cli.case_options import case_of, case_options
from fedquery.cli.paste import ask_which, chosen, found_in, paste_options, pasting_of, print_found
from fedquery.cli.reading import Asked, UnclearError, read_identifiers, read_lines
from fedquery.cli.result import document
from fedquery.cli.table import console, print_lookup
from fedquery.cli.usage import option_values
from fedquery.cli.wording import UNKEPT, exit_of
from fedquery.config.exit_codes import ExitCode
from fedquery.config.hardening import harden
from fedquery.config.service import wall_clock
from fedquery.errors import InputError
from fedquery.identifiers import kinds


@click.command()
@click.argument("source", required=False, metavar="[FILE|-]")
@click.option(
    "--kind",
    type=click.Choice([AUTO, *kinds()]),
    default=AUTO,
    show_default=True,
    help="The kind of all lines; a line may also begin with its kind and a colon.",
)
@click.option("--nations", help="Whom to ask, such as VN,LA; every other nation by default.")
@click.option("--deadline", type=click.FloatRange(1, 30), help="Seconds that the nodes have.")
@click.option("--show", is_flag=True, help="Write identifiers in full.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (result.v1).")
@paste_options
@case_options
@click.pass_obj
def lookup(
    home: Path,
    /,
    *,
    source: str | None,
    kind: str,
    nations: str | None,
    deadline: float | None,
    show: bool,
    as_json: bool,
    **more: Any,  # noqa: ANN401 -- options of pasting and of the case, which have their readers
) -> int:
    """Ask whether other nations hold records of identifiers.

    Identifiers come from a file, from standard input or from a prompt, one a line; never from the
    command line, where others could see them.

    \b
    fedquery lookup --case 2026/117 --purpose fraud --max-penalty 10 --opened 2026-11-21 numbers.txt
    fedquery lookup --case 2026/117 numbers.txt     after `fedquery case open`
    fedquery lookup --case 2026/117 --paste chat.txt     or screenshot.png
    fedquery lookup --paste --dry-run chat.txt

    Exit code 0: every nation answered. 3: some did not. 4: none did. 5: refused. 6: quota spent.
    7: a proof is false, stop. 2: an option is wrong, or 65: a line; then nothing was asked.
    """  # noqa: D301 -- click wants the character itself
    # A crash must not write what was typed to a disk.
    harden()
    paste = pasting_of(more)
    if paste.is_on and paste.dry_run:
        settings = load_settings(home)
        return _show(
            found_in(source, kind, settings.region or settings.nation), as_json=as_json, show=show
        )
    facts = case_of(more, wall_clock(), lambda number: opened_in(home, number))
    client = Client.open(home)
    # People write blanks after commas, and small letters.
    named = [one.strip().upper() for one in nations.split(",")] if nations is not None else None
    region = client.home.settings.region or client.home.settings.nation
    if paste.is_on:
        asked = _pasted(found_in(source, kind, region), paste.take, show=show)
        if not asked:
            click.echo("nothing was chosen, and nobody was asked", err=True)
            return int(ExitCode.OK)
    else:
        asked, unclear = read_identifiers(read_lines(source), kind, region)
        if unclear:
            raise UnclearError(unclear)
    if not asked:
        raise InputError("there is nothing to look up", do="Give one identifier a line.")
    for one in asked:
        for warning in one.parsed.warnings:
            click.echo(f"note: line {one.line}: {warning}", err=True)
    found = asyncio.run(_run(client, asked, facts, named, deadline))
    if as_json:
        click.echo(json.dumps(document(found, asked, show=show), indent=2))
    else:
        print_lookup(console(), found, asked, client.home.settings.nation, show=show)
    if not found.kept:
        click.echo(UNKEPT, err=True)
    return exit_of(found.nations(), kept=found.kept)


def _show(found: Sequence[Found], *, as_json: bool, show: bool) -> int:
    if as_json:
        click.echo(json.dumps(pasting.document(found, show=show), indent=2, ensure_ascii=False))
    elif found:
        print_found(console(), found, show=show)
    else:
        click.echo("nothing was found", err=True)
    return int(ExitCode.OK)


def _pasted(found: Sequence[Found], take: str | None, *, show: bool) -> list[Asked]:
    """Choose what to ask about among what was found, on the terminal where nothing says it."""
    if not found:
        raise InputError("no identifier was found", do="See what each kind takes.")
    if take is not None:
        asked = chosen(found, take)
        if not asked:
            raise InputError("nothing that was found is so certain", do="Look with --dry-run.")
        return asked
    print_found(Console(stderr=True, highlight=False), found, show=show)
    return ask_which(found)


async def _run(
    client: Client,
    asked: list[Asked],
    case: Case,
    named: list[str] | None,
    deadline_s: float | None,
) -> Lookup:
    identifiers = [one.parsed.identifier for one in asked]
    async with client:
        with option_values():
            nations = client.choose(named)
        if not sys.stderr.isatty():
            return await client.lookup(identifiers, case, nations=nations, deadline_s=deadline_s)
        from rich.console import Console  # noqa: PLC0415 -- only where somebody looks

        answered: dict[str, None] = {}
        with Console(stderr=True).status("asking ...") as status:

            def show_answer(outcome: Outcome) -> None:
                answered[outcome.nation] = None
                status.update(f"asking ... {' '.join(answered)}")

            return await client.lookup(
                identifiers,
                case,
                nations=nations,
                deadline_s=deadline_s,
                on_outcome=show_answer,
            )

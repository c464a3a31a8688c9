"""`fedquery case`: open a case, have its cards signed, close it."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from fedquery.ask import schema
from fedquery.ask.cards import cards_for
from fedquery.ask.case import Case, has_identifier
from fedquery.ask.case_store import all_cases, read_case, write_case
from fedquery.ask.home import AskHome, load_members, open_home
from fedquery.cases.card import PERSON_ROLES
from fedquery.cases.case_file import CASE_FILE_CAP, CaseFile
from fedquery.cli import notes
from fedquery.cli.case_options import day_ms
from fedquery.cli.case_text import case_json, case_line, case_text
from fedquery.cli.usage import option_values
from fedquery.config.hardening import harden
from fedquery.config.service import wall_clock
from fedquery.errors import InputError
from fedquery.federation import names
from fedquery.federation.members import Federation
from fedquery.federation.roster import Roster, split_role_name
from fedquery.psi.question import PURPOSES

_FIRST_PURPOSE: Final = PURPOSES[0]
_NUMBER = click.argument("number")


@click.group()
def case() -> None:
    """Open cases, have them signed, close them.

    A case has one signed card for each nation, because each knows it by another name. `open` makes
    them and the agency signs; a supervisor, prosecutor or judge signs all of them in one act.
    """


@case.command("open")
@_NUMBER
@click.option("--purpose", type=click.Choice(PURPOSES), help="Of its questions, unless they say.")
@click.option("--offence", help="The offence in words, up to 80 characters; no identifier.")
@click.option("--max-penalty", type=click.IntRange(0, 99), help="Years; 99 stands for life.")
@click.option("--opened", help="The day on which the case was opened, YYYY-MM-DD.")
@click.option("--domestic", is_flag=True, help="The offence does not cross a border.")
@click.option("--sensitive", is_flag=True, help="Tell holders not even a few bits of a hash.")
@click.option("--role", type=click.Choice(PERSON_ROLES), help="Whom identifiers may belong to.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True)
@click.option("--again", is_flag=True, help="Make new cards, without the signatures of the old.")
@click.pass_obj
def open_(home: Path, /, *, number: str, days: int, again: bool, **given: Any) -> None:  # noqa: ANN401 -- the facts, of several types
    """Open a case with its facts; what is not given is asked for. Its number does not leave."""
    harden()
    asker = open_home(home)
    before = read_case(asker, number)
    if before is not None and not (again and before.state == "open"):
        raise InputError(
            "the case is closed" if before.state == "closed" else "the case is open already",
            do="Closed cases stay so; new cards of an open one are made with --again.",
        )
    now_ms = wall_clock()
    with option_values():
        opened = Case(number=number, **_facts(given))
        opened.check_opened(now_ms)
    cards = cards_for(asker, opened, _members(asker, now_ms), days=days, now_ms=now_ms)
    file = CaseFile(
        number=number, purpose=given["purpose"] or "", sensitive=opened.sensitive, cards=cards
    )
    write_case(asker, file)
    click.echo(case_text(file, now_ms))
    click.echo("Next, where a policy wants it: `fedquery case show NUMBER --export > FILE`, and")
    click.echo("have FILE signed: `fedquery case sign --key KEY < FILE > SIGNED`.")


@case.command()
@click.argument("number", required=False)
@click.option("--key", "key_file", type=notes.THERE, required=True, help="NATION.ROLE.LABEL.key")
@click.option("--yes", is_flag=True, help="Do not ask; the facts were read before.")
@click.pass_obj
def sign(home: Path, *, number: str | None, key_file: Path, yes: bool) -> None:
    """Sign all cards of a case with a role key, after its facts were read.

    Without a number the case file comes from standard input and the signed one goes to standard
    output: nothing but the file and the key needs to be on the machine.
    """
    signer = notes.role_signer(key_file)
    kept = None if number is None else _opened(open_home(home), number)
    file = kept or CaseFile.parse(sys.stdin.buffer.read(CASE_FILE_CAP + 1))
    nation, _, _ = split_role_name(signer.name)
    if nation != names.nation_of(file.facts.agency):
        raise InputError("the key is another nation's than the case")
    click.echo(case_text(file, wall_clock()), err=True)
    if not yes and not _confirmed(f"Sign {len(file.cards)} cards as {signer.name}?"):
        raise click.Abort
    signed = file.countersigned(signer)
    if kept is None:
        sys.stdout.buffer.write(signed.render())
    else:
        write_case(open_home(home), signed)
        click.echo(f"signed {len(signed.cards)} cards as {signer.name}")


@case.command()
@click.argument("file", type=notes.THERE)
@click.pass_obj
def take(home: Path, file: Path) -> None:
    """Take the signatures over of a case file that came back signed."""
    asker = open_home(home)
    with file.open("rb") as octets:
        came = CaseFile.parse(octets.read(CASE_FILE_CAP + 1))
    merged = _opened(asker, came.number).merged(came)
    write_case(asker, merged)
    click.echo(f"signed by {', '.join(merged.cards[0].signed_by)}")


@case.command()
@_NUMBER
@click.pass_obj
def close(home: Path, number: str) -> None:
    """Close a case for ever: no question and no claim goes out under it any more."""
    asker = open_home(home)
    write_case(asker, replace(_opened(asker, number), state="closed"))
    click.echo("closed; its cards end by themselves at the nations that have them")


@case.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def list_(home: Path, *, as_json: bool) -> None:
    """List the cases of this home."""
    now_ms = wall_clock()
    files = all_cases(open_home(home))
    if as_json:
        click.echo(json.dumps([case_json(file, now_ms) for file in files], indent=2))
        return
    for file in files:
        click.echo(case_line(file, now_ms))


@case.command()
@_NUMBER
@click.option("--export", is_flag=True, help="Write the case file, to be carried to a signer.")
@click.option("--roster", "roster_file", type=notes.THERE, help="Say which signatures are false.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def show(home: Path, *, number: str, export: bool, roster_file: Path | None, as_json: bool) -> None:
    """Show the facts of a case and who has signed its cards."""
    asker, now_ms = open_home(home), wall_clock()
    file = read_case(asker, number)
    if file is None:
        raise _not_opened()
    if export:
        sys.stdout.buffer.write(file.render())
        return
    roster = None if roster_file is None else notes.read(roster_file, Roster.parse).note
    found = case_json(file, now_ms, roster)
    click.echo(json.dumps(found, indent=2) if as_json else case_text(file, now_ms, roster))


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    """Take facts from options, and ask for those that are needed and missing."""
    offence = _needed(given, "offence", "--offence", "Offence in words", str)
    if has_identifier(offence):
        raise InputError(
            "the offence has digits as an identifier has", do="Say it in words, such as a law's."
        )
    return {
        # What a question is asked for it says itself; here it only has to be one that there is.
        "purpose": given["purpose"] or _FIRST_PURPOSE,
        "offence": offence,
        "maximum_penalty_years": _needed(
            given, "max_penalty", "--max-penalty", "Maximum penalty in years", int
        ),
        "opened_ms": day_ms(
            _needed(given, "opened", "--opened", "Day of opening, YYYY-MM-DD", str)
        ),
        "person_role": _needed(given, "role", "--role", f"Person ({', '.join(PERSON_ROLES)})", str),
        "transnational": not given["domestic"],
        "sensitive": given["sensitive"],
    }


def _needed(given: dict[str, Any], name: str, option: str, words: str, kind: type) -> Any:  # noqa: ANN401 -- of the kind that is named
    if given[name] is not None:
        return given[name]
    if not sys.stdin.isatty():
        raise InputError(f"a fact of the case is missing: {option}", do=f"Give {option}.")
    return click.prompt(words, type=kind, err=True)


def _members(asker: AskHome, now_ms: int) -> Federation:
    connection = schema.connect(asker.path)
    try:
        return load_members(asker, connection, now_ms).federation
    finally:
        connection.close()


def _opened(asker: AskHome, number: str) -> CaseFile:
    file = read_case(asker, number)
    if file is None:
        raise _not_opened()
    if file.state == "closed":
        raise InputError("the case is closed", do="Closed cases stay so; open another one.")
    return file


def _not_opened() -> InputError:
    return InputError("this case was not opened", do="`fedquery case list` names those that were.")


def _confirmed(question: str) -> bool:
    """Ask on the terminal itself, because standard input may be the case file.

    Raises:
        InputError: if there is no terminal.
    """
    try:
        with Path("/dev/tty").open("r+", encoding="utf-8", buffering=1) as terminal:
            terminal.write(f"{question} [y/N] ")
            terminal.flush()
            return terminal.readline().strip().lower() in {"y", "yes"}
    except OSError:
        raise InputError(
            "there is no terminal to ask on",
            do="Read the facts above, and if they are right, sign with --yes.",
        ) from None

"""The facts of a case: from options, or from a file that an agency keeps for it."""

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from fedquery.ask.case import Case
from fedquery.cases.card import PERSON_ROLES
from fedquery.cases.case_file import CaseFile
from fedquery.cli.usage import option_values
from fedquery.errors import InputError
from fedquery.psi.question import AIMS, PURPOSES

F = TypeVar("F", bound=Callable[..., Any])

_CAP = 64 * 1024
_OPTIONS = (
    click.option(
        "--case-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="TOML with the facts below, such as number = and purpose =; options come first.",
    ),
    click.option("--case", "number", help="The number of the case; it does not leave."),
    click.option("--purpose", type=click.Choice(PURPOSES), help="Why it is asked."),
    click.option("--offence", help="The offence in words, up to 80 characters."),
    click.option("--max-penalty", type=click.IntRange(0, 99), help="Years; 99 stands for life."),
    click.option("--opened", help="The day on which the case was opened, YYYY-MM-DD."),
    click.option("--domestic", is_flag=True, help="The offence does not cross a border."),
    click.option("--sensitive", is_flag=True, help="Tell holders not even a few bits of a hash."),
    click.option("--role", type=click.Choice(PERSON_ROLES), help="Whom it may belong to."),
    click.option(
        "--aim", type=click.Choice(AIMS), help="To identify, or to learn more of a known."
    ),
    click.option("--officer", help="Who asks; a mark of it leaves, not the name."),
    click.option("--justification", help="Why it is needed, up to 400 characters."),
)
# Option to the name in a case file and in `Case`.
_NAMES = {
    "number": "number",
    "purpose": "purpose",
    "offence": "offence",
    "max_penalty": "maximum_penalty_years",
    "opened": "opened",
    "role": "person_role",
    "aim": "aim",
    "officer": "officer",
    "justification": "justification",
}
_FLAGS = ("transnational", "sensitive")
_NEEDED = {
    "number": "--case",
    "purpose": "--purpose",
    "maximum_penalty_years": "--max-penalty",
    "opened": "--opened",
}


def case_options(command: F) -> F:
    """Add the options of a case to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def case_of(
    given: dict[str, Any],
    now_ms: int,
    opened: Callable[[str], CaseFile | None] = lambda _number: None,
) -> Case:
    """Make the case from the options of a command, and from the opened case of its number.

    Args:
        given: what `case_options` gave.
        now_ms: the time.
        opened: finds the opened case of a number.

    Raises:
        click.UsageError: if a fact is missing or out of range, and options are all there is.
        InputError: the same where there is a case file too.
    """
    if given["case_file"] is not None:
        return _case(_file_facts(given["case_file"]), given, now_ms, opened)
    with option_values():
        return _case({}, given, now_ms, opened)


def _case(
    facts: dict[str, Any],
    given: dict[str, Any],
    now_ms: int,
    opened: Callable[[str], CaseFile | None],
) -> Case:
    facts |= {
        name: given[option] for option, name in _NAMES.items() if given.get(option) is not None
    }
    facts |= {"transnational": False} if given["domestic"] else {}
    facts |= {"sensitive": True} if given["sensitive"] else {}
    file = opened(facts["number"]) if "number" in facts else None
    if file is not None:
        # What was given comes first; where it differs, the lookup says so before it asks.
        facts = _opened_facts(file) | facts
    for name, option in _NEEDED.items():
        if name not in facts:
            raise InputError(
                f"a fact of the case is missing: {option}",
                do=f"Give {option}, or a --case-file with {name}.",
            )
    if "opened" not in facts:
        raise InputError("the day on which the case was opened is missing", do="Give --opened.")
    day = facts.pop("opened")
    case = Case(opened_ms=day if isinstance(day, int) else day_ms(day), **facts)
    case.check_opened(now_ms)
    return case


def _opened_facts(file: CaseFile) -> dict[str, Any]:
    card = file.facts
    facts: dict[str, Any] = {
        "offence": card.offence,
        "maximum_penalty_years": card.maximum_penalty_years,
        "opened": card.opened_ms,
        "transnational": card.transnational,
        "person_role": card.person_role,
    }
    facts |= {"purpose": file.purpose} if file.purpose else {}
    return facts | ({"sensitive": True} if file.sensitive else {})


def _file_facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        octets = file.read(_CAP + 1)
    try:
        facts = tomllib.loads(octets[:_CAP].decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise InputError("the case file is not TOML", do="Write one fact a line.") from None
    unknown = sorted(facts.keys() - {*_NAMES.values(), *_FLAGS})
    if unknown:
        known = ", ".join(sorted({*_NAMES.values(), *_FLAGS}))
        raise InputError("the case file has a name that is not known", do=f"Known are: {known}.")
    texts = ("number", "purpose", "offence", "person_role", "aim", "officer", "justification")
    wrong = [name for name in texts if not isinstance(facts.get(name, ""), str)]
    wrong += [name for name in _FLAGS if not isinstance(facts.get(name, False), bool)]
    if type(facts.get("maximum_penalty_years", 0)) is not int:
        wrong.append("maximum_penalty_years")
    # A number would be read as milliseconds since 1970, and 20261121 is a day of that year.
    if not isinstance(facts.get("opened", ""), str | date):
        wrong.append("opened")
    if wrong:
        raise InputError(f"the case file has a value of another type: {', '.join(wrong)}")
    return facts


def day_ms(day: object) -> int:
    """Read the day of opening: milliseconds since 1970.

    Raises:
        InputError: if it is no date.
    """
    try:
        moment = datetime.fromisoformat(str(day))
    except ValueError:
        raise InputError("the day of opening is not a date", do="Write YYYY-MM-DD.") from None
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)

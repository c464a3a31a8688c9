"""The options of `fedquery policy try`: one situation, of which all but a few things are usual."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import click

from fedquery.config.service import wall_clock
from fedquery.errors import InputError
from fedquery.identifiers import kinds
from fedquery.policy import neutral, phrases, vocabulary
from fedquery.policy.asked import Asked, Usual
from fedquery.policy.situation import Dataset, Used

_MINUTE_MS: Final = 60_000
_SENSITIVE: Final = "sensitive"

F = TypeVar("F")


def _choice(words: frozenset[str]) -> click.Choice[str]:
    return click.Choice(sorted(words))


_OPTIONS: Final[tuple[Any, ...]] = (
    click.option("--agency", default="VN/crime-police", show_default=True, help="Who asks."),
    click.option("--sort", type=_choice(vocabulary.SORTS), default="police", show_default=True),
    click.option("--team", "teams", multiple=True, help="A joint team that it belongs to."),
    click.option(
        "--penalty",
        type=click.IntRange(0, 99),
        default=5,
        show_default=True,
        help="Years; 99: life.",
    ),
    click.option("--domestic", is_flag=True, help="The case concerns one nation only."),
    click.option("--signed", "signed", type=_choice(vocabulary.SIGNERS), multiple=True),
    click.option(
        "--opened-days", type=click.IntRange(0), default=10, show_default=True, help="Ago."
    ),
    click.option(
        "--role", type=_choice(vocabulary.PERSON_ROLES), default="suspect", show_default=True
    ),
    click.option("--aim", type=_choice(vocabulary.AIMS), default="identify", show_default=True),
    click.option(
        "--handling",
        type=_choice(vocabulary.HANDLINGS),
        default="open",
        show_default=True,
        help="The handling code of the record that is found.",
    ),
    click.option("--at", metavar="TIME", help="As 2026-11-24T05:00Z; by default now."),
    click.option(
        "--elements", type=click.Choice([str(one) for one in neutral.SIZE_CLASSES]), default="1"
    ),
    click.option("--used", multiple=True, metavar="COUNTER=NUMBER", help="As elementsToday=5000."),
    click.option("--dataset", "datasets", multiple=True, metavar="NAME:KIND[:sensitive]"),
    click.option("--purpose", "purposes", type=_choice(vocabulary.PURPOSES), multiple=True),
)


def situation_options(command: F) -> F:
    """Add the options that describe a situation."""
    for decorate in reversed(_OPTIONS):
        command = decorate(command)
    return command


def read_situation(options: Mapping[str, Any]) -> Asked:
    """Read the options.

    Args:
        options: as click gives them.

    Raises:
        click.BadParameter: if a value cannot be read, or is out of form or out of range.
    """
    try:
        return _asked(options)
    except InputError as error:
        raise click.BadParameter(error.what) from None


def _asked(options: Mapping[str, Any]) -> Asked:
    now_ms = (
        wall_clock() // _MINUTE_MS * _MINUTE_MS if options["at"] is None else _moment(options["at"])
    )
    usual = Usual(
        agency=str(options["agency"]),
        sort=options["sort"],
        teams=frozenset(options["teams"]),
        penalty_years=options["penalty"],
        transnational=not options["domestic"],
        signed_by=frozenset(options["signed"]),
        opened_days=options["opened_days"],
        role=options["role"],
        aim=options["aim"],
        handling=options["handling"],
        elements=int(options["elements"]),
        used=Used(**dict(map(_counter, options["used"]))),
    )
    datasets = tuple(map(_dataset, options["datasets"]))
    return usual.asked(now_ms, datasets, tuple(options["purposes"]))


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write a time as 2026-11-24T05:00Z") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)


def _counter(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    known = {"".join(_camel(slot)): slot for slot in Used.__slots__}
    if name not in known or not number.isascii() or not number.isdigit():
        raise click.BadParameter(f"write COUNTER=NUMBER, with one of {', '.join(known)}")
    return known[name], int(number)


def _camel(name: str) -> Iterator[str]:
    first, *rest = name.split("_")
    yield first
    yield from (word.capitalize() for word in rest)


def _dataset(text: str) -> Dataset:
    name, _, rest = text.partition(":")
    kind, _, mark = rest.partition(":")
    if kind not in kinds() or mark not in {"", _SENSITIVE}:
        known = phrases.listed(sorted(kinds()))
        raise click.BadParameter(f"write NAME:KIND or NAME:KIND:sensitive, the kind {known}")
    return Dataset("TH", name, kind, sensitive=mark == _SENSITIVE)

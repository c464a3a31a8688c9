"""What a person wants of a screening: whom to ask and how, and what of it to see."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from fedquery.ask.lists.report_form import ReportForm
from fedquery.cli.screening.report_file import check_report

REPORTS: Final = ", ".join(ReportForm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How what came of a list is told.

    Attributes:
        report: the file to write, or None.
        force: whether it may take the place of another file.
        show: whether identifiers are written in full.
        as_json: whether the result is JSON.
    """

    report: Path | None
    force: bool
    show: bool
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Telling):
    """How a list is to be asked about.

    Attributes:
        nations: whom to ask; None for every other nation.
        deadline_s: how long nodes have for each question; None for the setting.
        padded: whether the number of elements is hidden; None for the setting.
        dry_run: whether nobody is asked.
        yes: whether nobody is asked at the terminal.
    """

    nations: list[str] | None
    deadline_s: float | None
    padded: bool | None
    dry_run: bool
    yes: bool


def require_report(report: Path, *, force: bool) -> None:
    """Require that a report can be written where it is wanted, before anything is asked or read.

    Args:
        report: the file.
        force: whether it may take the place of another one.

    Raises:
        click.UsageError: if its name tells no form, or there is such a file.
        OSError: if there is no such directory.
    """
    try:
        check_report(report, force=force)
    except ValueError:
        raise click.UsageError(f"the name of the report must end in {REPORTS}") from None
    except FileExistsError:
        raise click.UsageError("the report is there already; --force replaces it") from None

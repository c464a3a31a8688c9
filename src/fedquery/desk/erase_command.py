"""`fedquery desk erase`: erase what officers keep when its time is over, or one case at once."""

import json
import secrets
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from fedquery.ask.case import check_number
from fedquery.ask.home import open_home
from fedquery.ask.schema import connect
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock
from fedquery.desk import erasing, list_erasing, schema
from fedquery.desk.belongings import AgencyFiles
from fedquery.desk.erasing import Erased
from fedquery.desk.store import DeskStore
from fedquery.errors import ConfigError, InputError


@click.command()
@click.option("--due", is_flag=True, help="Whatever is past retention_days.")
@click.option("--case", "number", help="One case with all that is in it, by its number.")
@click.option("--dry-run", is_flag=True, help="With --due: say how much, and erase nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def erase(home: Path, *, due: bool, number: str | None, dry_run: bool, as_json: bool) -> int:
    """Erase cases, questions and lists of the desk so that nobody can open them afterwards.

    Their receipts go with them, and the cards of cases that are closed or over. What shows that
    something was false, and what is under a legal hold of the agency's log, stays; so does that
    log, whose details have a time of their own. The desk may be running. Run it with --due by a
    clock, such as each night.
    """
    if due == (number is not None) or (dry_run and not due):
        raise click.UsageError("give either --due or --case; --dry-run goes with --due")
    agency = open_home(home)
    if not schema.exists(home):
        raise ConfigError("this home has no desk", do="Make it with `fedquery desk account add`.")
    days = agency.settings.desk.retention_days
    store = DeskStore.open(home, secrets.token_bytes)
    with closing(store.connection), closing(connect(home)) as asker:
        files = AgencyFiles(agency, asker, wall_clock())
        if number is not None:
            case_id = _case_id(store, number)
            lists = list_erasing.erase(store, agency, list_erasing.of_case(store, case_id))
            found = erasing.erase_case(store, case_id, files)
        elif dry_run:
            lists = len(list_erasing.due(store, files.now_ms, days))
            found = erasing.due(store, days, files)
        else:
            lists = list_erasing.erase(store, agency, list_erasing.due(store, files.now_ms, days))
            found = erasing.erase_due(store, days, files)
    _print(found, lists, done="would be erased" if dry_run else "erased", as_json=as_json)
    return ExitCode.OK


def _case_id(store: DeskStore, number: str) -> str:
    check_number(number)
    case_id = store.marked(store.mark(number))
    if case_id is None:
        raise InputError("the desk keeps no case of this number", do="Look for it at the desk.")
    return case_id


def _print(found: Erased, lists: int, *, done: str, as_json: bool) -> None:
    if as_json:
        counts = {"cases": found.cases, "questions": found.questions, "lists": lists}
        document = {"schema": "fedquery/desk-erase/v1", **counts, **asdict(found.gone)}
        click.echo(json.dumps(document, indent=2))
        return
    click.echo(f"{found.cases:,} cases, {found.questions:,} questions and {lists:,} lists {done}")
    gone = found.gone
    click.echo(f"{gone.receipts:,} receipts and the cards of {gone.cards:,} cases {done}")
    if gone.receipts_kept:
        click.echo(f"{gone.receipts_kept:,} receipts stay: evidence, or under a legal hold")

"""`fedquery desk erase`: erase what officers keep when its time is over, or one case at once."""

import json
import secrets
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from fedquery.ask.case import check_number
from fedquery.ask.home import open_home
from fedquery.config.exit_codes import ExitCode
from fedquery.config.service import wall_clock
from fedquery.desk import erasing, list_erasing, schema
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

    The desk may be running. The agency's log, receipts and case files stay; they have times of
    their own. Run it with --due by a clock, such as each night.
    """
    if due == (number is not None) or (dry_run and not due):
        raise click.UsageError("give either --due or --case; --dry-run goes with --due")
    opened = open_home(home)
    settings = opened.settings.desk
    if not schema.exists(home):
        raise ConfigError("this home has no desk", do="Make it with `fedquery desk account add`.")
    store = DeskStore.open(home, secrets.token_bytes)
    with closing(store.connection):
        if number is not None:
            case_id = _case_id(store, number)
            lists = list_erasing.erase(store, opened, list_erasing.of_case(store, case_id))
            found = erasing.erase_case(store, case_id)
        elif dry_run:
            lists = len(list_erasing.due(store, wall_clock(), settings.retention_days))
            found = erasing.due(store, wall_clock(), settings.retention_days)
        else:
            due_lists = list_erasing.due(store, wall_clock(), settings.retention_days)
            lists = list_erasing.erase(store, opened, due_lists)
            found = erasing.erase_due(store, wall_clock(), settings.retention_days)
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
        document = {"schema": "fedquery/desk-erase/v1", **asdict(found), "lists": lists}
        click.echo(json.dumps(document, indent=2))
        return
    click.echo(f"{found.cases:,} cases, {found.questions:,} questions and {lists:,} lists {done}")

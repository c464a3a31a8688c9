"""`fedquery audit reconcile`: each question in the logs of its asker, coordinator and node."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import click

from fedquery.audit.question_events import Event, event_of
from fedquery.audit.reconciled import ComparedLog, Misfit, Reconciled
from fedquery.audit.twins import Finding, Party, Twins
from fedquery.cases.moment import render_moment
from fedquery.cli.audit.checking import owner_of
from fedquery.cli.audit.decoded import decoded
from fedquery.cli.audit.entries import time_of
from fedquery.cli.audit.log_argument import LOG, NOT_LOOKED, Progress
from fedquery.cli.audit.result_keeping import Keeping, keep_option
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.psi.publication import Publication
from fedquery.storage.log_source import LogSource, claimed, open_log
from fedquery.storage.twin_table import TwinTable
from fedquery.tlog.tree import leaf_hash

_MOST: Final = 1_000
_LEAST: Final = 2
_WORDS: Final = {
    "paired": "stand in each log that must have them",
    "unanswered": "got no answer, and need not stand in every log",
    "too new": "are newer than one of the logs: too new to tell",
    "alone": "concern no other of these logs",
}


@click.command()
@click.argument("log_paths", metavar="LOG LOG [LOG ...]", nargs=-1, required=True, type=LOG)
@click.option(
    "--most",
    type=click.IntRange(min=0),
    default=_MOST,
    show_default=True,
    help="How many findings are listed.",
)
@keep_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def reconcile(
    *,
    log_paths: tuple[Path, ...],
    most: int,
    keeping: Keeping,
    as_json: bool,
) -> int:
    """Pair each question in the logs of its asker, its coordinator and its node.

    Give two logs of one federation or more; of its coordinators give all, for a question has gone
    through any one of them. Entries are compared with the tree of each log's checkpoint, and its
    signature is not looked at: verify each log for itself first. With --keep-result the result is
    kept in the agency's home, for the pages of its auditors.

    Exit code 8: an entry lacks a twin, or two contradict each other. 0: none does, as far as the
    logs reach; how many questions are newer than one of the logs is said.
    """
    if len(log_paths) < _LEAST:
        raise click.UsageError("Name two logs or more.")
    with ExitStack() as stack:
        logs = [stack.enter_context(open_log(path)) for path in log_paths]
        _require_comparable(logs)
        table = stack.enter_context(TwinTable())
        total = sum(claimed(log).size for log in logs)
        parties = []
        with Progress("reading", total) as progress:
            done = 0
            for number, log in enumerate(logs):
                parties.append(_read(number, log, table, progress, done))
                done += parties[-1].size
        words, found = _compare(table, parties)
        listed = list(table.findings(most))
    result = _result(parties, words, found, listed)
    if as_json:
        click.echo(json.dumps(result.to_json(), indent=2))
    else:
        _print(parties, words, found, listed)
    keeping.keep(result)
    return ExitCode.AUDIT if found else ExitCode.OK


def _require_comparable(logs: Sequence[LogSource]) -> None:
    """Require different logs of one federation, of more than one kind."""
    origins = [claimed(log).origin for log in logs]
    if len(set(origins)) < len(origins):
        raise InputError("one log is named twice", do="Name each log once.")
    if len({origin.split("/")[1] for origin in origins if "/" in origin}) > 1:
        raise InputError("the logs are of different federations", do="Compare those of one.")
    if len({owner_of(log)[0] for log in logs}) == 1:
        raise InputError(
            "the logs are all of one kind, and share no question",
            do="Add the log of a coordinator, of a node, or of an agency.",
        )


def _read(number: int, log: LogSource, table: TwinTable, progress: Progress, done: int) -> Party:
    signed = claimed(log)
    kind, owner = owner_of(log)
    until_ms = log.signed_ms()

    def events() -> Iterator[Event]:
        nonlocal until_ms
        for index, octets, entry in decoded(log, (), lambda here: progress.at(done + here)):
            until_ms = max(until_ms, time_of(entry))
            if isinstance(entry, Publication):
                continue
            event = event_of(number, index, entry, leaf_hash(octets))
            if event is not None:
                yield event

    table.add(events())
    return Party(signed.origin, kind, owner, signed.size, until_ms)


def _compare(table: TwinTable, parties: Sequence[Party]) -> tuple[Counter[str], int]:
    twins, words, found = Twins(parties), Counter[str](), 0
    total = sum(party.size for party in parties)
    with Progress("comparing", total) as progress:
        done = 0
        for events in table.questions():
            paired = twins.compare(events)
            if paired.findings:
                table.keep(paired.findings)
                found += len(paired.findings)
            else:
                words[paired.word] += 1
            done += len(events)
            progress.at(done)
    return words, found


def _where(finding: Finding, parties: Sequence[Party]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for log, position in finding.having:
        found.setdefault(parties[log].origin, []).append(position)
    return found


def _result(
    parties: Sequence[Party], words: Counter[str], found: int, listed: Sequence[Finding]
) -> Reconciled:
    return Reconciled(
        logs=tuple(
            ComparedLog(origin=one.origin, kind=one.kind, size=one.size, until_ms=one.until_ms)
            for one in parties
        ),
        questions=dict(words),
        found=found,
        findings=tuple(
            Misfit(
                kind=one.kind,
                request_digest=one.digest.hex(),
                at_ms=one.at_ms,
                agency=one.agency,
                nation=one.nation,
                what=one.what,
                lacking=tuple(parties[log].origin for log in one.lacking),
                having={origin: tuple(at) for origin, at in _where(one, parties).items()},
            )
            for one in listed
        ),
    )


def _print(
    parties: Sequence[Party], words: Counter[str], found: int, listed: Sequence[Finding]
) -> None:
    for party in parties:
        until = _time(party.until_ms) if party.until_ms else "nothing is in it"
        click.echo(f"{party.origin}: {party.size:,} entries, until {until}")
    for word, text in _WORDS.items():
        if words[word]:
            click.echo(f"  {words[word]:>9,}  {text}")
    for one in listed:
        mark = "lacks " if one.kind == "lacks" else "differs"
        click.echo(
            f"{mark} {_time(one.at_ms)}  {one.agency or '?'} -> {one.nation or '?'}"
            f"  {one.digest.hex()}"
        )
        click.echo(f"        {one.what}")
        for log in one.lacking:
            click.echo(f"        not in  {parties[log].origin}")
        for origin, positions in _where(one, parties).items():
            click.echo(f"        in      {origin} at {', '.join(map(str, positions))}")
    if found > len(listed):
        click.echo(f"and {found - len(listed):,} more")
    click.echo(f"  {NOT_LOOKED}")
    if found:
        click.echo(f"{found:,} things do not fit: keep all the logs, and speak to the parties")
    else:
        click.echo("every question stands where it must")


def _time(at_ms: int) -> str:
    return render_moment(at_ms // 1_000 * 1_000)

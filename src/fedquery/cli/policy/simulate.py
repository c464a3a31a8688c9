"""`fedquery policy simulate`: a log's past questions, decided by another file."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from fedquery.audit.entry import entry_type
from fedquery.audit.node import QUESTION_TYPES, QuestionEntry
from fedquery.cli.policy.files import PolicyFile, policy_files, read_policies
from fedquery.cli.policy.logged import logged_of
from fedquery.cli.table import console
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.policy.load import load_rules
from fedquery.policy.phrases import moment
from fedquery.policy.replay import Replayed, replay
from fedquery.policy.rules import Rules
from fedquery.storage.log_reading import read_log

_WORDS: Final = {
    "same": "answered the same",
    "widened": "would have learned more",
    "narrowed": "would have learned less",
    "reason": "the same, by other rules",
    "mismatch": "do not come out as the log says, by the file of their time",
    "undecided": "cannot be decided",
    "unasked": "asked no policy",
}
_MARKS: Final = {"widened": "▲", "narrowed": "▼", "reason": "=", "mismatch": "!", "undecided": "?"}
_STYLES: Final = {"widened": "bold yellow", "narrowed": "bold green", "mismatch": "bold red"}


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry and what the other file would have made of it."""

    index: int
    entry: QuestionEntry
    replayed: Replayed


@click.command()
@policy_files
@click.option(
    "--log",
    "log_path",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="An exported log directory, or a node's database; it is only read.",
)
@click.option(
    "--old",
    "old_paths",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A policy file of the past, found by its digest.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def simulate(
    *,
    paths: tuple[Path, ...],
    schema: Path | None,
    nation: str | None,
    log_path: Path,
    old_paths: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Decide each past question of a node's log by FILE, and show what would have come otherwise.

    No key is needed. Entries are compared with the tree that the log signed; the signature itself
    is not verified here. Of a claim, the log holds the record that was told of and no others.

    Exit code 1: somebody would have learned more. 0: nobody would. 3: nobody, as far as it could be
    decided. 8: the log does not verify, or a past decision does not come out as logged.
    """
    files = read_policies(paths, schema, nation)
    if len(files) != 1:
        raise InputError("a log is of one nation", do="Name one policy file.")
    (file,) = files
    new = load_rules(file.octets, file.schema, file.nation)
    old = [_loaded(path, file, schema) for path in old_paths]
    known = {one.digest: one for one in (new, *old)}
    lines, unasked = _replayed(log_path, new, known)
    if as_json:
        click.echo(json.dumps(_document(new, lines, unasked), indent=2))
    else:
        _print(new, lines, unasked)
    kinds = {line.replayed.kind for line in lines}
    if "mismatch" in kinds:
        return ExitCode.AUDIT
    if "widened" in kinds:
        return 1
    return ExitCode.SOME if "undecided" in kinds else ExitCode.OK


def _loaded(path: Path, like: PolicyFile, schema: Path | None) -> Rules:
    (file,) = read_policies([path], schema, like.nation)
    return load_rules(file.octets, file.schema, file.nation)


def _replayed(log_path: Path, new: Rules, known: Mapping[bytes, Rules]) -> tuple[list[_Line], int]:
    """Read the whole log before anything is said of it."""
    lines: list[_Line] = []
    unasked = 0
    for index, leaf in enumerate(read_log(log_path)):
        if entry_type(leaf) not in QUESTION_TYPES:
            continue
        entry = QuestionEntry.decode(leaf)
        if entry.nation != new.nation:
            raise InputError("the log is of another nation than the file")
        if not entry.situation:
            unasked += 1
            continue
        lines.append(_Line(index, entry, replay(logged_of(entry), new, known)))
    return lines, unasked


def _differing(lines: Sequence[_Line]) -> Iterator[_Line]:
    yield from (line for line in lines if line.replayed.kind != "same")


def _print(new: Rules, lines: Sequence[_Line], unasked: int) -> None:
    out = console()
    out.print(Text(f"{new.nation}: {len(lines)} past decisions", style="bold"))
    for kind, count in _counted(lines, unasked).items():
        out.print(f"  {count:>7,}  {_WORDS[kind]}")
    for line in _differing(lines):
        entry, told = line.entry, line.replayed
        out.print(
            Text(
                f"{_MARKS[told.kind]} {line.index}  {moment(entry.decided_ms)}  "
                f"{entry.agency} -> {entry.nation}/{entry.dataset}  "
                f"{told.before or 'nothing'} -> {_after(told)}",
                style=_STYLES.get(told.kind, ""),
            )
        )
        out.print(Text(f"     {_why(told)}", style="dim"))


def _after(told: Replayed) -> str:
    return "?" if told.kind == "undecided" else told.after or "nothing"


def _why(told: Replayed) -> str:
    if told.missing:
        return told.missing
    before, after = (
        ", ".join(names) or "no rule" for names in (told.rules_before, told.rules_after)
    )
    if told.kind == "mismatch":
        return f"logged: {before}; the file of its time says: {after}"
    return f"then: {before}; now: {after}"


def _counted(lines: Sequence[_Line], unasked: int) -> dict[str, int]:
    counts = Counter(line.replayed.kind for line in lines)
    counts["unasked"] = unasked
    return {kind: counts[kind] for kind in _WORDS if counts[kind]}


def _document(new: Rules, lines: Sequence[_Line], unasked: int) -> dict[str, object]:
    return {
        "schema": "fedquery/policy-simulate/v1",
        "nation": new.nation,
        "policy": new.digest.hex(),
        "counts": _counted(lines, unasked),
        "entries": [
            {
                "index": line.index,
                "kind": line.replayed.kind,
                "decided_ms": line.entry.decided_ms,
                "agency": line.entry.agency,
                "dataset": line.entry.dataset,
                "asked": line.entry.asked_level,
                "before": line.replayed.before,
                "after": line.replayed.after,
                "rules_before": list(line.replayed.rules_before),
                "rules_after": list(line.replayed.rules_after),
                "missing": line.replayed.missing,
            }
            for line in _differing(lines)
        ],
    }

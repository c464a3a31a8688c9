"""`fedquery audit open`: what stands beside an entry of a log, for an auditor's eyes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from fedquery.audit.asker import AskedEntry
from fedquery.audit.detail import Detail
from fedquery.cli import paths
from fedquery.cli.audit.acting import BY_HOME, HOME, act_of, sign_agencys_log
from fedquery.cli.audit.auditor_file import read_private_half
from fedquery.config.exit_codes import ExitCode
from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import InputError, LogFaultError
from fedquery.seal.auditor import CAP, auditor_of, open_as_auditor
from fedquery.seal.kem import KemPrivateKey
from fedquery.storage.applications import ASKER
from fedquery.storage.auditor_acts import log_opening
from fedquery.storage.data_directory import open_data_directory
from fedquery.storage.opening import Looked, look_at

_SEALED = "identifiers"


@dataclass(frozen=True, slots=True)
class _Opened:
    """An entry with those of its details that may be shown.

    Attributes:
        looked: the entry, verified.
        details: what is shown of its details.
        sealed_to: the id of the auditor's key that would open the sealed one, or None.
        early: whether some are gone although the entry keeps them for longer, or they are held.
    """

    looked: Looked
    details: Mapping[str, Json] = field(repr=False)
    sealed_to: str | None
    early: bool = False

    def document(self, origin: str, logged_as: int | None) -> dict[str, object]:
        """Write it for a program."""
        return {
            "schema": "fedquery/audit-open/v1",
            "origin": origin,
            "index": self.looked.index,
            "entry": json.loads(self.looked.entry.encode()),
            "details": dict(self.details),
            "sealed_to": self.sealed_to,
            "erased": list(self.looked.erased),
            "erased_early": self.early,
            "held_since_ms": self.looked.held_since_ms,
            "logged_as": logged_as,
        }

    def lines(self, origin: str, logged_as: int | None) -> Iterator[str]:
        """Write it for a person."""
        yield f"entry {self.looked.index} of {origin}"
        for name, value in json.loads(self.looked.entry.encode()).items():
            if value not in ("", None) and name != "v" and not name.endswith("_commit"):
                yield f"  {name:<16} {_printable(value)}"
        yield "beside it, each as the entry commits to it"
        for name, value in sorted(self.details.items()):
            yield from (f"  {name:<16} {line}" for line in _value_lines(value))
        if self.sealed_to is not None:
            yield f"  {_SEALED:<16} sealed to the auditor's key {self.sealed_to}, see --key"
        for name in self.looked.erased:
            yield f"  {name:<16} {'ERASED BEFORE ITS TIME' if self.early else 'erased'}"
        if self.looked.held_since_ms is not None:
            yield "under a legal hold"
        if logged_as is not None:
            yield f"that it was opened is entry {logged_as}"


@click.command("open")
@click.argument("home", type=HOME)
@click.argument("index", metavar="N", type=click.IntRange(min=0))
@click.option(
    "--key",
    "key_file",
    type=paths.FILE,
    help="The auditor's key, NATION.auditor.key, to open what an officer looked up.",
)
@click.option("--why", default="", help="Why it is opened; kept beside the log.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def open_(*, home: Path, index: int, key_file: Path | None, why: str, as_json: bool) -> int:
    """Show the details of entry N in the log of HOME, each verified against its commitment.

    HOME is the data directory of a node or the home of an agency; its service may be running. That
    they were opened, by which key and why, is logged there before anything is shown. What an
    officer looked up is shown to the auditor's key alone.

    Exit code 8: the entry or a detail is not what was logged, or a detail is gone although the
    entry keeps it for longer. 65: this is not the auditor's key that it is sealed to.
    """
    key = None if key_file is None else read_private_half(key_file)
    with open_data_directory(home) as directory:
        origin = directory.log.origin
        act = act_of(why, BY_HOME if key is None else f"auditor+{key.key_id.hex()}")
        looked = look_at(directory, index)
        opened = replace(_open(looked, key, origin), early=_erased_early(looked, act.at_ms))
        logged_as = None
        if opened.details:
            logged_as = log_opening(directory, opened.looked, tuple(opened.details), act)
            sign_agencys_log(directory, act.at_ms)
    if as_json:
        click.echo(json.dumps(opened.document(origin, logged_as), indent=2))
    else:
        click.echo("\n".join(opened.lines(origin, logged_as)))
    return ExitCode.AUDIT if opened.early else ExitCode.OK


def _open(looked: Looked, key: KemPrivateKey | None, origin: str) -> _Opened:
    if not looked.details and not looked.erased:
        raise InputError("this entry has no details")
    plain = {name: _value(one) for name, one in looked.details.items() if name != _SEALED}
    sealed = looked.details.get(_SEALED)
    if sealed is None or not isinstance(looked.entry, AskedEntry):
        return _Opened(looked, plain, None)
    sealed_to = auditor_of(sealed.octets)
    if sealed_to != looked.entry.auditor_key_id:
        raise LogFaultError(
            "what was looked up is sealed to another key than the entry says",
            file=ASKER.database,
            index=looked.index,
        )
    if key is None:
        return _Opened(looked, plain, sealed_to.hex())
    if key.key_id != sealed_to:
        raise InputError(
            f"what was looked up is sealed to the auditor's key {sealed_to.hex()}, and this is"
            f" another, {key.key_id.hex()}",
            do="Give the key that was in use when the entry was written.",
        )
    message = open_as_auditor(
        key, sealed.octets, origin=origin, request_digest=looked.entry.request_digest
    )
    told = canonical_json.load(message, cap=CAP, what="sealed detail")
    return _Opened(looked, {**plain, _SEALED: told}, None)


def _erased_early(looked: Looked, now_ms: int) -> bool:
    # `erase` takes nothing that is held, and nothing before the time that the entry itself says.
    until_ms: int = getattr(looked.entry, "retain_until_ms", now_ms)
    return bool(looked.erased) and (now_ms < until_ms or looked.held_since_ms is not None)


def _value(one: Detail) -> Json:
    if one.name == "justification":
        # Offence and justification are one detail, an object.
        return canonical_json.load(one.octets, cap=CAP, what="detail")
    return one.octets.decode("utf-8", errors="replace")


def _value_lines(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from (f"{name}: {line}" for line in _value_lines(item))
    elif isinstance(value, list):
        for item in value:
            texts = item.values() if isinstance(item, dict) else [item]
            yield " ".join(_printable(text) for text in texts)
    else:
        # A case card is many lines.
        yield from (_printable(line) for line in str(value).splitlines() or [""])


def _printable(value: object) -> str:
    # What another nation wrote must not move the cursor of this terminal.
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in str(value))

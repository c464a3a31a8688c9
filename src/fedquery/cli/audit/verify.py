"""`fedquery audit verify`: whether a log is what it claims to be."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from fedquery.audit.verified import Faulty, Noted, Verified, Witnessed
from fedquery.cli import notes, paths
from fedquery.cli.audit.checking import Checked, check_log
from fedquery.cli.audit.log_argument import Progress, log_argument
from fedquery.cli.audit.result_keeping import Keeping, keep_option, shown
from fedquery.cli.audit.trust_options import Trust, trust_of, trust_options
from fedquery.config.command_line import complain
from fedquery.config.exit_codes import ExitCode
from fedquery.config.whole_file import replace_file
from fedquery.errors import LogFaultError
from fedquery.storage.log_source import claimed, open_log
from fedquery.tlog.checkpoint import CHECKPOINT_CAP
from fedquery.tlog.trust_policy import Cosigned

_NOT_HERE: Final = (
    "details beside the log (fedquery audit open)",
    "whether each decision follows from its policy (fedquery audit replay)",
    "whether each question stands in the other parties' logs (fedquery audit reconcile)",
)


@click.command()
@log_argument
@trust_options
@click.option(
    "--since",
    "since_file",
    type=notes.THERE,
    help="A checkpoint that you kept: the log must be an extension of it.",
)
@click.option(
    "--keep",
    "keep_file",
    type=paths.NEW_FILE,
    help="Where to keep the checkpoint, once it is verified, for the next time.",
)
@keep_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(
    *,
    log_path: Path,
    trust_file: Path | None,
    members_file: Path | None,
    key: str | None,
    since_file: Path | None,
    keep_file: Path | None,
    keeping: Keeping,
    as_json: bool,
) -> int:
    """Verify LOG: signature and witnesses of its checkpoint, every tile, every entry.

    Give the key of the log by one of --trust, --members and --key; the first two also say whose
    cosignatures are wanted. With --since, a log that was rolled back or rewritten since then is
    found: keep each checkpoint with --keep, elsewhere than the log. With --keep-result the result
    is kept in the agency's home, for the pages of its auditors, also where it is that the log is
    false.

    Exit code 0: all verified. 3: nothing is false, and the signature was not verified, for no key
    was given. 8: something is false; the file and the first bad entry are named.
    """
    since = None if since_file is None else (str(since_file), _read(since_file))
    try:
        with open_log(log_path) as log:
            signed, note = claimed(log), log.note
            trust = trust_of(signed.origin, trust_file, members_file, key)
            with Progress("verifying", signed.size) as progress:
                checked = check_log(log, trust, since, progress.at)
    except LogFaultError as fault:
        faulty = Faulty(file=shown(fault.file), index=fault.index, what=fault.fault)
        if as_json:
            click.echo(json.dumps(faulty.to_json(), indent=2))
        keeping.keep(faulty)
        return complain(fault, as_json=as_json)
    if keep_file is not None and trust is not None:
        # Whole or as before: it is what the next verification rests on.
        replace_file(keep_file, note)
    result = _result(checked)
    if as_json:
        kept = keep_file is not None and trust is not None
        click.echo(json.dumps({**result.to_json(), "kept": kept}, indent=2))
    else:
        _print(checked, trust, keep_file)
    keeping.keep(result)
    return ExitCode.OK if checked.signed else ExitCode.SOME


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(CHECKPOINT_CAP + 1)


def _result(checked: Checked) -> Verified:
    remarks = checked.remarks
    return Verified(
        is_signed=checked.signed,
        origin=checked.checkpoint.origin,
        size=checked.checkpoint.size,
        root=checked.checkpoint.root.hex(),
        witnesses=None if checked.cosigned is None else _witnessed(checked.cosigned),
        since=None if checked.since is None else checked.since.size,
        entries=dict(sorted(checked.counts.items())),
        unsigned=checked.unsigned,
        remarks=Noted(
            clock_back_at=remarks.clock_back_at,
            clock_back_ms=remarks.clock_back_ms,
            clock_backs=remarks.clock_backs,
            without_outcome=remarks.without_outcome,
        ),
        not_checked=_NOT_HERE,
    )


def _witnessed(cosigned: Cosigned) -> Witnessed:
    return Witnessed(
        cosigned=dict(sorted(cosigned.times_s.items())),
        missing=tuple(cosigned.missing),
        needed=cosigned.needed,
        of=cosigned.of,
        size=cosigned.opened.checkpoint.size,
    )


def _print(checked: Checked, trust: Trust | None, keep_file: Path | None) -> None:
    checkpoint = checked.checkpoint
    click.echo(checkpoint.origin)
    rows = [
        ("size", f"{checkpoint.size:,} entries"),
        ("root", checkpoint.root.hex()),
        ("signature", _signature(checked)),
        ("witnesses", _witnesses_line(checked)),
        ("since", _since_line(checked)),
        ("entries", ", ".join(f"{n:,} {kind}" for kind, n in sorted(checked.counts.items()))),
    ]
    for name, text in rows:
        click.echo(f"  {name:<11}{text}")
    for text in _remarks(checked):
        click.echo(f"  {'remark':<11}{text}")
    for text in _NOT_HERE:
        click.echo(f"  {'not looked':<11}{text}")
    if keep_file is not None:
        kept = "kept" if trust is not None else "NOT KEPT: its signature was not verified"
        click.echo(f"  {'checkpoint':<11}{kept}")
    if checked.signed:
        click.echo("verified")
    else:
        click.echo("NOT VERIFIED: whoever wrote this log may have made it up; give its key")


def _signature(checked: Checked) -> str:
    if checked.signed:
        return "the log's own, verified"
    return "NOT VERIFIED: no key was given (--trust, --members or --key)"


def _witnesses_line(checked: Checked) -> str:
    cosigned = checked.cosigned
    if cosigned is None:
        return "not looked at: no trust policy was given (--trust or --members)"
    names = ", ".join(f"{name} {_time(at_s)}" for name, at_s in sorted(cosigned.times_s.items()))
    line = f"{cosigned.count} of {cosigned.of}, {cosigned.needed} needed: {names or 'nobody'}"
    size = cosigned.opened.checkpoint.size
    if size < checked.checkpoint.size:
        line += f"; at {size:,} entries, those behind are signed by the log alone"
    return line


def _since_line(checked: Checked) -> str:
    if checked.since is None:
        return "not compared with an older checkpoint (--since)"
    return f"it extends the checkpoint of {checked.since.size:,} entries"


def _remarks(checked: Checked) -> list[str]:
    remarks, found = checked.remarks, []
    if remarks.clock_back_at is not None:
        found.append(
            f"the clock went back, by up to {remarks.clock_back_ms / 1000:,.0f} s, first at entry"
            f" {remarks.clock_back_at}; {remarks.clock_backs:,} entries stand behind a later one"
        )
    if remarks.without_outcome:
        found.append(f"{remarks.without_outcome:,} questions have no outcome in the log")
    if checked.unsigned:
        found.append(f"{checked.unsigned:,} entries are not signed yet, and were not looked at")
    return found


def _time(at_s: int) -> str:
    try:
        return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "at a time beyond the calendar"

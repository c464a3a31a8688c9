"""`fedquery audit sample`: a random check of a log whose entries neither side has chosen."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from rich.table import Table
from rich.text import Text

from fedquery.cases.moment import render_moment
from fedquery.cli import notes
from fedquery.cli.audit.drawing import DRAWABLE, Sample, draw_entries
from fedquery.cli.audit.log_argument import log_argument
from fedquery.cli.audit.trust_options import Trust, trust_of, trust_options
from fedquery.cli.table import console
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import EncodingError, InputError, LogFaultError, SignatureError
from fedquery.federation.log_owner import Kind, owner_of
from fedquery.storage.log_source import CHECKPOINT, LogSource, claimed, open_log
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.note import split_note
from fedquery.tlog.stream import Mark
from fedquery.tlog.trust_policy import Cosigned

SCHEMA: Final = "fedquery/audit-sample/v1"
# A coordinator has no details that could be opened.
_OPENED: Final = ("node", "agency")
_NOT_VERIFIED: Final = "NOT VERIFIED: no key was given (--trust, --members or --key)"
_NOT_LOOKED: Final = "not looked at: no trust policy was given (--trust or --members)"


@click.command()
@log_argument
@click.option("--n", "count", type=click.IntRange(1, 100_000), default=20, show_default=True)
@click.option(
    "--of",
    "types_text",
    metavar="TYPES",
    help="Types of entries, such as answer,claim; all that say who asked whom if left out.",
)
@click.option(
    "--checkpoint",
    "checkpoint_file",
    type=notes.THERE,
    help="Draw by this checkpoint of the log, as the auditor named or kept it.",
)
@trust_options
@click.option("--json", "as_json", is_flag=True, help="Print the sample as JSON.")
def sample(
    *,
    log_path: Path,
    count: int,
    types_text: str | None,
    checkpoint_file: Path | None,
    trust_file: Path | None,
    members_file: Path | None,
    key: str | None,
    as_json: bool,
) -> int:
    """Draw entries of LOG for a random check; neither the log nor the auditor chooses them.

    The seed is the hash of the text of a checkpoint: the newest that has cosignatures, or the one
    of --checkpoint. Whoever has it draws the same entries. With --trust or --members a quorum must
    have cosigned it: only then the log could not try one tree after the other.

    Exit code 0: the checkpoint is signed. 3: drawn, and its signature was not verified, for no key
    was given. 8: the log does not verify.
    """
    with open_log(log_path) as log:
        signed = claimed(log)
        _, kind, _ = owner_of(signed.origin)
        types = _types(types_text, kind)
        trust = trust_of(signed.origin, trust_file, members_file, key)
        by, witnesses = _checkpoint(log, checkpoint_file, trust)
        drawn = draw_entries(log, by, types, count)
    if as_json:
        document = _document(by.checkpoint, drawn, types, signature=trust is not None)
        click.echo(json.dumps({**document, "witnesses": witnesses}, indent=2))
    else:
        _print(by.checkpoint, drawn, kind, witnesses, signature=trust is not None)
    return ExitCode.OK if trust is not None else ExitCode.SOME


def _types(text: str | None, kind: Kind) -> tuple[str, ...]:
    if text is None:
        return DRAWABLE[kind]
    types = tuple(dict.fromkeys(text.split(",")))
    if not set(types) <= set(DRAWABLE[kind]):
        raise click.BadParameter(
            f"of this log, one or more of {', '.join(DRAWABLE[kind])}, with commas between them",
            param_hint="--of",
        )
    return types


def _checkpoint(
    log: LogSource, file: Path | None, trust: Trust | None
) -> tuple[Mark, dict[str, int] | None]:
    """Read and verify the checkpoint to draw by; with it, how many have cosigned of how many."""
    if file is None:
        name, note = log.name_of(CHECKPOINT), log.cosigned_note()
    else:
        with file.open("rb") as opened:
            name, note = str(file), opened.read(CHECKPOINT_CAP + 1)
    try:
        checkpoint = Checkpoint.parse(split_note(note, CHECKPOINT_CAP)[0])
        cosigned = None if trust is None else trust.require(note)
    except (EncodingError, SignatureError) as error:
        if file is None:
            raise LogFaultError(error.what, file=name) from None
        raise InputError(f"{name}: {error.what}", do="Give a checkpoint of this log.") from None
    return Mark(name, checkpoint), None if cosigned is None else _counted(cosigned)


def _counted(cosigned: Cosigned) -> dict[str, int]:
    return {"count": cosigned.count, "needed": cosigned.needed, "of": cosigned.of}


def _document(
    by: Checkpoint, sampled: Sample, types: tuple[str, ...], *, signature: bool
) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "origin": by.origin,
        "size": by.size,
        "root": by.root.hex(),
        "signature_verified": signature,
        "seed": sampled.seed.hex(),
        "types": list(types),
        "of": sampled.of,
        "entries": [asdict(one) for one in sampled.drawn],
    }


def _print(
    by: Checkpoint,
    sampled: Sample,
    kind: Kind,
    witnesses: dict[str, int] | None,
    *,
    signature: bool,
) -> None:
    out = console()
    out.print(Text(f"{by.origin}, {by.size:,} entries", style="bold"))
    cosigned = _NOT_LOOKED
    if witnesses is not None:
        cosigned = "{count} of {of}, {needed} needed".format(**witnesses)
    for name, text in (
        ("root", by.root.hex()),
        ("signature", "the log's own, verified" if signature else _NOT_VERIFIED),
        ("witnesses", cosigned),
        ("seed", sampled.seed.hex()),
        ("drawn", f"{len(sampled.drawn):,} of {sampled.of:,} entries"),
    ):
        out.print(Text(f"  {name:<11}{text}"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("entry", "asked", "type", "by", "of", "asked and got"):
        table.add_column(head, justify="right" if head == "entry" else "left")
    for one in sampled.drawn:
        at = render_moment(one.at_ms // 1000 * 1000)
        table.add_row(f"{one.index}", at, one.type, one.asker, one.holder, one.what)
    out.print(table)
    if kind in _OPENED and sampled.drawn:
        out.print(Text("what stands beside them, in the data directory of the log:"))
        for one in sampled.drawn:
            out.print(Text(f"  fedquery audit open HOME {one.index}"))

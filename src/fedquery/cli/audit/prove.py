"""`fedquery audit prove`: one entry of a log with its proof, for a court file."""

import json
from pathlib import Path
from typing import Final

import click

from fedquery.cli import notes, paths
from fedquery.cli.audit.checking import owner_of
from fedquery.cli.audit.log_argument import LOG
from fedquery.cli.audit.trust_options import trust_of, trust_options
from fedquery.config.exit_codes import ExitCode
from fedquery.config.whole_file import whole_file
from fedquery.errors import EncodingError, InclusionError, InputError, LogFaultError
from fedquery.storage.log_source import LogSource, claimed, open_log
from fedquery.tlog.append import inclusion_proof
from fedquery.tlog.bundle import MAX_ENTRY_SIZE
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.note import split_note
from fedquery.tlog.proof_file import CAP, SUFFIX, ProofFile
from fedquery.tlog.proofs import verify_inclusion
from fedquery.tlog.tile import TILE_WIDTH, tile_in
from fedquery.tlog.tree import leaf_hash
from fedquery.tlog.trust_policy import Cosigned

_ENTRY: Final = ".json"


@click.command()
@click.argument("log_path", metavar="[LOG]", type=LOG, required=False)
@click.argument("number", metavar="[N]", type=click.IntRange(min=0), required=False)
@click.option(
    "--out",
    type=paths.NEW_FILE,
    help=f"The proof file to make; by default entry-N{SUFFIX}. The entry is put beside it.",
)
@click.option("--check", "check_file", type=notes.THERE, help="Verify this proof file instead.")
@click.option("--entry", "entry_file", type=notes.THERE, help="The entry that --check is about.")
@trust_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def prove(  # noqa: PLR0913  one parameter for each option of the command
    *,
    log_path: Path | None,
    number: int | None,
    out: Path | None,
    check_file: Path | None,
    entry_file: Path | None,
    trust_file: Path | None,
    members_file: Path | None,
    key: str | None,
    as_json: bool,
) -> int:
    """Write the proof that entry N is in LOG, with the entry beside it; or verify one.

    The proof is a file of C2SP tlog-proof with the newest checkpoint that witnesses have cosigned,
    or the newest where none is. Whoever has it, the entry and the key of the log verifies it with
    no network and without this log:

        fedquery audit prove --check entry-17.tlog-proof --entry entry-17.json --trust trust.txt

    Exit code 8: the proof does not show the entry. 7: a signature is false or missing.
    """
    if check_file is not None:
        if log_path is not None or entry_file is None:
            raise click.UsageError("--check goes with --entry, and without LOG")
        return _check(check_file, entry_file, (trust_file, members_file, key), as_json=as_json)
    if log_path is None or number is None:
        raise click.UsageError("Name a log and the number of an entry, or --check and --entry.")
    path = Path(f"entry-{number}{SUFFIX}") if out is None else out
    with open_log(log_path) as log:
        entry, proof = _proved(log, number)
    beside = path.with_suffix(_ENTRY)
    _write(beside, entry)
    try:
        _write(path, proof.format())
    except OSError:
        # A proof and its entry are there both, or neither.
        beside.unlink()
        raise
    if as_json:
        found = {"proof": str(path), "entry": str(beside), "index": number}
        click.echo(json.dumps({"schema": "fedquery/audit-prove/v1", **found}, indent=2))
    else:
        click.echo(f"{path}\n{beside}")
    return ExitCode.OK


def _proved(log: LogSource, number: int) -> tuple[bytes, ProofFile]:
    """Make a proof, and verify it before it is given away."""
    owner_of(log)
    note = log.cosigned_note()
    signed = Checkpoint.parse(split_note(note, CHECKPOINT_CAP)[0])
    if number >= signed.size:
        # The newest checkpoint has it, and no witness yet.
        note, signed = log.note, claimed(log)
    if number >= signed.size:
        raise InputError(
            f"the log has signed {signed.size:,} entries, from 0 on", do="Name one of them."
        )
    tile = tile_in(0, number // TILE_WIDTH, signed.size)
    bundle = log.read_bundle(tile)
    place = number % TILE_WIDTH
    if place >= len(bundle.entries):
        raise LogFaultError("it is missing", file=log.name_of(tile.path()), index=number)
    entry = bundle.entries[place]
    try:
        proof = inclusion_proof(number, signed.size, log.read_tile)
        verify_inclusion(leaf_hash(entry), number, signed.size, proof, signed.root)
    except (EncodingError, InclusionError):
        raise LogFaultError(
            "the log does not prove it: verify the log", file=log.name_of(tile.path()), index=number
        ) from None
    return entry, ProofFile(number, proof, note)


def _write(path: Path, octets: bytes) -> None:
    # For its owner alone: an entry says who asked whom. Nothing is overwritten.
    with whole_file(path, replace=False) as file:
        file.write(octets)


def _check(
    check_file: Path,
    entry_file: Path,
    trusted: tuple[Path | None, Path | None, str | None],
    *,
    as_json: bool,
) -> int:
    entry = _read(entry_file, MAX_ENTRY_SIZE)
    try:
        proof = ProofFile.parse(_read(check_file, CAP))
        signed = Checkpoint.parse(split_note(proof.checkpoint, CHECKPOINT_CAP)[0])
    except EncodingError as error:
        raise EncodingError(f"{check_file}: {error.what}") from None
    trust = trust_of(signed.origin, *trusted)
    if trust is None:
        raise click.UsageError("--check wants the key of the log: --trust, --members or --key")
    cosigned = trust.require(proof.checkpoint)
    proof.verify(leaf_hash(entry), trust.key)
    if as_json:
        click.echo(json.dumps(_document(proof, signed, cosigned), indent=2))
    else:
        click.echo(f"verified: this is entry {proof.index} of {signed.origin}")
        click.echo(f"  checkpoint  {signed.size:,} entries, signed by the log")
        if cosigned is None:
            click.echo(
                "  witnesses   not looked at: no trust policy was given (--trust, --members)"
            )
        else:
            names = ", ".join(sorted(cosigned.times_s)) or "nobody"
            click.echo(f"  witnesses   {cosigned.count} of {cosigned.of}: {names}")
        if proof.extra is not None:
            click.echo("  extra       the file holds more, which nobody vouches for: not looked at")
    return ExitCode.OK


def _read(path: Path, cap: int) -> bytes:
    with path.open("rb") as file:
        octets = file.read(cap + 1)
    if len(octets) > cap:
        raise InputError(f"{path} is too large for what it should be")
    return octets


def _document(proof: ProofFile, signed: Checkpoint, cosigned: Cosigned | None) -> dict[str, object]:
    return {
        "schema": "fedquery/audit-prove/v1",
        "verdict": "verified",
        "origin": signed.origin,
        "index": proof.index,
        "size": signed.size,
        "root": signed.root.hex(),
        "witnesses": None if cosigned is None else dict(sorted(cosigned.times_s.items())),
    }

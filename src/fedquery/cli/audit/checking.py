"""Check a whole log: its files, its tree, each entry, and whether the entries make sense."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from fedquery.audit import sense
from fedquery.audit.node import PolicyEntry
from fedquery.audit.reading import AnyEntry
from fedquery.audit.remarks import Remarks, SenselessError
from fedquery.cli.audit.decoded import decoded, fault_of
from fedquery.cli.audit.trust_options import Trust
from fedquery.errors import EncodingError, InputError, LogFaultError, SignatureError
from fedquery.federation import log_owner
from fedquery.psi.publication import Publication
from fedquery.storage import log_policies
from fedquery.storage.log_source import CHECKPOINT, LogSource, claimed
from fedquery.tlog.checkpoint import CHECKPOINT_CAP, Checkpoint
from fedquery.tlog.note import split_note
from fedquery.tlog.stream import Mark
from fedquery.tlog.tile import TILE_WIDTH, tile_in
from fedquery.tlog.tree import HASH_SIZE
from fedquery.tlog.trust_policy import Cosigned


@dataclass(frozen=True, slots=True)
class Checked:
    """A log in which nothing is false.

    Attributes:
        checkpoint: its newest one.
        signed: whether the log's signature was verified.
        cosigned: who cosigned it, or an older one where a database has no cosignatures of the
            newest yet; None where no trust policy was given.
        since: the older checkpoint that it extends; None where none was given.
        counts: entries by their types.
        remarks: what an auditor may want to know.
        unsigned: entries of a database behind its newest checkpoint, which were not looked at.
    """

    checkpoint: Checkpoint
    signed: bool
    cosigned: Cosigned | None
    since: Checkpoint | None
    counts: Counter[str]
    remarks: Remarks
    unsigned: int


def check_log(
    log: LogSource,
    trust: Trust | None,
    since: tuple[str, bytes] | None,
    at: Callable[[int], None],
) -> Checked:
    """Check a log from its first entry to its last, in memory that hardly grows with it.

    Args:
        log: the log.
        trust: the key of the log and the witnesses; None leaves the signature unverified.
        since: the name and the octets of an older checkpoint of the log.
        at: is told how many entries are done.

    Raises:
        LogFaultError: at the first thing that is false.
        InputError: if the older checkpoint is not one of this log.
    """
    signed = claimed(log)
    cosigned = _require_signed(log, trust)
    log.require_nothing_else(signed.size)
    kept = None if since is None else _kept(*since, signed, trust)
    if kept is not None and kept.checkpoint.size > signed.size:
        raise LogFaultError(
            f"the log was rolled back: it has {signed.size:,} entries, and had"
            f" {kept.checkpoint.size:,} when {kept.name} was signed",
            file=log.name_of(CHECKPOINT),
            index=signed.size,
        )
    marks = [] if kept is None else [kept]
    marks += [_older(log, note, trust) for note in log.older_notes()]
    looked = _check_entries(log, signed, sorted(marks, key=lambda one: one.checkpoint.size), at)
    return Checked(
        checkpoint=signed,
        signed=trust is not None,
        cosigned=cosigned,
        since=None if kept is None else kept.checkpoint,
        counts=looked.counts,
        remarks=looked.remarks,
        unsigned=log.unsigned(),
    )


def owner_of(log: LogSource) -> tuple[str, str]:
    """Say what kind of log it is, by its origin, and whose.

    Returns:
        "node", "coordinator" or "agency"; the nation, or the name.

    Raises:
        LogFaultError: if it is no log of this system.
    """
    try:
        _, kind, owner = log_owner.owner_of(claimed(log).origin)
    except InputError:
        raise LogFaultError("is of another system's log", file=log.name_of(CHECKPOINT)) from None
    return kind, owner


def sense_of(log: LogSource, signed: Checkpoint) -> sense.Sense:
    """Make what looks at the entries of a log, by what its origin says that it is."""

    def leaf_hash(index: int) -> bytes:
        hashes = log.read_tile(tile_in(0, index // TILE_WIDTH, signed.size))
        place = index % TILE_WIDTH * HASH_SIZE
        return hashes[place : place + HASH_SIZE]

    return sense.Sense(*owner_of(log), leaf_hash)


def _require_signed(log: LogSource, trust: Trust | None) -> Cosigned | None:
    if trust is None:
        return None
    try:
        trust.require_log(log.note)
        return trust.require(log.cosigned_note())
    except (EncodingError, SignatureError) as error:
        raise LogFaultError(error.what, file=log.name_of(CHECKPOINT)) from None


def _kept(name: str, octets: bytes, signed: Checkpoint, trust: Trust | None) -> Mark:
    try:
        checkpoint = Checkpoint.parse(split_note(octets, CHECKPOINT_CAP)[0])
        if trust is not None:
            trust.require_log(octets)
    except (EncodingError, SignatureError) as error:
        raise InputError(
            f"{name}: {error.what}", do="Give a checkpoint that you have verified and kept."
        ) from None
    if checkpoint.origin != signed.origin:
        raise InputError(
            f"{name} is of {_shown(checkpoint.origin)}, and this is {signed.origin}",
            do="Give a checkpoint of the same log.",
        )
    return Mark(name, checkpoint)


def _shown(origin: str) -> str:
    # Nobody has vouched for the name, and it must not move the cursor of who reads it.
    plain = origin.isascii() and origin.isprintable()
    return f"the log {origin}" if plain else "another system's log"


def _older(log: LogSource, note: bytes, trust: Trust | None) -> Mark:
    name = log.name_of("an older checkpoint")
    try:
        if trust is not None:
            trust.require_log(note)
        return Mark(name, Checkpoint.parse(split_note(note, CHECKPOINT_CAP)[0]))
    except (EncodingError, SignatureError) as error:
        raise LogFaultError(error.what, file=name) from None


def _check_entries(
    log: LogSource, signed: Checkpoint, marks: list[Mark], at: Callable[[int], None]
) -> sense.Sense:
    looking = sense_of(log, signed)
    policies: dict[str, bytes] = {}
    try:
        for index, _, entry in decoded(log, marks, at):
            look(looking, index, entry)
            if isinstance(entry, PolicyEntry):
                policies.update(log_policies.named_by(entry))
        looking.end()
    except SenselessError as error:
        raise fault_of(log, error.what, error.index) from None
    log.require_policies(policies)
    return looking


def look(looking: sense.Sense, index: int, entry: AnyEntry | Publication) -> None:
    """Let one entry be looked at.

    Raises:
        SenselessError: if no honest party writes it where it stands.
    """
    if isinstance(entry, Publication):
        looking.publication(index, entry.nation, entry.dataset, entry.version)
    else:
        looking.entry(index, entry)

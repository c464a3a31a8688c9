"""Draw entries of a log by one of its checkpoints, and say of each who asked whom."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.audit.asker import AskedEntry
from fedquery.audit.node import QUESTION_TYPES, QuestionEntry
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay import RelayEntry
from fedquery.audit.sampling import draw, seed_of
from fedquery.cli.audit.decoded import decoded
from fedquery.cli.audit.entries import decode_any
from fedquery.cli.audit.log_argument import Progress
from fedquery.errors import InputError
from fedquery.federation.log_owner import Kind
from fedquery.psi.publication import Publication
from fedquery.storage.log_source import LogSource, claimed
from fedquery.tlog.stream import Mark, verified

DRAWABLE: Final[dict[Kind, tuple[str, ...]]] = {
    "node": QUESTION_TYPES,
    "coordinator": ("relay",),
    "agency": ("asked",),
}
"""The types of entries that can be drawn from a log: those that say who asked whom."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry that was drawn.

    Attributes:
        index: its place in the log.
        type: its type.
        at_ms: when it was asked.
        asker: the agency that asked.
        holder: who was asked: a nation, and where the entry says it, its dataset.
        what: what was asked for, and what came of it as far as the entry says.
    """

    index: int
    type: str
    at_ms: int
    asker: str
    holder: str
    what: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample.

    Attributes:
        seed: what it was drawn from, 32 octets.
        of: how many entries could be drawn.
        drawn: the entries, in the order in which they were drawn.
    """

    seed: bytes
    of: int
    drawn: tuple[Drawn, ...]


def draw_entries(log: LogSource, by: Mark, types: Sequence[str], count: int) -> Sample:
    """Draw entries.

    Args:
        log: the log.
        by: the checkpoint that they are drawn by.
        types: the types of entries that are drawn from.
        count: how many entries.

    Raises:
        LogFaultError: if the log does not verify, or does not begin with that checkpoint's tree.
        InputError: if it is the checkpoint of another log, or of a larger tree.
    """
    signed = claimed(log)
    if by.checkpoint.origin != signed.origin:
        raise InputError(f"{by.name} is the checkpoint of another log")
    if by.checkpoint.size > signed.size:
        raise InputError(
            f"{by.name} is of {by.checkpoint.size:,} entries, and this log has {signed.size:,}",
            do="Take the log as it is now; if this is all that there is, it was rolled back.",
        )
    # Where they could be drawn from is known at the end, and what they are then is read again.
    places = array("Q")
    with Progress("counting", 2 * signed.size) as progress:
        for index, _, entry in decoded(log, (by,), progress.at):
            if index < by.checkpoint.size and _type_of(entry) in types:
                places.append(index)
        seed = seed_of(by.checkpoint.format())
        order = {places[place]: n for n, place in enumerate(draw(seed, len(places), count))}
        found: dict[int, Drawn] = {}
        for first, entries in verified(log, signed, (by,)):
            for index in order.keys() & range(first, first + len(entries)):
                found[order[index]] = _drawn(index, decode_any(entries[index - first]))
            progress.at(signed.size + first + len(entries))
    return Sample(seed, len(places), tuple(found[place] for place in sorted(found)))


def _type_of(entry: AnyEntry | Publication) -> str:
    return "" if isinstance(entry, Publication) else entry.type


def _drawn(index: int, entry: AnyEntry | Publication) -> Drawn:
    match entry:
        case QuestionEntry():
            holder = f"{entry.nation}/{entry.dataset}"
            came = entry.granted_level or entry.reason
            what = f"{entry.asked_level} -> {came}"
            return Drawn(index, entry.type, entry.received_ms, entry.agency, holder, what)
        case RelayEntry():
            what = f"{entry.size_class} elements"
            at_ms, holder = entry.received_ms, entry.to_nation
            return Drawn(index, entry.type, at_ms, entry.from_agency, holder, what)
        case AskedEntry():
            holder = f"{entry.nation}/{entry.dataset}"
            what = f"{entry.asking}, {entry.level}, {entry.purpose}"
            return Drawn(index, entry.type, entry.asked_ms, entry.agency, holder, what)
        case _:
            raise TypeError("only entries that say who asked whom are drawn")

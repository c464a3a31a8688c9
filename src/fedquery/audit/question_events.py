"""What the entries of askers, coordinators and nodes say of one question, in one form."""

from typing import Final, NamedTuple

from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.node import QuestionEntry
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay import RelayedEntry, RelayEntry

ASKED: Final = "asked"
CONCLUDED: Final = "concluded"
RELAY: Final = "relay"
RELAYED: Final = "relayed"
JUDGED: Final = "judged"
FAULT: Final = "fault"
UNAVAILABLE: Final = "unavailable"
_ANSWERED: Final = "answered"


class Event(NamedTuple):
    """What one entry says of a question, as far as other logs say it too.

    Attributes:
        digest: of the request envelope, 32 octets.
        log: the number of the log.
        position: the place in it.
        role: what the entry is.
        at_ms: its time.
        agency: who asks; "" where the entry does not say.
        nation: who is asked; "" as above.
        size_class: the elements; 0 as above.
        asking: "question" or "claim"; "" as above.
        dataset: the dataset; "" as above, or where the node does not have it.
        version: its version; 0 as above.
        level: what is asked; "" as above.
        granted: whether it was answered in substance.
        reason: why not.
        place: of an asker's receipt, the index that the node gave; -1 for none.
        leaf_hash: of a node's entry or an asker's receipt; empty for none.
    """

    digest: bytes
    log: int
    position: int
    role: str
    at_ms: int
    agency: str = ""
    nation: str = ""
    size_class: int = 0
    asking: str = ""
    dataset: str = ""
    version: int = 0
    level: str = ""
    granted: bool = False
    reason: str = ""
    place: int = -1
    leaf_hash: bytes = b""


def event_of(log: int, index: int, entry: AnyEntry, leaf_hash: bytes) -> Event | None:
    """Take from an entry what is compared; None where it is about no question.

    Args:
        log: the number of its log.
        index: its place there.
        entry: the entry.
        leaf_hash: its hash.
    """
    match entry:
        case AskedEntry():
            return Event(
                digest=entry.request_digest,
                log=log,
                position=index,
                role=ASKED,
                at_ms=entry.asked_ms,
                agency=entry.agency,
                nation=entry.nation,
                size_class=entry.size_class,
                asking=entry.asking,
                dataset=entry.dataset,
                version=entry.version,
                level=entry.level,
            )
        case ConcludedEntry():
            return Event(
                digest=entry.request_digest,
                log=log,
                position=index,
                role=CONCLUDED,
                at_ms=entry.replied_ms,
                granted=entry.outcome not in {"refused", UNAVAILABLE},
                reason=entry.reason if entry.outcome != UNAVAILABLE else UNAVAILABLE,
                place=-1 if entry.receipt_index is None else entry.receipt_index,
                leaf_hash=entry.receipt_leaf_hash,
            )
        case RelayEntry():
            return Event(
                digest=entry.request_digest,
                log=log,
                position=index,
                role=RELAY,
                at_ms=entry.received_ms,
                agency=entry.from_agency,
                nation=entry.to_nation,
                size_class=entry.size_class,
            )
        case RelayedEntry():
            return Event(
                digest=entry.request_digest,
                log=log,
                position=index,
                role=RELAYED,
                at_ms=entry.replied_ms,
                granted=entry.outcome == _ANSWERED,
                reason=entry.outcome,
            )
        case QuestionEntry():
            return _judged(log, index, entry, leaf_hash)
        case _:
            return None


def _judged(log: int, index: int, entry: QuestionEntry, leaf_hash: bytes) -> Event:
    known = entry.version > 0
    return Event(
        digest=entry.request_digest,
        log=log,
        position=index,
        role=FAULT if entry.type == "fault" else JUDGED,
        at_ms=entry.received_ms,
        agency=entry.agency,
        nation=entry.nation,
        size_class=entry.size_class,
        # What is no question and no claim is logged as a refused question.
        asking="" if not known else "claim" if entry.type == "claim" else "question",
        dataset=entry.dataset if known else "",
        version=entry.version,
        level=entry.asked_level if known else "",
        granted=bool(entry.granted_level),
        reason=entry.reason,
        leaf_hash=leaf_hash,
    )

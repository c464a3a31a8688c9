"""One question in the logs of all parties to it: whose entries lack a twin, and which disagree.

Asker, coordinator and node each log a question by the digest of its envelope. None of them can drop
or change its entry without an auditor who has two of the logs seeing it here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.node import QuestionEntry
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.audit.sense import AGENCY, CLOCK_SLACK_MS, COORDINATOR, NODE

ASKED: Final = "asked"
CONCLUDED: Final = "concluded"
RELAY: Final = "relay"
RELAYED: Final = "relayed"
JUDGED: Final = "judged"
FAULT: Final = "fault"
_ANSWERED: Final = "answered"
_UNAVAILABLE: Final = "unavailable"
# What a node may say of octets that it has answered before; it logs them once.
_OF_A_REPEAT: Final = frozenset(
    {
        "too-many-tries",
        "agency-blocked",
        "suspended",
        "dataset-unknown",
        "epoch-unknown",
        "expired",
    }
)


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
                granted=entry.outcome not in {"refused", _UNAVAILABLE},
                reason=entry.reason if entry.outcome != _UNAVAILABLE else _UNAVAILABLE,
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


@dataclass(frozen=True, slots=True)
class Party:
    """One of the logs that are compared.

    Attributes:
        origin: its name.
        kind: "node", "coordinator" or "agency".
        owner: the nation of a node, or the agency.
        size: its entries.
        until_ms: until when it is known to be whole: the time of its last entry, or of its
            checkpoint where that is known. What others log later may not have got here.
    """

    origin: str
    kind: str
    owner: str
    size: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A question whose entries are not as they must be.

    Attributes:
        kind: "lacks" for a missing twin, "contradicts" for two that disagree.
        digest: of the question.
        at_ms: its earliest time.
        agency: who asks, by the first entry that says it.
        nation: who is asked.
        what: what is wrong, in words.
        lacking: the numbers of the logs that lack it.
        having: (number of a log, index) of its entries.
    """

    kind: str
    digest: bytes
    at_ms: int
    agency: str
    nation: str
    what: str
    lacking: tuple[int, ...]
    having: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Paired:
    """What came of one question.

    Attributes:
        word: "paired", "alone" where no other log that was given should have it, "too new" where a
            log ends too early to tell, or "unanswered" where it is explained why it got no further.
        findings: what is wrong.
    """

    word: str
    findings: tuple[Finding, ...]


class Twins:
    """Compare the entries of one question after the other.

    Args:
        parties: the logs, by their numbers.
    """

    def __init__(self, parties: Sequence[Party]) -> None:
        self._parties = parties
        self._coordinators = [i for i, one in enumerate(parties) if one.kind == COORDINATOR]
        self._nodes = {one.owner: i for i, one in enumerate(parties) if one.kind == NODE}
        self._agencies = {one.owner: i for i, one in enumerate(parties) if one.kind == AGENCY}

    def compare(self, events: Sequence[Event]) -> Paired:
        """Compare all entries of one digest.

        Args:
            events: at least one, each of the same digest.
        """
        question = _Question(events)
        findings: list[Finding] = []
        words = set()
        for lacking, what in self._expected(question):
            if any(self._too_new(log, question) for log in lacking):
                words.add("too new")
            elif not what:
                words.add("unanswered")
            else:
                findings.append(question.finding("lacks", what, tuple(lacking)))
        findings += [
            question.finding("contradicts", what) for what in self._contradictions(question)
        ]
        for word in ("too new", "unanswered"):
            if word in words:
                return Paired(word, tuple(findings))
        logs = {event.log for event in events}
        return Paired("paired" if len(logs) > 1 else "alone", tuple(findings))

    def _expected(self, question: "_Question") -> Iterator[tuple[list[int], str]]:
        """Give each set of logs of which one must have it and none has, and why it must.

        Where no reason is given, it is explained that it did not get there.
        """
        agency = self._agencies.get(question.agency)
        if agency is not None and not question.of(ASKED):
            yield [agency], "its agency has no entry of having asked it"
        if self._coordinators and not question.of(RELAY):
            # Whatever a node has received, or an asker got an answer to, was passed on.
            reached = bool(question.of(JUDGED)) or question.replied
            yield self._coordinators, "no coordinator has an entry of it" if reached else ""
        node = self._nodes.get(question.nation)
        if node is not None and not question.of(JUDGED):
            answered = question.replied or any(one.granted for one in question.of(RELAYED))
            what = "it was answered, and the node has no entry of it" if answered else ""
            yield [node], what

    def _too_new(self, log: int, question: "_Question") -> bool:
        party = self._parties[log]
        if party.kind == NODE and any(one.place >= party.size for one in question.of(CONCLUDED)):
            return True
        return question.at_ms > party.until_ms - CLOCK_SLACK_MS

    def _contradictions(self, question: "_Question") -> Iterator[str]:
        for field in ("agency", "nation", "size_class", "asking", "dataset", "version", "level"):
            said = {getattr(event, field) for event in question.events} - {"", 0}
            if len(said) > 1:
                yield f"they disagree on its {field.replace('_', ' ')}"
        judged, concluded = question.of(JUDGED), question.of(CONCLUDED)
        if sum(one.granted for one in judged) > 1:
            yield "the node answered it twice"
        if judged and concluded:
            yield from _against_the_node(judged, concluded, question.of(FAULT))
        relayed = question.of(RELAYED)
        carried = len(relayed) < len(question.of(RELAY)) or any(one.granted for one in relayed)
        if relayed and not carried and any(one.granted for one in concluded):
            yield "its asker has an answer that no coordinator passed on"


def _against_the_node(
    judged: Sequence[Event], concluded: Sequence[Event], faults: Sequence[Event]
) -> Iterator[str]:
    granted = any(one.granted for one in judged)
    places = {one.position: one.leaf_hash for one in judged}
    for one in concluded:
        if one.granted and not granted:
            yield "its asker has an answer, and the node says that it refused"
        refused = not one.granted and one.reason not in _OF_A_REPEAT | {"", _UNAVAILABLE}
        if refused and granted and not faults:
            yield "its asker was refused, and the node says that it answered"
        if one.place >= 0 and places.get(one.place) != one.leaf_hash:
            yield "the receipt that the node gave names another entry than the node has of it"


class _Question:
    """The entries of one question, by what they are."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._of: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            self._of[event.role].append(event)
        self.at_ms = min(event.at_ms for event in events)
        self.agency = next((event.agency for event in events if event.agency), "")
        self.nation = next((event.nation for event in events if event.nation), "")

    def of(self, role: str) -> list[Event]:
        """Give the entries of a role."""
        return self._of.get(role, [])

    @property
    def replied(self) -> bool:
        """Tell whether its asker has an answer that the node has signed."""
        return any(
            one.granted or one.place >= 0 or one.reason not in {"", _UNAVAILABLE}
            for one in self.of(CONCLUDED)
        )

    def finding(self, kind: str, what: str, lacking: tuple[int, ...] = ()) -> Finding:
        """Name the question in a finding."""
        first = self.events[0]
        having = tuple(sorted({(event.log, event.position) for event in self.events}))
        return Finding(
            kind, first.digest, self.at_ms, self.agency, self.nation, what, lacking, having
        )

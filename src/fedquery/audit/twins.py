"""One question in the logs of all parties to it: whose entries lack a twin, and which disagree.

Asker, coordinator and node each log a question by the digest of its envelope. None of them can drop
or change its entry without an auditor who has two of the logs seeing it here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.audit.question_events import (
    ASKED,
    CONCLUDED,
    FAULT,
    JUDGED,
    RELAY,
    RELAYED,
    UNAVAILABLE,
    Event,
)
from fedquery.audit.sense import AGENCY, COORDINATOR, NODE
from fedquery.seal.header import CLOCK_SLACK_MS

# A request lives for 120 s, and is taken by clocks that differ from its asker's by as much. So all
# times at which it was passed on or answered are nearer to each other than this.
_FARTHEST_MS: Final = 3 * CLOCK_SLACK_MS
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
        places = [one.place for one in question.of(CONCLUDED) if one.place >= 0]
        if party.kind == NODE and places:
            # The node has said itself where it stands, and so whether this log reaches there.
            return any(place >= party.size for place in places)
        return question.at_ms > party.until_ms - CLOCK_SLACK_MS

    def _contradictions(self, question: "_Question") -> Iterator[str]:
        for field in ("agency", "nation", "size_class", "asking", "dataset", "version", "level"):
            said = {getattr(event, field) for event in question.events} - {"", 0}
            if len(said) > 1:
                yield f"they disagree on its {field.replace('_', ' ')}"
        judged, concluded = question.of(JUDGED), question.of(CONCLUDED)
        granted = [one for one in judged if one.granted]
        for role, others in ((ASKED, granted), (RELAY, granted), (ASKED, question.of(RELAY))):
            if _apart(question.of(role), others):
                yield "they disagree on when it was asked"
                break
        if sum(one.granted for one in judged) > 1:
            yield "the node answered it twice"
        if judged and concluded:
            yield from _against_the_node(judged, concluded, question.of(FAULT))
        relayed = question.of(RELAYED)
        carried = len(relayed) < len(question.of(RELAY)) or any(one.granted for one in relayed)
        if relayed and not carried and any(one.granted for one in concluded):
            yield "its asker has an answer that no coordinator passed on"


def _apart(events: Sequence[Event], others: Sequence[Event]) -> bool:
    """Tell whether some of the others are of a time at which none of the events can have been."""
    times = [event.at_ms for event in events]
    return bool(times) and any(
        min(abs(one.at_ms - at_ms) for at_ms in times) > _FARTHEST_MS for one in others
    )


def _against_the_node(
    judged: Sequence[Event], concluded: Sequence[Event], faults: Sequence[Event]
) -> Iterator[str]:
    granted = any(one.granted for one in judged)
    places = {one.position: one.leaf_hash for one in judged}
    for one in concluded:
        if one.granted and not granted:
            yield "its asker has an answer, and the node says that it refused"
        refused = not one.granted and one.reason not in _OF_A_REPEAT | {"", UNAVAILABLE}
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
            one.granted or one.place >= 0 or one.reason not in {"", UNAVAILABLE}
            for one in self.of(CONCLUDED)
        )

    def finding(self, kind: str, what: str, lacking: tuple[int, ...] = ()) -> Finding:
        """Name the question in a finding."""
        first = self.events[0]
        having = tuple(sorted({(event.log, event.position) for event in self.events}))
        return Finding(
            kind, first.digest, self.at_ms, self.agency, self.nation, what, lacking, having
        )

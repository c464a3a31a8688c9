"""Whether the entries of a log make sense: each by itself, and beside those before it.

What no honest party writes is a fault, such as an answer by a policy that was never activated. What
honest parties may write and an auditor wants to know of is a remark, such as a clock set back.
"""

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from fedquery.audit.acts import AuditorEntry, ErasureEntry
from fedquery.audit.asker import AskedEntry, ConcludedEntry
from fedquery.audit.grants import Granted, GrantEntry, GrantingEntry
from fedquery.audit.node import (
    KeyEntry,
    MemberEntry,
    PolicyEntry,
    QuestionEntry,
    ReviewEntry,
    RosterEntry,
    TeamEntry,
)
from fedquery.audit.question_outcome import wrong_with
from fedquery.audit.reading import AnyEntry
from fedquery.audit.relay import RelayedEntry, RelayEntry
from fedquery.errors import EncodingError

# Parties of the protocol take clocks that differ by this much.
CLOCK_SLACK_MS: Final = 120_000
NODE: Final = "node"
COORDINATOR: Final = "coordinator"
AGENCY: Final = "agency"
_PREFIX: Final = 8
_ANOTHERS: Final = "it is of another party than the log"


class SenselessError(EncodingError):
    """An entry that is well-formed, and that no honest party writes where it stands."""

    slug = "entry-senseless"
    default_do = "Keep the log, and speak to the party it is of."

    def __init__(self, what: str, index: int) -> None:
        super().__init__(what)
        self.index = index


@dataclass(slots=True)
class Remarks:
    """What is not wrong, and an auditor wants to know.

    Attributes:
        clock_back_at: the first entry whose time is more than two minutes before an earlier one's.
        clock_back_ms: the longest such way back; 0 for none.
        clock_backs: how often the clock went back.
        without_outcome: requests that were passed on and of which no outcome is logged.
    """

    clock_back_at: int | None = None
    clock_back_ms: int = 0
    clock_backs: int = 0
    without_outcome: int = 0


LeafHash: TypeAlias = Callable[[int], bytes]
"""Give the hash of an earlier leaf."""


class Sense:
    """Look at the entries of one log, in order.

    Args:
        kind: "node", "coordinator" or "agency", by the log's origin.
        owner: the nation of a node, or the agency; not looked at for a coordinator.
        leaf_hash: gives the hash of an earlier leaf.

    Attributes:
        remarks: what was found so far.
        counts: entries by their types.
    """

    def __init__(self, kind: str, owner: str, leaf_hash: LeafHash) -> None:
        self.remarks = Remarks()
        self.counts: Counter[str] = Counter()
        self._kind = kind
        self._owner = owner
        self._leaf_hash = leaf_hash
        self._latest_ms = 0
        self._proposed: set[tuple[bytes, bytes]] = set()
        self._activated: set[tuple[bytes, bytes]] = set()
        self._numbers: dict[tuple[str, ...], int] = {}
        # The beginnings of the digests of all questions, and the place of the first fault of each.
        self._asked = array("Q")
        self._places = array("Q")
        # What follows a question of its log: a node's faults, or an agency's claims.
        self._following: dict[int, int] = {}
        self._open: Counter[int] = Counter()
        self._granted = Granted()

    def publication(self, index: int, nation: str, dataset: str, version: int) -> None:
        """Look at a publication.

        Raises:
            SenselessError: if it does not belong here, or its version does not go up.
        """
        self.counts["publication"] += 1
        self._require(self._kind == NODE, "an entry of this type is not of this log", index)
        self._require_owner(nation, index)
        self._require_greater(("publication", dataset), version, index)

    def entry(self, index: int, entry: AnyEntry) -> None:
        """Look at any other entry.

        Raises:
            SenselessError: if no honest party writes it where it stands.
        """
        self.counts[entry.type] += 1
        look = self._looks.get(type(entry))
        kinds = _KINDS[type(entry)]
        self._require(self._kind in kinds, "an entry of this type is not of this log", index)
        if look is not None:
            look(self, index, entry)

    def end(self) -> Remarks:
        """Look at what shows at the end alone.

        Raises:
            SenselessError: for the first fault or claim that follows no question.
        """
        # Each question before a fault of the same digest explains it, and an agency's question a
        # claim; what is left is explained by none. Sixty-four bits of a digest: two that meet would
        # hide one, never make one up.
        for place, digest in zip(self._places, self._asked, strict=True):
            if place < self._following.get(digest, 0):
                del self._following[digest]
        for index in sorted(self._following.values()):
            what = "fault" if self._kind == NODE else "claim"
            raise SenselessError(f"a {what} is logged of a question that was not", index)
        self.remarks.without_outcome = sum(self._open.values())
        return self.remarks

    def _question(self, index: int, entry: QuestionEntry) -> None:
        self._require_owner(entry.nation, index)
        self._clock(index, entry.decided_ms)
        wrong = wrong_with(entry)
        if wrong:
            raise SenselessError(wrong, index)
        digest = int.from_bytes(entry.request_digest[:_PREFIX], "big")
        if entry.type == "fault":
            self._following.setdefault(digest, index)
        else:
            self._asked.append(digest)
            self._places.append(index)
        rules = (entry.policy_digest, entry.schema_digest)
        if entry.policy_digest and rules not in self._activated:
            raise SenselessError("its policy was never activated", index)
        newest = self._numbers.get(("publication", entry.dataset), 0)
        if entry.granted_level and not 1 <= entry.version <= newest:
            raise SenselessError("its version was never published", index)
        if entry.grant is not None:
            wrong = self._granted.charge(entry, entry.grant)
            self._require(not wrong, wrong, index)

    def _grant(self, index: int, entry: GrantEntry) -> None:
        self._require_owner(entry.nation, index)
        self._latest_ms = max(self._latest_ms, entry.at_ms)
        self._granted.propose(index, entry)

    def _granting(self, index: int, entry: GrantingEntry) -> None:
        self._require_owner(entry.nation, index)
        self._latest_ms = max(self._latest_ms, entry.at_ms)
        self._require_leaf(index, entry.index, entry.leaf_hash)
        wrong = self._granted.act(entry)
        self._require(not wrong, wrong, index)

    def _policy(self, index: int, entry: PolicyEntry) -> None:
        self._require_owner(entry.nation, index)
        # Questions that are dated before the policy that they were decided by are told.
        self._latest_ms = max(self._latest_ms, entry.at_ms)
        rules = (entry.policy_digest, entry.schema_digest)
        if entry.act == "proposed":
            self._proposed.add(rules)
            return
        self._require(rules in self._proposed, "it was activated and never proposed", index)
        self._activated.add(rules)

    def _key(self, index: int, entry: KeyEntry) -> None:
        # A node's key is its nation's, and an agency's auditor is its nation's too.
        nation = self._owner.partition("/")[0]
        self._require(entry.nation == nation, _ANOTHERS, index)

    def _review(self, index: int, entry: ReviewEntry) -> None:
        self._require_owner(entry.nation, index)
        self._require_leaf(index, entry.index, entry.leaf_hash)

    def _member(self, index: int, entry: MemberEntry) -> None:
        self._require_greater(("member", entry.federation), entry.number, index)

    def _roster(self, index: int, entry: RosterEntry) -> None:
        named = ("roster", entry.federation, entry.nation)
        self._require_greater(named, entry.number, index)

    def _team(self, index: int, entry: TeamEntry) -> None:
        self._require_greater(("team", entry.federation, entry.team), entry.number, index)

    def _relay(self, index: int, entry: RelayEntry) -> None:
        self._clock(index, entry.received_ms)
        self._open[int.from_bytes(entry.request_digest[:_PREFIX], "big")] += 1

    def _relayed(self, index: int, entry: RelayedEntry) -> None:
        self._clock(index, entry.replied_ms)
        self._close(index, entry.request_digest)

    def _asked_of(self, index: int, entry: AskedEntry) -> None:
        self._require_owner(entry.agency, index)
        self._clock(index, entry.asked_ms)
        claims = entry.asking == "claim"
        self._require(claims == bool(entry.follows), "only a claim follows a question", index)
        digest = int.from_bytes(entry.request_digest[:_PREFIX], "big")
        if claims:
            question = int.from_bytes(entry.follows[:_PREFIX], "big")
            self._following.setdefault(question, index)
        else:
            self._asked.append(digest)
            self._places.append(index)
        self._open[digest] += 1

    def _concluded(self, index: int, entry: ConcludedEntry) -> None:
        self._clock(index, entry.replied_ms)
        self._close(index, entry.request_digest)

    def _auditor(self, index: int, entry: AuditorEntry) -> None:
        self._require_leaf(index, entry.index, entry.leaf_hash)

    _looks: ClassVar[dict[type, Callable[..., None]]] = {
        QuestionEntry: _question,
        KeyEntry: _key,
        PolicyEntry: _policy,
        ReviewEntry: _review,
        GrantEntry: _grant,
        GrantingEntry: _granting,
        MemberEntry: _member,
        RosterEntry: _roster,
        TeamEntry: _team,
        RelayEntry: _relay,
        RelayedEntry: _relayed,
        AskedEntry: _asked_of,
        ConcludedEntry: _concluded,
        AuditorEntry: _auditor,
    }

    def _close(self, index: int, request_digest: bytes) -> None:
        digest = int.from_bytes(request_digest[:_PREFIX], "big")
        count = self._open.pop(digest, 0)
        self._require(count > 0, "an outcome is logged of a question that was not", index)
        if count > 1:
            self._open[digest] = count - 1

    def _clock(self, index: int, at_ms: int) -> None:
        back_ms = self._latest_ms - at_ms
        self._latest_ms = max(self._latest_ms, at_ms)
        if back_ms <= CLOCK_SLACK_MS:
            return
        remarks = self.remarks
        remarks.clock_backs += 1
        remarks.clock_back_ms = max(remarks.clock_back_ms, back_ms)
        if remarks.clock_back_at is None:
            remarks.clock_back_at = index

    def _require_leaf(self, index: int, of: int, leaf_hash: bytes) -> None:
        self._require(
            of < index and self._leaf_hash(of) == leaf_hash,
            "the earlier entry that it names is another one",
            index,
        )

    def _require_owner(self, owner: str, index: int) -> None:
        self._require(owner == self._owner, _ANOTHERS, index)

    def _require_greater(self, named: tuple[str, ...], number: int, index: int) -> None:
        before = self._numbers.get(named, 0)
        self._require(number > before, "its number is not above the one before", index)
        self._numbers[named] = number

    def _require(self, holds: bool, otherwise: str, index: int) -> None:  # noqa: FBT001  the condition is the subject
        if not holds:
            raise SenselessError(otherwise, index)


_KINDS: Final[dict[type, frozenset[str]]] = {
    RelayEntry: frozenset({COORDINATOR}),
    RelayedEntry: frozenset({COORDINATOR}),
    QuestionEntry: frozenset({NODE}),
    KeyEntry: frozenset({NODE, AGENCY}),
    PolicyEntry: frozenset({NODE}),
    ReviewEntry: frozenset({NODE}),
    GrantEntry: frozenset({NODE}),
    GrantingEntry: frozenset({NODE}),
    MemberEntry: frozenset({NODE, AGENCY, COORDINATOR}),
    RosterEntry: frozenset({NODE}),
    TeamEntry: frozenset({NODE}),
    AskedEntry: frozenset({AGENCY}),
    ConcludedEntry: frozenset({AGENCY}),
    AuditorEntry: frozenset({NODE, AGENCY}),
    ErasureEntry: frozenset({NODE, AGENCY}),
}
